"""mlcl: from a business question and a table of data to monitored predictions.

import mlcl
mlcl.profile("problem.toml")
result = mlcl.run("problem.toml")
mlcl.deploy("bank-marketing")
model = mlcl.load("bank-marketing")
model.predict(frame)
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

__all__ = ["MlclError", "check", "deploy", "load", "profile", "report", "run"]

from mlcl.errors import MlclError
from mlcl.version import __version__ as __version__

# What polars has freed goes back to the system at once, not after a second: a quarter less memory in the time it took
# before (decision 19). Its allocator reads this when it is loaded (jemalloc.net/jemalloc.3.html).
os.environ.setdefault("_RJEM_MALLOC_CONF", f"narenas:{os.cpu_count() or 1},dirty_decay_ms:50,muzzy_decay_ms:0")

if TYPE_CHECKING:
    from mlcl.lifecycle import check, deploy, load, profile, report, run


def __getattr__(name: str) -> Any:
    # Lazy: `import mlcl` must load neither polars nor a learner.
    if name in __all__:
        from mlcl import lifecycle

        return getattr(lifecycle, name)
    raise AttributeError(f"module 'mlcl' has no attribute '{name}'")
