"""API Gateway's stages at their addresses.

stages: which API, stage, resource and method a request means; authorise: signatures, policies, API keys; limits:
throttling and quotas; mapping: parameters and templates; integration: what a method does; api: the way of a request.
"""
