variable "name" {
  description = "Name of the bucket; the whole world shares these names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "name is 3 to 63 small letters, digits and hyphens; found '${var.name}'."
  }
}

variable "kms" {
  description = "KMS key that everything in the bucket is encrypted with; S3's own key (SSE-S3) when null, for readers or writers that cannot use a KMS key."
  type = object({
    key_arn = string
  })
  default = null

  validation {
    condition     = var.kms == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/", var.kms.key_arn))
    error_message = "kms.key_arn is the ARN of a KMS key."
  }
}

variable "access_logs" {
  description = "Bucket that accesses are logged in; null for the log bucket itself."
  type = object({
    bucket = string
  })
  default = null
}

variable "lifecycle_rules" {
  description = "What happens to objects below a prefix after a number of days: deleted (expire_days) or moved to Standard-IA (archive_days)."
  type = list(object({
    id           = string
    prefix       = optional(string, "")
    expire_days  = optional(number)
    archive_days = optional(number)
  }))
  default  = []
  nullable = false

  validation {
    condition     = alltrue([for rule in var.lifecycle_rules : (rule.expire_days == null) != (rule.archive_days == null)])
    error_message = "Each of lifecycle_rules has either expire_days or archive_days."
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

variable "policy_documents" {
  description = "Policy documents (JSON) that are added to the bucket's own policy."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for document in var.policy_documents : can(jsondecode(document).Statement)])
    error_message = "policy_documents holds IAM policy documents as JSON."
  }
}

variable "force_destroy" {
  description = "Whether destroying the bucket deletes what it holds; otherwise a bucket that holds something stays."
  type        = bool
  default     = false
  nullable    = false
}
