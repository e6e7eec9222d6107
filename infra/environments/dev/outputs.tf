output "settings" {
  description = "What the settings parameter holds."
  value       = module.mlcl.settings
}

output "settings_parameter" {
  description = "Name of the settings parameter."
  value       = module.mlcl.settings_parameter
}

output "repository_url" {
  description = "Where mlcl's image is pushed to."
  value       = module.mlcl.repository_url
}

output "operator_policy_arns" {
  description = "Policies of a person who works with mlcl in this environment; attach them to a permission set."
  value       = module.mlcl.operator_policy_arns
}

output "api_key_ids" {
  description = "Caller -> identifier of its API key, with api.authorization = API_KEY."
  value       = module.mlcl.api_key_ids
}

output "dashboard" {
  description = "CloudWatch dashboard."
  value       = module.mlcl.dashboard
}

output "alarm_names" {
  description = "Alarms of the environment."
  value       = module.mlcl.alarm_names
}

output "page_url" {
  description = "Address of the page; null without."
  value       = module.mlcl.page_url
}

output "notebook" {
  description = "Name of the notebook instance; null without."
  value       = module.mlcl.notebook
}
