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

variable "operations_key_arn" {
  description = "KMS key of log groups and the topic (storage: operations_key_arn)."
  type        = string
  nullable    = false
}

variable "account_log_groups" {
  description = "Whether SageMaker's log groups, of which an account and region has one set, are made here. One environment of an account makes them."
  type        = bool
  default     = true
  nullable    = false
}

variable "endpoints" {
  description = "SageMaker endpoints whose log groups are made here before the endpoint is; mlcl sets the retention of those that it deploys by itself."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.endpoints : can(regex("^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$", name))])
    error_message = "endpoints holds names of SageMaker endpoints: letters, digits and hyphens."
  }
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is one of the periods that CloudWatch offers: 30, 90, 180, 365, 731, …; found ${var.log_retention_days}."
  }
}

variable "alert_emails" {
  description = "Addresses that alarms and budget alerts are sent to. Each gets a mail first in which it must agree."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.alert_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "alert_emails holds e-mail addresses."
  }
}

variable "api" {
  description = "Name and stage of the REST API that is watched."
  type = object({
    name  = string
    stage = string
  })
  nullable = false
}

variable "limits" {
  description = <<-EOT
    Where alarms begin. error_percent: share of requests answered with 5xx in five minutes. latency_ms: 99th percentile
    through the API. model_latency_ms: mean within the endpoint. model_errors: answers of a model's container that are errors, in five minutes.
  EOT
  type = object({
    error_percent    = optional(number, 1)
    latency_ms       = optional(number, 1000)
    model_latency_ms = optional(number, 500)
    model_errors     = optional(number, 5)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.limits.error_percent >= 0 && var.limits.latency_ms > 0 && var.limits.model_latency_ms > 0 && var.limits.model_errors >= 1
    error_message = "limits: error_percent from 0, the others above 0."
  }
}

variable "budget" {
  description = "Cost of a month in US dollars, at 50, 80 and 100 % of which (and at 100 % forecast) people are told. scope: account, or environment once the tags Project and Environment are activated as cost allocation tags."
  type = object({
    monthly_usd = number
    scope       = optional(string, "account")
  })
  nullable = false

  validation {
    condition     = var.budget.monthly_usd > 0 && contains(["account", "environment"], var.budget.scope)
    error_message = "budget: monthly_usd above 0; scope is account or environment."
  }
}
