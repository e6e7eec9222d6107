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
}

variables {
  environment      = "dev"
  provider_arn     = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  repository       = "acme/churn"
  state_bucket_arn = "arn:aws:s3:::mlcl-state"
  state_key_arn    = "arn:aws:kms:eu-west-2:123456789012:key/1"
}

run "two_roles_outside_of_the_environments_names" {
  command = plan

  assert {
    condition     = aws_iam_role.github["plan"].name == "mlcl-github-dev-plan" && aws_iam_role.github["deploy"].name == "mlcl-github-dev-deploy"
    error_message = "the roles are not named as the operator's trust expects"
  }

  assert {
    condition     = aws_iam_role.github["deploy"].max_session_duration == 3600
    error_message = "a session lasts longer than an apply"
  }
}

run "a_wildcard_is_no_repository" {
  command = plan

  variables {
    repository = "acme/*"
  }

  expect_failures = [var.repository]
}

run "a_wildcard_is_no_branch" {
  command = plan

  variables {
    branch = "*"
  }

  expect_failures = [var.branch]
}

run "an_environment_that_would_reach_the_roles" {
  command = plan

  variables {
    environment = "github"
  }

  expect_failures = [var.environment]
}
