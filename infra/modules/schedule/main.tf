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

    dynamic "sagemaker_pipeline_parameters" {
      for_each = length(each.value.parameters) > 0 ? [each.value.parameters] : []

      content {
        dynamic "pipeline_parameter" {
          for_each = sagemaker_pipeline_parameters.value

          content {
            name  = pipeline_parameter.key
            value = pipeline_parameter.value
          }
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

resource "aws_scheduler_schedule" "monitoring" {
  for_each = var.monitoring

  name                         = "${local.name}-monitor-${each.key}"
  group_name                   = aws_scheduler_schedule_group.this.name
  description                  = "Looks at the traffic of the endpoint ${each.value.endpoint}"
  state                        = each.value.enabled && var.image != "" ? "ENABLED" : "DISABLED"
  schedule_expression          = each.value.expression
  schedule_expression_timezone = "UTC"
  kms_key_arn                  = var.operations_key_arn

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15
  }

  target {
    arn      = "arn:${local.partition}:scheduler:::aws-sdk:sagemaker:createProcessingJob"
    role_arn = var.schedule_role_arn

    input = jsonencode({
      # The schedule's own run gives the name its end: names of jobs must differ.
      ProcessingJobName = "${local.name}-monitor-${each.key}-<aws.scheduler.execution-id>"
      RoleArn           = var.job_role_arn
      AppSpecification = {
        ImageUri           = var.image
        ContainerArguments = ["monitor"]
      }
      # As `mlcl monitor NAME --on aws:ENV` asks for it (src/mlcl/platforms/sagemaker/watching.py).
      Environment = {
        AWS_REGION       = data.aws_region.current.name
        MLCL_ENVIRONMENT = var.environment
        MLCL_NAME        = each.value.endpoint
        MLCL_STORE       = var.store_uri
      }
      ProcessingResources = {
        ClusterConfig = {
          InstanceCount  = 1
          InstanceType   = each.value.instance_type
          VolumeSizeInGB = 10
          VolumeKmsKeyId = var.data_key_arn
        }
      }
      StoppingCondition = { MaxRuntimeInSeconds = 3600 }
      NetworkConfig = {
        EnableInterContainerTrafficEncryption = true
        VpcConfig                             = { Subnets = var.subnet_ids, SecurityGroupIds = var.security_group_ids }
      }
      Tags = [{ Key = "Project", Value = var.project }, { Key = "Environment", Value = var.environment }]
    })

    dead_letter_config {
      arn = aws_sqs_queue.undelivered.arn
    }

    retry_policy {
      maximum_retry_attempts       = 2
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

  dynamic "sagemaker_pipeline_target" {
    for_each = length(each.value.parameters) > 0 ? [each.value.parameters] : []

    content {
      dynamic "pipeline_parameter_list" {
        for_each = sagemaker_pipeline_target.value

        content {
          name  = pipeline_parameter_list.key
          value = pipeline_parameter_list.value
        }
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
