mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
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
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::bucket" }
  }
  mock_resource "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
  }
}

variables {
  region = "eu-west-2"
}

run "without_github" {
  command = plan

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0 && length(module.delivery) == 0
    error_message = "roles are made for a delivery that nobody asked for"
  }

  assert {
    condition     = aws_kms_key.state.enable_key_rotation
    error_message = "the key of the state does not rotate"
  }
}

run "with_github" {
  command = plan

  variables {
    github = { repository = "acme/churn" }
  }

  assert {
    condition     = toset(keys(module.delivery)) == toset(["dev", "staging", "production"])
    error_message = "an environment has no roles"
  }
}

run "the_accounts_own_provider_is_used" {
  command = plan

  variables {
    github = {
      repository   = "acme/churn"
      provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    }
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0
    error_message = "a second provider is made, which AWS refuses"
  }
}

run "a_region_that_is_none" {
  command = plan

  variables {
    region = "London"
  }

  expect_failures = [var.region]
}
