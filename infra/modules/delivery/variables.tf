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
  description = "Environment that the roles plan and deploy: dev, staging, production."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,11}$", var.environment))
    error_message = "environment is 2 to 12 small letters and digits, a letter first (bucket names are made from it); found '${var.environment}'."
  }

  validation {
    condition     = var.environment != "github"
    error_message = "environment cannot be github: the names of the deploy roles begin so, and they must not reach themselves."
  }
}

variable "provider_arn" {
  description = "The account's OIDC provider for GitHub Actions."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:oidc-provider/token[.]actions[.]githubusercontent[.]com$", var.provider_arn))
    error_message = "provider_arn is the ARN of the OIDC provider token.actions.githubusercontent.com; found '${var.provider_arn}'."
  }
}

variable "repository" {
  description = "GitHub repository whose workflows may use the roles: owner/name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$", var.repository))
    error_message = "repository is owner/name, without wildcards; found '${var.repository}'."
  }
}

variable "branch" {
  description = "The branch that may deploy."
  type        = string
  default     = "main"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._/-]*$", var.branch))
    error_message = "branch is the name of a branch, without wildcards; found '${var.branch}'."
  }
}

variable "github_environment" {
  description = "GitHub environment, with its approval, that may deploy; named as environment when null."
  type        = string
  default     = null

  validation {
    condition     = var.github_environment == null || can(regex("^[A-Za-z0-9][A-Za-z0-9._-]*$", var.github_environment))
    error_message = "github_environment is the name of a GitHub environment, without wildcards."
  }
}

variable "state_bucket_arn" {
  description = "Bucket with Terraform's state, in which this environment's lies below its name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:s3:::[a-z0-9.-]+$", var.state_bucket_arn))
    error_message = "state_bucket_arn is the ARN of a bucket; found '${var.state_bucket_arn}'."
  }
}

variable "state_key_arn" {
  description = "KMS key that the state is encrypted with."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/", var.state_key_arn))
    error_message = "state_key_arn is the ARN of a KMS key; found '${var.state_key_arn}'."
  }
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of both roles. When given, the deploy role can only make roles that carry it, so it cannot make a stronger one than itself."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn is the ARN of an IAM policy."
  }
}
