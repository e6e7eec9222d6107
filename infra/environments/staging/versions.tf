terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  backend "s3" {} # bucket, key, region and key of encryption: backend.hcl, which mlcl infra init writes
}
