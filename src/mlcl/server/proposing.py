"""A first problem file for a table, made in a process of its own: a broken or huge file cannot harm the server.

`python -m mlcl.server.proposing REQUEST` prints the proposal, or the error, as JSON.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from mlcl.errors import (
    DataError,
    ExpectationError,
    InputError,
    MlclError,
    NotFound,
    ProblemError,
    SourceError,
    StoreError,
    UsageError,
)
from mlcl.server.schemas.problems import Proposal
from mlcl.stores import Store

SECONDS = 600.0
SAMPLE = 10  # rows of the table that come with the proposal
_KINDS: dict[str, type[MlclError]] = {
    kind.__name__: kind
    for kind in (UsageError, ProblemError, NotFound, InputError, DataError, ExpectationError, SourceError, StoreError)
}
_NAME = re.compile(r"(?m)^name = .*$")


def propose(store: Store, source: str, target: str | None, name: str | None) -> Proposal:
    """Asks a process of its own. Raises what it raises."""
    request = orjson.dumps([store.absolute, source, target, name]).decode()
    try:
        ended = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "mlcl.server.proposing", request],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DataError("Looking at the table took too long.", where=source, fix="Try a part of it.") from None
    try:
        answer: dict[str, Any] = orjson.loads(ended.stdout)
    except orjson.JSONDecodeError:
        how = f"exit code {ended.returncode}"
        raise DataError("The table could not be looked at: the process that did ended early.", found=how) from None
    if "error" not in answer:
        return Proposal.model_validate(answer)
    texts = {"where": answer.get("where", ""), "found": answer.get("found", ""), "fix": answer.get("do", "")}
    raise _KINDS.get(answer["error"], DataError)(answer["what"], **texts)


def work(address: str, source: str, target: str | None, name: str | None) -> dict[str, Any]:
    """The proposal as JSON-ready values."""
    import polars as pl

    from mlcl import problem as problem_file
    from mlcl.data import propose as proposing
    from mlcl.data import sources
    from mlcl.records import Dataset
    from mlcl.steps import STEPS

    sources.STORE.set(Store(address))
    raw = {"problem": {"name": "proposed", "target": target or "?"}, "data": {"source": source}}
    problem = problem_file.from_dict(raw, base=Path.cwd())
    with TemporaryDirectory(prefix="mlcl-propose-") as made:
        folder = Path(made)
        STEPS[0].load()(problem, {}, folder)
        text, profile = proposing.proposal(folder, source, target=target)
        dataset = Dataset.read(folder / "dataset.json")
        sample = pl.scan_parquet(folder / "data.parquet").head(SAMPLE).collect()
    if name:
        text = _NAME.sub(f'name = "{name}"', text, count=1)
    asked = tomllib.loads(text)["problem"]
    return {
        "toml": text,
        "name": asked["name"],
        "target": asked["target"],
        "task": profile["target"]["task"],
        "positive": profile["target"]["positive"],
        "labels": profile["target"]["labels"],
        "rows": dataset.rows,
        "columns": [column.model_dump() for column in dataset.columns],
        "warnings": profile["warnings"],
        "rows_sample": [[shown(value) for value in row] for row in sample.rows()],
    }


def shown(value: Any) -> Any:
    """A value as JSON holds it: dates and times as ISO texts."""
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def main(request: str) -> None:
    try:
        answer = work(*orjson.loads(request))
    except MlclError as error:
        answer = error.as_dict()
    sys.stdout.buffer.write(orjson.dumps(answer, default=str))


if __name__ == "__main__":
    main(sys.argv[1])
