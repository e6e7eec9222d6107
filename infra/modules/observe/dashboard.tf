locals {
  api_dimensions = ["ApiName", var.api.name, "Stage", var.api.stage]

  graphs = [
    {
      title   = "API: requests and errors"
      metrics = [for metric in ["Count", "4XXError", "5XXError"] : concat(["AWS/ApiGateway", metric], local.api_dimensions, [{ stat = "Sum" }])]
    },
    {
      title   = "API: latency in ms"
      metrics = [for stat in ["p50", "p99"] : concat(["AWS/ApiGateway", "Latency"], local.api_dimensions, [{ stat = stat, label = stat }])]
    },
    {
      title   = "Endpoints: requests"
      metrics = [[{ expression = "SEARCH('{AWS/SageMaker,EndpointName,VariantName} MetricName=\"Invocations\" ${local.name}', 'Sum', 300)", id = "requests" }]]
    },
    {
      title   = "Endpoints: time in the model, microseconds"
      metrics = [[{ expression = "SEARCH('{AWS/SageMaker,EndpointName,VariantName} MetricName=\"ModelLatency\" ${local.name}', 'p99', 300)", id = "latency" }]]
    },
    {
      title   = "Endpoints: errors"
      metrics = [[{ expression = "SEARCH('{AWS/SageMaker,EndpointName,VariantName} MetricName=(\"Invocation5XXErrors\" OR \"InvocationModelErrors\") ${local.name}', 'Sum', 300)", id = "errors" }]]
    },
    {
      title   = "Monitoring: findings by problem"
      metrics = [[{ expression = "SEARCH('{${local.namespace},Environment,Problem} MetricName=\"MonitoringFindings\" Environment=\"${var.environment}\"', 'Maximum', 3600)", id = "findings" }]]
    },
    {
      title   = "Pipelines, jobs and endpoints that failed"
      metrics = [for metric in ["FailedPipelines", "FailedJobs", "FailedEndpoints"] : [local.own_namespace, metric, { stat = "Sum" }]]
    },
    {
      title   = "API: requests refused by the model"
      metrics = [[local.own_namespace, "RefusedRequests", { stat = "Sum" }]]
    },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = local.name

  dashboard_body = jsonencode({
    widgets = concat(
      [for place, graph in local.graphs : {
        type   = "metric"
        x      = place % 2 * 12
        y      = floor(place / 2) * 6
        width  = 12
        height = 6
        properties = {
          title   = graph.title
          metrics = graph.metrics
          view    = "timeSeries"
          region  = local.region
          period  = 300
        }
      }],
      [{
        type   = "log"
        x      = 0
        y      = ceil(length(local.graphs) / 2) * 6
        width  = 24
        height = 6
        properties = {
          title  = "What failed, and why"
          region = local.region
          view   = "table"
          query  = "SOURCE '${local.own_groups.events}' | fields @timestamp, `detail-type`, coalesce(detail.FailureReason, detail.currentPipelineExecutionStatus) as reason, resources.0 as resource | filter @message like /Failed/ | sort @timestamp desc | limit 20"
        }
      }],
    )
  })
}
