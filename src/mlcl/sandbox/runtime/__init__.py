"""What makes SageMaker work: jobs and endpoints as processes under the container contract.

images: which command stands for which image; place: a container's folder, paths, names and environment; container:
its process; files: data from and to S3; logs: CloudWatch's logs and metrics; training, processing, transform, tuning:
the jobs; endpoints and what belongs to them: the fleet.
"""
