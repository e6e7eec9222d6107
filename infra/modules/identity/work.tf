# What makes jobs and model versions: pipelines, and whoever works with mlcl.

resource "aws_iam_policy" "work" {
  name        = "${local.name}-work"
  description = "Make and end the jobs and model versions of ${local.name}"
  policy      = data.aws_iam_policy_document.work.json
}

resource "aws_iam_role_policy_attachment" "work" {
  for_each = merge(local.operators, { pipeline = aws_iam_role.service["pipeline"].name })

  role       = each.value
  policy_arn = aws_iam_policy.work.arn
}

data "aws_iam_policy_document" "work" {
  source_policy_documents = [data.aws_iam_policy_document.volumes.json]

  # Only inside our network: SageMaker tells IAM which subnets and groups were asked for.
  statement {
    sid       = "CreateJobs"
    actions   = ["sagemaker:CreateTrainingJob", "sagemaker:CreateProcessingJob", "sagemaker:CreateHyperParameterTuningJob"]
    resources = local.sagemaker_jobs

    condition {
      test     = "Null"
      variable = "sagemaker:VpcSubnets"
      values   = ["false"]
    }

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "sagemaker:VpcSubnets"
      values   = var.subnet_ids
    }

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "sagemaker:VpcSecurityGroupIds"
      values   = var.security_group_ids
    }
  }

  statement {
    sid = "ManageJobs"
    actions = [
      "sagemaker:DescribeHyperParameterTuningJob",
      "sagemaker:DescribeProcessingJob",
      "sagemaker:DescribeTrainingJob",
      "sagemaker:ListTrainingJobsForHyperParameterTuningJob",
      "sagemaker:StopHyperParameterTuningJob",
      "sagemaker:StopProcessingJob",
      "sagemaker:StopTrainingJob",
    ]
    resources = local.sagemaker_jobs
  }

  statement {
    sid = "RegisterVersions"
    actions = [
      "sagemaker:CreateModelPackage",
      "sagemaker:DescribeModelPackage",
    ]
    resources = local.sagemaker_versions
  }

  statement {
    sid       = "Tag"
    actions   = ["sagemaker:AddTags", "sagemaker:ListTags"]
    resources = concat(local.sagemaker_jobs, local.sagemaker_versions)
  }

  statement {
    sid       = "GiveJobRole"
    actions   = ["iam:PassRole"]
    resources = ["${local.role_arn}-job"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["sagemaker.amazonaws.com"]
    }
  }
}

# SageMaker reads what steps tell each other (property files) with the pipeline's role.
data "aws_iam_policy_document" "pipeline" {
  source_policy_documents = [data.aws_iam_policy_document.store_read.json]
}
