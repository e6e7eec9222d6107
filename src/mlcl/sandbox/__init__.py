"""AWS on loopback: the server of the moto library, with a SageMaker that really works.

server: start and stop; app: one WSGI application that sends each request to its service; mends: what moto lacks;
control: SageMaker's control plane, derived from botocore's service model; runtime: jobs and endpoints as processes;
pipelines: the interpreter of pipeline definitions; gateway: API Gateway's stages at their addresses.
"""
