data "aws_region" "current" {}

locals {
  name = "${var.project}-${var.environment}"

  # SageMaker runs it at every start, as root, and gives up a notebook whose script takes longer than five minutes:
  # it only starts what takes long.
  start = templatefile("${path.module}/scripts/start.sh.tftpl", {
    idle         = file("${path.module}/scripts/idle.py")
    setup        = file("${path.module}/scripts/setup.sh")
    idle_minutes = var.idle_minutes
    kit_uri      = var.kit_uri
    environment  = var.environment
    region       = data.aws_region.current.name
  })
}

resource "aws_sagemaker_notebook_instance_lifecycle_configuration" "notebook" {
  name     = "${local.name}-notebook"
  on_start = base64encode(local.start)

  lifecycle {
    precondition {
      condition     = length(base64encode(local.start)) <= 16384
      error_message = "SageMaker takes lifecycle scripts of at most 16384 characters (base64)."
    }
  }
}

resource "aws_sagemaker_notebook_instance" "notebook" {
  #checkov:skip=CKV2_AWS_68:tests/infra/test_permissions.py holds what the role may and may not do
  name                   = "${local.name}-notebook"
  instance_type          = var.instance_type
  platform_identifier    = "notebook-al2-v3"
  role_arn               = var.role_arn
  lifecycle_config_name  = aws_sagemaker_notebook_instance_lifecycle_configuration.notebook.name
  volume_size            = var.volume_gib
  kms_key_id             = var.data_key_arn
  subnet_id              = var.subnet_id
  security_groups        = var.security_group_ids
  direct_internet_access = "Disabled"
  root_access            = "Disabled"

  instance_metadata_service_configuration {
    minimum_instance_metadata_service_version = "2"
  }
}
