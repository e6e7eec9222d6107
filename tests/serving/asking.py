"""Rows, and problems as the server tells them."""

from __future__ import annotations

from typing import Any

import httpx

ROW = {"age": 33, "income": 3100.25, "job": "cook", "owner": True, "since": "2021-05-01"}
JSON, CSV, LINES, PARQUET = "application/json", "text/csv", "application/jsonlines", "application/x-parquet"


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert body["detail"]
    return dict(body)
