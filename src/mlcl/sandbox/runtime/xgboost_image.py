"""AWS's XGBoost algorithm image as a program: `train` and `serve` by its contract.

CSV without a header, the label first; hyperparameters as strings; the model file 'xgboost-model' in the format of
Booster.save_model (since 1.3-1); hosting reads text/csv, text/libsvm and answers text/csv or JSON.
Source: SageMaker developer guide, "XGBoost algorithm with Amazon SageMaker AI" and its hyperparameters.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ML = Path(os.environ.get("MLCL_CONTAINER_ROOT", "/")) / "opt/ml"
MODEL = "xgboost-model"
_OURS = {
    "num_round",
    "early_stopping_rounds",
    "csv_weights",
    "_tuning_objective_metric",
    "_kfold",
    "_num_cv_round",
    "save_model_on_termination",
}


def train() -> None:
    """Raises ValueError with the reason when parameters or data cannot serve."""
    import xgboost

    parameters = json.loads((ML / "input/config/hyperparameters.json").read_text(encoding="utf-8"))
    resource = json.loads((ML / "input/config/resourceconfig.json").read_text(encoding="utf-8"))
    if len(resource["hosts"]) > 1:
        raise ValueError("The sandbox's XGBoost image trains on one instance.")
    if "num_round" not in parameters:
        raise ValueError("Hyperparameter num_round is required.")
    weighted = parameters.get("csv_weights") == "1"
    channels = json.loads((ML / "input/config/inputdataconfig.json").read_text(encoding="utf-8"))
    data = {
        name: _matrix(ML / "input/data" / name, channels[name].get("ContentType", ""), weighted)
        for name in ("train", "validation")
        if name in channels
    }
    if "train" not in data:
        raise ValueError("The channel 'train' is required.")
    given = {key: _value(value) for key, value in parameters.items() if key not in _OURS}
    given.setdefault("objective", "reg:squarederror")
    if "_tuning_objective_metric" in parameters:
        _evaluate(given, parameters["_tuning_objective_metric"].partition(":")[2])
    stop = parameters.get("early_stopping_rounds")
    booster = xgboost.train(
        given,
        data["train"],
        int(parameters["num_round"]),
        evals=[(matrix, name) for name, matrix in data.items()],
        early_stopping_rounds=int(stop) if stop else None,
        verbose_eval=False,
        callbacks=[_Printed()],
    )
    (ML / "model").mkdir(parents=True, exist_ok=True)
    booster.save_model(ML / "model" / f"{MODEL}.ubj")
    (ML / "model" / f"{MODEL}.ubj").rename(ML / "model" / MODEL)


def _Printed() -> Any:  # noqa: N802  (stands for a class, made where xgboost is loaded)
    from xgboost.callback import TrainingCallback

    class Printed(TrainingCallback):
        """Each round as the image writes it; tuning reads the numbers from there."""

        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            told = [
                f"{name}-{metric}:{values[-1]:.5f}" for name, log in evals_log.items() for metric, values in log.items()
            ]
            print(f"[{epoch}]\t" + "\t".join(told), flush=True)  # noqa: T201
            return False

    return Printed()


def _evaluate(given: dict[str, Any], metric: str) -> None:
    known = given.get("eval_metric", [])
    metrics = known if isinstance(known, list) else [known]
    given["eval_metric"] = [*metrics, *([metric] if metric not in metrics else [])]


def _matrix(folder: Path, content_type: str, weighted: bool) -> Any:
    import numpy as np
    import xgboost

    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith((".", "_")))
    if not files:
        raise ValueError(f"No data in {folder.name}.")
    kind = content_type.partition(";")[0].strip() or "text/libsvm"
    if kind not in ("text/csv", "csv"):
        raise ValueError(f"{content_type or 'No content type'}: the sandbox's XGBoost image reads text/csv.")
    table = np.concatenate([_csv(path) for path in files])
    if np.isnan(table[:, 0]).any():
        raise ValueError("The first column must be the label, and there must be no header.")
    weights, features = (table[:, 1], table[:, 2:]) if weighted else (None, table[:, 1:])
    return xgboost.DMatrix(features, label=table[:, 0], weight=weights)


def _csv(source: Any) -> Any:
    import numpy as np

    return np.genfromtxt(source, delimiter=",", dtype=np.float64, ndmin=2)


def _value(text: str) -> Any:
    if "," in text or (text.startswith("[") and text.endswith("]")):
        return [part.strip().strip("'\"") for part in text.strip("[]").split(",")]
    return text


def serve() -> None:
    import xgboost

    booster = xgboost.Booster(model_file=_named(ML / "model" / MODEL))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._send(200 if self.path == "/ping" else 404, b"", "text/plain")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                self._send(200, *_predicted(booster, body, self.headers))
            except ValueError as error:
                self._send(415, str(error).encode(), "text/plain")

        def _send(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))), Handler)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    server.serve_forever()


def _named(file: Path) -> str:
    """xgboost knows a format by the file's ending or its first bytes: '{' begins both, JSON goes on with a quote."""
    with file.open("rb") as stream:
        start = stream.read(2)
    ending = "json" if start[:1] == b"{" and start[1:2] in (b'"', b"\n", b" ") else "ubj"
    link = file.with_name(f".{MODEL}.{ending}")
    if not link.exists():
        link.symlink_to(file.name)
    return str(link)


def _predicted(booster: Any, body: bytes, headers: Any) -> tuple[bytes, str]:
    import xgboost

    if headers.get("Content-Type", "text/csv").partition(";")[0] != "text/csv":
        raise ValueError(f"Content type {headers['Content-Type']} is not supported; send text/csv.")
    table = _csv([line for line in body.decode("utf-8").splitlines() if line.strip()])
    if table.shape[1] != booster.num_features():
        raise ValueError(
            f"Feature size of csv inference data {table.shape[1]} is not consistent with feature size of trained model "
            f"{booster.num_features()}."
        )
    found = booster.predict(xgboost.DMatrix(table))
    rows = [[float(value) for value in row] if found.ndim > 1 else float(row) for row in found]
    if headers.get("Accept", "").startswith("application/json"):
        return json.dumps({"predictions": [{"score": row} for row in rows]}).encode(), "application/json"
    return "\n".join(str(row) for row in rows).encode() + b"\n", "text/csv; charset=utf-8"


def main(arguments: list[str]) -> int:
    if arguments == ["serve"]:
        serve()
        return 0
    try:
        train()
    except Exception as error:  # noqa: BLE001  (the platform is told, whatever it is)
        (ML / "output").mkdir(parents=True, exist_ok=True)
        (ML / "output/failure").write_text(f"{type(error).__name__}: {error}", encoding="utf-8")
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
