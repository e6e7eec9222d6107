locals {
  name = "${var.project}-${var.environment}"
}

# One image holds mlcl; jobs and endpoints name it by its digest.
resource "aws_ecr_repository" "image" {
  name                 = "${local.name}-mlcl"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = var.destroy_images

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = var.data_key_arn
  }
}

resource "aws_ecr_lifecycle_policy" "image" {
  repository = aws_ecr_repository.image.name

  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "Delete images without a tag after ${var.untagged_days} days"
        selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = var.untagged_days }
        action       = { type = "expire" }
      },
      {
        rulePriority = 2
        description  = "Keep the last ${var.kept_images} images"
        selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = var.kept_images }
        action       = { type = "expire" }
      },
    ]
  })
}

# SageMaker pulls with the job's role; nobody outside of the account pulls or pushes.
resource "aws_ecr_repository_policy" "image" {
  repository = aws_ecr_repository.image.name
  policy     = data.aws_iam_policy_document.image.json
}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "image" {
  statement {
    sid    = "OnlyThisAccount"
    effect = "Deny"
    actions = [
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:GetDownloadUrlForLayer",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:UploadLayerPart",
    ]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringNotEquals"
      variable = "aws:PrincipalAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }

    # AWS's own services (scanning, SageMaker on a role's behalf) have no account of their own.
    condition {
      test     = "Bool"
      variable = "aws:PrincipalIsAWSService"
      values   = ["false"]
    }
  }
}

resource "aws_sagemaker_model_package_group" "models" {
  model_package_group_name        = "${local.name}-models"
  model_package_group_description = "Models that runs of ${local.name} have registered"
}
