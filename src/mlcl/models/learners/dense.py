"""XGBoost's prediction of a dense matrix through its C interface.

The same function of the library that `Booster.inplace_predict` calls, hence the same bits, without the 0.1 ms that its
Python wrapper adds to every call: three times as fast for a row.
"""

from __future__ import annotations

import ctypes
import math
from typing import Any

import numpy as np

from mlcl.models import boosters
from mlcl.models.table import Floats, Matrix

_ARRAY = b'{"data":[%d,true],"shape":[%d,%d],"typestr":"<f4","version":3}'
_CONFIG = (
    b'{"type":1,"training":false,"iteration_begin":0,"iteration_end":%d,"strict_shape":false,'
    b'"missing":NaN,"cache_id":0}'
)


class Dense:
    """The margins of a booster; may be called from several threads at once."""

    def __init__(self, booster: Any) -> None:
        self._library = boosters.xgboost().core._LIB
        self._booster = booster

    def margin(self, x: Matrix, rounds: int = 0) -> Floats:
        """Margins of x [n, features]: [n], or [n, classes] for several classes. rounds: of only the first so many
        rounds; 0 = all."""
        x = np.ascontiguousarray(x, dtype=np.float32)
        shape, result = ctypes.POINTER(ctypes.c_uint64)(), ctypes.POINTER(ctypes.c_float)()
        dimensions = ctypes.c_uint64()
        failed = self._library.XGBoosterPredictFromDense(
            self._booster.handle,
            _ARRAY % (x.__array_interface__["data"][0], *x.shape),
            _CONFIG % rounds,
            None,
            ctypes.byref(shape),
            ctypes.byref(dimensions),
            ctypes.byref(result),
        )
        if failed:
            raise RuntimeError(self._library.XGBGetLastError().decode())
        sizes = shape[: dimensions.value]
        if not len(x):
            return np.empty(sizes)
        # The buffer belongs to the booster and this thread, so the figures are copied before the next call.
        buffer = (ctypes.c_float * math.prod(sizes)).from_address(ctypes.addressof(result.contents))
        return np.frombuffer(buffer, np.float32).astype(np.float64).reshape(sizes)
