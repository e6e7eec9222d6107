"""AWS on loopback: the server of the moto library, with a SageMaker that really works."""
