mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_region" {
    defaults = { name = "eu-west-2" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }

  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-west-2:123456789012:mlcl-dev-undelivered" }
  }
}

variables {
  environment        = "dev"
  schedule_role_arn  = "arn:aws:iam::123456789012:role/mlcl-dev-schedule"
  job_role_arn       = "arn:aws:iam::123456789012:role/mlcl-dev-job"
  guard_role_arn     = "arn:aws:iam::123456789012:role/mlcl-dev-guard"
  operations_key_arn = "arn:aws:kms:eu-west-2:123456789012:key/1"
  data_key_arn       = "arn:aws:kms:eu-west-2:123456789012:key/2"
  subnet_ids         = ["subnet-1"]
  security_group_ids = ["sg-1"]
  store_uri          = "s3://mlcl-dev-artefacts/mlcl"
  data_bucket        = "mlcl-dev-data"
  topic_arn          = "arn:aws:sns:eu-west-2:123456789012:mlcl-dev-alerts"
}

run "nothing_starts_by_itself_unless_asked" {
  command = apply

  assert {
    condition     = output.schedule_names == tolist(["mlcl-dev-idle"]) && output.group_name == "mlcl-dev"
    error_message = "The group is there for mlcl's own schedules; only the look for what idles is in it."
  }

  assert {
    condition     = aws_scheduler_schedule.look["idle"].state == "DISABLED"
    error_message = "Without an image there is nothing to run yet."
  }
}

run "what_idles_is_looked_for_every_hour" {
  command = apply

  variables {
    image = "123456789012.dkr.ecr.eu-west-2.amazonaws.com/mlcl-dev-mlcl@sha256:0000000000000000000000000000000000000000000000000000000000000000"
    idle  = { hours = 6 }
  }

  assert {
    condition     = aws_scheduler_schedule.look["idle"].state == "ENABLED" && aws_scheduler_schedule.look["idle"].schedule_expression == "rate(1 hour)"
    error_message = "It must run every hour."
  }

  assert {
    condition     = jsondecode(aws_scheduler_schedule.look["idle"].target[0].input).AppSpecification.ContainerArguments == ["costs", "--on", "aws:dev", "--idle", "6h", "--notify"]
    error_message = "It takes the same look as a person."
  }

  assert {
    condition     = jsondecode(aws_scheduler_schedule.look["idle"].target[0].input).RoleArn == var.guard_role_arn
    error_message = "It has a role that can do nothing but look and tell."
  }
}

run "retraining_by_the_clock" {
  command = apply

  variables {
    retraining = { churn = { pipeline = "mlcl-dev-churn", expression = "rate(7 days)", parameters = { Depth = "3" } } }
  }

  assert {
    condition     = { for one in aws_scheduler_schedule.retraining["churn"].target[0].sagemaker_pipeline_parameters[0].pipeline_parameter : one.name => one.value } == { Depth = "3", Trigger = "schedule" }
    error_message = "The run says what has started it, and makes its own id."
  }

  assert {
    condition     = aws_scheduler_schedule.retraining["churn"].target[0].arn == "arn:aws:sagemaker:eu-west-2:123456789012:pipeline/mlcl-dev-churn"
    error_message = "The schedule starts the pipeline itself."
  }

  assert {
    condition     = aws_scheduler_schedule.retraining["churn"].target[0].dead_letter_config[0].arn == aws_sqs_queue.undelivered.arn
    error_message = "What could not be started must not be lost."
  }
}

run "monitoring_waits_for_an_image" {
  command = apply

  variables {
    monitoring = { churn = { endpoint = "churn", expression = "rate(1 hour)" } }
  }

  assert {
    condition     = aws_scheduler_schedule.look["monitor-churn"].state == "DISABLED"
    error_message = "There is nothing to run yet."
  }

  assert {
    condition     = jsondecode(aws_scheduler_schedule.look["monitor-churn"].target[0].input).Environment == { AWS_REGION = "eu-west-2", MLCL_ENVIRONMENT = "dev", MLCL_NAME = "churn", MLCL_STORE = "s3://mlcl-dev-artefacts/mlcl" }
    error_message = "The job is mlcl's own look."
  }
}

run "new_data_start_a_run" {
  command = apply

  variables {
    new_data = { churn = { pipeline = "mlcl-dev-churn", prefix = "churn/" } }
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.new_data["churn"].event_pattern).detail == { bucket = { name = ["mlcl-dev-data"] }, object = { key = [{ prefix = "churn/" }] } }
    error_message = "Only new objects of this prefix and bucket."
  }

  assert {
    condition     = { for one in aws_cloudwatch_event_target.new_data["churn"].sagemaker_pipeline_target[0].pipeline_parameter_list : one.name => one.value } == { Trigger = "new_data" }
    error_message = "The run says what has started it, and makes its own id."
  }
}

run "a_run_that_starts_by_itself_makes_its_own_id" {
  command = plan

  variables {
    retraining = { churn = { pipeline = "mlcl-dev-churn", expression = "rate(7 days)", parameters = { Run = "mine" } } }
  }

  expect_failures = [var.retraining]
}

run "another_environments_pipeline_is_refused" {
  command = plan

  variables {
    retraining = { churn = { pipeline = "mlcl-production-churn", expression = "rate(7 days)" } }
  }

  expect_failures = [var.retraining]
}

run "an_image_without_digest_is_refused" {
  command = plan

  variables {
    image = "123456789012.dkr.ecr.eu-west-2.amazonaws.com/mlcl-dev-mlcl:latest"
  }

  expect_failures = [var.image]
}
