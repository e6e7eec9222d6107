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

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-west-2:123456789012:mlcl-dev-alerts" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-2:123456789012:log-group:/mlcl/dev/events" }
  }
}

variables {
  environment        = "dev"
  operations_key_arn = "arn:aws:kms:eu-west-2:123456789012:key/1"
  api                = { name = "mlcl-dev-api", stage = "live" }
  budget             = { monthly_usd = 50 }
}

run "logs_are_kept_and_encrypted" {
  command = plan

  assert {
    condition     = alltrue([for group in aws_cloudwatch_log_group.this : group.retention_in_days == 365 && group.kms_key_id == var.operations_key_arn])
    error_message = "Every log group has a retention and a key."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this["training"].name == "/aws/sagemaker/TrainingJobs" && aws_cloudwatch_log_group.this["api"].name == "/mlcl/dev/api"
    error_message = "SageMaker writes to its own names, mlcl to its own."
  }
}

run "one_environment_makes_the_accounts_groups" {
  command = plan

  variables {
    account_log_groups = false
    endpoints          = ["mlcl-dev-churn"]
  }

  assert {
    condition     = keys(aws_cloudwatch_log_group.this) == ["api", "endpoint-mlcl-dev-churn", "events", "server"]
    error_message = "The account's groups belong to another environment then."
  }
}

run "every_alarm_tells_somebody" {
  command = apply

  assert {
    condition = alltrue([for alarm in concat(values(aws_cloudwatch_metric_alarm.query), values(aws_cloudwatch_metric_alarm.count), [aws_cloudwatch_metric_alarm.api_errors, aws_cloudwatch_metric_alarm.api_latency]) :
      alarm.alarm_actions == toset([aws_sns_topic.alerts.arn]) && alarm.treat_missing_data == "notBreaching"
    ])
    error_message = "An alarm without a receiver is none; no traffic is no alarm."
  }

  assert {
    condition     = output.alarm_names == tolist(["mlcl-dev-api-errors", "mlcl-dev-api-latency", "mlcl-dev-drift", "mlcl-dev-endpoint-errors", "mlcl-dev-endpoint-latency", "mlcl-dev-failed-endpoints", "mlcl-dev-failed-jobs", "mlcl-dev-failed-pipelines", "mlcl-dev-model-errors"])
    error_message = "What has to be watched is watched."
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets) == 9
    error_message = "The dashboard shows every graph and the log of failures."
  }
}

run "the_budget_tells_before_it_is_spent" {
  command = apply

  assert {
    condition     = sort([for one in aws_budgets_budget.monthly.notification : "${one.notification_type} ${one.threshold}"]) == tolist(["ACTUAL 100", "ACTUAL 50", "ACTUAL 80", "FORECASTED 100"])
    error_message = "Half, most, all, and all to be expected."
  }
}

run "no_budget_of_nothing" {
  command = plan

  variables {
    budget = { monthly_usd = 0 }
  }

  expect_failures = [var.budget]
}

run "no_retention_that_cloudwatch_does_not_offer" {
  command = plan

  variables {
    log_retention_days = 100
  }

  expect_failures = [var.log_retention_days]
}
