# Jobs that look at something by the clock and tell what they found. Scheduler calls CreateProcessingJob itself (universal
# target); the schedule's own run gives the job's name its end, since names of jobs must differ.
locals {
  looks = merge(
    # As `mlcl monitor NAME --on aws:ENV` asks for it (src/mlcl/platforms/sagemaker/watching.py).
    { for name, one in var.monitoring : "monitor-${name}" => {
      words         = "Looks at the traffic of the endpoint ${one.endpoint}"
      expression    = one.expression
      enabled       = one.enabled
      role_arn      = var.job_role_arn
      instance_type = one.instance_type
      runs          = { ContainerArguments = ["monitor"] }
      environment   = { MLCL_ENVIRONMENT = var.environment, MLCL_NAME = one.endpoint, MLCL_STORE = var.store_uri }
    } },
    # The other half of the cost guard (the budget is in modules/observe). Why not a function:
    # docs/decisions/0012-idle-check.md.
    { idle = {
      words         = "Looks for endpoints and notebooks that idle, and tells the topic"
      expression    = var.idle.expression
      enabled       = true
      role_arn      = var.guard_role_arn
      instance_type = var.idle.instance_type
      runs = {
        ContainerEntrypoint = ["mlcl"]
        ContainerArguments  = ["costs", "--on", "aws:${var.environment}", "--idle", "${var.idle.hours}h", "--notify"]
      }
      environment = {}
    } },
  )
}

resource "aws_scheduler_schedule" "look" {
  for_each = local.looks

  name                         = "${local.name}-${each.key}"
  group_name                   = aws_scheduler_schedule_group.this.name
  description                  = each.value.words
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
      ProcessingJobName = "${local.name}-${each.key}-<aws.scheduler.execution-id>"
      RoleArn           = each.value.role_arn
      AppSpecification  = merge({ ImageUri = var.image }, each.value.runs)
      Environment       = merge({ AWS_REGION = data.aws_region.current.name }, each.value.environment)
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
