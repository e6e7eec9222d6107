"""The loop closes: a challenger from old and new data, the policy that asks for it, and months of it in minutes."""
