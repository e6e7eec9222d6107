resource "aws_api_gateway_account" "this" {
  count               = var.account_logs == null ? 0 : 1
  cloudwatch_role_arn = var.account_logs.role_arn
}

resource "aws_api_gateway_stage" "this" {
  # checkov:skip=CKV_AWS_120:Answers of a model must not come from a cache: the model behind the name changes
  # checkov:skip=CKV2_AWS_51:The integration is an AWS service, which takes the role's signature; a client certificate has no receiver
  # checkov:skip=CKV2_AWS_29:WAF is optional (variable firewall), because it costs by the month; requests are authorised and throttled either way
  # checkov:skip=CKV2_AWS_77:The firewall has the rules against Log4j (AWSManagedRulesKnownBadInputsRuleSet); checkov does not see them through the dynamic block
  rest_api_id          = aws_api_gateway_rest_api.this.id
  deployment_id        = aws_api_gateway_deployment.this.id
  stage_name           = var.stage
  description          = "Predictions"
  xray_tracing_enabled = true

  access_log_settings {
    destination_arn = var.log_group_arn
    # One flat line of JSON: metric filters and Logs Insights read it. No body, no header: rows may be personal data.
    format = jsonencode({
      time        = "$context.requestTime"
      request     = "$context.requestId"
      caller      = "$context.identity.caller"
      key         = "$context.identity.apiKeyId"
      address     = "$context.identity.sourceIp"
      path        = "$context.path"
      status      = "$context.status"
      bytes       = "$context.responseLength"
      latency     = "$context.responseLatency"
      model       = "$context.integrationLatency"
      integration = "$context.integrationStatus"
      error       = "$context.error.message"
    })
  }

  depends_on = [aws_api_gateway_account.this]
}

resource "aws_api_gateway_method_settings" "all" {
  # checkov:skip=CKV_AWS_225:Answers of a model must not come from a cache: the model behind the name changes
  # checkov:skip=CKV_AWS_308:There is no cache whose content could be encrypted
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled        = true
    logging_level          = "ERROR"
    data_trace_enabled     = false
    throttling_rate_limit  = var.throttle.rate
    throttling_burst_limit = var.throttle.burst
    caching_enabled        = false
  }
}

resource "aws_api_gateway_usage_plan" "callers" {
  count       = local.by_key ? 1 : 0
  name        = "${local.name}-callers"
  description = "Limits of each API key"

  api_stages {
    api_id = aws_api_gateway_rest_api.this.id
    stage  = aws_api_gateway_stage.this.stage_name
  }

  quota_settings {
    limit  = var.monthly_quota
    period = "MONTH"
  }

  throttle_settings {
    rate_limit  = var.throttle.rate
    burst_limit = var.throttle.burst
  }
}

resource "aws_api_gateway_api_key" "caller" {
  for_each    = local.by_key ? var.api_keys : []
  name        = "${local.name}-${each.key}"
  description = "Calls predictions of ${var.environment}"
}

resource "aws_api_gateway_usage_plan_key" "caller" {
  for_each      = aws_api_gateway_api_key.caller
  key_id        = each.value.id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.callers[0].id
}
