"""Monitoring: drift of two tables of 20 columns against the bare script, and against peers, as whole processes.

monitoring.py [--rows 400000] [--repeat 5] [--peers PYTHON] [--window]: prints Markdown tables. PYTHON: the interpreter
of an environment with Evidently and NannyML, of which those that it has take part. --window: also reads as many
captured predictions from a store (--rows 4000000 shows that memory stays bounded).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
from contest import contest, machine
from scaled import jittered, source

OURS = """
import sys, polars as pl
from mlcl.monitoring.drift import compare
print(compare(pl.read_parquet(sys.argv[1]), pl.read_parquet(sys.argv[2]))["drifted"])
"""
FLOOR = """
import sys, numpy as np, polars as pl
reference, current = pl.read_parquet(sys.argv[1]), pl.read_parquet(sys.argv[2])
for name in reference.columns:
    a, b = reference[name], current[name]
    if a.dtype.is_numeric():
        ordered = a.sort().to_numpy()
        edges = np.unique(ordered[np.arange(1, 10) * len(ordered) // 10])
        p = np.diff(np.searchsorted(ordered, edges), prepend=0, append=len(ordered))
        q = np.bincount(np.searchsorted(edges, b.to_numpy(), "right"), minlength=len(edges) + 1)
    else:
        both = a.value_counts().join(b.value_counts(), on=name, how="full", coalesce=True, suffix="_b").fill_null(0)
        p, q = both["count"].to_numpy(), both["count_b"].to_numpy()
    p, q = np.maximum(p / p.sum(), 1e-6), np.maximum(q / q.sum(), 1e-6)
    middle = (p + q) / 2
    psi = float(np.sum((p - q) * np.log(p / q)))
    js = float(np.sqrt(max(0, np.sum(p * np.log2(p / middle)) + np.sum(q * np.log2(q / middle))) / 2))
    print(name, psi, js)
"""
EVIDENTLY = """
import sys, pandas as pd
from evidently import Report, Dataset, DataDefinition
from evidently.presets import DataDriftPreset
reference, current = pd.read_parquet(sys.argv[1]), pd.read_parquet(sys.argv[2])
numbers = [name for name in reference.columns if reference[name].dtype.kind in "if"]
texts = [name for name in reference.columns if name not in numbers]
about = DataDefinition(numerical_columns=numbers, categorical_columns=texts)
pair = (Dataset.from_pandas(frame, data_definition=about) for frame in (current, reference))
print(len(str(Report([DataDriftPreset()]).run(*pair).dict())))
"""
NANNYML = """
import sys, pandas as pd, nannyml
reference, current = pd.read_parquet(sys.argv[1]), pd.read_parquet(sys.argv[2])
js = ["jensen_shannon"]
names = list(reference.columns)
calculator = nannyml.UnivariateDriftCalculator(names, continuous_methods=js, categorical_methods=js, chunk_number=1)
calculator.fit(reference)
print(len(calculator.calculate(current).to_df()))
"""
WINDOW = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from mlcl.features.recipe import Recipe
from mlcl.features.baseline import summarise
from mlcl.monitoring.counts import Tally
from mlcl.monitoring.drift import compare_to_baseline
from mlcl.monitoring.window import read_window
from mlcl.stores import Store
import orjson
class Model:
    recipe, task, labels = Recipe.from_json(Path(sys.argv[2]).read_bytes()), "binary", ["no", "yes"]
at = datetime(2026, 11, 23, 10, tzinfo=UTC)
tally = Tally(orjson.loads(Path(sys.argv[3]).read_bytes()))
for part in read_window(Store(sys.argv[1]), "bank", at, at + timedelta(hours=1), lambda version: Model):
    tally.add(part.inputs)
assert tally.rows == int(sys.argv[4]), tally.rows
print(compare_to_baseline(tally)["drifted"])
"""
# The least that reading captures takes: both levels of JSON, by the fastest parser.
PARSE = """
import sys, orjson
from pathlib import Path
rows = 0
for file in Path(sys.argv[1]).rglob("*.jsonl"):
    for line in file.read_bytes().splitlines():
        data = orjson.loads(line)["captureData"]
        orjson.loads(data["endpointInput"]["data"])
        orjson.loads(data["endpointOutput"]["data"])
        rows += 1
assert rows == int(sys.argv[4]), rows
"""


def pair(folder: Path, rows: int) -> list[str]:
    """Two tables resampled from bank marketing; in the second, older people are commoner."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"drift-{name}-{rows}.parquet" for name in ("reference", "current")]
    if not all(path.exists() for path in paths):
        frame, rng = pl.read_csv(source()).drop("duration"), np.random.default_rng(7)
        weight = (frame["age"].to_numpy() > 45) + 0.35
        for path, odds in zip(paths, (np.ones(len(frame)), weight), strict=True):
            jittered(frame[rng.choice(len(frame), rows, p=odds / odds.sum())], rng).write_parquet(path)
    return [str(path) for path in paths]


def captured(folder: Path, rows: int) -> list[str]:
    """A store of so many captured predictions of one row each, a recipe and a baseline."""
    import orjson

    from mlcl.features.baseline import baseline
    from mlcl.features.recipe import Recipe
    from mlcl.serving.events import Body, line
    from mlcl.stores import Store, keys

    frame = pl.read_csv(source()).drop("duration", "y")
    recipe = Recipe.fit(
        frame, {name: "number" if dtype.is_numeric() else "category" for name, dtype in frame.schema.items()}
    )
    files = [folder / "recipe.json", folder / "baseline.json"]
    files[0].write_bytes(recipe.to_json())
    files[1].write_bytes(orjson.dumps(baseline(recipe, frame)))
    place = folder / f"store-{rows}"
    if not place.exists():
        store, bodies = Store(place), [orjson.dumps(row) for row in frame.to_dicts()]
        for start in range(0, rows, 30_000):
            lines = []
            for number in range(start, min(rows, start + 30_000)):
                share = f'{{"id":"e-{number:x}-0","probability":{{"no":0.75,"yes":0.25}},"decision":"no"}}'
                answer = f'{{"predictions":[{share}],"model":{{"endpoint":"bank","version":3}},"missing":0,"unseen":0}}'
                sent = Body("application/json", bodies[number % len(bodies)])
                got = Body("application/json", answer.encode())
                lines.append(line(f"e-{number:x}", "2026-11-23T10:30:00.000Z", 3, sent, got))
            store.put(f"{keys.captures('bank')}/live/2026/11/23/10/{start:09}.jsonl", b"".join(lines))
    return [str(path) for path in (place, *files, rows)]


def peers(python: str | None) -> dict[str, list[str]]:
    """The peers that an environment has, and how they are started."""
    scripts = {"evidently": EVIDENTLY, "nannyml": NANNYML}
    if python is None:
        return {}
    asked = {
        name: subprocess.run([python, "-c", f"import {name}"], check=False, capture_output=True) for name in scripts
    }
    has = [name for name, answer in asked.items() if answer.returncode == 0]
    return {name: [python, "-c", scripts[name]] for name in has}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=400_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/mlcl-bench"), help="where the tables are kept")
    parser.add_argument("--peers", help="Python interpreter of an environment with Evidently and NannyML")
    parser.add_argument("--window", action="store_true", help="also read captured predictions")
    given = parser.parse_args()
    print(machine())
    tables = pair(given.folder, given.rows)
    commands = {"floor": [sys.executable, "-c", FLOOR], "mlcl": [sys.executable, "-c", OURS], **peers(given.peers)}
    title = f"drift, {given.rows:,} against {given.rows:,} rows of 20 columns"
    contest(
        title, {n: [*c, *tables] for n, c in commands.items()}, floor="floor", folder=given.folder, rounds=given.repeat
    )
    if given.window:
        places = captured(given.folder, given.rows)
        commands = {"parse": [sys.executable, "-c", PARSE], "mlcl": [sys.executable, "-c", WINDOW]}
        title = f"window of {given.rows:,} captured predictions"
        both = {name: [*command, *places] for name, command in commands.items()}
        contest(title, both, floor="parse", folder=given.folder, rounds=min(3, given.repeat))


if __name__ == "__main__":
    main()
