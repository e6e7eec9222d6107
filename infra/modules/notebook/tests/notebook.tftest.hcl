mock_provider "aws" {}

variables {
  environment        = "dev"
  role_arn           = "arn:aws:iam::123456789012:role/mlcl-dev-notebook"
  subnet_id          = "subnet-01"
  security_group_ids = ["sg-01"]
  data_key_arn       = "arn:aws:kms:eu-west-2:123456789012:key/1"
  kit_uri            = "s3://mlcl-dev-artefacts/mlcl/notebook/kit.tar.gz"
}

run "private_and_encrypted" {
  command = plan

  assert {
    condition     = aws_sagemaker_notebook_instance.notebook.direct_internet_access == "Disabled" && aws_sagemaker_notebook_instance.notebook.root_access == "Disabled"
    error_message = "the notebook reaches the internet, or its user is root"
  }

  assert {
    condition     = aws_sagemaker_notebook_instance.notebook.kms_key_id == var.data_key_arn
    error_message = "the volume is not encrypted with the key"
  }

  assert {
    condition     = one(aws_sagemaker_notebook_instance.notebook.instance_metadata_service_configuration).minimum_instance_metadata_service_version == "2"
    error_message = "the first version of the metadata service answers"
  }

  assert {
    condition     = strcontains(base64decode(aws_sagemaker_notebook_instance_lifecycle_configuration.notebook.on_start), "idle.py 60")
    error_message = "the notebook does not stop when idle"
  }
}

run "idle_is_not_a_moment" {
  command = plan

  variables {
    idle_minutes = 1
  }

  expect_failures = [var.idle_minutes]
}

run "a_kit_lies_in_a_bucket" {
  command = plan

  variables {
    kit_uri = "https://example.org/kit.tar.gz"
  }

  expect_failures = [var.kit_uri]
}
