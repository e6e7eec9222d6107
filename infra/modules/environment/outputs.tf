output "settings" {
  description = "What the settings parameter holds."
  value       = local.settings
}

output "settings_parameter" {
  description = "Name of the settings parameter."
  value       = aws_ssm_parameter.settings.name
}

output "repository_url" {
  description = "Where mlcl's image is pushed to."
  value       = module.registry.repository_url
}

output "operator_policy_arns" {
  description = "Policies of a person who works with mlcl in this environment; attach them to a permission set."
  value       = module.identity.operator_policy_arns
}

output "api_key_ids" {
  description = "Caller -> identifier of its API key, with api.authorization = API_KEY."
  value       = module.api.api_key_ids
}

output "dashboard" {
  description = "CloudWatch dashboard."
  value       = module.observe.dashboard_name
}

output "alarm_names" {
  description = "Alarms of the environment."
  value       = module.observe.alarm_names
}

output "page_url" {
  description = "Address of the page; null without."
  value       = one(module.web[*].url)
}

output "notebook" {
  description = "Name of the notebook instance; null without."
  value       = one(module.notebook[*].name)
}
