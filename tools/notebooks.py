"""Writes examples/*/notebook.ipynb: the life cycle of each example through the Python API.

python tools/notebooks.py            # writes them
python tools/notebooks.py --check    # exit code 1 when one is not what this would write
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
Cell = tuple[str, str]

PREPARE = """
import os
from pathlib import Path

import polars as pl

import mlcl

PROBLEM = Path("problem.toml")
ON = os.environ.get("MLCL_ON", "local")              # where runs run: local, or aws:ENVIRONMENT
CHANGES = os.environ.get("MLCL_SET", "").split()     # changes to the file, as `mlcl run --set` takes them

problem = mlcl.check(PROBLEM, CHANGES)
problem.problem.question
"""
ROWS = """
data = pl.DataFrame(seen.documents["profile"]["columns"], infer_schema_length=None)
data.select("name", "kind", "role", "missing", "distinct").head(12)
"""
PREDICT = """
model = mlcl.load(problem.name, "latest")
typical = {
    column["name"]: (column["quantiles"] or {}).get("0.5") if column["quantiles"] else column["top"][0]["value"]
    for column in seen.documents["profile"]["columns"]
    if column["role"] == "feature" and (column["quantiles"] or column["top"])
}
model.predict([typical])
"""
DEPLOY = """
if result.passed:
    print(mlcl.deploy(problem.name).variants)
else:
    print("The goals are not met, so nothing is deployed:", result.verdict["why"])
"""


def cells(name: str, problem: dict[str, Any], about: str) -> list[Cell]:
    target = problem["problem"]["target"]
    curves = "errors" if problem["problem"].get("task") == "regression" else "curves"
    several = problem["problem"].get("task") == "multiclass"
    shown = "classes" if several else curves
    return [
        ("markdown", f"# {problem['problem']['question']}\n\n{about}"),
        (
            "markdown",
            "## 1. Prepare the notebook\n\nThe same notebook runs on a laptop and in a SageMaker notebook instance, "
            "where the environment says `MLCL_ON=aws:…`. The problem file beside it says what is asked.",
        ),
        ("code", PREPARE),
        ("code", "print(PROBLEM.read_text())"),
        (
            "markdown",
            "## 2. Download, validate, investigate\n\nThe data are fetched from where the problem file says and kept; "
            "what is odd about them is told column by column.",
        ),
        ("code", "seen = mlcl.profile(PROBLEM, overrides=CHANGES)\nseen"),
        ("code", ROWS),
        (
            "markdown",
            "## 3. Transform, estimate\n\nOne call goes through the steps: collect, validate, prepare, train, evaluate,"
            " judge, register. What nothing has changed for is not done again. The recipe of features is fitted on the "
            "training rows alone.",
        ),
        ("code", "result = mlcl.run(PROBLEM, overrides=CHANGES, on=ON)\nresult"),
        ("code", 'result.show("split", "training", height=500)'),
        (
            "markdown",
            f"## 4. Evaluate\n\nOn test rows that played no part in making the model of `{target}`: how good it is, "
            "what it goes by, and whether it is fair to every group.",
        ),
        ("code", f'result.show("quality", "{shown}")'),
        ("code", 'result.show("value", "importance")' if problem.get("value") else 'result.show("importance")'),
        ("code", 'result.show("segments", height=400)'),
        (
            "markdown",
            "## 5. Are the goals met?\n\nThe verdict has three values; only a model that passed is deployed.",
        ),
        ("code", '[(goal["wanted"], goal["got"], goal["outcome"]) for goal in result.verdict["goals"]]'),
        (
            "markdown",
            "## 6. Set up ongoing predictions\n\nThe model becomes an endpoint. `mlcl up` serves it, watches it and "
            "shows it in the web page; the same model also answers here.",
        ),
        ("code", DEPLOY),
        ("code", PREDICT),
    ]


def notebook(folder: Path) -> str:
    problem = tomllib.loads((folder / "problem.toml").read_text())
    about = (folder / "README.md").read_text().split("\n\n", 2)[2]
    made = {
        "cells": [
            _cell(number, kind, text.strip()) for number, (kind, text) in enumerate(cells(folder.name, problem, about))
        ],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def _cell(number: int, kind: str, text: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell | {"source": text.splitlines(keepends=True)}


def main() -> int:
    stale = []
    for file in sorted((ROOT / "examples").glob("*/problem.toml")):
        target, text = file.with_name("notebook.ipynb"), notebook(file.parent)
        if target.exists() and target.read_text() == text:
            continue
        stale.append(str(target.relative_to(ROOT)))
        if "--check" not in sys.argv:
            target.write_text(text)
    print("written:" if "--check" not in sys.argv else "not current:", ", ".join(stale) or "none")
    return int(bool(stale) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
