data "aws_region" "current" {}

locals {
  name      = "${var.project}-${var.environment}"
  api_stage = "live"
}

module "storage" {
  source = "../storage"

  project                = var.project
  environment            = var.environment
  capture_retention_days = var.retention.captures
  archive_after_days     = var.retention.archive
  old_version_days       = var.retention.old_versions
  log_retention_days     = var.retention.logs
  key_deletion_days      = var.retention.deleted_keys
  destroy_artefacts      = var.destroy.artefacts
  destroy_data           = var.destroy.data
}

module "network" {
  source = "../network"

  project             = var.project
  environment         = var.environment
  vpc_cidr            = var.network.vpc_cidr
  zone_count          = var.network.zone_count
  nat                 = var.network.nat
  egress_cidr_blocks  = var.network.egress_cidr_blocks
  existing_vpc        = var.network.existing_vpc
  flow_log_bucket_arn = module.storage.log_bucket_arn
}

module "registry" {
  source = "../registry"

  project        = var.project
  environment    = var.environment
  data_key_arn   = module.storage.data_key_arn
  destroy_images = var.destroy.images
}

module "identity" {
  source = "../identity"

  project                  = var.project
  environment              = var.environment
  artefact_bucket_arn      = module.storage.artefact_bucket_arn
  store_prefix             = module.storage.store_prefix
  data_bucket_arn          = module.storage.data_bucket_arn
  data_key_arn             = module.storage.data_key_arn
  operations_key_arn       = module.storage.operations_key_arn
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.subnet_ids
  security_group_ids       = [module.network.workload_security_group_id]
  repository_arns          = [module.registry.repository_arn]
  permissions_boundary_arn = var.permissions_boundary_arn
}

module "observe" {
  source = "../observe"

  project            = var.project
  environment        = var.environment
  operations_key_arn = module.storage.operations_key_arn
  account_log_groups = var.account.log_groups
  endpoints          = var.alerts.endpoints
  log_retention_days = var.retention.logs
  alert_emails       = var.alerts.emails
  limits             = var.alerts.limits
  budget             = { monthly_usd = var.alerts.budget_usd, scope = var.alerts.budget_scope }
  # By name: the API writes to a log group of this module, so it cannot come first.
  api = { name = "${local.name}-api", stage = local.api_stage }
}

module "api" {
  source = "../api"

  project            = var.project
  environment        = var.environment
  stage              = local.api_stage
  invoke_role_arn    = module.identity.role_arns["api"]
  account_logs       = var.account.api_logs ? { role_arn = module.identity.role_arns["api_logs"] } : null
  log_group_arn      = module.observe.log_group_arns["api"]
  log_retention_days = var.retention.logs
  kms_key_arn        = module.storage.operations_key_arn
  authorization      = var.api.authorization
  api_keys           = var.api.api_keys
  throttle           = { rate = var.api.rate, burst = var.api.burst }
  monthly_quota      = var.api.monthly_quota
  firewall           = var.api.firewall
  domain             = var.api.domain
}

module "schedule" {
  source = "../schedule"

  project            = var.project
  environment        = var.environment
  schedule_role_arn  = module.identity.role_arns["schedule"]
  job_role_arn       = module.identity.role_arns["job"]
  guard_role_arn     = module.identity.role_arns["guard"]
  operations_key_arn = module.storage.operations_key_arn
  data_key_arn       = module.storage.data_key_arn
  subnet_ids         = module.network.subnet_ids
  security_group_ids = [module.network.workload_security_group_id]
  store_uri          = module.storage.store_uri
  data_bucket        = module.storage.data_bucket
  topic_arn          = module.observe.topic_arn
  image              = var.image
  idle               = { hours = var.alerts.idle_hours }
  retraining         = var.schedules.retraining
  monitoring         = var.schedules.monitoring
  new_data           = var.schedules.new_data
}

module "notebook" {
  source = "../notebook"
  count  = var.notebook == null ? 0 : 1

  project            = var.project
  environment        = var.environment
  role_arn           = module.identity.role_arns["notebook"]
  subnet_id          = module.network.subnet_ids[0]
  security_group_ids = [module.network.workload_security_group_id]
  data_key_arn       = module.storage.data_key_arn
  kit_uri            = "${module.storage.store_uri}/notebook/kit.tar.gz"
  instance_type      = var.notebook.instance_type
  volume_gib         = var.notebook.volume_gib
  idle_minutes       = var.notebook.idle_minutes
}

module "web" {
  source    = "../web"
  count     = var.page == null ? 0 : 1
  providers = { aws = aws, aws.us_east_1 = aws.us_east_1 }

  project            = var.project
  environment        = var.environment
  page_folder        = var.page_folder
  log_bucket         = module.storage.log_bucket
  log_retention_days = var.retention.logs
  domain             = var.page.domain
  server = !var.page.server ? null : {
    image              = var.image
    store_uri          = module.storage.store_uri
    vpc_id             = module.network.vpc_id
    subnet_ids         = module.network.subnet_ids
    workload_group_id  = module.network.workload_security_group_id
    task_role_arn      = module.identity.role_arns["server"]
    execution_role_arn = module.identity.role_arns["server_execution"]
    log_group_name     = module.observe.log_group_names["server"]
    cpu                = var.page.cpu
    memory             = var.page.memory
    tasks              = var.page.tasks
    # With NAT the VPC has a gateway already; that of an existing VPC is its owner's.
    internet_gateway = var.network.nat == "none" && var.network.existing_vpc == null
  }
}
