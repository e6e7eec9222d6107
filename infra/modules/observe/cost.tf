# The cost guard has two halves: this budget that tells people, and the look for what idles (modules/schedule).

resource "aws_budgets_budget" "monthly" {
  name         = "${local.name}-monthly"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(var.budget.monthly_usd)
  limit_unit   = "USD"

  dynamic "cost_filter" {
    for_each = var.budget.scope == "environment" ? [1] : []

    content {
      name   = "TagKeyValue"
      values = [format("user:Stack$%s", local.name)] # the form that the billing console gives to a tag of the user's
    }
  }

  dynamic "notification" {
    for_each = [
      { percent = 50, of = "ACTUAL" },
      { percent = 80, of = "ACTUAL" },
      { percent = 100, of = "ACTUAL" },
      { percent = 100, of = "FORECASTED" },
    ]

    content {
      comparison_operator       = "GREATER_THAN"
      threshold                 = notification.value.percent
      threshold_type            = "PERCENTAGE"
      notification_type         = notification.value.of
      subscriber_sns_topic_arns = [aws_sns_topic.alerts.arn]
    }
  }

  depends_on = [aws_sns_topic_policy.alerts]
}
