# Who deploys from GitHub. The roles lie here and not in the environments, so that none of them can change itself, and
# the first apply of an environment needs no person.

resource "aws_iam_openid_connect_provider" "github" {
  count = var.github != null && try(var.github.provider_arn, null) == null ? 1 : 0

  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

module "delivery" {
  source   = "../modules/delivery"
  for_each = var.github == null ? toset([]) : var.github.environments

  project                  = var.project
  environment              = each.key
  provider_arn             = coalesce(var.github.provider_arn, one(aws_iam_openid_connect_provider.github[*].arn))
  repository               = var.github.repository
  branch                   = var.github.branch
  state_bucket_arn         = module.state.arn
  state_key_arn            = aws_kms_key.state.arn
  permissions_boundary_arn = var.github.permissions_boundary_arn
}
