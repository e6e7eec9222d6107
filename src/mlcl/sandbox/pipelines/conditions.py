"""Conditions of a condition step."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from mlcl.sandbox.pipelines.resolve import Context, resolved
from mlcl.sandbox.runtime.files import Failed

_BINARY: Mapping[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}


def holds(condition: Mapping[str, Any], context: Context) -> bool:
    """Whether one condition holds. Raises Failed for types that cannot be compared."""
    kind = condition["Type"]
    if kind == "Not":
        return not holds(condition["Condition" if "Condition" in condition else "Expression"], context)
    if kind in ("Or", "And"):
        parts = (holds(each, context) for each in condition["Conditions"])
        return any(parts) if kind == "Or" else all(parts)
    if kind == "In":
        wanted = resolved(condition.get("QueryValue", condition.get("Value")), context)
        return wanted in [resolved(each, context) for each in condition["Values"]]
    if kind not in _BINARY:
        raise Failed(f"ClientError: There is no condition of type {kind}.")
    left, right = resolved(condition["LeftValue"], context), resolved(condition["RightValue"], context)
    try:
        return bool(_BINARY[kind](left, right))
    except TypeError:
        raise Failed(f"ClientError: {left!r} and {right!r} cannot be compared ({kind}).") from None
