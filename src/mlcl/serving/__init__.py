"""The model server, capture, batches, releases."""
