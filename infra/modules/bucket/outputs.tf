output "name" {
  description = "Name of the bucket, known once it is encrypted, private and under its policy."
  value       = aws_s3_bucket.bucket.id

  depends_on = [
    aws_s3_bucket_ownership_controls.bucket,
    aws_s3_bucket_policy.bucket,
    aws_s3_bucket_server_side_encryption_configuration.bucket,
    aws_s3_bucket_versioning.bucket,
  ]
}

output "arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.bucket.arn
}

output "domain_name" {
  description = "Regional host name of the bucket, for CloudFront."
  value       = aws_s3_bucket.bucket.bucket_regional_domain_name
}
