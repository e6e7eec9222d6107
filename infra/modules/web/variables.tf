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

variable "page_folder" {
  description = "Folder with the built page; nothing is uploaded when null (for example when the page is delivered by itself)."
  type        = string
  default     = null
}

variable "log_bucket" {
  description = "Bucket that accesses to the page's files are logged in (storage: log_bucket)."
  type        = string
  nullable    = false
}

variable "log_retention_days" {
  description = "Days after which the logs of CloudFront and of the load balancer are deleted."
  type        = number
  default     = 365
  nullable    = false
}

variable "force_destroy" {
  description = "Whether destroying deletes the page's files and logs. The page can be built anew, so usually yes."
  type        = bool
  default     = true
  nullable    = false
}

variable "domain" {
  description = "Own domain of the page: its name and a certificate of ACM in us-east-1; an address of CloudFront when null."
  type = object({
    name            = string
    certificate_arn = string
  })
  default = null

  validation {
    condition     = var.domain == null || can(regex("^arn:[a-z-]+:acm:us-east-1:", var.domain.certificate_arn))
    error_message = "domain.certificate_arn is a certificate of ACM in us-east-1: CloudFront takes no other."
  }
}

variable "server" {
  description = <<-EOT
    The page's server (REST API, scheduler) on ECS Fargate behind an internal load balancer that CloudFront alone reaches; none when
    null. It costs by the hour whether used or not. cpu: units of 1/1024; memory: MiB. internet_gateway: whether the VPC needs one
    made here (CloudFront asks for one in the VPC; nothing is routed to it).
  EOT
  type = object({
    image              = string
    store_uri          = string
    vpc_id             = string
    subnet_ids         = list(string)
    workload_group_id  = string
    task_role_arn      = string
    execution_role_arn = string
    log_group_name     = string
    cpu                = optional(number, 512)
    memory             = optional(number, 1024)
    tasks              = optional(number, 1)
    internet_gateway   = optional(bool, true)
  })
  default = null

  validation {
    condition     = var.server == null || contains([256, 512, 1024, 2048, 4096], try(var.server.cpu, 512))
    error_message = "server.cpu is one of Fargate's sizes: 256, 512, 1024, 2048, 4096."
  }

  validation {
    condition     = var.server == null || can(regex("@sha256:[0-9a-f]{64}$", var.server.image))
    error_message = "server.image is named by its digest: URI@sha256:…"
  }
}
