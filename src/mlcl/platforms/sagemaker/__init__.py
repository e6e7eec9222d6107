"""The cloud: the same steps as jobs of a SageMaker pipeline, the same records in a bucket.

definition  the steps as a pipeline definition      container  what runs inside each job and endpoint
platform    starts a pipeline and follows it        endpoints  models in use
settings    what the environment is                 errors     AWS's errors as ours
"""
