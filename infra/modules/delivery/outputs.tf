output "role_arns" {
  description = "Roles that GitHub Actions assumes: plan (reads only) and deploy."
  value       = { for name, role in aws_iam_role.github : name => role.arn }

  depends_on = [aws_iam_role_policy_attachment.read, aws_iam_role_policy_attachment.deploy, aws_iam_role_policy.state]
}
