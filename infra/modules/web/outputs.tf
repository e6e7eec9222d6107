output "url" {
  description = "Address of the page."
  value       = "https://${coalesce(try(var.domain.name, null), aws_cloudfront_distribution.page.domain_name)}"
}

output "bucket" {
  description = "Bucket of the page's files."
  value       = module.files.name
}

output "distribution_id" {
  description = "CloudFront distribution of the page."
  value       = aws_cloudfront_distribution.page.id
}

output "distribution_domain_name" {
  description = "Address that CloudFront gave; the target of the record of an own domain."
  value       = aws_cloudfront_distribution.page.domain_name
}

output "service_name" {
  description = "ECS service of the page's server; null without."
  value       = one(aws_ecs_service.server[*].name)
}
