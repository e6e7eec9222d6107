mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_region" {
    defaults = { name = "eu-west-2" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }

  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-west-2a", "eu-west-2b", "eu-west-2c"] }
  }

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-2:123456789012:key/1" }
  }

  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::mlcl-dev", id = "mlcl-dev" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mlcl-dev" }
  }

  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/mlcl-dev" }
  }

  mock_resource "aws_vpc" {
    defaults = { id = "vpc-0123456789abcdef0", arn = "arn:aws:ec2:eu-west-2:123456789012:vpc/vpc-0123456789abcdef0" }
  }

  mock_resource "aws_subnet" {
    defaults = { id = "subnet-0123456789abcdef0" }
  }

  mock_resource "aws_ecr_repository" {
    defaults = { arn = "arn:aws:ecr:eu-west-2:123456789012:repository/mlcl-dev-mlcl" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-west-2:123456789012:mlcl-dev-alerts" }
  }

  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-west-2:123456789012:mlcl-dev-undelivered" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-2:123456789012:log-group:/mlcl/dev/api" }
  }

  mock_resource "aws_api_gateway_stage" {
    defaults = { invoke_url = "https://a.execute-api.eu-west-2.amazonaws.com/live" }
  }
}

mock_provider "aws" {
  alias = "us_east_1"
}

variables {
  environment = "dev"
}

run "the_settings_say_all_that_mlcl_needs" {
  command = apply

  assert {
    condition = join(" ", keys(output.settings)) == join(" ", [
      "alerts_topic", "api", "data_bucket", "environment", "image", "kms_key", "log_group_prefix", "model_package_group",
      "prices", "region", "roles", "schema_version", "security_groups", "store", "subnets", "tags",
    ])
    error_message = "mlcl --on aws:ENV reads these."
  }

  assert {
    condition     = output.settings_parameter == "/mlcl/dev/settings" && jsondecode(aws_ssm_parameter.settings.value).api == { stage = "live", url = "https://a.execute-api.eu-west-2.amazonaws.com/live" }
    error_message = "The parameter holds what the output shows."
  }

  assert {
    condition     = join(" ", keys(output.settings.roles)) == "endpoint job pipeline schedule"
    error_message = "Roles that runs are given."
  }
}

run "what_costs_by_the_hour_is_off" {
  command = apply

  assert {
    condition     = output.page_url == null && output.notebook == null
    error_message = "Page and notebook are made only when asked for."
  }
}

run "prices_of_machines_are_positive" {
  command = plan

  variables {
    prices = { "ml.m5.large" = 0 }
  }

  expect_failures = [var.prices]
}

run "prices_are_of_sagemakers_machines" {
  command = plan

  variables {
    prices = { "m5.large" = 0.1 }
  }

  expect_failures = [var.prices]
}

run "the_pages_server_needs_an_image" {
  command = plan

  variables {
    page = { server = true }
  }

  expect_failures = [var.page]
}
