output "name" {
  description = "Name of the notebook instance."
  value       = aws_sagemaker_notebook_instance.notebook.name
}

output "arn" {
  description = "ARN of the notebook instance."
  value       = aws_sagemaker_notebook_instance.notebook.arn
}

output "url" {
  description = "Host of the notebook; open it through the console or a presigned address."
  value       = aws_sagemaker_notebook_instance.notebook.url
}
