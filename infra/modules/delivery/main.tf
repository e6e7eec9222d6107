data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  name      = "${var.project}-${var.environment}"
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.name
  issuer    = "token.actions.githubusercontent.com"

  arn = { for service in ["acm", "apigateway", "cloudwatch", "ec2", "ecr", "ecs", "elasticloadbalancing", "events", "kms", "logs", "sagemaker", "scheduler", "sns", "sqs", "ssm", "wafv2"] :
    service => "arn:${local.partition}:${service}:${local.region}:${local.account}"
  }
  # Regional, without an account.
  api = "arn:${local.partition}:apigateway:${local.region}::"
  # Global.
  iam        = "arn:${local.partition}:iam::${local.account}"
  cloudfront = "arn:${local.partition}:cloudfront::${local.account}"
  buckets    = "arn:${local.partition}:s3:::${local.name}-*"

  trusts = {
    # Pull requests and the branch itself (nightly look for drift).
    plan = {
      subjects = ["repo:${var.repository}:pull_request", "repo:${var.repository}:ref:refs/heads/${var.branch}"]
      claims   = { repository = var.repository }
    }
    # Only a job that names the environment, and so has its approval, and only from the branch.
    deploy = {
      subjects = ["repo:${var.repository}:environment:${coalesce(var.github_environment, var.environment)}"]
      claims = {
        repository  = var.repository
        environment = coalesce(var.github_environment, var.environment)
        ref         = "refs/heads/${var.branch}"
      }
    }
  }
}

resource "aws_iam_role" "github" {
  for_each = local.trusts

  name                 = "${var.project}-github-${var.environment}-${each.key}"
  description          = "GitHub Actions of ${var.repository}: ${each.key} ${local.name}"
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  permissions_boundary = var.permissions_boundary_arn
  max_session_duration = 3600
}

data "aws_iam_policy_document" "trust" {
  for_each = local.trusts

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [var.provider_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:sub"
      values   = each.value.subjects
    }

    dynamic "condition" {
      for_each = each.value.claims

      content {
        test     = "StringEquals"
        variable = "${local.issuer}:${condition.key}"
        values   = [condition.value]
      }
    }
  }
}

# The state: plan reads it (plan with -lock=false), deploy writes it and the lock file beside it.
resource "aws_iam_role_policy" "state" {
  for_each = local.trusts

  name   = "state"
  role   = aws_iam_role.github[each.key].id
  policy = data.aws_iam_policy_document.state[each.key].json
}

data "aws_iam_policy_document" "state" {
  for_each = local.trusts

  statement {
    sid       = "FindState"
    actions   = ["s3:ListBucket"]
    resources = [var.state_bucket_arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["${var.environment}/*"]
    }
  }

  statement {
    sid       = "UseState"
    actions   = each.key == "plan" ? ["s3:GetObject"] : ["s3:GetObject", "s3:PutObject"]
    resources = ["${var.state_bucket_arn}/${var.environment}/*"]
  }

  dynamic "statement" {
    for_each = each.key == "deploy" ? [1] : []

    content {
      sid       = "ReleaseLock"
      actions   = ["s3:DeleteObject"]
      resources = ["${var.state_bucket_arn}/${var.environment}/*.tflock"]
    }
  }

  statement {
    sid       = "UseStateKey"
    actions   = each.key == "plan" ? ["kms:Decrypt"] : ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.state_key_arn]
  }
}
