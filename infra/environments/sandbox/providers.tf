locals {
  # Stack is the one tag by which a bill can be split; activate it under Billing, Cost allocation tags.
  tags = {
    Project     = var.project
    Environment = "sandbox"
    Stack       = "${var.project}-sandbox"
    ManagedBy   = "terraform"
  }
}

provider "aws" {
  region = var.region

  # The sandbox is one address for every service, so buckets stand in the path. Its credentials mean nothing.
  s3_use_path_style = true

  default_tags {
    tags = local.tags
  }
}

# CloudFront's logs are delivered from there, wherever the rest lies.
provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"

  # The sandbox is one address for every service, so buckets stand in the path. Its credentials mean nothing.
  s3_use_path_style = true

  default_tags {
    tags = local.tags
  }
}
