"""The floor of batch scoring: polars and the bare booster. floor_batch.py DATA BUNDLE"""

from __future__ import annotations

import sys

# As in an environment without them: the learner loads four times faster.
sys.modules["sklearn"] = sys.modules["pandas"] = None  # type: ignore[assignment]

import json  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
import polars as pl  # noqa: E402
import xgboost as xgb  # noqa: E402

path, bundle = sys.argv[1], Path(sys.argv[2])
STEP = 500_000
booster = xgb.Booster()
booster.load_model(next(bundle.glob("*.ubj")))
booster.set_param({"nthread": 2})
features = json.loads((bundle / "model.json").read_bytes())["recipe"]["features"]


def expression(feature: dict) -> pl.Expr:
    if feature["encode"] != "category":
        return pl.col(feature["source"]).cast(pl.Float32)
    codes = {text: code for code, text in enumerate(feature["categories"])}
    other = float(len(codes)) if feature["other"] else float("nan")
    return pl.col(feature["source"]).replace_strict(codes, default=other, return_dtype=pl.Float32)


def predict(slice_: pl.DataFrame) -> np.ndarray:
    x = slice_.select(expression(feature) for feature in features).to_numpy(order="c")
    return booster.inplace_predict(x, validate_features=False)


if path.endswith("parquet"):
    table = pl.scan_parquet(path)
    rows = table.select(pl.len()).collect().item()
    slices = (table.slice(start, STEP).collect() for start in range(0, rows, STEP))
else:
    slices = pl.scan_csv(path).collect_batches(chunk_size=STEP, maintain_order=True)
scores = pl.DataFrame({"score": np.concatenate([predict(one) for one in slices])})
scores.write_parquet("floor.parquet") if path.endswith("parquet") else scores.write_csv("floor.csv")
