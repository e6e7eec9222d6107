# What a plan reads: the settings of what this environment is made of, and no data.

resource "aws_iam_policy" "read" {
  name        = "${var.project}-github-${var.environment}-read"
  description = "Read how ${local.name} is set up"
  policy      = data.aws_iam_policy_document.read.json
}

resource "aws_iam_role_policy_attachment" "read" {
  for_each = aws_iam_role.github

  role       = each.value.name
  policy_arn = aws_iam_policy.read.arn
}

data "aws_iam_policy_document" "read" {
  #checkov:skip=CKV_AWS_356:Only the statement Look has "*": it lists and describes settings, for which IAM mostly knows no resource, and reads no data
  statement {
    sid = "ReadOurs"
    actions = [
      "cloudwatch:DescribeAlarms",
      "cloudwatch:GetDashboard",
      "cloudwatch:ListTagsForResource",
      "ecr:Describe*",
      "ecr:GetLifecyclePolicy",
      "ecr:GetRepositoryPolicy",
      "ecr:ListTagsForResource",
      "ecs:Describe*",
      "events:DescribeRule",
      "events:ListTagsForResource",
      "events:ListTargetsByRule",
      "logs:DescribeMetricFilters",
      "logs:ListTagsForResource",
      "s3:GetBucket*",
      "s3:GetEncryptionConfiguration",
      "s3:GetLifecycleConfiguration",
      "s3:GetReplicationConfiguration",
      "s3:GetAccelerateConfiguration",
      "s3:ListBucket",
      "sagemaker:Describe*",
      "sagemaker:ListTags",
      "scheduler:Get*",
      "scheduler:ListTagsForResource",
      "sns:GetTopicAttributes",
      "sns:GetSubscriptionAttributes",
      "sns:ListSubscriptionsByTopic",
      "sns:ListTagsForResource",
      "sqs:GetQueueAttributes",
      "sqs:GetQueueUrl",
      "sqs:ListQueueTags",
      "ssm:GetParameter",
      "ssm:GetParameters",
      "ssm:ListTagsForResource",
      "iam:GetPolicy",
      "iam:GetPolicyVersion",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListPolicyVersions",
      "iam:ListRolePolicies",
    ]
    resources = [
      "${local.arn.cloudwatch}:alarm:${local.name}-*",
      "arn:${local.partition}:cloudwatch::${local.account}:dashboard/${local.name}*",
      "${local.arn.ecr}:repository/${local.name}-*",
      "${local.arn.ecs}:*/${local.name}*",
      "${local.arn.events}:rule/${local.name}-*",
      "${local.arn.logs}:log-group:/${var.project}/${var.environment}/*",
      "${local.arn.logs}:log-group:/aws/sagemaker/*",
      local.buckets,
      "${local.arn.sagemaker}:*/${local.name}-*",
      "${local.arn.scheduler}:schedule-group/${local.name}",
      "${local.arn.scheduler}:schedule/*/${local.name}-*",
      "${local.arn.sns}:${local.name}-*",
      "${local.arn.sqs}:${local.name}-*",
      "${local.arn.ssm}:parameter/${var.project}/${var.environment}/*",
      "${local.iam}:role/${local.name}-*",
      "${local.iam}:policy/${local.name}-*",
    ]
  }

  # Files of the page are resources of the plan; other objects are not read.
  statement {
    sid       = "ReadPage"
    actions   = ["s3:GetObject", "s3:GetObjectTagging"]
    resources = ["arn:${local.partition}:s3:::${local.name}-web-*/*"]
  }

  statement {
    sid       = "ReadKeys"
    actions   = ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"]
    resources = ["${local.arn.kms}:key/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Project"
      values   = [var.project]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Environment"
      values   = [var.environment]
    }
  }

  # API Gateway's resources have ids, not names.
  statement {
    sid     = "ReadApi"
    actions = ["apigateway:GET"]
    resources = [
      "${local.api}/account",
      "${local.api}/apikeys/*",
      "${local.api}/domainnames*",
      "${local.api}/restapis*",
      "${local.api}/tags/*",
      "${local.api}/usageplans*",
    ]
  }

  statement {
    sid     = "ReadEdge"
    actions = ["acm:DescribeCertificate", "acm:ListTagsForCertificate", "cloudfront:Get*", "cloudfront:ListTagsForResource", "wafv2:GetWebACL", "wafv2:GetWebACLForResource", "wafv2:GetLoggingConfiguration", "wafv2:ListTagsForResource"]
    resources = [
      "arn:${local.partition}:acm:*:${local.account}:certificate/*",
      "${local.cloudfront}:*",
      "arn:${local.partition}:wafv2:*:${local.account}:*/${local.name}*",
      "${local.api}/restapis/*/stages/*",
    ]
  }

  statement {
    sid       = "ReadBudget"
    actions   = ["budgets:ListTagsForResource", "budgets:ViewBudget"]
    resources = ["arn:${local.partition}:budgets::${local.account}:budget/${local.name}*"]
  }

  # Listing has no narrower resource in any of these.
  statement {
    sid = "Look"
    actions = [
      "cloudfront:ListCachePolicies",
      "cloudfront:ListDistributions",
      "cloudfront:ListOriginAccessControls",
      "cloudfront:ListOriginRequestPolicies",
      "cloudfront:ListResponseHeadersPolicies",
      "ec2:DescribeAddresses",
      "ec2:DescribeAddressesAttribute",
      "ec2:DescribeAvailabilityZones",
      "ec2:DescribeFlowLogs",
      "ec2:DescribeInternetGateways",
      "ec2:DescribeManagedPrefixLists",
      "ec2:DescribeNatGateways",
      "ec2:DescribeNetworkAcls",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribePrefixLists",
      "ec2:DescribeRouteTables",
      "ec2:DescribeSecurityGroupRules",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcAttribute",
      "ec2:DescribeVpcEndpoints",
      "ec2:DescribeVpcs",
      "elasticloadbalancing:Describe*",
      "kms:ListAliases",
      "logs:DescribeLogGroups",
      "ssm:DescribeParameters",
    ]
    resources = ["*"]
  }
}
