"""The cloud: the same steps as a SageMaker pipeline, in containers, with endpoints."""
