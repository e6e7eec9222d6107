"""Watching a model in use: windows of captured traffic, and what has changed in them."""
