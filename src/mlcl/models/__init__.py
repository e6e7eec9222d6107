"""Learners, their tuning, metrics and the bundle that holds a trained model."""
