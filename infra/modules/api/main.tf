# POST /predict/{endpoint} -> SageMaker runtime InvokeEndpoint, by API Gateway's AWS service integration: no function
# stands between, so nothing idles and nothing has to be patched.

data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  name    = "${var.project}-${var.environment}"
  runtime = "arn:${data.aws_partition.current.partition}:apigateway:${data.aws_region.current.name}:runtime.sagemaker"
  by_key  = var.authorization == "API_KEY"

  # What SageMaker answers -> what the caller gets. A selection pattern must match the whole status code.
  answers = {
    "200" = null        # the default
    "400" = "400"       # no such endpoint, or a request that SageMaker refuses
    "424" = "424"       # ModelError: the container answered with an error of its own, for example a row that breaks the schema
    "429" = "429"       # throttled by SageMaker
    "502" = "5\\d{2}"   # SageMaker or the container failed
    "503" = "40[134-9]" # this API's own role is refused: a fault of the platform, not of the caller
  }
}

resource "aws_api_gateway_rest_api" "this" {
  name                         = "${local.name}-api"
  description                  = "Predictions of the models in ${var.environment}"
  disable_execute_api_endpoint = var.domain != null
  # Everything is text; a Parquet body is the one binary format that mlcl's container reads.
  binary_media_types = ["application/x-parquet"]

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_resource" "predict" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = "predict"
}

resource "aws_api_gateway_resource" "endpoint" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.predict.id
  path_part   = "{endpoint}"
}

# Says only what every model agrees on: rows as objects. Types and names of the columns are the model's own schema,
# which the container checks and answers in words.
resource "aws_api_gateway_model" "rows" {
  rest_api_id  = aws_api_gateway_rest_api.this.id
  name         = "Rows"
  description  = "Rows to predict"
  content_type = "application/json"
  schema = jsonencode({
    "$schema" = "http://json-schema.org/draft-04/schema#"
    title     = "Rows"
    definitions = {
      rows = { type = "array", minItems = 1, maxItems = 10000, items = { type = "object", minProperties = 1 } }
    }
    oneOf = [
      { "$ref" = "#/definitions/rows" },
      { type = "object", required = ["rows"], properties = { rows = { "$ref" = "#/definitions/rows" } } },
      { type = "object", required = ["instances"], properties = { instances = { "$ref" = "#/definitions/rows" } } },
    ]
  })
}

resource "aws_api_gateway_request_validator" "all" {
  rest_api_id                 = aws_api_gateway_rest_api.this.id
  name                        = "body-and-parameters"
  validate_request_body       = true
  validate_request_parameters = true
}

resource "aws_api_gateway_method" "predict" {
  # checkov:skip=CKV_AWS_59:With API_KEY the method has no IAM authorisation, but api_key_required; open access is not offered
  # checkov:skip=CKV2_AWS_53:The request validator is set; checkov does not see it through the reference
  rest_api_id          = aws_api_gateway_rest_api.this.id
  resource_id          = aws_api_gateway_resource.endpoint.id
  http_method          = "POST"
  authorization        = local.by_key ? "NONE" : "AWS_IAM"
  api_key_required     = local.by_key
  request_validator_id = aws_api_gateway_request_validator.all.id
  request_models       = { "application/json" = aws_api_gateway_model.rows.name }

  request_parameters = {
    "method.request.path.endpoint"                          = true
    "method.request.header.Accept"                          = false
    "method.request.header.X-Amzn-SageMaker-Inference-Id"   = false
    "method.request.header.X-Amzn-SageMaker-Target-Variant" = false
  }
}

resource "aws_api_gateway_integration" "sagemaker" {
  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = aws_api_gateway_resource.endpoint.id
  http_method             = aws_api_gateway_method.predict.http_method
  type                    = "AWS"
  integration_http_method = "POST"
  uri                     = "${local.runtime}:path/endpoints/{endpoint}/invocations"
  credentials             = var.invoke_role_arn
  passthrough_behavior    = "WHEN_NO_MATCH"
  timeout_milliseconds    = 29000

  request_parameters = {
    "integration.request.path.endpoint"                          = "method.request.path.endpoint"
    "integration.request.header.Accept"                          = "method.request.header.Accept"
    "integration.request.header.X-Amzn-SageMaker-Inference-Id"   = "method.request.header.X-Amzn-SageMaker-Inference-Id"
    "integration.request.header.X-Amzn-SageMaker-Target-Variant" = "method.request.header.X-Amzn-SageMaker-Target-Variant"
  }
}

resource "aws_api_gateway_method_response" "answer" {
  for_each = local.answers

  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = aws_api_gateway_resource.endpoint.id
  http_method = aws_api_gateway_method.predict.http_method
  status_code = each.key

  response_parameters = {
    "method.response.header.Content-Type"                      = false
    "method.response.header.X-Amzn-Invoked-Production-Variant" = false
  }
}

resource "aws_api_gateway_integration_response" "answer" {
  for_each = local.answers

  rest_api_id       = aws_api_gateway_rest_api.this.id
  resource_id       = aws_api_gateway_resource.endpoint.id
  http_method       = aws_api_gateway_method.predict.http_method
  status_code       = aws_api_gateway_method_response.answer[each.key].status_code
  selection_pattern = each.value

  response_parameters = {
    "method.response.header.Content-Type"                      = "integration.response.header.Content-Type"
    "method.response.header.X-Amzn-Invoked-Production-Variant" = "integration.response.header.X-Amzn-Invoked-Production-Variant"
  }

  depends_on = [aws_api_gateway_integration.sagemaker]
}

# The gateway's own refusal says what was wrong with the request, not only that something was.
resource "aws_api_gateway_gateway_response" "bad_body" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  response_type = "BAD_REQUEST_BODY"
  status_code   = "400"
  response_templates = {
    "application/json" = "{\"message\": \"The body is not a list of rows.\", \"found\": \"$context.error.validationErrorString\", \"do\": \"Send {\\\"rows\\\": [{\\\"column\\\": value}]}\"}"
  }
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id

  # A deployment is a snapshot: it must be made anew when anything it shows has changed.
  triggers = {
    shows = sha1(jsonencode([
      aws_api_gateway_rest_api.this.binary_media_types,
      aws_api_gateway_resource.endpoint.path_part,
      aws_api_gateway_model.rows.schema,
      aws_api_gateway_method.predict.authorization,
      aws_api_gateway_method.predict.api_key_required,
      aws_api_gateway_method.predict.request_parameters,
      aws_api_gateway_integration.sagemaker.uri,
      aws_api_gateway_integration.sagemaker.credentials,
      aws_api_gateway_integration.sagemaker.request_parameters,
      aws_api_gateway_gateway_response.bad_body.response_templates,
      local.answers,
    ]))
  }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [aws_api_gateway_integration_response.answer]
}
