variable "region" {
  description = "Region of AWS that everything lies in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region looks like eu-west-2; found '${var.region}'."
  }
}

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

variable "image" {
  description = "mlcl's container image, URI with digest; empty until one is pushed (jobs, endpoints and the page's server wait for it)."
  type        = string
  default     = ""
  nullable    = false
}

variable "network" {
  description = "See infra/modules/network."
  type = object({
    vpc_cidr           = optional(string, "10.40.0.0/16")
    zone_count         = optional(number, 2)
    nat                = optional(string, "none")
    egress_cidr_blocks = optional(list(string), [])
    existing_vpc = optional(object({
      vpc_id        = string
      subnet_ids    = list(string)
      has_endpoints = optional(bool, true)
    }))
  })
  default  = {}
  nullable = false
}

variable "retention" {
  description = "Days that things are kept; see infra/modules/storage and modules/observe."
  type = object({
    captures     = optional(number, 90)
    archive      = optional(number, 90)
    old_versions = optional(number, 30)
    logs         = optional(number, 365)
    deleted_keys = optional(number, 7)
  })
  default  = {}
  nullable = false
}

variable "destroy" {
  description = "What destroying the environment deletes although it holds something: the data bucket, the store with the logs, the images."
  type = object({
    data      = optional(bool, false)
    artefacts = optional(bool, false)
    images    = optional(bool, false)
  })
  default  = {}
  nullable = false
}

variable "account" {
  description = "Settings of which an account and region has one: SageMaker's log groups, API Gateway's role for CloudWatch. One environment of an account makes them."
  type = object({
    log_groups = optional(bool, true)
    api_logs   = optional(bool, true)
  })
  default  = {}
  nullable = false
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of every role made here; none when null."
  type        = string
  default     = null
}

variable "notebook" {
  description = "The SageMaker notebook instance; see infra/modules/notebook. None when null."
  type = object({
    instance_type = optional(string, "ml.t3.medium")
    volume_gib    = optional(number, 20)
    idle_minutes  = optional(number, 60)
  })
  default = null
}

variable "api" {
  description = "Predictions through API Gateway; see infra/modules/api."
  type = object({
    authorization = optional(string, "AWS_IAM")
    api_keys      = optional(set(string), ["default"])
    rate          = optional(number, 50)
    burst         = optional(number, 100)
    monthly_quota = optional(number, 1000000)
    firewall      = optional(bool, false)
    domain = optional(object({
      name            = string
      certificate_arn = string
      zone_id         = optional(string, "")
    }))
  })
  default  = {}
  nullable = false
}

variable "alerts" {
  description = "Who is told of what; see infra/modules/observe. budget_scope: account, or environment once the tag Stack is activated for billing."
  type = object({
    emails       = optional(set(string), [])
    budget_usd   = optional(number, 250)
    budget_scope = optional(string, "account")
    idle_hours   = optional(number, 4)
    limits = optional(object({
      error_percent    = optional(number, 1)
      latency_ms       = optional(number, 1000)
      model_latency_ms = optional(number, 500)
      model_errors     = optional(number, 5)
    }), {})
    endpoints = optional(set(string), [])
  })
  default  = {}
  nullable = false
}

variable "prices" {
  description = "What SageMaker's machines cost here, in US dollars an hour by instance type: those that mlcl's own table does not know, or that a contract makes cheaper."
  type        = map(number)
  default     = {}
  nullable    = false
}

variable "schedules" {
  description = "What starts by the clock and by new data; see infra/modules/schedule."
  type = object({
    retraining = optional(map(object({
      pipeline   = string
      expression = string
      timezone   = optional(string, "UTC")
      parameters = optional(map(string), {})
      enabled    = optional(bool, true)
    })), {})
    monitoring = optional(map(object({
      endpoint      = string
      expression    = string
      instance_type = optional(string, "ml.m5.large")
      enabled       = optional(bool, true)
    })), {})
    new_data = optional(map(object({
      pipeline   = string
      prefix     = string
      parameters = optional(map(string), {})
      enabled    = optional(bool, true)
    })), {})
  })
  default  = {}
  nullable = false
}

variable "page" {
  description = "The web page; see infra/modules/web. None when null. server: its server too, which costs by the hour and needs an image."
  type = object({
    server = optional(bool, false)
    cpu    = optional(number, 512)
    memory = optional(number, 1024)
    tasks  = optional(number, 1)
    domain = optional(object({
      name            = string
      certificate_arn = string
    }))
  })
  default = null
}

variable "page_folder" {
  description = "Folder with the built page, whose files are uploaded; mlcl infra sets it. None are when null."
  type        = string
  default     = null
}
