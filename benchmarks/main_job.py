"""A whole `mlcl run` against the bare libraries doing the same work.

    python benchmarks/main_job.py [--rows 4000 400000 4000000] [--kinds csv parquet] [--learners xgboost lightgbm]

The run has profile, intervals, segments, importance and report; the floor reads, encodes, trains and scores. Both
train on the same share of rows with the same parameters. Every run starts with an empty store. --peer 'NAME::COMMAND'
adds a contestant ({data} is the file).
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import sys
from pathlib import Path

from contest import contest
from scaled import table

HERE = Path(__file__).resolve().parent
MLCL = str(Path(sys.executable).with_name("mlcl"))
ROUNDS = 100
PARAMETERS = {
    "xgboost": "max_depth = 5\nlearning_rate = 0.2\ngamma = 4\nmin_child_weight = 6\nsubsample = 0.8",
    "lightgbm": (
        "max_depth = 5\nlearning_rate = 0.2\nnum_leaves = 31\nmin_child_samples = 20\n"
        "subsample = 0.8\nsubsample_freq = 1"
    ),
}
PROBLEM = """
[problem]
name = "bench"
target = "y"
positive = "yes"
[value]
true_positive = 120
false_positive = -8
[[goal]]
metric = "roc_auc"
at_least = 0.6
[data]
source = "{data}"
[split]
train = 0.8
validation = 0.1
test = 0.1
[train]
learner = "{learner}"
trials = 0
[train.parameters]
n_estimators = {rounds}
{parameters}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[4_000, 400_000])
    parser.add_argument("--kinds", nargs="+", default=["csv", "parquet"], choices=["csv", "parquet"])
    parser.add_argument("--learners", nargs="+", default=["xgboost", "lightgbm"], choices=list(PARAMETERS))
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/mlcl-bench"))
    parser.add_argument("--peer", action="append", default=[], metavar="NAME::COMMAND")
    arguments = parser.parse_args()
    for rows in arguments.rows:
        for kind in arguments.kinds:
            data = table(arguments.folder / "data", rows)[kind]
            for learner in arguments.learners:
                _match(arguments, rows, kind, learner, data)


def _match(arguments: argparse.Namespace, rows: int, kind: str, learner: str, data: Path) -> None:
    folder = arguments.folder / "work"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    parameters = PARAMETERS[learner]
    (folder / "problem.toml").write_text(
        PROBLEM.format(data=data, learner=learner, rounds=ROUNDS, parameters=parameters)
    )
    fresh = f"rm -rf store && exec {shlex.quote(MLCL)} run problem.toml --store store"
    commands = {
        "floor": [sys.executable, str(HERE / "floor.py"), learner, str(data), str(ROUNDS)],
        "mlcl run": ["sh", "-c", fresh],
    }
    if rows <= 10_000:
        commands["mlcl run, nothing changed"] = [MLCL, "run", "problem.toml", "--store", "store"]
    for peer in arguments.peer:
        name, command = peer.split("::", 1)
        commands[name.strip()] = shlex.split(command.format(data=data))
    title = f"Main job, {rows:,} rows, {kind}, {learner}"
    contest(title, commands, floor="floor", folder=folder, rounds=arguments.repeat, accept=(0, 4))


if __name__ == "__main__":
    main()
