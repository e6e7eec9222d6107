data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  name      = "${var.project}-${var.environment}"
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.name

  # Bucket names are the world's; account and region make them ours.
  bucket_suffix = "${local.account}-${local.region}"
  store         = "${var.store_prefix}/"
}

# The store: runs, datasets, models, captures.
module "artefact_bucket" {
  source = "../bucket"

  name             = "${local.name}-artefacts-${local.bucket_suffix}"
  kms              = { key_arn = aws_kms_key.data.arn }
  access_logs      = { bucket = module.log_bucket.name }
  old_version_days = var.old_version_days
  force_destroy    = var.destroy_artefacts

  lifecycle_rules = [
    { id = "captures", prefix = "${local.store}captures/", expire_days = var.capture_retention_days },
    { id = "runs", prefix = "${local.store}runs/", archive_days = var.archive_after_days },
    { id = "datasets", prefix = "${local.store}datasets/", archive_days = var.archive_after_days },
  ]
}

# New data arrive here; a rule of the schedule module starts a run.
module "data_bucket" {
  source = "../bucket"

  name             = "${local.name}-data-${local.bucket_suffix}"
  kms              = { key_arn = aws_kms_key.data.arn }
  access_logs      = { bucket = module.log_bucket.name }
  old_version_days = var.old_version_days
  force_destroy    = var.destroy_data
}

# S3 delivers access logs to no bucket with a KMS key, so this one has S3's own encryption.
module "log_bucket" {
  source = "../bucket"

  name             = "${local.name}-logs-${local.bucket_suffix}"
  old_version_days = var.old_version_days
  force_destroy    = var.destroy_artefacts
  policy_documents = [data.aws_iam_policy_document.log_delivery.json]
  lifecycle_rules  = [{ id = "logs", expire_days = var.log_retention_days }]
}

data "aws_iam_policy_document" "log_delivery" {
  statement {
    sid       = "AccessLogs"
    actions   = ["s3:PutObject"]
    resources = ["arn:${local.partition}:s3:::${local.name}-logs-${local.bucket_suffix}/access/*"]

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
      values   = ["arn:${local.partition}:s3:::${local.name}-*"]
    }
  }

  statement {
    sid       = "FlowLogs"
    actions   = ["s3:PutObject"]
    resources = ["arn:${local.partition}:s3:::${local.name}-logs-${local.bucket_suffix}/flow/AWSLogs/${local.account}/*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-acl"
      values   = ["bucket-owner-full-control"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:logs:${local.region}:${local.account}:*"]
    }
  }

  statement {
    sid       = "FlowLogsCheck"
    actions   = ["s3:GetBucketAcl", "s3:ListBucket"]
    resources = ["arn:${local.partition}:s3:::${local.name}-logs-${local.bucket_suffix}"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:logs:${local.region}:${local.account}:*"]
    }
  }
}
