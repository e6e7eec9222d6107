locals {
  own_namespace = "${local.namespace}/${var.environment}"

  # One query watches every endpoint, also those that mlcl deploys tomorrow. It covers the account and region: SageMaker's
  # metrics cannot be asked for by the start of a name.
  endpoint_metrics = "SCHEMA(\"AWS/SageMaker\", EndpointName, VariantName)"

  queries = {
    endpoint-errors = {
      words     = "Endpoints answered with 5xx"
      query     = "SELECT SUM(Invocation5XXErrors) FROM ${local.endpoint_metrics}"
      threshold = 1
      periods   = 1
    }
    endpoint-latency = {
      words     = "Models need longer than ${var.limits.model_latency_ms} ms on average"
      query     = "SELECT AVG(ModelLatency) FROM ${local.endpoint_metrics}"
      threshold = var.limits.model_latency_ms * 1000 # the metric counts microseconds
      periods   = 3
    }
    model-errors = {
      words     = "Containers of models answered with errors"
      query     = "SELECT SUM(InvocationModelErrors) FROM ${local.endpoint_metrics}"
      threshold = var.limits.model_errors
      periods   = 1
    }
    drift = {
      words     = "Monitoring found drift, broken data or a performance below its goal"
      query     = "SELECT MAX(MonitoringFindings) FROM SCHEMA(\"${local.namespace}\", Environment, Problem) WHERE Environment = '${var.environment}'"
      threshold = 1
      periods   = 1
    }
  }

  counts = {
    failed-pipelines = { metric = "FailedPipelines", words = "A pipeline failed; its reason stands in the log group /${var.project}/${var.environment}/events" }
    failed-jobs      = { metric = "FailedJobs", words = "A job failed; its reason stands in the log group /${var.project}/${var.environment}/events" }
    failed-endpoints = { metric = "FailedEndpoints", words = "An endpoint could not be made or changed" }
  }
}

resource "aws_cloudwatch_metric_alarm" "query" {
  for_each = local.queries

  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = each.value.words
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = each.value.periods
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]

  metric_query {
    id          = "all"
    label       = each.value.words
    expression  = each.value.query
    period      = 300
    return_data = true
  }
}

resource "aws_cloudwatch_metric_alarm" "count" {
  for_each = local.counts

  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = each.value.words
  namespace           = local.own_namespace
  metric_name         = each.value.metric
  statistic           = "Sum"
  period              = 300
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
}

resource "aws_cloudwatch_metric_alarm" "api_errors" {
  alarm_name          = "${local.name}-api-errors"
  alarm_description   = "The API answered ${var.limits.error_percent} % of requests or more with 5xx"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.limits.error_percent
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]

  metric_query {
    id          = "percent"
    label       = "5xx in percent"
    expression  = "100 * errors"
    return_data = true
  }

  metric_query {
    id = "errors"

    metric {
      namespace   = "AWS/ApiGateway"
      metric_name = "5XXError"
      period      = 300
      stat        = "Average" # each request counts 0 or 1, so the average is the share
      dimensions  = { ApiName = var.api.name, Stage = var.api.stage }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "api_latency" {
  alarm_name                            = "${local.name}-api-latency"
  alarm_description                     = "One request of a hundred takes ${var.limits.latency_ms} ms or more"
  namespace                             = "AWS/ApiGateway"
  metric_name                           = "Latency"
  extended_statistic                    = "p99"
  dimensions                            = { ApiName = var.api.name, Stage = var.api.stage }
  period                                = 300
  comparison_operator                   = "GreaterThanOrEqualToThreshold"
  threshold                             = var.limits.latency_ms
  evaluation_periods                    = 3
  evaluate_low_sample_count_percentiles = "ignore"
  treat_missing_data                    = "notBreaching"
  alarm_actions                         = [aws_sns_topic.alerts.arn]
  ok_actions                            = [aws_sns_topic.alerts.arn]
}
