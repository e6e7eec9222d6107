module "mlcl" {
  source    = "../../modules/environment"
  providers = { aws = aws, aws.us_east_1 = aws.us_east_1 }

  environment              = "staging"
  project                  = var.project
  image                    = var.image
  network                  = var.network
  retention                = var.retention
  destroy                  = var.destroy
  account                  = var.account
  permissions_boundary_arn = var.permissions_boundary_arn
  notebook                 = var.notebook
  api                      = var.api
  alerts                   = var.alerts
  prices                   = var.prices
  schedules                = var.schedules
  page                     = var.page
  page_folder              = var.page_folder
}
