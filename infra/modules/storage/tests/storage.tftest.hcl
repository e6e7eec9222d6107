mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_region" {
    defaults = { name = "eu-west-2" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Statement\": []}" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-2:123456789012:key/1" }
  }
}

variables {
  environment = "dev"
}

run "names_and_keys" {
  command = apply

  assert {
    condition     = aws_kms_key.data.enable_key_rotation && aws_kms_key.operations.enable_key_rotation
    error_message = "a key does not rotate"
  }

  assert {
    condition     = aws_kms_alias.data.name == "alias/mlcl-dev-data"
    error_message = "the key's alias is not named after project and environment"
  }

  assert {
    condition     = module.artefact_bucket.name != module.data_bucket.name
    error_message = "store and data lie in one bucket"
  }
}

run "nothing_is_archived_before_s3_can" {
  command = plan

  variables {
    archive_after_days = 7
  }

  expect_failures = [var.archive_after_days]
}

run "keys_end_within_kms_limits" {
  command = plan

  variables {
    key_deletion_days = 3
  }

  expect_failures = [var.key_deletion_days]
}

run "a_prefix_has_no_slash_at_its_ends" {
  command = plan

  variables {
    store_prefix = "mlcl/"
  }

  expect_failures = [var.store_prefix]
}
