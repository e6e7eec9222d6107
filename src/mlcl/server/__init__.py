"""The REST API and the built web page, beside the model server in `mlcl up`."""
