"""Sessions, uploads, data sets."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mlcl.server.schemas.base import In, Out
from mlcl.server.schemas.profile import Dataset


class Session(Out):
    """Who asks. signed_in: whether the API answers this browser; needs_token: whether a token must be shown first;
    csrf: to be sent as header X-CSRF-Token with everything that changes something."""

    signed_in: bool
    name: str = ""
    needs_token: bool
    csrf: str = ""
    version: str
    store: str = ""
    page: bool = Field(default=False, description="Whether the page is built.")


class SignIn(In):
    token: str = Field(min_length=1, max_length=256)


class StartUpload(In):
    """size: bytes of the whole file."""

    name: str = Field(min_length=1, max_length=255)
    size: int = Field(ge=1)


class Upload(Out):
    """A file on its way into the store. offset: bytes that have arrived; the next part starts there. When all have,
    source is what to name in data.source. part: bytes that one part may have."""

    id: str
    name: str
    size: int
    offset: int
    state: Literal["open", "done"]
    part: int
    digest: str | None = None
    source: str | None = None


class DatasetBrief(Out):
    """runs: how many runs used it."""

    digest: str
    name: str = ""
    source: str = ""
    rows: int
    columns: int
    licence: str = ""
    fetched_at: str = ""
    problems: list[str] = []
    runs: int = 0


class DatasetUse(Out):
    """A run that used a data set, and the model it made."""

    run: str
    problem: str
    state: str
    started_at: str
    model_version: int | None = None


class DatasetDetail(Dataset):
    """used_by: newest first, at most 100; size: bytes of the snapshot."""

    runs: int = 0
    size: int | None = None
    used_by: list[DatasetUse] = []


class Event(Out):
    """What the event stream sends, one JSON object per event; its SSE event name is `kind`. run: a run changed;
    endpoint: a deployment changed; alert: alerts changed; model: the registry changed; problem: a problem file was
    saved; lost: events were missed, look at everything again."""

    kind: Literal["run", "endpoint", "alert", "model", "problem", "job", "lost"]
    name: str = ""
    problem: str = ""
    state: str = ""
    step: str = ""
    done: float = 0.0
    total: float = 0.0
    text: str = ""
    at: str = ""
