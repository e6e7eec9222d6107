# Where Terraform keeps the state of every environment. Applied once per account and region, by a person; its own state
# (small, no secret) stays in a local file or is moved into the bucket: see README.md.

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project   = var.project
      ManagedBy = "terraform"
      Root      = "bootstrap"
    }
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  account     = data.aws_caller_identity.current.account_id
  partition   = data.aws_partition.current.partition
  bucket_name = "${var.project}-state-${local.account}-${var.region}"
}

# State is locked by a file beside it (use_lockfile = true), which needs no table.
module "state" {
  source = "../modules/bucket"

  name             = local.bucket_name
  kms              = { key_arn = aws_kms_key.state.arn }
  access_logs      = { bucket = module.log.name }
  old_version_days = 365
}

module "log" {
  source = "../modules/bucket"

  name             = "${var.project}-state-logs-${local.account}-${var.region}"
  policy_documents = [data.aws_iam_policy_document.log_delivery.json]
  lifecycle_rules  = [{ id = "logs", expire_days = 365 }]
}

data "aws_iam_policy_document" "log_delivery" {
  statement {
    sid       = "AccessLogs"
    actions   = ["s3:PutObject"]
    resources = ["arn:${local.partition}:s3:::${var.project}-state-logs-${local.account}-${var.region}/access/*"]

    principals {
      type        = "Service"
      identifiers = ["logging.s3.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:s3:::${local.bucket_name}"]
    }
  }
}

resource "aws_kms_key" "state" {
  description             = "${var.project}: Terraform state"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "state" {
  name          = "alias/${var.project}-state"
  target_key_id = aws_kms_key.state.key_id
}

data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109:A key policy: its "*" is this key, and the account must be able to manage it (a key without that is lost)
  #checkov:skip=CKV_AWS_111:A key policy: its "*" is this key
  #checkov:skip=CKV_AWS_356:A key policy: its "*" is this key
  statement {
    sid       = "AccountDecidesByIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }
}
