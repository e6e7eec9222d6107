mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Statement\": []}" }
  }
}

variables {
  name        = "mlcl-dev-store"
  kms         = { key_arn = "arn:aws:kms:eu-west-2:123456789012:key/1" }
  access_logs = { bucket = "mlcl-dev-logs" }
}

run "closed_versioned_and_encrypted" {
  command = plan

  assert {
    condition     = aws_s3_bucket_public_access_block.bucket.block_public_policy && aws_s3_bucket_public_access_block.bucket.restrict_public_buckets
    error_message = "the bucket can be made public"
  }

  assert {
    condition     = aws_s3_bucket_versioning.bucket.versioning_configuration[0].status == "Enabled"
    error_message = "the bucket keeps no versions"
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.bucket.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"
    error_message = "the bucket is not encrypted with the key"
  }

  assert {
    condition     = aws_s3_bucket_logging.bucket[0].target_prefix == "access/mlcl-dev-store/"
    error_message = "accesses are not logged below the bucket's name"
  }
}

run "a_log_bucket_has_s3s_own_encryption_and_no_log" {
  command = plan

  variables {
    kms         = null
    access_logs = null
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.bucket.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "S3 delivers access logs to no bucket with a KMS key"
  }

  assert {
    condition     = length(aws_s3_bucket_logging.bucket) == 0
    error_message = "the log bucket logs to itself"
  }
}

run "a_rule_deletes_or_moves" {
  command = plan

  variables {
    lifecycle_rules = [{ id = "both", expire_days = 1, archive_days = 30 }]
  }

  expect_failures = [var.lifecycle_rules]
}

run "a_name_that_s3_refuses" {
  command = plan

  variables {
    name = "Not A Bucket"
  }

  expect_failures = [var.name]
}
