data "aws_iam_policy_document" "platform" {
  #checkov:skip=CKV_AWS_111:logs:PutResourcePolicy has no resource

  statement {
    sid = "Operations"
    actions = [
      "cloudwatch:DeleteAlarms",
      "cloudwatch:DeleteDashboards",
      "cloudwatch:PutDashboard",
      "cloudwatch:PutMetricAlarm",
      "cloudwatch:TagResource",
      "cloudwatch:UntagResource",
      "events:DeleteRule",
      "events:PutRule",
      "events:PutTargets",
      "events:RemoveTargets",
      "events:TagResource",
      "events:UntagResource",
      "logs:AssociateKmsKey",
      "logs:CreateLogGroup",
      "logs:DeleteLogGroup",
      "logs:DeleteMetricFilter",
      "logs:PutMetricFilter",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
      "logs:UntagResource",
      "scheduler:CreateSchedule",
      "scheduler:CreateScheduleGroup",
      "scheduler:DeleteSchedule",
      "scheduler:DeleteScheduleGroup",
      "scheduler:TagResource",
      "scheduler:UntagResource",
      "scheduler:UpdateSchedule",
      "sns:CreateTopic",
      "sns:DeleteTopic",
      "sns:SetSubscriptionAttributes",
      "sns:SetTopicAttributes",
      "sns:Subscribe",
      "sns:TagResource",
      "sns:Unsubscribe",
      "sns:UntagResource",
      "sqs:CreateQueue",
      "sqs:DeleteQueue",
      "sqs:SetQueueAttributes",
      "sqs:TagQueue",
      "sqs:UntagQueue",
      "ssm:AddTagsToResource",
      "ssm:DeleteParameter",
      "ssm:PutParameter",
      "ssm:RemoveTagsFromResource",
    ]
    resources = [
      "${local.arn.cloudwatch}:alarm:${local.name}-*",
      "arn:${local.partition}:cloudwatch::${local.account}:dashboard/${local.name}*",
      "${local.arn.events}:rule/${local.name}-*",
      "${local.arn.logs}:log-group:/${var.project}/${var.environment}/*",
      "${local.arn.logs}:log-group:/aws/*",
      "${local.arn.logs}:log-group:aws-waf-logs-${local.name}*",
      "${local.arn.scheduler}:schedule-group/${local.name}",
      "${local.arn.scheduler}:schedule/*/${local.name}-*",
      "${local.arn.sns}:${local.name}-*",
      "${local.arn.sqs}:${local.name}-*",
      "${local.arn.ssm}:parameter/${var.project}/${var.environment}/*",
    ]
  }

  statement {
    sid       = "Budget"
    actions   = ["budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"]
    resources = ["arn:${local.partition}:budgets::${local.account}:budget/${local.name}*"]
  }

  statement {
    sid = "SageMaker"
    actions = [
      "sagemaker:AddTags",
      "sagemaker:CreateModelPackageGroup",
      "sagemaker:CreateNotebookInstance",
      "sagemaker:CreateNotebookInstanceLifecycleConfig",
      "sagemaker:DeleteModelPackageGroup",
      "sagemaker:DeleteNotebookInstance",
      "sagemaker:DeleteNotebookInstanceLifecycleConfig",
      "sagemaker:DeleteTags",
      "sagemaker:StartNotebookInstance",
      "sagemaker:StopNotebookInstance",
      "sagemaker:UpdateNotebookInstance",
      "sagemaker:UpdateNotebookInstanceLifecycleConfig",
    ]
    resources = [for kind in ["model-package-group", "notebook-instance", "notebook-instance-lifecycle-config"] :
      "${local.arn.sagemaker}:${kind}/${local.name}-*"
    ]
  }

  # Log deliveries (of the API, the firewall and CloudFront) have no resources in IAM.
  statement {
    sid = "LogDelivery"
    actions = [
      "logs:DeleteResourcePolicy",
      "logs:DescribeResourcePolicies",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:UpdateLogDelivery",
    ]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "edge" {
  #checkov:skip=CKV_AWS_111:Load balancers and CloudFront's parts get ids at their making; the tags or the account limit them

  # API Gateway's resources have ids, not names, so a role can be kept to the service only.
  statement {
    sid     = "Api"
    actions = ["apigateway:DELETE", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT", "apigateway:SetWebACL"]
    resources = [
      "${local.api}/account",
      "${local.api}/apikeys*",
      "${local.api}/domainnames*",
      "${local.api}/restapis*",
      "${local.api}/tags/*",
      "${local.api}/usageplans*",
    ]
  }

  statement {
    sid = "Firewall"
    actions = [
      "wafv2:AssociateWebACL",
      "wafv2:CreateWebACL",
      "wafv2:DeleteLoggingConfiguration",
      "wafv2:DeleteWebACL",
      "wafv2:DisassociateWebACL",
      "wafv2:PutLoggingConfiguration",
      "wafv2:TagResource",
      "wafv2:UntagResource",
      "wafv2:UpdateWebACL",
    ]
    resources = [
      "arn:${local.partition}:wafv2:*:${local.account}:*/webacl/${local.name}-*/*",
      "arn:${local.partition}:wafv2:*:${local.account}:*/managedruleset/*/*",
      "${local.api}/restapis/*/stages/*",
    ]
  }

  statement {
    sid = "Page"
    actions = [
      "cloudfront:CreateDistribution",
      "cloudfront:CreateFunction",
      "cloudfront:CreateInvalidation",
      "cloudfront:CreateOriginAccessControl",
      "cloudfront:CreateResponseHeadersPolicy",
      "cloudfront:CreateVpcOrigin",
      "cloudfront:DeleteDistribution",
      "cloudfront:DeleteFunction",
      "cloudfront:DeleteOriginAccessControl",
      "cloudfront:DeleteResponseHeadersPolicy",
      "cloudfront:DeleteVpcOrigin",
      "cloudfront:DescribeFunction",
      "cloudfront:PublishFunction",
      "cloudfront:TagResource",
      "cloudfront:UntagResource",
      "cloudfront:UpdateDistribution",
      "cloudfront:UpdateFunction",
      "cloudfront:UpdateOriginAccessControl",
      "cloudfront:UpdateResponseHeadersPolicy",
      "cloudfront:UpdateVpcOrigin",
    ]
    resources = ["${local.cloudfront}:*"]
  }

  statement {
    sid = "Server"
    actions = [
      "ecs:CreateCluster",
      "ecs:CreateService",
      "ecs:DeleteCluster",
      "ecs:DeleteService",
      "ecs:PutClusterCapacityProviders",
      "ecs:RegisterTaskDefinition",
      "ecs:TagResource",
      "ecs:UntagResource",
      "ecs:UpdateCluster",
      "ecs:UpdateService",
    ]
    resources = ["${local.arn.ecs}:*/${local.name}*"]
  }

  # Taking a task definition out of use has no resource.
  statement {
    sid       = "OldServer"
    actions   = ["ecs:DeregisterTaskDefinition"]
    resources = ["*"]
  }

  statement {
    sid = "Balancer"
    actions = [
      "elasticloadbalancing:AddTags",
      "elasticloadbalancing:CreateListener",
      "elasticloadbalancing:CreateLoadBalancer",
      "elasticloadbalancing:CreateTargetGroup",
      "elasticloadbalancing:DeleteListener",
      "elasticloadbalancing:DeleteLoadBalancer",
      "elasticloadbalancing:DeleteTargetGroup",
      "elasticloadbalancing:ModifyListener",
      "elasticloadbalancing:ModifyLoadBalancerAttributes",
      "elasticloadbalancing:ModifyTargetGroup",
      "elasticloadbalancing:ModifyTargetGroupAttributes",
      "elasticloadbalancing:RemoveTags",
      "elasticloadbalancing:SetSecurityGroups",
    ]
    resources = [
      "${local.arn.elasticloadbalancing}:loadbalancer/app/${local.name}-*/*",
      "${local.arn.elasticloadbalancing}:listener/app/${local.name}-*/*/*",
      "${local.arn.elasticloadbalancing}:targetgroup/${local.name}-*/*",
    ]
  }

  statement {
    sid       = "LogDeliveries"
    actions   = ["logs:CreateDelivery", "logs:DeleteDelivery", "logs:DeleteDeliveryDestination", "logs:DeleteDeliverySource", "logs:GetDelivery", "logs:GetDeliveryDestination", "logs:GetDeliverySource", "logs:PutDeliveryDestination", "logs:PutDeliverySource", "logs:TagResource"]
    resources = ["arn:${local.partition}:logs:*:${local.account}:delivery*"]
  }
}
