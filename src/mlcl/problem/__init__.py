"""The problem file: what the user asks for, parsed once from problem.toml.

The sections are pydantic models; `schema()` publishes their JSON Schema, so that editors complete the file.
"""

from mlcl.problem.base import Section
from mlcl.problem.file import from_dict, load, parse, schema
from mlcl.problem.sections import Problem

__all__ = ["Problem", "Section", "from_dict", "load", "parse", "schema"]
