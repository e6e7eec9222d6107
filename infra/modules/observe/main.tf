data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  name      = "${var.project}-${var.environment}"
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.name
  account   = data.aws_caller_identity.current.account_id
  namespace = "mlcl"

  own_groups = { for part in ["api", "events", "server"] : part => "/${var.project}/${var.environment}/${part}" }
  # SageMaker writes to these names and to no others.
  sagemaker_groups = var.account_log_groups ? {
    training   = "/aws/sagemaker/TrainingJobs"
    processing = "/aws/sagemaker/ProcessingJobs"
    transform  = "/aws/sagemaker/TransformJobs"
    notebook   = "/aws/sagemaker/NotebookInstances"
  } : {}
  endpoint_groups = { for name in var.endpoints : "endpoint-${name}" => "/aws/sagemaker/Endpoints/${name}" }
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = merge(local.own_groups, local.sagemaker_groups, local.endpoint_groups)

  name              = each.value
  retention_in_days = var.log_retention_days
  kms_key_id        = var.operations_key_arn
}

# What SageMaker reports about this environment's pipelines and jobs, as one log that says what failed and why.
resource "aws_cloudwatch_event_rule" "sagemaker" {
  name        = "${local.name}-sagemaker"
  description = "Changes of state of the environment's pipelines, jobs and endpoints"

  event_pattern = jsonencode({
    source = ["aws.sagemaker"]
    detail-type = [
      "SageMaker Model Building Pipeline Execution Status Change",
      "SageMaker Training Job State Change",
      "SageMaker HyperParameter Tuning Job State Change",
      "SageMaker Processing Job State Change",
      "SageMaker Transform Job State Change",
      "SageMaker Endpoint State Change",
      "SageMaker Model Package State Change",
    ]
    resources = [{ wildcard = "arn:${local.partition}:sagemaker:${local.region}:${local.account}:*/${local.name}-*" }]
  })
}

resource "aws_cloudwatch_event_target" "log" {
  rule = aws_cloudwatch_event_rule.sagemaker.name
  arn  = aws_cloudwatch_log_group.this["events"].arn
}

data "aws_iam_policy_document" "events_to_log" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this["events"].arn}:*"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com", "delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_cloudwatch_log_resource_policy" "events" {
  policy_name     = "${local.name}-events"
  policy_document = data.aws_iam_policy_document.events_to_log.json
}

locals {
  filters = {
    FailedPipelines = { group = "events", pattern = "{ $.detail.currentPipelineExecutionStatus = \"Failed\" }" }
    FailedJobs      = { group = "events", pattern = "{ $.detail.TrainingJobStatus = \"Failed\" || $.detail.ProcessingJobStatus = \"Failed\" || $.detail.TransformJobStatus = \"Failed\" || $.detail.HyperParameterTuningJobStatus = \"Failed\" }" }
    FailedEndpoints = { group = "events", pattern = "{ $.detail.EndpointStatus = \"Failed\" || $.detail.EndpointStatus = \"FAILED\" }" }
    # 424 is SageMaker's ModelError: most often rows that break the model's schema.
    RefusedRequests = { group = "api", pattern = "{ $.status = \"424\" || $.status = \"400\" }" }
  }
}

resource "aws_cloudwatch_log_metric_filter" "this" {
  for_each = local.filters

  name           = "${local.name}-${each.key}"
  log_group_name = aws_cloudwatch_log_group.this[each.value.group].name
  pattern        = each.value.pattern

  # A metric without dimensions can have a default value, so that quiet hours count as 0: hence one namespace per environment.
  metric_transformation {
    name          = each.key
    namespace     = "${local.namespace}/${var.environment}"
    value         = "1"
    default_value = "0"
    unit          = "Count"
  }
}
