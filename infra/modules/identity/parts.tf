# Permissions that several roles share.

data "aws_iam_policy_document" "store_read" {
  statement {
    sid       = "ListStore"
    actions   = ["s3:ListBucket"]
    resources = [var.artefact_bucket_arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = [var.store_prefix, "${var.store_prefix}/*"]
    }
  }

  statement {
    sid       = "FindStore"
    actions   = ["s3:GetBucketLocation"]
    resources = [var.artefact_bucket_arn, var.data_bucket_arn]
  }

  statement {
    sid       = "ReadStore"
    actions   = ["s3:GetObject"]
    resources = ["${local.store}/*"]
  }

  statement {
    sid       = "Decrypt"
    actions   = ["kms:Decrypt", "kms:DescribeKey"]
    resources = [var.data_key_arn]
  }
}

data "aws_iam_policy_document" "data_read" {
  statement {
    sid       = "ReadData"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = [var.data_bucket_arn, "${var.data_bucket_arn}/*"]
  }
}

# Deleting is part of writing: logs of the store are thinned out. Versions bring back what was deleted by mistake.
data "aws_iam_policy_document" "store_write" {
  statement {
    sid       = "WriteStore"
    actions   = ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
    resources = ["${local.store}/*"]
  }

  statement {
    sid       = "Encrypt"
    actions   = ["kms:Encrypt", "kms:GenerateDataKey"]
    resources = [var.data_key_arn]
  }
}

# The encrypted volumes of jobs, endpoints and the notebook: SageMaker gets the key by a grant, for them alone.
data "aws_iam_policy_document" "volumes" {
  statement {
    sid       = "EncryptVolumes"
    actions   = ["kms:CreateGrant"]
    resources = [var.data_key_arn]

    condition {
      test     = "Bool"
      variable = "kms:GrantIsForAWSResource"
      values   = ["true"]
    }
  }

  statement {
    sid       = "DescribeKey"
    actions   = ["kms:DescribeKey"]
    resources = [var.data_key_arn]
  }
}

data "aws_iam_policy_document" "telemetry" {
  #checkov:skip=CKV_AWS_111:cloudwatch:PutMetricData has no resources; the condition names the namespaces

  # SageMaker's groups are shared by all environments of an account; the names of streams and endpoints tell them apart.
  statement {
    sid     = "WriteLogs"
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [
      "${local.arn.logs}:log-group:/${var.project}/${var.environment}/*",
      "${local.arn.logs}:log-group:/aws/sagemaker/Endpoints/${local.name}-*",
      "${local.arn.logs}:log-group:/aws/sagemaker/*Jobs:log-stream:${local.name}-*",
      "${local.arn.logs}:log-group:/aws/sagemaker/NotebookInstances:log-stream:${local.name}-*",
    ]
  }

  statement {
    sid     = "FindLogs"
    actions = ["logs:CreateLogGroup", "logs:DescribeLogStreams"]
    resources = [
      "${local.arn.logs}:log-group:/${var.project}/${var.environment}/*",
      "${local.arn.logs}:log-group:/aws/sagemaker/*",
    ]
  }

  # Metrics have no ARN: the namespace is what can be limited. SageMaker sends the use of a job's or an endpoint's
  # machine with the role's rights, into namespaces of its own.
  statement {
    sid       = "WriteMetrics"
    actions   = ["cloudwatch:PutMetricData"]
    resources = ["*"]

    condition {
      test     = "StringLike"
      variable = "cloudwatch:namespace"
      values   = ["mlcl", "/aws/sagemaker/*"]
    }
  }
}

data "aws_iam_policy_document" "image" {
  # Logging in to ECR has no resource; what can be pulled is limited below.
  statement {
    sid       = "LogInToEcr"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid       = "PullImage"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = var.repository_arns
  }
}

# SageMaker's own algorithm images lie in accounts of AWS, one for each region.
data "aws_iam_policy_document" "algorithm_image" {
  statement {
    sid       = "PullAlgorithm"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = ["arn:${local.partition}:ecr:${local.region}:*:repository/sagemaker-xgboost"]
  }
}

# SageMaker connects machines to our subnets with the role's rights.
data "aws_iam_policy_document" "vpc" {
  #checkov:skip=CKV_AWS_111:Only interfaces in this VPC can be made (ec2:Vpc); the rest has no resources

  statement {
    sid     = "AttachToVpc"
    actions = ["ec2:CreateNetworkInterface"]
    resources = concat(
      [for id in var.subnet_ids : "${local.arn.ec2}:subnet/${id}"],
      [for id in var.security_group_ids : "${local.arn.ec2}:security-group/${id}"],
      ["${local.arn.ec2}:network-interface/*"],
    )
  }

  statement {
    sid       = "ManageInterfaces"
    actions   = ["ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission"]
    resources = ["${local.arn.ec2}:network-interface/*"]

    condition {
      test     = "ArnEquals"
      variable = "ec2:Vpc"
      values   = ["${local.arn.ec2}:vpc/${var.vpc_id}"]
    }
  }

  # Describing has no resources in EC2.
  statement {
    sid = "DescribeVpc"
    actions = [
      "ec2:DescribeDhcpOptions",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcEndpoints",
      "ec2:DescribeVpcs",
    ]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "alert" {
  statement {
    sid       = "Alert"
    actions   = ["sns:Publish"]
    resources = ["${local.arn.sns}:${local.name}-*"]
  }

  statement {
    sid       = "EncryptAlert"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.operations_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["sns.${local.region}.amazonaws.com"]
    }
  }
}
