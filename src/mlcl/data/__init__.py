"""Data: sources, reading, schema, the target, the profile and expectations."""
