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

variable "schedule_role_arn" {
  description = "Role that EventBridge starts pipelines and jobs with (identity: role_arns.schedule)."
  type        = string
  nullable    = false
}

variable "job_role_arn" {
  description = "Role that monitoring jobs run with (identity: role_arns.job)."
  type        = string
  nullable    = false
}

variable "guard_role_arn" {
  description = "Role that the look for what idles runs with (identity: role_arns.guard)."
  type        = string
  nullable    = false
}

variable "operations_key_arn" {
  description = "KMS key of schedules and of the queue of what could not be started (storage: operations_key_arn)."
  type        = string
  nullable    = false
}

variable "data_key_arn" {
  description = "KMS key of the volumes of jobs that look (storage: data_key_arn)."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Private subnets that jobs run in that look (network: subnet_ids)."
  type        = list(string)
  nullable    = false
}

variable "security_group_ids" {
  description = "Security groups of jobs that look (network: workload_security_group_id)."
  type        = list(string)
  nullable    = false
}

variable "store_uri" {
  description = "Address of mlcl's store (storage: store_uri)."
  type        = string
  nullable    = false
}

variable "data_bucket" {
  description = "Bucket that new data are put into (storage: data_bucket)."
  type        = string
  nullable    = false
}

variable "topic_arn" {
  description = "Topic that is told when something could not be started (observe: topic_arn)."
  type        = string
  nullable    = false
}

variable "image" {
  description = "Image of jobs that look (monitoring, what idles), URI with digest; they wait while it is empty."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.image == "" || can(regex("@sha256:[0-9a-f]{64}$", var.image))
    error_message = "image is named by its digest: URI@sha256:…; found '${var.image}'."
  }
}

variable "retraining" {
  description = <<-EOT
    Name -> pipeline to start by the clock. expression: rate(7 days), cron(0 3 ? * MON *) or at(2026-01-31T03:00:00).
    parameters: further parameters of the pipeline, for one that mlcl did not make; mlcl's own are set here or have defaults.
  EOT
  type = map(object({
    pipeline   = string
    expression = string
    timezone   = optional(string, "UTC")
    parameters = optional(map(string), {})
    enabled    = optional(bool, true)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for one in var.retraining : can(regex("^(rate|cron|at)\\(.+\\)$", one.expression))])
    error_message = "retraining: expression is rate(…), cron(…) or at(…)."
  }

  validation {
    condition     = alltrue([for one in var.retraining : startswith(one.pipeline, "${var.project}-${var.environment}-")])
    error_message = "retraining: pipelines of this environment begin with its name (${var.project}-${var.environment}-…)."
  }

  validation {
    condition     = alltrue([for one in var.retraining : length(setintersection(keys(one.parameters), ["Run", "Trigger", "Definition"])) == 0])
    error_message = "retraining: Run, Trigger and Definition are mlcl's own parameters; a run that starts by itself makes its own id."
  }
}

variable "monitoring" {
  description = "Name -> endpoint that mlcl looks at by the clock (mlcl monitor)."
  type = map(object({
    endpoint      = string
    expression    = string
    instance_type = optional(string, "ml.m5.large")
    enabled       = optional(bool, true)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for one in var.monitoring : can(regex("^(rate|cron|at)\\(.+\\)$", one.expression))])
    error_message = "monitoring: expression is rate(…), cron(…) or at(…)."
  }
}

variable "new_data" {
  description = "Name -> pipeline to start when an object appears in the data bucket below the prefix."
  type = map(object({
    pipeline   = string
    prefix     = string
    parameters = optional(map(string), {})
    enabled    = optional(bool, true)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for one in var.new_data : startswith(one.pipeline, "${var.project}-${var.environment}-")])
    error_message = "new_data: pipelines of this environment begin with its name (${var.project}-${var.environment}-…)."
  }

  validation {
    condition     = alltrue([for one in var.new_data : length(setintersection(keys(one.parameters), ["Run", "Trigger", "Definition"])) == 0])
    error_message = "new_data: Run, Trigger and Definition are mlcl's own parameters; a run that starts by itself makes its own id."
  }
}

variable "idle" {
  description = <<-EOT
    The hourly look for endpoints and notebooks that idle; it runs mlcl's image as a SageMaker job, so it begins with the
    first image. hours: how long without a request is idle.
  EOT
  type = object({
    hours         = optional(number, 4)
    instance_type = optional(string, "ml.t3.medium")
    expression    = optional(string, "rate(1 hour)")
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.idle.hours >= 1
    error_message = "idle.hours is at least 1."
  }
}
