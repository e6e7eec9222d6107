"""The boosting libraries, imported at the use, without scikit-learn, pandas and what is made for those.

xgboost and lightgbm import both at once when they are installed, only to offer wrapper classes that mlcl does not use:
1.3 s instead of 0.27 s. While one of them is imported here, the importing thread is told that the two are not there,
nor the wrappers, which xgboost brings scipy.special for: another 0.06 s and 8 MB. Every other thread still finds all of
them, and where they are loaded already nothing is hidden, because nothing is saved. scipy names every module of numpy;
those that nobody here uses (a Fortran compiler's, the tests') are executed at their first use only: 0.06 s.

Their threads are told to sleep when they have waited for some microseconds (GOMP_SPINCOUNT, unless the environment
says how to wait): by default they spin for milliseconds, which makes a fit many times slower on a busy machine; to
sleep at once costs a quarter of the time on an idle one.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

_HEAVY = ("sklearn", "pandas")
_WRAPPERS = ("sklearn", "plotting", "dask")  # modules of either library, which works without them
_LATER = ("numpy.f2py", "numpy.testing")
_lock = threading.RLock()


def xgboost() -> ModuleType:
    return _load("xgboost")


def lightgbm() -> ModuleType:
    return _load("lightgbm")


class _Hidden:
    """A finder, asked before all others, to which the heavy packages, and `library`'s wrappers of them, do not exist
    for one thread."""

    def __init__(self, library: str) -> None:
        self.thread = threading.get_ident()
        self.wrappers = {f"{library}.{wrapper}" for wrapper in _WRAPPERS}

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:
        if threading.get_ident() != self.thread:
            return None
        if name.partition(".")[0] in _HEAVY or name in self.wrappers:
            raise ModuleNotFoundError(f"{name} is hidden while a boosting library is imported", name=name)
        spec = PathFinder.find_spec(name, path) if name in _LATER else None
        if spec and spec.loader:
            spec.loader = importlib.util.LazyLoader(spec.loader)
        return spec


def _load(name: str) -> ModuleType:
    with _lock:
        if name in sys.modules:
            return importlib.import_module(name)
        if "OMP_WAIT_POLICY" not in os.environ:
            os.environ.setdefault("GOMP_SPINCOUNT", "1000")
        hidden = _Hidden(name)
        sys.meta_path.insert(0, hidden)
        try:
            return importlib.import_module(name)
        finally:
            with suppress(ValueError):
                sys.meta_path.remove(hidden)
