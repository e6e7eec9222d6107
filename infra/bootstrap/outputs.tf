output "state_bucket" {
  description = "Bucket with the state of every environment: bucket of each root's backend \"s3\"."
  value       = module.state.name
}

output "state_bucket_arn" {
  description = "ARN of the state bucket (identity: github.state_bucket_arn)."
  value       = module.state.arn
}

output "state_key_arn" {
  description = "KMS key that state is encrypted with: kms_key_id of each root's backend \"s3\" (identity: github.state_key_arn)."
  value       = aws_kms_key.state.arn
}

output "region" {
  description = "Region that the state lies in: region of each root's backend \"s3\"."
  value       = var.region
}

output "github_role_arns" {
  description = "Roles of GitHub Actions by environment: plan (reads only) and deploy."
  value       = { for environment, delivery in module.delivery : environment => delivery.role_arns }
}
