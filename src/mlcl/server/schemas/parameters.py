"""Parameters that several routes take."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

Limit = Annotated[int, Query(ge=1, le=200, description="At most so many items.")]
Cursor = Annotated[str | None, Query(max_length=2000, description="`next` of the page before.")]
Search = Annotated[str, Query(max_length=200, description="Only items that hold this text, whatever its case.")]
Sort = Annotated[str, Query(max_length=40, description="Key to sort by; with '-' before it, greatest first.")]
ProblemFilter = Annotated[str | None, Query(max_length=128, description="Only those of this problem.")]
ProblemName = Annotated[str, Path(max_length=128, description="Name of the problem.")]
RunId = Annotated[str, Path(max_length=128, description="Run id, or 'latest'.")]
Version = Annotated[str, Path(max_length=128, description="Version, run id, 'champion' or 'latest'.")]
Digest = Annotated[str, Path(max_length=128, description="SHA-256.")]
EndpointName = Annotated[str, Path(max_length=128, description="Name of the endpoint.")]
LookId = Annotated[str, Path(max_length=128, description="Id of the look, or 'latest'.")]
PredictionId = Annotated[str, Path(max_length=200, description="Id of the prediction, from its answer.")]
Since = Annotated[str | None, Query(max_length=40, description="From this time on (ISO 8601; without a zone: UTC).")]
Until = Annotated[str | None, Query(max_length=40, description="Before this time.")]
