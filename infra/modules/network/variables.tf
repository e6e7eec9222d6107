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

variable "vpc_cidr" {
  description = "Addresses of the VPC that is made. Not used when existing_vpc is given."
  type        = string
  default     = "10.40.0.0/16"
  nullable    = false

  validation {
    condition     = can(cidrsubnet(var.vpc_cidr, 4, 15)) && try(tonumber(split("/", var.vpc_cidr)[1]) >= 16 && tonumber(split("/", var.vpc_cidr)[1]) <= 22, false)
    error_message = "vpc_cidr is an IPv4 block between /16 and /22, such as 10.40.0.0/16; found '${var.vpc_cidr}'."
  }
}

variable "zone_count" {
  description = "Availability zones with a private subnet each. Each interface endpoint costs per zone."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = contains([2, 3], var.zone_count)
    error_message = "zone_count is 2 or 3; found ${var.zone_count}."
  }
}

variable "existing_vpc" {
  description = "A VPC to use instead of making one: its id, its private subnets, and whether it has the VPC endpoints already."
  type = object({
    vpc_id        = string
    subnet_ids    = list(string)
    has_endpoints = optional(bool, true)
  })
  default = null

  validation {
    condition     = var.existing_vpc == null || can(regex("^vpc-[0-9a-f]+$", var.existing_vpc.vpc_id))
    error_message = "existing_vpc.vpc_id looks like vpc-0123456789abcdef0."
  }

  validation {
    condition     = var.existing_vpc == null || try(length(distinct(var.existing_vpc.subnet_ids)) >= 2 && alltrue([for id in var.existing_vpc.subnet_ids : can(regex("^subnet-[0-9a-f]+$", id))]), false)
    error_message = "existing_vpc.subnet_ids names two or more private subnets, such as subnet-0123456789abcdef0."
  }
}

variable "nat" {
  description = "Way out to the internet: none, single (one NAT gateway) or zone (one in each zone). Each NAT gateway costs by the hour."
  type        = string
  default     = "none"
  nullable    = false

  validation {
    condition     = contains(["none", "single", "zone"], var.nat)
    error_message = "nat is none, single or zone; found '${var.nat}'."
  }

  validation {
    condition     = var.nat == "none" || var.existing_vpc == null
    error_message = "nat must be none in an existing VPC: its owner routes its traffic."
  }
}

variable "egress_cidr_blocks" {
  description = "Addresses outside of AWS that jobs, endpoints and the notebook may reach by HTTPS, once a route exists (nat). None by default."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for block in var.egress_cidr_blocks : can(cidrhost(block, 0))])
    error_message = "egress_cidr_blocks holds address blocks such as 203.0.113.0/24."
  }

  validation {
    condition     = var.nat == "none" || length(var.egress_cidr_blocks) > 0
    error_message = "A NAT gateway that nothing may use only costs: name egress_cidr_blocks, or set nat to none."
  }
}

variable "flow_log_bucket_arn" {
  description = "Bucket that the VPC's flow logs are delivered to (storage: log_bucket_arn). Not used when existing_vpc is given."
  type        = string
  default     = null

  validation {
    condition     = var.flow_log_bucket_arn != null || var.existing_vpc != null
    error_message = "A VPC that is made here has flow logs: give flow_log_bucket_arn."
  }
}
