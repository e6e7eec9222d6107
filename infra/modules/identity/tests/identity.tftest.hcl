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
  environment         = "dev"
  artefact_bucket_arn = "arn:aws:s3:::mlcl-dev-artefacts"
  data_bucket_arn     = "arn:aws:s3:::mlcl-dev-data"
  data_key_arn        = "arn:aws:kms:eu-west-2:123456789012:key/1"
  operations_key_arn  = "arn:aws:kms:eu-west-2:123456789012:key/2"
  vpc_id              = "vpc-0123"
  subnet_ids          = ["subnet-01"]
  security_group_ids  = ["sg-01"]
  repository_arns     = ["arn:aws:ecr:eu-west-2:123456789012:repository/mlcl-dev-mlcl"]
}

run "a_role_for_each_who_works" {
  command = plan

  assert {
    condition     = toset(keys(aws_iam_role.service)) == toset(["api", "api_logs", "endpoint", "guard", "job", "notebook", "pipeline", "schedule", "server", "server_execution"])
    error_message = "a role is missing"
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.service : startswith(role.name, "mlcl-dev-")])
    error_message = "a role is not named after project and environment"
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.service : role.permissions_boundary == null])
    error_message = "a role has a boundary that nobody asked for"
  }
}

run "the_boundary_holds_for_all" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
  }

  assert {
    condition     = alltrue([for role in concat(values(aws_iam_role.service), [aws_iam_role.operator]) : role.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"])
    error_message = "a role escapes the boundary"
  }
}

run "a_store_prefix_with_a_wildcard" {
  command = plan

  variables {
    store_prefix = "mlcl/*"
  }

  expect_failures = [var.store_prefix]
}

run "no_repository" {
  command = plan

  variables {
    repository_arns = []
  }

  expect_failures = [var.repository_arns]
}
