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

variable "role_arn" {
  description = "Role of the notebook (identity: role_arns.notebook)."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/", var.role_arn))
    error_message = "role_arn is the ARN of a role; found '${var.role_arn}'."
  }
}

variable "subnet_id" {
  description = "Private subnet of the notebook (one of network: subnet_ids)."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^subnet-", var.subnet_id))
    error_message = "subnet_id looks like subnet-0123456789abcdef0; found '${var.subnet_id}'."
  }
}

variable "security_group_ids" {
  description = "Security groups of the notebook (network: workload_security_group_id)."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.security_group_ids) > 0
    error_message = "security_group_ids names one security group at least."
  }
}

variable "data_key_arn" {
  description = "KMS key of the notebook's volume (storage: data_key_arn)."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/", var.data_key_arn))
    error_message = "data_key_arn is the ARN of a KMS key; found '${var.data_key_arn}'."
  }
}

variable "kit_uri" {
  description = "Where the notebook kit lies (kit.tar.gz: Python, mlcl with all it needs, examples), made by tools/notebook_kit.py."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^s3://[a-z0-9.-]+/[A-Za-z0-9._/-]+[.]tar[.]gz$", var.kit_uri))
    error_message = "kit_uri looks like s3://BUCKET/mlcl/notebook/kit.tar.gz; found '${var.kit_uri}'."
  }
}

variable "instance_type" {
  description = "SageMaker instance type of the notebook."
  type        = string
  default     = "ml.t3.medium"
  nullable    = false

  validation {
    condition     = can(regex("^ml[.][a-z0-9-]+[.][a-z0-9]+$", var.instance_type))
    error_message = "instance_type looks like ml.t3.medium; found '${var.instance_type}'."
  }
}

variable "volume_gib" {
  description = "Size of the notebook's volume, which survives a stop, in GiB."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.volume_gib >= 5 && var.volume_gib <= 16384 && floor(var.volume_gib) == var.volume_gib
    error_message = "volume_gib is a whole number between 5 and 16384; found ${var.volume_gib}."
  }
}

variable "idle_minutes" {
  description = "Minutes without a busy kernel or an open terminal after which the notebook stops itself."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.idle_minutes >= 10 && var.idle_minutes <= 1440 && floor(var.idle_minutes) == var.idle_minutes
    error_message = "idle_minutes is a whole number between 10 and 1440; found ${var.idle_minutes}."
  }
}
