# All that mlcl has to know of the environment: `--on aws:ENV` reads this one document.
locals {
  settings = {
    schema_version      = 1
    environment         = var.environment
    region              = data.aws_region.current.name
    store               = module.storage.store_uri
    data_bucket         = module.storage.data_bucket
    kms_key             = module.storage.data_key_arn
    roles               = { for use in ["job", "endpoint", "pipeline", "schedule"] : use => module.identity.role_arns[use] }
    subnets             = module.network.subnet_ids
    security_groups     = [module.network.workload_security_group_id]
    image               = var.image
    model_package_group = module.registry.model_package_group_name
    alerts_topic        = module.observe.topic_arn
    api                 = { url = module.api.url, stage = module.api.stage }
    log_group_prefix    = module.observe.log_group_prefix
    prices              = var.prices
    tags                = { Project = var.project, Environment = var.environment, Stack = local.name }
  }
}

resource "aws_ssm_parameter" "settings" {
  # checkov:skip=CKV2_AWS_34:Names and addresses, no secret; who may read it is said by IAM
  # checkov:skip=CKV_AWS_337:See CKV2_AWS_34: there is nothing to encrypt
  name        = "/${var.project}/${var.environment}/settings"
  description = "What mlcl --on aws:${var.environment} has to know"
  type        = "String"
  value       = jsonencode(local.settings)
}
