output "repository_url" {
  description = "Where images are pushed to and pulled from (an image is named by its digest: URL@sha256:...)."
  value       = aws_ecr_repository.image.repository_url
}

output "repository_name" {
  description = "Name of the image repository."
  value       = aws_ecr_repository.image.name
}

output "repository_arn" {
  description = "ARN of the image repository."
  value       = aws_ecr_repository.image.arn
}

output "model_package_group_name" {
  description = "Model package group that runs register their models in."
  value       = aws_sagemaker_model_package_group.models.model_package_group_name
}

output "model_package_group_arn" {
  description = "ARN of the model package group."
  value       = aws_sagemaker_model_package_group.models.arn
}
