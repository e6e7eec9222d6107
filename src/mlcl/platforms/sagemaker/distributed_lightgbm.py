"""LightGBM on several hosts. Its own Dask interface is a scikit-learn wrapper; the booster inside it is what counts."""

from __future__ import annotations

from typing import Any


def boosted(client: Any, task: dict[str, Any], x: Any, labels: Any, weight: Any) -> bytes:
    """The booster that all workers grow together, as text."""
    import lightgbm as lgb
    import numpy as np

    options = dict(task["options"])
    objective = options.pop("objective")
    kind = lgb.DaskLGBMRegressor if objective == "regression" else lgb.DaskLGBMClassifier
    categories = [place for place, kind_ in enumerate(task["kinds"]) if kind_ == "category"]
    model = kind(client=client, n_estimators=task["rounds"], objective=objective, **options)
    y = labels if objective == "regression" else labels.astype(np.int32)
    fitted = model.fit(x, y, sample_weight=weight, categorical_feature=categories or "auto")
    return str(fitted.to_local().booster_.model_to_string()).encode()
