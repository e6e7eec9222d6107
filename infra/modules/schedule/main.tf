data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  name      = "${var.project}-${var.environment}"
  partition = data.aws_partition.current.partition
  pipelines = "arn:${local.partition}:sagemaker:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:pipeline"
}

# The group holds this module's schedules and those that mlcl makes when a problem file says `every`; destroying it ends them all.
resource "aws_scheduler_schedule_group" "this" {
  name = local.name
}

resource "aws_scheduler_schedule" "retraining" {
  for_each = var.retraining

  name                         = "${local.name}-retrain-${each.key}"
  group_name                   = aws_scheduler_schedule_group.this.name
  description                  = "Starts the pipeline ${each.value.pipeline}"
  state                        = each.value.enabled ? "ENABLED" : "DISABLED"
  schedule_expression          = each.value.expression
  schedule_expression_timezone = each.value.timezone
  kms_key_arn                  = var.operations_key_arn

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15
  }

  target {
    arn      = "${local.pipelines}/${each.value.pipeline}"
    role_arn = var.schedule_role_arn

    # Nothing tells the run's id: a pipeline that is started without one makes its own.
    sagemaker_pipeline_parameters {
      dynamic "pipeline_parameter" {
        for_each = merge(each.value.parameters, { Trigger = "schedule" })

        content {
          name  = pipeline_parameter.key
          value = pipeline_parameter.value
        }
      }
    }

    dead_letter_config {
      arn = aws_sqs_queue.undelivered.arn
    }

    retry_policy {
      maximum_retry_attempts       = 5
      maximum_event_age_in_seconds = 3600
    }
  }
}

resource "aws_cloudwatch_event_rule" "new_data" {
  for_each = var.new_data

  name        = "${local.name}-data-${each.key}"
  description = "New objects below ${each.value.prefix} start ${each.value.pipeline}"
  state       = each.value.enabled ? "ENABLED" : "DISABLED"

  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["Object Created"]
    detail = {
      bucket = { name = [var.data_bucket] }
      object = { key = [{ prefix = each.value.prefix }] }
    }
  })
}

resource "aws_cloudwatch_event_target" "new_data" {
  for_each = var.new_data

  rule     = aws_cloudwatch_event_rule.new_data[each.key].name
  arn      = "${local.pipelines}/${each.value.pipeline}"
  role_arn = var.schedule_role_arn

  sagemaker_pipeline_target {
    dynamic "pipeline_parameter_list" {
      for_each = merge(each.value.parameters, { Trigger = "new_data" })

      content {
        name  = pipeline_parameter_list.key
        value = pipeline_parameter_list.value
      }
    }
  }

  dead_letter_config {
    arn = aws_sqs_queue.undelivered.arn
  }

  retry_policy {
    maximum_retry_attempts       = 5
    maximum_event_age_in_seconds = 3600
  }
}
