resource "aws_s3_bucket" "bucket" {
  #checkov:skip=CKV_AWS_144:A second region would double the cost; versions protect against deletion, and models can be made anew from the data
  #checkov:skip=CKV_AWS_18:The log bucket cannot log to itself; every other bucket is given access_logs
  #checkov:skip=CKV_AWS_145:SSE-S3 is for the log bucket (S3 writes access logs to no bucket with a KMS key) and for public web files; all others are given kms
  bucket        = var.name
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_ownership_controls" "bucket" {
  bucket = aws_s3_bucket.bucket.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "bucket" {
  bucket                  = aws_s3_bucket.bucket.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "bucket" {
  bucket = aws_s3_bucket.bucket.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "bucket" {
  bucket = aws_s3_bucket.bucket.id

  rule {
    # A bucket key saves nearly all requests to KMS, which are billed.
    bucket_key_enabled = var.kms != null

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms == null ? "AES256" : "aws:kms"
      kms_master_key_id = try(var.kms.key_arn, null)
    }
  }
}

resource "aws_s3_bucket_logging" "bucket" {
  count = var.access_logs == null ? 0 : 1

  bucket        = aws_s3_bucket.bucket.id
  target_bucket = var.access_logs.bucket
  target_prefix = "access/${var.name}/"
}

# Every bucket tells EventBridge what changes in it; rules choose (new data start a run).
resource "aws_s3_bucket_notification" "bucket" {
  bucket      = aws_s3_bucket.bucket.id
  eventbridge = true
}

resource "aws_s3_bucket_lifecycle_configuration" "bucket" {
  #checkov:skip=CKV_AWS_300:The rule old-versions ends unfinished uploads in the whole bucket; checkov loses it beside a dynamic rule
  # S3 refuses rules for old versions before versions exist.
  depends_on = [aws_s3_bucket_versioning.bucket]

  bucket = aws_s3_bucket.bucket.id

  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {
      prefix = ""
    }

    noncurrent_version_expiration {
      noncurrent_days = var.old_version_days
    }

    expiration {
      expired_object_delete_marker = true
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  dynamic "rule" {
    for_each = var.lifecycle_rules

    content {
      id     = rule.value.id
      status = "Enabled"

      filter {
        prefix = rule.value.prefix
      }

      dynamic "expiration" {
        for_each = rule.value.expire_days[*]

        content {
          days = expiration.value
        }
      }

      dynamic "transition" {
        for_each = rule.value.archive_days[*]

        content {
          days          = transition.value
          storage_class = "STANDARD_IA"
        }
      }
    }
  }
}
