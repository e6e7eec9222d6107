"""Terraform from Python: `mlcl infra`, its settings, and what things cost."""
