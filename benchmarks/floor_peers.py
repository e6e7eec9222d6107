"""A peer's model and bodies, made with the peer's own Python: floor_peers.py mlflow|mlserver BODIES TARGET.

The same algorithm and settings as the model that mlcl serves, in the form each peer's documentation shows. Prints how
to start it as one line of JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder
from xgboost import XGBClassifier

peer, bodies, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
data = pd.read_csv(next((bodies.parent / "data").glob("bank-4000.csv")))
wanted = (data.pop("y") == "yes").astype(int)
texts = [name for name in data if not pd.api.types.is_numeric_dtype(data[name])]
encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
model = XGBClassifier(n_estimators=100, max_depth=6, learning_rate=0.1, n_jobs=1, tree_method="hist")
prepare = ColumnTransformer([("codes", encoder, texts)], remainder="passthrough")
pipeline = Pipeline([("prepare", prepare), ("model", model)]).fit(data, wanted)
rows = {1: data.tail(500).head(1), 500: data.tail(500)}


def write(name: str, value: object) -> str:
    (target / name).write_text(json.dumps(value, separators=(",", ":")))
    return name


if peer == "mlflow":
    import mlflow
    import mlflow.sklearn

    signature = mlflow.models.infer_signature(data.head(), np.array([[0.5, 0.5]] * 5))
    mlflow.sklearn.save_model(
        pipeline,
        str(target / "model"),
        signature=signature,
        pyfunc_predict_fn="predict_proba",
        serialization_format="cloudpickle",
    )
    split = {
        f"{count} row{'s' if count > 1 else ''} JSON": write(
            f"{count}.json",
            {"dataframe_split": {"columns": list(some), "data": json.loads(some.to_json(orient="values"))}},
        )
        for count, some in rows.items()
    }
    rows[500].to_csv(target / "500.csv", index=False)
    found = {cell: [file, "application/json"] for cell, file in split.items()}
    found["500 rows CSV"] = ["500.csv", "text/csv"]
    command = ["mlflow", "models", "serve", "-m", str(target / "model"), "--env-manager", "local"]
    command += ["--host", "127.0.0.1", "--port", "{port}", "--workers", "1"]
    print(json.dumps({"command": command, "path": "/invocations", "bodies": found}))
else:
    folder = target / "m"
    folder.mkdir()
    pipeline[-1].get_booster().save_model(str(folder / "model.json"))
    settings = {"name": "m", "implementation": "mlserver_xgboost.XGBoostModel", "parameters": {"uri": "./model.json"}}
    (folder / "model-settings.json").write_text(json.dumps(settings))
    found = {}
    for count, some in rows.items():
        x = pipeline[:-1].transform(some).astype(np.float32)
        tensor = {"name": "x", "shape": list(x.shape), "datatype": "FP32", "data": x.ravel().tolist()}
        cell = f"{count} row{'s' if count > 1 else ''} JSON"
        found[cell] = [write(f"{count}.json", {"inputs": [tensor]}), "application/json"]
    start = (
        f"cd {target} && MLSERVER_HTTP_PORT={{port}} MLSERVER_GRPC_PORT=0 MLSERVER_METRICS_PORT=0 "
        "MLSERVER_DEBUG=false MLSERVER_PARALLEL_WORKERS=0 MLSERVER_HOST=127.0.0.1 exec mlserver start ."
    )
    print(json.dumps({"command": ["bash", "-c", start], "path": "/v2/models/m/infer", "bodies": found}))
