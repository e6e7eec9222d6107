# A person who works with mlcl; the notebook and the page's server do for people what people may do.

resource "aws_iam_policy" "operator" {
  name        = "${local.name}-operator"
  description = "Run, predict and watch with mlcl in ${local.name}"
  policy      = data.aws_iam_policy_document.operator.json
}

resource "aws_iam_role_policy_attachment" "operator" {
  for_each = local.operators

  role       = each.value
  policy_arn = aws_iam_policy.operator.arn
}

# The role that workflows of GitHub Actions take to start runs (module delivery).
resource "aws_iam_role" "operator" {
  name                 = "${local.name}-operator"
  description          = "Delivery, starting runs"
  assume_role_policy   = data.aws_iam_policy_document.operator_trust.json
  permissions_boundary = var.permissions_boundary_arn
}

data "aws_iam_policy_document" "operator_trust" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }

    # Named by condition, as the role may be made later, or not at all.
    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = ["arn:${local.partition}:iam::${local.account}:role/${var.project}-github-${var.environment}-deploy"]
    }
  }
}

locals {
  operators = {
    notebook = aws_iam_role.service["notebook"].name
    operator = aws_iam_role.operator.name
    server   = aws_iam_role.service["server"].name
  }
}

data "aws_iam_policy_document" "operator" {
  source_policy_documents = [
    data.aws_iam_policy_document.store_read.json,
    data.aws_iam_policy_document.data_read.json,
    data.aws_iam_policy_document.store_write.json,
    data.aws_iam_policy_document.alert.json,
  ]

  statement {
    sid       = "UploadData"
    actions   = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
    resources = ["${var.data_bucket_arn}/*"]
  }

  statement {
    sid = "ManagePipelines"
    actions = [
      "sagemaker:AddTags",
      "sagemaker:CreatePipeline",
      "sagemaker:DeletePipeline",
      "sagemaker:DescribePipeline",
      "sagemaker:DescribePipelineDefinitionForExecution",
      "sagemaker:DescribePipelineExecution",
      "sagemaker:ListPipelineExecutions",
      "sagemaker:ListPipelineExecutionSteps",
      "sagemaker:ListPipelineParametersForExecution",
      "sagemaker:RetryPipelineExecution",
      "sagemaker:StartPipelineExecution",
      "sagemaker:StopPipelineExecution",
      "sagemaker:UpdatePipeline",
    ]
    resources = ["${local.arn.sagemaker}:pipeline/${local.name}-*"]
  }

  # A transform job runs in the network of its model.
  statement {
    sid = "PredictInBatches"
    actions = [
      "sagemaker:CreateTransformJob",
      "sagemaker:DescribeTransformJob",
      "sagemaker:StopTransformJob",
    ]
    resources = local.sagemaker_jobs
  }

  statement {
    sid = "ManageVersions"
    actions = [
      "sagemaker:DeleteModelPackage",
      "sagemaker:DescribeModelPackageGroup",
      "sagemaker:ListModelPackages",
      "sagemaker:UpdateModelPackage",
    ]
    resources = local.sagemaker_versions
  }

  # The figures of a run are published by whoever sees its end.
  statement {
    sid       = "WriteFigures"
    actions   = ["cloudwatch:PutMetricData"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "cloudwatch:namespace"
      values   = ["mlcl"]
    }
  }

  statement {
    sid       = "Predict"
    actions   = ["sagemaker:InvokeEndpoint"]
    resources = ["${local.arn.sagemaker}:endpoint/${local.name}-*"]
  }

  statement {
    sid       = "GivePipelineRole"
    actions   = ["iam:PassRole"]
    resources = ["${local.role_arn}-pipeline"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["sagemaker.amazonaws.com"]
    }
  }

  statement {
    sid = "ReadLogs"
    actions = [
      "logs:DescribeLogStreams",
      "logs:FilterLogEvents",
      "logs:GetLogEvents",
    ]
    resources = [
      "${local.arn.logs}:log-group:/${var.project}/${var.environment}/*",
      "${local.arn.logs}:log-group:/aws/sagemaker/*",
    ]
  }

  statement {
    sid       = "SeeAlarms"
    actions   = ["cloudwatch:DescribeAlarms"]
    resources = ["${local.arn.cloudwatch}:alarm:*"]
  }

  statement {
    sid       = "SeeImages"
    actions   = ["ecr:DescribeImages", "ecr:DescribeRepositories"]
    resources = var.repository_arns
  }

  # None of these has resources in IAM; they show names and figures, no data.
  statement {
    sid = "Look"
    actions = [
      "application-autoscaling:DescribeScalableTargets",
      "application-autoscaling:DescribeScalingPolicies",
      "ce:GetCostAndUsage",
      "cloudwatch:GetMetricData",
      "cloudwatch:GetMetricStatistics",
      "cloudwatch:ListMetrics",
      "logs:DescribeLogGroups",
      "sagemaker:ListEndpointConfigs",
      "sagemaker:ListEndpoints",
      "sagemaker:ListHyperParameterTuningJobs",
      "sagemaker:ListModelPackageGroups",
      "sagemaker:ListModels",
      "sagemaker:ListNotebookInstances",
      "sagemaker:ListPipelines",
      "sagemaker:ListProcessingJobs",
      "sagemaker:ListTrainingJobs",
      "sagemaker:ListTransformJobs",
      "sagemaker:Search",
      "scheduler:ListSchedules",
    ]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "notebook" {
  source_policy_documents = [
    data.aws_iam_policy_document.telemetry.json,
    data.aws_iam_policy_document.vpc.json,
  ]

  # It stops itself when idle.
  statement {
    sid       = "StopItself"
    actions   = ["sagemaker:DescribeNotebookInstance", "sagemaker:StopNotebookInstance"]
    resources = ["${local.arn.sagemaker}:notebook-instance/${local.name}-*"]
  }
}

data "aws_iam_policy_document" "server" {
  source_policy_documents = [data.aws_iam_policy_document.telemetry.json]
}
