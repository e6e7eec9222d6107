output "role_arns" {
  description = "ARN of each role: job, endpoint, pipeline, notebook, api, api_logs, guard, operator, schedule, server, server_execution."
  value       = merge({ for name, role in aws_iam_role.service : name => role.arn }, { operator = aws_iam_role.operator.arn })

  # Nobody may use a role before its permissions are attached.
  depends_on = [aws_iam_role_policy.service, aws_iam_role_policy_attachment.work, aws_iam_role_policy_attachment.deploy, aws_iam_role_policy_attachment.operator]
}

output "operator_policy_arns" {
  description = "Policies of a person who works with mlcl in this environment (run, deploy, predict, watch): attach all to a permission set."
  value       = [aws_iam_policy.work.arn, aws_iam_policy.deploy.arn, aws_iam_policy.operator.arn]
}
