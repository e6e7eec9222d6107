"""mlcl: from a business question and a table of data to monitored predictions.

import mlcl
mlcl.profile("problem.toml")
result = mlcl.run("problem.toml")
mlcl.deploy("bank-marketing")
model = mlcl.load("bank-marketing")
model.predict(frame)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["MlclError", "check", "deploy", "load", "profile", "report", "run"]

from mlcl.errors import MlclError
from mlcl.version import __version__ as __version__

if TYPE_CHECKING:
    from mlcl.lifecycle import check, deploy, load, profile, report, run


def __getattr__(name: str) -> Any:
    # Lazy: `import mlcl` must load neither polars nor a learner.
    if name in __all__:
        from mlcl import lifecycle

        return getattr(lifecycle, name)
    raise AttributeError(f"module 'mlcl' has no attribute '{name}'")
