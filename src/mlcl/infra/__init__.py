"""The AWS foundation: Terraform wrapped, priced and checked."""
