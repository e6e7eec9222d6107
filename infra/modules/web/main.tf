data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  name      = "${var.project}-${var.environment}"
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  suffix    = "${local.account}-${data.aws_region.current.name}"

  types = {
    css   = "text/css; charset=utf-8"
    html  = "text/html; charset=utf-8"
    ico   = "image/x-icon"
    js    = "text/javascript; charset=utf-8"
    json  = "application/json"
    map   = "application/json"
    png   = "image/png"
    svg   = "image/svg+xml"
    txt   = "text/plain; charset=utf-8"
    woff2 = "font/woff2"
  }
  files = toset(var.page_folder == null ? [] : fileset(var.page_folder, "**"))
}

# The page's files are public through CloudFront, so S3's own key is enough for them.
module "files" {
  source = "../bucket"

  name             = "${local.name}-page-${local.suffix}"
  access_logs      = { bucket = var.log_bucket }
  force_destroy    = var.force_destroy
  policy_documents = [data.aws_iam_policy_document.files.json]
}

data "aws_iam_policy_document" "files" {
  statement {
    sid       = "OnlyThisDistribution"
    actions   = ["s3:GetObject"]
    resources = ["arn:${local.partition}:s3:::${local.name}-page-${local.suffix}/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudfront_distribution.page.arn]
    }
  }
}

resource "aws_s3_object" "file" {
  # checkov:skip=CKV_AWS_186:The bucket encrypts with S3's own key: these files are public through CloudFront
  for_each = local.files

  bucket       = module.files.name
  key          = each.key
  source       = "${var.page_folder}/${each.key}"
  source_hash  = filemd5("${var.page_folder}/${each.key}")
  content_type = lookup(local.types, reverse(split(".", each.key))[0], "application/octet-stream")
  # Built files carry their digest in their names and never change; the rest is asked for anew each time.
  cache_control = startswith(each.key, "assets/") ? "public, max-age=31536000, immutable" : "no-cache"
}

# Logs of CloudFront and of the load balancer; neither writes to a bucket with a KMS key.
module "logs" {
  source = "../bucket"

  name             = "${local.name}-page-logs-${local.suffix}"
  access_logs      = { bucket = var.log_bucket }
  force_destroy    = var.force_destroy
  policy_documents = [data.aws_iam_policy_document.logs.json]
  lifecycle_rules  = [{ id = "logs", expire_days = var.log_retention_days }]
}

data "aws_iam_policy_document" "logs" {
  statement {
    sid       = "CloudFront"
    actions   = ["s3:PutObject"]
    resources = ["arn:${local.partition}:s3:::${local.name}-page-logs-${local.suffix}/cloudfront/*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }

  statement {
    sid       = "LoadBalancer"
    actions   = ["s3:PutObject"]
    resources = ["arn:${local.partition}:s3:::${local.name}-page-logs-${local.suffix}/server/AWSLogs/${local.account}/*"]

    principals {
      type        = "Service"
      identifiers = ["logdelivery.elasticloadbalancing.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}
