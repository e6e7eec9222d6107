data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  name      = "${var.project}-${var.environment}"
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.name

  # ARN up to the resource, by service.
  arn = { for service in ["application-autoscaling", "cloudwatch", "ec2", "ecr", "ecs", "events", "logs", "sagemaker", "scheduler", "sns", "sqs", "ssm"] :
    service => "arn:${local.partition}:${service}:${local.region}:${local.account}"
  }
  role_arn = "arn:${local.partition}:iam::${local.account}:role/${local.name}"
  store    = "${var.artefact_bucket_arn}/${var.store_prefix}"

  sagemaker_jobs = [for kind in ["training-job", "processing-job", "transform-job", "hyper-parameter-tuning-job"] :
    "${local.arn.sagemaker}:${kind}/${local.name}-*"
  ]
  sagemaker_models = [for kind in ["model", "endpoint", "endpoint-config"] :
    "${local.arn.sagemaker}:${kind}/${local.name}-*"
  ]
  sagemaker_versions = [for kind in ["model-package", "model-package-group"] :
    "${local.arn.sagemaker}:${kind}/${local.name}-*"
  ]
}

# Who may become the role (service) and on whose behalf (source), and what it may do (policy).
locals {
  roles = {
    job = {
      description = "Training, processing, tuning and transform jobs"
      services    = { "sagemaker.amazonaws.com" = ["${local.arn.sagemaker}:*"] }
      policy      = data.aws_iam_policy_document.job.json
    }
    endpoint = {
      description = "Models behind endpoints"
      services    = { "sagemaker.amazonaws.com" = ["${local.arn.sagemaker}:*"] }
      policy      = data.aws_iam_policy_document.endpoint.json
    }
    pipeline = {
      description = "SageMaker pipelines"
      services    = { "sagemaker.amazonaws.com" = ["${local.arn.sagemaker}:*"] }
      policy      = data.aws_iam_policy_document.pipeline.json
    }
    notebook = {
      description = "The notebook instance"
      services    = { "sagemaker.amazonaws.com" = ["${local.arn.sagemaker}:notebook-instance/${local.name}-*"] }
      policy      = data.aws_iam_policy_document.notebook.json
    }
    api = {
      description = "API Gateway, calling endpoints"
      services    = { "apigateway.amazonaws.com" = [] }
      policy      = data.aws_iam_policy_document.api.json
    }
    api_logs = {
      description = "API Gateway, writing its logs"
      services    = { "apigateway.amazonaws.com" = [] }
      policy      = data.aws_iam_policy_document.api_logs.json
    }
    schedule = {
      description = "EventBridge and its Scheduler, starting pipelines, monitoring and the look for what idles"
      services = {
        # Scheduler speaks for a schedule's group; a single schedule can not be named here.
        "scheduler.amazonaws.com" = ["${local.arn.scheduler}:schedule-group/${local.name}"]
        "events.amazonaws.com"    = ["${local.arn.events}:rule/${local.name}-*"]
      }
      policy = data.aws_iam_policy_document.schedule.json
    }
    guard = {
      description = "The hourly look for what idles"
      services    = { "sagemaker.amazonaws.com" = ["${local.arn.sagemaker}:*"] }
      policy      = data.aws_iam_policy_document.guard.json
    }
    server = {
      description = "The page's server"
      services    = { "ecs-tasks.amazonaws.com" = ["${local.arn.ecs}:*"] }
      policy      = data.aws_iam_policy_document.server.json
    }
    server_execution = {
      description = "ECS, starting the page's server"
      services    = { "ecs-tasks.amazonaws.com" = ["${local.arn.ecs}:*"] }
      policy      = data.aws_iam_policy_document.server_execution.json
    }
  }
}

resource "aws_iam_role" "service" {
  for_each = local.roles

  name                 = "${local.name}-${replace(each.key, "_", "-")}"
  description          = each.value.description
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "service" {
  for_each = local.roles

  name   = "permissions"
  role   = aws_iam_role.service[each.key].id
  policy = each.value.policy
}

# The conditions keep another account from having a service use these roles for it (the confused deputy).
data "aws_iam_policy_document" "trust" {
  for_each = local.roles

  dynamic "statement" {
    for_each = each.value.services

    content {
      actions = ["sts:AssumeRole"]

      principals {
        type        = "Service"
        identifiers = [statement.key]
      }

      # API Gateway does not say for every call whom it works for; where a service says it, it must be this account.
      condition {
        test     = statement.key == "apigateway.amazonaws.com" ? "StringEqualsIfExists" : "StringEquals"
        variable = "aws:SourceAccount"
        values   = [local.account]
      }

      dynamic "condition" {
        for_each = length(statement.value) > 0 ? [statement.value] : []

        content {
          test     = "ArnLike"
          variable = "aws:SourceArn"
          values   = condition.value
        }
      }
    }
  }
}
