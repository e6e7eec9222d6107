"""Batch scoring against the bare libraries: the same trees over the same rows.

    python benchmarks/batch.py [--rows 4000000] [--kinds parquet csv] [--peer 'NAME::COMMAND']

The floor reads slices with polars, encodes them with its expressions, asks the bundle's own booster and writes the
scores; mlcl also counts missing and unseen values, decides, numbers the rows and can be killed and resumed. In a peer's
command {data} is the file.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from contest import contest
from scaled import table

HERE = Path(__file__).resolve().parent
MLCL = str(Path(sys.executable).with_name("mlcl"))
PROBLEM = """
[problem]
name = "bench"
target = "y"
positive = "yes"
[[goal]]
metric = "roc_auc"
at_least = 0.6
[data]
source = "{data}"
[train]
learner = "xgboost"
trials = 0
[train.parameters]
n_estimators = 100
max_depth = 6
learning_rate = 0.1
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[4_000_000])
    parser.add_argument("--kinds", nargs="+", default=["parquet"], choices=["csv", "parquet"])
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/mlcl-bench"))
    parser.add_argument("--peer", action="append", default=[], metavar="NAME::COMMAND")
    arguments = parser.parse_args()
    folder = arguments.folder / "batch"
    bundle = _model(folder, table(arguments.folder / "data", 4_000)["csv"])
    for rows in arguments.rows:
        for kind in arguments.kinds:
            data = table(arguments.folder / "data", rows)[kind]
            commands = {
                "polars + xgboost": [sys.executable, str(HERE / "floor_batch.py"), str(data), str(bundle)],
                "mlcl predict": [MLCL, "predict", "bench", str(data), "-o", f"out.{kind}", "--store", "store"],
            }
            for peer in arguments.peer:
                name, command = peer.split("::", 1)
                commands[name.strip()] = shlex.split(command.format(data=data))
            title = f"Batch scoring, {rows:,} rows, {kind}"
            contest(title, commands, floor="polars + xgboost", folder=folder, rounds=arguments.repeat)


def _model(folder: Path, data: Path) -> Path:
    """The bundle of a model of 100 trees, and a store that has it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "problem.toml").write_text(PROBLEM.format(data=data))
    subprocess.run([MLCL, "run", "problem.toml", "--store", "store"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return next((folder / "store/bundles").iterdir())


if __name__ == "__main__":
    main()
