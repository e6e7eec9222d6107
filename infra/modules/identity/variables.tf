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

variable "artefact_bucket_arn" {
  description = "Bucket with mlcl's store (storage: artefact_bucket_arn)."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:s3:::[a-z0-9.-]+$", var.artefact_bucket_arn))
    error_message = "artefact_bucket_arn is the ARN of a bucket; found '${var.artefact_bucket_arn}'."
  }
}

variable "store_prefix" {
  description = "Key prefix of mlcl's store in the artefact bucket (storage: store_prefix)."
  type        = string
  default     = "mlcl"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._/-]*[A-Za-z0-9]$", var.store_prefix))
    error_message = "store_prefix has no slash at its ends and no wildcard; found '${var.store_prefix}'."
  }
}

variable "data_bucket_arn" {
  description = "Bucket that new data are put into (storage: data_bucket_arn)."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:s3:::[a-z0-9.-]+$", var.data_bucket_arn))
    error_message = "data_bucket_arn is the ARN of a bucket; found '${var.data_bucket_arn}'."
  }
}

variable "data_key_arn" {
  description = "KMS key of data, models, images and volumes (storage: data_key_arn)."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/", var.data_key_arn))
    error_message = "data_key_arn is the ARN of a KMS key; found '${var.data_key_arn}'."
  }
}

variable "operations_key_arn" {
  description = "KMS key of log groups, topics and queues (storage: operations_key_arn)."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/", var.operations_key_arn))
    error_message = "operations_key_arn is the ARN of a KMS key; found '${var.operations_key_arn}'."
  }
}

variable "vpc_id" {
  description = "VPC that jobs, endpoints and the notebook run in (network: vpc_id)."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^vpc-", var.vpc_id))
    error_message = "vpc_id looks like vpc-0123456789abcdef0; found '${var.vpc_id}'."
  }
}

variable "subnet_ids" {
  description = "Private subnets that jobs, endpoints and the notebook run in (network: subnet_ids)."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) > 0
    error_message = "subnet_ids names one subnet at least."
  }
}

variable "security_group_ids" {
  description = "Security groups of jobs, endpoints and the notebook (network: workload_security_group_id)."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.security_group_ids) > 0
    error_message = "security_group_ids names one security group at least."
  }
}

variable "repository_arns" {
  description = "Image repositories that jobs and endpoints pull from (registry: repository_arn), and any of AWS's own images."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.repository_arns) > 0 && alltrue([for arn in var.repository_arns : can(regex("^arn:[a-z-]+:ecr:[a-z0-9-]+:[0-9]{12}:repository/", arn))])
    error_message = "repository_arns holds one ARN of an ECR repository at least."
  }
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of every role made here; none when null."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn is the ARN of an IAM policy."
  }
}
