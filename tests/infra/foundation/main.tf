# The five modules that every environment stands on, put together as environments/* do.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

variable "environment" {
  type    = string
  default = "dev"
}

variable "nat" {
  type    = string
  default = "none"
}

variable "egress_cidr_blocks" {
  type    = list(string)
  default = []
}

variable "existing_vpc" {
  type    = any
  default = null
}

variable "permissions_boundary_arn" {
  type    = string
  default = null
}

provider "aws" {
  default_tags {
    tags = {
      Project     = "mlcl"
      Environment = var.environment
      ManagedBy   = "terraform"
    }
  }
}

module "storage" {
  source = "../modules/storage"

  environment       = var.environment
  destroy_artefacts = true
  destroy_data      = true
}

module "network" {
  source = "../modules/network"

  environment         = var.environment
  nat                 = var.nat
  egress_cidr_blocks  = var.egress_cidr_blocks
  existing_vpc        = var.existing_vpc
  flow_log_bucket_arn = module.storage.log_bucket_arn
}

module "registry" {
  source = "../modules/registry"

  environment    = var.environment
  data_key_arn   = module.storage.data_key_arn
  destroy_images = true
}

module "identity" {
  source = "../modules/identity"

  environment              = var.environment
  artefact_bucket_arn      = module.storage.artefact_bucket_arn
  store_prefix             = module.storage.store_prefix
  data_bucket_arn          = module.storage.data_bucket_arn
  data_key_arn             = module.storage.data_key_arn
  operations_key_arn       = module.storage.operations_key_arn
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.subnet_ids
  security_group_ids       = [module.network.workload_security_group_id]
  repository_arns          = [module.registry.repository_arn]
  permissions_boundary_arn = var.permissions_boundary_arn
}

module "notebook" {
  source = "../modules/notebook"

  environment        = var.environment
  role_arn           = module.identity.role_arns.notebook
  subnet_id          = module.network.subnet_ids[0]
  security_group_ids = [module.network.workload_security_group_id]
  data_key_arn       = module.storage.data_key_arn
  kit_uri            = "${module.storage.store_uri}/notebook/kit.tar.gz"
}

output "storage" {
  value = module.storage
}

output "network" {
  value = module.network
}

output "registry" {
  value = module.registry
}

output "identity" {
  value = module.identity
}

output "notebook" {
  value = module.notebook
}
