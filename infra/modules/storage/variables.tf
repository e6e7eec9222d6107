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

variable "store_prefix" {
  description = "Key prefix of mlcl's store in the artefact bucket, without slashes at its ends."
  type        = string
  default     = "mlcl"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$", var.store_prefix))
    error_message = "store_prefix is made of letters, digits, '.', '_', '-' and single slashes in between; found '${var.store_prefix}'."
  }
}

variable "capture_retention_days" {
  description = "Days after which captured predictions are deleted."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.capture_retention_days >= 1 && floor(var.capture_retention_days) == var.capture_retention_days
    error_message = "capture_retention_days is a whole number of days, at least 1."
  }
}

variable "archive_after_days" {
  description = "Days after which files of runs and datasets move to cheaper storage (S3 Standard-IA; they stay readable)."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.archive_after_days >= 30 && floor(var.archive_after_days) == var.archive_after_days
    error_message = "archive_after_days is a whole number of days, at least 30: S3 moves nothing to Standard-IA earlier."
  }
}

variable "old_version_days" {
  description = "Days that an overwritten or deleted object can still be brought back."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.old_version_days >= 1 && floor(var.old_version_days) == var.old_version_days
    error_message = "old_version_days is a whole number of days, at least 1."
  }
}

variable "log_retention_days" {
  description = "Days after which access logs and flow logs are deleted."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = var.log_retention_days >= 1 && floor(var.log_retention_days) == var.log_retention_days
    error_message = "log_retention_days is a whole number of days, at least 1."
  }
}

variable "key_deletion_days" {
  description = "Days between destroying a KMS key and its end; until then the destruction can be cancelled."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.key_deletion_days >= 7 && var.key_deletion_days <= 30
    error_message = "key_deletion_days lies between 7 and 30 (KMS's limits); found ${var.key_deletion_days}."
  }
}

variable "destroy_artefacts" {
  description = "Whether destroying the environment deletes the store (runs, models, captures) and the logs even when they hold files."
  type        = bool
  default     = false
  nullable    = false
}

variable "destroy_data" {
  description = "Whether destroying the environment deletes the data bucket even when it holds files."
  type        = bool
  default     = false
  nullable    = false
}
