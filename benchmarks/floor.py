"""The floor of the main job: polars and the bare learner in one script. floor.py xgboost|lightgbm DATA ROUNDS"""

from __future__ import annotations

import sys

# As in an environment without them: the learners load four times faster.
sys.modules["sklearn"] = sys.modules["pandas"] = None  # type: ignore[assignment]

import numpy as np  # noqa: E402
import polars as pl  # noqa: E402
from scaled import CATEGORIES  # noqa: E402

learner, path, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
frame = pl.read_csv(path) if path.endswith("csv") else pl.read_parquet(path)
y = (frame["y"] == "yes").cast(pl.Int8).to_numpy()
cut = round(len(frame) * 0.8)
names = [name for name in frame.columns if name != "y"]
columns = frame.select(
    (
        pl.col(name).cast(pl.Enum(frame[name].unique().sort())).to_physical() if name in CATEGORIES else pl.col(name)
    ).cast(pl.Float32)
    for name in names
)
x = columns.to_numpy(order="c")
del frame, columns
if learner == "xgboost":
    import xgboost as xgb

    kinds = ["c" if name in CATEGORIES else "q" for name in names]
    data = xgb.QuantileDMatrix(x[:cut], y[:cut], feature_types=kinds, enable_categorical=True, nthread=2)
    parameters = {
        "max_depth": 5, "eta": 0.2, "gamma": 4, "min_child_weight": 6, "subsample": 0.8, "max_cat_to_onehot": 4,
        "objective": "binary:logistic", "tree_method": "hist", "nthread": 2, "seed": 1,
    }  # fmt: skip
    scores = xgb.train(parameters, data, rounds).inplace_predict(x[cut:])
else:
    import lightgbm as lgb

    data = lgb.Dataset(
        x[:cut],
        y[:cut],
        categorical_feature=[i for i, name in enumerate(names) if name in CATEGORIES],
        feature_name=[name.replace(".", "_") for name in names],
    )
    parameters = {
        "objective": "binary", "learning_rate": 0.2, "max_depth": 5, "num_leaves": 31, "min_child_samples": 20,
        "bagging_fraction": 0.8, "bagging_freq": 1, "num_threads": 2, "seed": 1, "verbose": -1,
    }  # fmt: skip
    scores = lgb.train(parameters, data, rounds).predict(x[cut:])
truth = y[cut:]
order = np.argsort(scores, kind="stable")
_, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
positives = int(truth.sum())
auc = (ranks[truth == 1].sum() - positives * (positives + 1) / 2) / (positives * (len(truth) - positives))
print(f"roc_auc {auc:.4f}")
