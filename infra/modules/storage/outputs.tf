output "store_uri" {
  description = "Address of mlcl's store."
  value       = "s3://${module.artefact_bucket.name}/${var.store_prefix}"
}

output "store_prefix" {
  description = "Key prefix of mlcl's store in the artefact bucket."
  value       = var.store_prefix
}

output "artefact_bucket" {
  description = "Name of the bucket with the store."
  value       = module.artefact_bucket.name
}

output "artefact_bucket_arn" {
  description = "ARN of the bucket with the store."
  value       = module.artefact_bucket.arn
}

output "data_bucket" {
  description = "Name of the bucket that new data are put into."
  value       = module.data_bucket.name
}

output "data_bucket_arn" {
  description = "ARN of the bucket that new data are put into."
  value       = module.data_bucket.arn
}

output "log_bucket" {
  description = "Name of the bucket with access logs and flow logs."
  value       = module.log_bucket.name
}

output "log_bucket_arn" {
  description = "ARN of the bucket with access logs and flow logs."
  value       = module.log_bucket.arn
}

output "data_key_arn" {
  description = "KMS key of data, models, images and volumes."
  value       = aws_kms_key.data.arn
}

output "operations_key_arn" {
  description = "KMS key of log groups, topics and queues."
  value       = aws_kms_key.operations.arn
}
