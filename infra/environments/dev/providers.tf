locals {
  # Stack is the one tag by which a bill can be split; activate it under Billing, Cost allocation tags.
  tags = {
    Project     = var.project
    Environment = "dev"
    Stack       = "${var.project}-dev"
    ManagedBy   = "terraform"
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

# CloudFront's logs are delivered from there, wherever the rest lies.
provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"

  default_tags {
    tags = local.tags
  }
}
