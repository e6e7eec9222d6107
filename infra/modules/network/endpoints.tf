locals {
  # Service name after com.amazonaws.REGION., and the prefix of its actions: everything that mlcl calls from within the
  # network, where no other way leads out (tests/infra/test_applied.py compares).
  interface_services = {
    "application-autoscaling" = "application-autoscaling"
    "ecr.api"                 = "ecr"
    "ecr.dkr"                 = "ecr"
    "kms"                     = "kms"
    "logs"                    = "logs"
    "monitoring"              = "cloudwatch"
    "sagemaker.api"           = "sagemaker"
    "sagemaker.runtime"       = "sagemaker"
    "scheduler"               = "scheduler"
    "sns"                     = "sns"
    "ssm"                     = "ssm"
    "sts"                     = "sts"
  }
}

data "aws_prefix_list" "s3" {
  name = "com.amazonaws.${local.region}.s3"
}

resource "aws_vpc_endpoint" "s3" {
  count = local.make_endpoints ? 1 : 0

  vpc_id            = local.vpc_id
  service_name      = "com.amazonaws.${local.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = local.made ? aws_route_table.private[*].id : distinct([for table in data.aws_route_table.existing : table.route_table_id])
  policy            = data.aws_iam_policy_document.s3_endpoint.json

  tags = { Name = "${local.name}-s3" }
}

data "aws_route_table" "existing" {
  count = local.made || !local.make_endpoints ? 0 : length(var.existing_vpc.subnet_ids)

  subnet_id = var.existing_vpc.subnet_ids[count.index]
}

resource "aws_vpc_endpoint" "interface" {
  for_each = local.make_endpoints ? local.interface_services : {}

  vpc_id              = local.vpc_id
  service_name        = "com.amazonaws.${local.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = local.subnet_ids
  security_group_ids  = aws_security_group.endpoint[*].id
  policy              = data.aws_iam_policy_document.interface_endpoint[each.key].json

  tags = { Name = "${local.name}-${each.key}" }
}

# What may pass an endpoint, whatever a role allows: this account's identities only, so that nobody
# carries data out with keys of another account.
data "aws_iam_policy_document" "interface_endpoint" {
  for_each = local.interface_services

  statement {
    sid       = "OnlyThisAccount"
    actions   = ["${each.value}:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [local.account]
    }
  }
}

data "aws_iam_policy_document" "s3_endpoint" {
  #checkov:skip=CKV_AWS_283:A VPC endpoint limits who may pass: all principals, of this account; layers of images are fetched with addresses that ECR has signed, so they have no principal of ours
  statement {
    sid       = "OnlyThisAccountsBuckets"
    actions   = ["s3:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [local.account]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceAccount"
      values   = [local.account]
    }
  }

  # ECR serves the layers of images from a bucket of its own.
  statement {
    sid       = "ImageLayers"
    actions   = ["s3:GetObject"]
    resources = ["arn:${local.partition}:s3:::prod-${local.region}-starport-layer-bucket/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}
