mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Statement\": []}" }
  }
}

variables {
  environment  = "dev"
  data_key_arn = "arn:aws:kms:eu-west-2:123456789012:key/1"
}

run "images_are_scanned_kept_and_immutable" {
  command = plan

  assert {
    condition     = aws_ecr_repository.image.name == "mlcl-dev-mlcl" && aws_ecr_repository.image.image_tag_mutability == "IMMUTABLE"
    error_message = "a pushed image can be changed"
  }

  assert {
    condition     = one(aws_ecr_repository.image.image_scanning_configuration).scan_on_push
    error_message = "images are not scanned"
  }

  assert {
    condition     = jsondecode(aws_ecr_lifecycle_policy.image.policy).rules[1].selection.countNumber == 50
    error_message = "old images are not deleted"
  }

  assert {
    condition     = output.model_package_group_name == "mlcl-dev-models"
    error_message = "the model package group is not named after project and environment"
  }
}

run "at_least_one_image_is_kept" {
  command = plan

  variables {
    kept_images = 0
  }

  expect_failures = [var.kept_images]
}

run "an_environment_with_a_bad_name" {
  command = plan

  variables {
    environment = "Dev-1"
  }

  expect_failures = [var.environment]
}
