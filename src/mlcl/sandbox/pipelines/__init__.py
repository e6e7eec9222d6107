"""The interpreter of SageMaker pipelines.

definition: what a definition must be, and which step needs which; resolve: references; conditions; steps: what each
type of step does; execution: an execution from its first step to its last; api: the operations.
"""
