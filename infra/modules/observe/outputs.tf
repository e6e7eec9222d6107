output "topic_arn" {
  description = "Topic that alarms, budget and the idle check tell."
  value       = aws_sns_topic.alerts.arn

  # What a service may publish is said before anybody is told to publish.
  depends_on = [aws_sns_topic_policy.alerts]
}

output "log_group_arns" {
  description = "Log group of each purpose: api, events, server; training, processing, transform, notebook where made here."
  value       = { for purpose, group in aws_cloudwatch_log_group.this : purpose => group.arn }
}

output "log_group_names" {
  description = "Name of the log group of each purpose."
  value       = { for purpose, group in aws_cloudwatch_log_group.this : purpose => group.name }
}

output "log_group_prefix" {
  description = "Start of the names of this environment's own log groups."
  value       = "/${var.project}/${var.environment}"
}

output "dashboard_name" {
  description = "CloudWatch dashboard of the environment."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}

output "alarm_names" {
  description = "Every alarm made here; a release may name them for its automatic rollback."
  value = sort(concat(
    [for alarm in aws_cloudwatch_metric_alarm.query : alarm.alarm_name],
    [for alarm in aws_cloudwatch_metric_alarm.count : alarm.alarm_name],
    [aws_cloudwatch_metric_alarm.api_errors.alarm_name, aws_cloudwatch_metric_alarm.api_latency.alarm_name],
  ))
}
