# EventBridge Scheduler calls SageMaker itself (universal target); the job runs `mlcl costs --idle`, the same look that a
# person takes. Why not a function: docs/decisions/0012-idle-check.md.
resource "aws_scheduler_schedule" "idle" {
  name                         = "${local.name}-idle"
  description                  = "Looks for endpoints and notebooks that idle, and tells the topic"
  state                        = var.idle.image == "" ? "DISABLED" : "ENABLED"
  schedule_expression          = var.idle.expression
  kms_key_arn                  = var.operations_key_arn
  schedule_expression_timezone = "UTC"

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15
  }

  target {
    arn      = "arn:${local.partition}:scheduler:::aws-sdk:sagemaker:createProcessingJob"
    role_arn = aws_iam_role.guard["schedule"].arn
    input    = jsonencode(local.idle_job)

    retry_policy {
      maximum_retry_attempts       = 1
      maximum_event_age_in_seconds = 900 # the next look is never far
    }
  }
}

locals {
  idle_job = {
    ProcessingJobName = "${local.name}-idle-<aws.scheduler.execution-id>"
    RoleArn           = aws_iam_role.guard["job"].arn
    AppSpecification = {
      ImageUri            = var.idle.image
      ContainerEntrypoint = ["mlcl"]
      ContainerArguments  = ["costs", "--on", "aws:${var.environment}", "--idle", "${var.idle.hours}h", "--notify"]
    }
    ProcessingResources = {
      ClusterConfig = {
        InstanceCount  = 1
        InstanceType   = var.idle.instance_type
        VolumeSizeInGB = 1
        VolumeKmsKeyId = var.data_key_arn
      }
    }
    StoppingCondition = { MaxRuntimeInSeconds = 600 }
    NetworkConfig = {
      EnableInterContainerTrafficEncryption = true
      VpcConfig                             = { Subnets = var.subnet_ids, SecurityGroupIds = var.security_group_ids }
    }
    Tags = [{ Key = "Project", Value = var.project }, { Key = "Environment", Value = var.environment }]
  }
}

# Two roles that only this check has: one starts the job, the other looks and tells. Neither can stop or delete anything.
locals {
  guards = {
    schedule = {
      service = "scheduler.amazonaws.com"
      source  = "arn:${local.partition}:scheduler:${local.region}:${local.account}:schedule/default/${local.name}-idle"
      policy  = data.aws_iam_policy_document.guard_schedule.json
    }
    job = {
      service = "sagemaker.amazonaws.com"
      source  = "arn:${local.partition}:sagemaker:${local.region}:${local.account}:*"
      policy  = data.aws_iam_policy_document.guard_job.json
    }
  }
}

data "aws_iam_policy_document" "guard_trust" {
  for_each = local.guards

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [each.value.service]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = [each.value.source]
    }
  }
}

resource "aws_iam_role" "guard" {
  for_each = local.guards

  name                 = "${local.name}-guard-${each.key}"
  description          = "Hourly look for what idles: ${each.key}"
  assume_role_policy   = data.aws_iam_policy_document.guard_trust[each.key].json
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "guard" {
  for_each = local.guards

  name   = "look"
  role   = aws_iam_role.guard[each.key].id
  policy = each.value.policy
}

data "aws_iam_policy_document" "guard_schedule" {
  statement {
    sid       = "StartTheCheck"
    actions   = ["sagemaker:CreateProcessingJob", "sagemaker:AddTags"]
    resources = ["arn:${local.partition}:sagemaker:${local.region}:${local.account}:processing-job/${local.name}-idle-*"]
  }

  statement {
    sid       = "HandItsRoleOver"
    actions   = ["iam:PassRole"]
    resources = ["arn:${local.partition}:iam::${local.account}:role/${local.name}-guard-job"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["sagemaker.amazonaws.com"]
    }
  }

  statement {
    sid       = "ReadItsOwnInput"
    actions   = ["kms:Decrypt"]
    resources = [var.operations_key_arn]
  }

  statement {
    sid       = "EncryptTheVolume"
    actions   = ["kms:CreateGrant"]
    resources = [var.data_key_arn]

    condition {
      test     = "Bool"
      variable = "kms:GrantIsForAWSResource"
      values   = ["true"]
    }
  }
}

data "aws_iam_policy_document" "guard_job" {
  # checkov:skip=CKV_AWS_356:Listing, metrics and the network interfaces of the job know no narrower resource in IAM; nothing here changes a thing of the user's
  # checkov:skip=CKV_AWS_111:ec2:CreateNetworkInterface has to be allowed for a job in the VPC; SageMaker makes and deletes the interface
  statement {
    sid = "SeeWhatRuns"
    actions = [
      "sagemaker:ListEndpoints",
      "sagemaker:ListNotebookInstances",
      "cloudwatch:GetMetricData",
      "cloudwatch:GetMetricStatistics",
      "ecr:GetAuthorizationToken",
    ]
    resources = ["*"]
  }

  statement {
    sid     = "SeeWhatItIs"
    actions = ["sagemaker:DescribeEndpoint", "sagemaker:DescribeEndpointConfig", "sagemaker:DescribeNotebookInstance", "sagemaker:ListTags"]
    resources = [for kind in ["endpoint", "endpoint-config", "notebook-instance"] :
      "arn:${local.partition}:sagemaker:${local.region}:${local.account}:${kind}/*"
    ]
  }

  statement {
    sid       = "ReadTheSettings"
    actions   = ["ssm:GetParameter"]
    resources = ["arn:${local.partition}:ssm:${local.region}:${local.account}:parameter/${var.project}/${var.environment}/settings"]
  }

  statement {
    sid       = "Tell"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alerts.arn]
  }

  statement {
    sid       = "UseTheKeys"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.operations_key_arn, var.data_key_arn]
  }

  statement {
    sid       = "EncryptTheVolume"
    actions   = ["kms:CreateGrant"]
    resources = [var.data_key_arn]

    condition {
      test     = "Bool"
      variable = "kms:GrantIsForAWSResource"
      values   = ["true"]
    }
  }

  statement {
    sid       = "WriteTheLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:CreateLogGroup"]
    resources = ["arn:${local.partition}:logs:${local.region}:${local.account}:log-group:/aws/sagemaker/ProcessingJobs*"]
  }

  statement {
    sid       = "PullTheImage"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = ["arn:${local.partition}:ecr:${local.region}:${local.account}:repository/${var.project}-${var.environment}*"]
  }

  statement {
    sid = "BeInTheNetwork"
    actions = [
      "ec2:CreateNetworkInterface",
      "ec2:CreateNetworkInterfacePermission",
      "ec2:DeleteNetworkInterface",
      "ec2:DeleteNetworkInterfacePermission",
      "ec2:DescribeDhcpOptions",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
    ]
    resources = ["*"]
  }
}
