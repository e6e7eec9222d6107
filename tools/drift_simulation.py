"""How often monitoring raises alarms where nothing changed, and how often it finds what did, on the real data sets.

drift_simulation.py [--quiet-windows N] [--drift-windows N] [--seed N]: prints Markdown tables; the figures stand in
docs/monitoring-statistics.md.

The rows of a data set are dealt, anew for every ten windows: half to train a model and make its baseline, a fifth for
the reference predictions, and from the rest windows are drawn. Everything that alarms is on, at its default limits:
drift per column and of predictions, quality, and the classifier two-sample test.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from mlcl.features.baseline import baseline, summarise
from mlcl.features.recipe import Recipe
from mlcl.models.boosters import xgboost
from mlcl.monitoring.counts import Tally
from mlcl.monitoring.drift import compare_to_baseline
from mlcl.monitoring.multivariate import classifier_test
from mlcl.monitoring.quality import quality

ROOT = Path(__file__).resolve().parent.parent
SETS = {
    "bank marketing": ("bank-additional-full.csv", "y", {"separator": ";"}),
    "California housing": ("california-housing.csv", "median_house_value", {}),
    "white wine": ("winequality-white.csv", "quality", {"separator": ";"}),
}
SIZES = (300, 1000)
STRENGTHS = ("mild", "medium", "strong")

Rng = np.random.Generator
Shift = Callable[[pl.DataFrame, int, str, float, Rng], pl.DataFrame]  # (pool, rows, column, amount, rng) -> window


class Kind(NamedTuple):
    """amounts: for mild, medium and strong; on: the kind of column that is shifted."""

    about: str
    amounts: tuple[float, float, float]
    on: str
    shift: Shift


class Deal(NamedTuple):
    """One dealing out of a data set's rows."""

    recipe: Recipe
    train: Any  # the matrix
    pool: pl.DataFrame
    inputs: dict[str, Any]
    predictions: dict[str, Any]
    booster: Any


def moved(pool: pl.DataFrame, rows: int, column: str, amount: float, rng: Rng) -> pl.DataFrame:
    """Values land on such as there are: an age of 40.8 would give itself away."""
    window = drawn(pool, rows, rng)
    known = pool[column].drop_nulls().unique().sort().to_numpy()
    wanted = window[column].to_numpy() + amount * pool[column].std()
    after = np.clip(np.searchsorted(known, wanted), 1, len(known) - 1)
    nearest = known[after - (wanted - known[after - 1] < known[after] - wanted)].astype(np.float64)
    return window.with_columns(pl.Series(column, np.where(np.isnan(wanted), np.nan, nearest), nan_to_null=True))


def mixed(pool: pl.DataFrame, rows: int, column: str, amount: float, rng: Rng) -> pl.DataFrame:
    common = pool[column].drop_nulls().mode().sort()[0]
    weight = np.where((pool[column] == common).fill_null(value=False).to_numpy(), 1.0, amount)
    return pool[rng.choice(len(pool), rows, replace=False, p=weight / weight.sum())]


def emptied(pool: pl.DataFrame, rows: int, column: str, amount: float, rng: Rng) -> pl.DataFrame:
    window = drawn(pool, rows, rng)
    return window.with_columns(pl.when(pl.Series(rng.random(rows) >= amount)).then(column))


def loosened(pool: pl.DataFrame, rows: int, column: str, amount: float, rng: Rng) -> pl.DataFrame:
    """Each of the columns alone is as before, but in a share of the rows it comes from another row."""
    window = drawn(pool, rows, rng)
    other = window[column].gather(rng.permutation(rows))
    return window.with_columns(
        pl.when(pl.Series(rng.random(rows) < amount)).then(other).otherwise(column).alias(column)
    )


KINDS = {
    "mean": Kind("a number moves by 0.1, 0.3, 1 standard deviations", (0.1, 0.3, 1.0), "number", moved),
    "mix": Kind("the odds against the commonest category rise 1.5, 3, 10 times", (1.5, 3.0, 10.0), "category", mixed),
    "missing": Kind("3, 10, 30 % of a column's values go missing", (0.03, 0.1, 0.3), "any", emptied),
    "joint": Kind(
        "a number is taken from another row in 30, 60, 100 % of the rows", (0.3, 0.6, 1.0), "number", loosened
    ),
}


def drawn(pool: pl.DataFrame, rows: int, rng: Rng) -> pl.DataFrame:
    return pool[rng.choice(len(pool), rows, replace=False)]


def read(name: str) -> tuple[pl.DataFrame, str]:
    file, target, options = SETS[name]
    folder = Path(os.environ.get("MLCL_TEST_DATA") or ROOT.parent / "shared" / "data")
    frame = pl.read_csv(folder / file, infer_schema_length=None, **options)
    return frame.drop("duration", strict=False), target


def kinds_of(frame: pl.DataFrame) -> dict[str, Any]:
    return {name: "number" if dtype.is_numeric() else "category" for name, dtype in frame.schema.items()}


def deal(frame: pl.DataFrame, target: str, rng: Rng) -> Deal:
    order = rng.permutation(len(frame))
    half, held = len(frame) // 2, len(frame) * 7 // 10
    train, test, pool = frame[order[:half]], frame[order[half:held]], frame[order[held:]]
    inputs = train.drop(target)
    recipe = Recipe.fit(inputs, kinds_of(inputs))
    y = train[target]
    label = (y == "yes" if y.dtype == pl.String else y > y.median()).cast(pl.Float32).to_numpy()
    types = ["c" if kind == "category" else "q" for kind in recipe.feature_kinds]
    matrix = recipe.apply(inputs)
    data = xgboost().DMatrix(matrix, label, feature_types=types, enable_categorical=True)
    booster = xgboost().train({"objective": "binary:logistic", "max_depth": 4, "eta": 0.2}, data, 40)
    predictions = summarise(scored(booster, recipe, test))
    return Deal(recipe, matrix, pool.drop(target), baseline(recipe, inputs), predictions, booster)


def scored(booster: Any, recipe: Recipe, frame: pl.DataFrame) -> pl.DataFrame:
    probability = booster.inplace_predict(recipe.apply(frame)).astype(np.float64)
    return pl.DataFrame({"probability": probability, "decision": np.where(probability >= 0.5, "yes", "no")})


def alarms(dealt: Deal, window: pl.DataFrame, seed: int) -> set[str]:
    """Which detectors raise an alarm."""
    window = dealt.recipe.coerce(window)
    inputs, predictions = Tally(dealt.inputs), Tally(dealt.predictions)
    inputs.add(window)
    predictions.add(scored(dealt.booster, dealt.recipe, window))
    recipe = dealt.recipe
    whole = classifier_test(dealt.train, recipe.apply(window), recipe.feature_names, recipe.feature_kinds, seed)
    found = {
        "columns": compare_to_baseline(inputs)["drifted"],
        "predictions": compare_to_baseline(predictions)["drifted"],
        "quality": quality(inputs)["broken"],
        "multivariate": whole["drifted"],
    }
    return {name for name, alarm in found.items() if alarm}


def columns_for(kind: Kind, frame: pl.DataFrame, target: str) -> list[str]:
    kinds = kinds_of(frame.drop(target))
    return [name for name, found in kinds.items() if kind.on in (found, "any")]


def quiet(windows: int, seed: int) -> Iterator[tuple[str, int, Counter[str]]]:
    for place, name in enumerate(SETS):
        frame, target = read(name)
        for size in SIZES:
            raised: Counter[str] = Counter()
            for number in range(windows):
                rng = np.random.default_rng([seed, place, size, number])
                if number % 10 == 0:
                    dealt = deal(frame, target, rng)
                found = alarms(dealt, drawn(dealt.pool, size, rng), number)
                raised.update(found)
                raised["any"] += bool(found)
            yield name, size, raised


def drifting(windows: int, seed: int) -> dict[tuple[str, str, int], list[set[str]]]:
    found: dict[tuple[str, str, int], list[set[str]]] = defaultdict(list)
    for place, name in enumerate(SETS):
        frame, target = read(name)
        for number in range(windows):
            rng = np.random.default_rng([seed + 1, place, number])
            dealt = deal(frame, target, rng)
            for code, kind in KINDS.items():
                columns = columns_for(kind, frame, target)
                for strength, amount in zip(STRENGTHS, kind.amounts, strict=True) if columns else ():
                    for size in SIZES:
                        column = columns[rng.integers(len(columns))]
                        window = kind.shift(dealt.pool, size, column, amount, rng)
                        found[code, strength, size].append(alarms(dealt, window, number))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quiet-windows", type=int, default=200, help="windows per data set and size")
    parser.add_argument("--drift-windows", type=int, default=20, help="windows per data set, size, kind and strength")
    parser.add_argument("--seed", type=int, default=1729)
    given = parser.parse_args()
    start = time.perf_counter()
    print(f"{datetime.now(UTC):%Y-%m-%d}, seed {given.seed}\n")
    print("| data set | rows of a window | windows | columns | predictions | quality | multivariate | any alarm |")
    print("|---|---|---|---|---|---|---|---|")
    total = alarmed = 0
    names = ("columns", "predictions", "quality", "multivariate", "any")
    for name, size, raised in quiet(given.quiet_windows, given.seed):
        figures = " | ".join(f"{raised[detector] / given.quiet_windows:.1%}" for detector in names)
        print(f"| {name} | {size} | {given.quiet_windows} | {figures} |", flush=True)
        total, alarmed = total + given.quiet_windows, alarmed + raised["any"]
    print(f"\nAll {total} windows without drift: {alarmed / total:.1%} with an alarm.\n")
    print("| drift | strength | rows | windows | found | by columns | by predictions | by quality | by multivariate |")
    print("|---|---|---|---|---|---|---|---|---|")
    for (code, strength, size), found in drifting(given.drift_windows, given.seed).items():
        shares = [np.mean([bool(one) for one in found])]
        shares += [np.mean([detector in one for one in found]) for detector in names[:-1]]
        figures = " | ".join(f"{share:.0%}" for share in shares)
        print(f"| {code} | {strength} | {size} | {len(found)} | {figures} |", flush=True)
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
