output "group_name" {
  description = "Schedule group of the environment; mlcl makes its own schedules in it."
  value       = aws_scheduler_schedule_group.this.name
}

output "schedule_names" {
  description = "Schedules made here."
  value = sort(concat(
    [for one in aws_scheduler_schedule.retraining : one.name],
    [for one in aws_scheduler_schedule.look : one.name],
  ))
}

output "undelivered_queue_url" {
  description = "Queue of what could not be started."
  value       = aws_sqs_queue.undelivered.url
}
