mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_region" {
    defaults = { name = "eu-west-2" }
  }

  mock_resource "aws_wafv2_web_acl" {
    defaults = { arn = "arn:aws:wafv2:eu-west-2:123456789012:regional/webacl/mlcl/1" }
  }

  mock_resource "aws_api_gateway_stage" {
    defaults = { arn = "arn:aws:apigateway:eu-west-2::/restapis/a/stages/live" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-2:123456789012:log-group:aws-waf-logs-mlcl" }
  }
}

variables {
  environment     = "dev"
  invoke_role_arn = "arn:aws:iam::123456789012:role/mlcl-dev-api"
  log_group_arn   = "arn:aws:logs:eu-west-2:123456789012:log-group:/mlcl/dev/api"
  kms_key_arn     = "arn:aws:kms:eu-west-2:123456789012:key/1"
}

run "signed_requests_by_default" {
  command = plan

  assert {
    condition     = aws_api_gateway_method.predict.authorization == "AWS_IAM" && !aws_api_gateway_method.predict.api_key_required
    error_message = "Without being told, the API must ask for signed requests."
  }

  assert {
    condition     = length(aws_api_gateway_usage_plan.callers) == 0 && length(aws_wafv2_web_acl.this) == 0 && length(aws_api_gateway_domain_name.own) == 0
    error_message = "Keys, firewall and domain are made only when asked for."
  }
}

run "no_function_between_the_api_and_the_model" {
  command = plan

  assert {
    condition     = aws_api_gateway_integration.sagemaker.type == "AWS" && aws_api_gateway_integration.sagemaker.uri == "arn:aws:apigateway:eu-west-2:runtime.sagemaker:path/endpoints/{endpoint}/invocations"
    error_message = "The integration must be SageMaker's runtime itself."
  }

  assert {
    condition     = aws_api_gateway_integration.sagemaker.request_parameters["integration.request.path.endpoint"] == "method.request.path.endpoint"
    error_message = "The endpoint's name must come from the path."
  }

  assert {
    condition     = strcontains(aws_api_gateway_model.rows.schema, "minItems")
    error_message = "A request without rows must be refused before it costs a model's time."
  }
}

run "answers_of_the_model_keep_their_meaning" {
  command = plan

  assert {
    condition     = { for code, answer in aws_api_gateway_integration_response.answer : code => answer.selection_pattern if code != "200" } == { "400" = "400", "424" = "424", "429" = "429", "502" = "5\\d{2}", "503" = "40[134-9]" }
    error_message = "Each of SageMaker's answers has one of the API's."
  }
}

run "keys_with_a_usage_plan" {
  command = plan

  variables {
    authorization = "API_KEY"
    api_keys      = ["shop", "app"]
    throttle      = { rate = 5, burst = 7 }
  }

  assert {
    condition     = aws_api_gateway_method.predict.api_key_required && keys(aws_api_gateway_api_key.caller) == ["app", "shop"]
    error_message = "Each caller needs a key of its own."
  }

  assert {
    condition     = one(aws_api_gateway_usage_plan.callers[0].throttle_settings).burst_limit == 7 && one(aws_api_gateway_method_settings.all.settings).throttling_rate_limit == 5
    error_message = "Stage and plan must be throttled."
  }
}

run "firewall" {
  command = apply

  variables {
    firewall = true
  }

  assert {
    condition     = length(aws_wafv2_web_acl.this[0].rule) == 4 && length(aws_wafv2_web_acl_association.this) == 1 && startswith(aws_cloudwatch_log_group.firewall[0].name, "aws-waf-logs-")
    error_message = "The firewall must stand before the stage and keep a log."
  }
}

run "an_own_domain_closes_the_other_door" {
  command = plan

  variables {
    domain = { name = "predict.example.com", certificate_arn = "arn:aws:acm:eu-west-2:123456789012:certificate/1", zone_id = "Z1" }
  }

  assert {
    condition     = aws_api_gateway_rest_api.this.disable_execute_api_endpoint && output.url == "https://predict.example.com" && length(aws_route53_record.own) == 1
    error_message = "With an own domain the generated address must not answer."
  }
}

run "no_open_access" {
  command = plan

  variables {
    authorization = "NONE"
  }

  expect_failures = [var.authorization]
}
