"""The floor of serving: an ASGI function, orjson, a code table for each category, and the booster of $BUNDLE."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

sys.modules["sklearn"] = sys.modules["pandas"] = None  # type: ignore[assignment]  # they take a second to import

import numpy as np  # noqa: E402
import orjson  # noqa: E402
import xgboost  # noqa: E402

BUNDLE = Path(os.environ["BUNDLE"])
SHEET = orjson.loads((BUNDLE / "model.json").read_bytes())
BOOSTER = xgboost.Booster({"nthread": 1})
BOOSTER.load_model(next(BUNDLE.glob("*.ubj")))
BOOSTER.set_param({"nthread": 1})
FIELDS = [
    (one["source"], {text: code for code, text in enumerate(one["categories"])} if one["categories"] else None)
    for one in SHEET["recipe"]["features"]
]


def matrix(rows: list[dict[str, Any]]) -> Any:
    out = np.empty((len(rows), len(FIELDS)), np.float32)
    for place, row in enumerate(rows):
        out[place] = [row[name] if codes is None else codes.get(row[name], -1) for name, codes in FIELDS]
    return out


async def app(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    if scope["type"] != "http":
        return
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    rows = orjson.loads(b"".join(parts))
    scores = BOOSTER.inplace_predict(matrix([rows] if isinstance(rows, dict) else rows), validate_features=False)
    said = orjson.dumps({"predictions": scores}, option=orjson.OPT_SERIALIZE_NUMPY)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(said)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": said})
