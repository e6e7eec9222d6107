# What puts models into use: the last job of a pipeline (aws.endpoint.on_pass), and whoever works with mlcl.

resource "aws_iam_policy" "deploy" {
  name        = "${local.name}-deploy"
  description = "Make, change and end the models and endpoints of ${local.name}"
  policy      = data.aws_iam_policy_document.deploy.json
}

resource "aws_iam_role_policy_attachment" "deploy" {
  for_each = merge(local.operators, { job = aws_iam_role.service["job"].name })

  role       = each.value
  policy_arn = aws_iam_policy.deploy.arn
}

data "aws_iam_policy_document" "deploy" {
  statement {
    sid       = "ReadSettings"
    actions   = ["ssm:GetParameter"]
    resources = ["${local.arn.ssm}:parameter/${var.project}/${var.environment}/*"]
  }

  statement {
    sid = "ManageModels"
    actions = [
      "sagemaker:AddTags",
      "sagemaker:CreateEndpoint",
      "sagemaker:CreateEndpointConfig",
      "sagemaker:CreateModel",
      "sagemaker:DeleteEndpoint",
      "sagemaker:DeleteEndpointConfig",
      "sagemaker:DeleteModel",
      "sagemaker:DescribeEndpoint",
      "sagemaker:DescribeEndpointConfig",
      "sagemaker:DescribeModel",
      "sagemaker:ListTags",
      "sagemaker:UpdateEndpoint",
    ]
    resources = local.sagemaker_models
  }

  statement {
    sid       = "GiveEndpointRole"
    actions   = ["iam:PassRole"]
    resources = ["${local.role_arn}-endpoint"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["sagemaker.amazonaws.com"]
    }
  }

  statement {
    sid = "Scale"
    actions = [
      "application-autoscaling:DeregisterScalableTarget",
      "application-autoscaling:PutScalingPolicy",
      "application-autoscaling:RegisterScalableTarget",
    ]
    resources = ["${local.arn["application-autoscaling"]}:scalable-target/*"]

    condition {
      test     = "StringEquals"
      variable = "application-autoscaling:service-namespace"
      values   = ["sagemaker"]
    }
  }

  statement {
    sid       = "ScalingRole"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:${local.partition}:iam::${local.account}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/*"]

    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"
      values   = ["sagemaker.application-autoscaling.amazonaws.com"]
    }
  }

  # The alarms that roll a release back: made with it, looked at by SageMaker in the name of who deploys.
  statement {
    sid       = "ManageAlarms"
    actions   = ["cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm"]
    resources = ["${local.arn.cloudwatch}:alarm:${local.name}-*"]
  }

  statement {
    sid = "ManageSchedules"
    actions = [
      "scheduler:CreateSchedule",
      "scheduler:DeleteSchedule",
      "scheduler:GetSchedule",
      "scheduler:UpdateSchedule",
    ]
    resources = ["${local.arn.scheduler}:schedule/${local.name}/*"]
  }

  statement {
    sid       = "GiveScheduleRole"
    actions   = ["iam:PassRole"]
    resources = ["${local.role_arn}-schedule"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["scheduler.amazonaws.com"]
    }
  }
}
