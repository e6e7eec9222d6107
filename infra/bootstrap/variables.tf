variable "region" {
  description = "Region that the state lies in."
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

variable "github" {
  description = <<-EOT
    Delivery from GitHub Actions without stored keys; nothing is made for it when null.
    repository: owner/name. branch: the branch that may deploy. environments: environments of mlcl, each with a GitHub environment of
    the same name. provider_arn: the account's OIDC provider when it exists already (an account can have one only).
    permissions_boundary_arn: boundary of the roles, and of every role that they make.
  EOT
  type = object({
    repository               = string
    branch                   = optional(string, "main")
    environments             = optional(set(string), ["dev", "staging", "production"])
    provider_arn             = optional(string)
    permissions_boundary_arn = optional(string)
  })
  default = null
}
