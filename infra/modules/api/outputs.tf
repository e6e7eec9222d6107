output "url" {
  description = "Address below which /predict/{endpoint} answers."
  value       = var.domain == null ? aws_api_gateway_stage.this.invoke_url : "https://${var.domain.name}"
}

output "stage" {
  description = "Name of the stage."
  value       = aws_api_gateway_stage.this.stage_name
}

output "id" {
  description = "Identifier of the REST API."
  value       = aws_api_gateway_rest_api.this.id
}

output "name" {
  description = "Name of the REST API: the dimension ApiName of its metrics."
  value       = aws_api_gateway_rest_api.this.name
}

output "execution_arn" {
  description = "ARN of POST /predict/*, for policies of callers (execute-api:Invoke)."
  value       = "${aws_api_gateway_rest_api.this.execution_arn}/${aws_api_gateway_stage.this.stage_name}/POST/predict/*"
}

output "api_key_ids" {
  description = "Caller -> identifier of its key. The key itself: aws apigateway get-api-key --include-value."
  value       = { for name, key in aws_api_gateway_api_key.caller : name => key.id }
}
