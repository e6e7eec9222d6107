variable "project" {
  description = "First part of every name, and the value of the tag Project."
  type        = string
  default     = "mlcl"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,11}$", var.project))
    error_message = "project is 2 to 12 small letters and digits, a letter first (bucket names are made from it); found '${var.project}'."
  }
}

variable "environment" {
  description = "Second part of every name, and the value of the tag Environment: dev, staging, production."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,11}$", var.environment))
    error_message = "environment is 2 to 12 small letters and digits, a letter first (bucket names are made from it); found '${var.environment}'."
  }
}

variable "invoke_role_arn" {
  description = "Role that API Gateway takes to invoke the environment's SageMaker endpoints."
  type        = string
}

variable "account_logs" {
  description = "Role by which API Gateway writes to CloudWatch (identity: role_arns.api_logs). It is a setting of the whole account and region; null when somebody else makes it."
  type = object({
    role_arn = string
  })
  default = null
}

variable "log_group_arn" {
  description = "CloudWatch log group of the access log."
  type        = string
}

variable "kms_key_arn" {
  description = "KMS key of the firewall's log."
  type        = string
}

variable "stage" {
  description = "Name of the stage: first part of the path."
  type        = string
  default     = "live"

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,30}$", var.stage))
    error_message = "stage: small letters, digits and underscores, a letter first."
  }
}

variable "authorization" {
  description = "Who may call: AWS_IAM (signed requests) or API_KEY (the header x-api-key)."
  type        = string
  default     = "AWS_IAM"

  validation {
    condition     = contains(["AWS_IAM", "API_KEY"], var.authorization)
    error_message = "authorization: AWS_IAM or API_KEY. A prediction service without authorisation is not offered."
  }
}

variable "throttle" {
  description = "Requests per second (rate) and at one moment (burst) that the stage answers; beyond them it answers 429."
  type = object({
    rate  = optional(number, 50)
    burst = optional(number, 100)
  })
  default = {}

  validation {
    condition     = var.throttle.rate > 0 && var.throttle.burst >= 1
    error_message = "throttle: rate above 0, burst at least 1."
  }
}

variable "monthly_quota" {
  description = "Requests in a month that one API key may make."
  type        = number
  default     = 1000000

  validation {
    condition     = var.monthly_quota >= 1
    error_message = "monthly_quota: at least 1."
  }
}

variable "api_keys" {
  description = "Names of the callers that get an API key, with authorization = API_KEY."
  type        = set(string)
  default     = ["default"]
}

variable "log_retention_days" {
  description = "Days that the firewall's log is kept."
  type        = number
  default     = 365
}

variable "firewall" {
  description = "Put AWS WAF before the API: AWS's managed rules and a limit per address. It costs by the month."
  type        = bool
  default     = false
}

variable "requests_per_address" {
  description = "With firewall: requests of one address in five minutes before it is blocked."
  type        = number
  default     = 2000

  validation {
    condition     = var.requests_per_address >= 10
    error_message = "requests_per_address: at least 10 (AWS's own lower limit)."
  }
}

variable "domain" {
  description = "Own domain: name, certificate of ACM in the same region, and the Route 53 zone of the record (empty: you make the record)."
  type = object({
    name            = string
    certificate_arn = string
    zone_id         = optional(string, "")
  })
  default = null
}
