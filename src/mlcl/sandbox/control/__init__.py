"""SageMaker's control plane, derived from botocore's own service model.

service: the model and its names; validation: every request as AWS checks it; resources: the records; plane: what each
operation does; nouns, packages, lineage, studio: what single kinds of resource do besides.
"""
