"""The small sets that come with scikit-learn, read from its files: importing it costs a second and more, later too.

The names of columns are those of scikit-learn's loaders; diabetes is the unscaled variant.
"""

from __future__ import annotations

import gzip
import importlib.util
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mlcl.data.sources.base import Fetched, Request
from mlcl.errors import NotFound, SourceError

if TYPE_CHECKING:
    import polars as pl

_CELL = ["radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points"]
_CELL += ["symmetry", "fractal dimension"]
_WINE = ["alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids"]
_WINE += ["nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280/od315_of_diluted_wines"]


class _Set(NamedTuple):
    """labels: texts of the classes, where the target is one; header: the first line holds counts and labels."""

    file: str
    columns: Sequence[str]
    labels: Sequence[str] = ()
    header: bool = False
    licence: str = "CC BY 4.0"
    citation: str = ""
    url: str = ""


_SETS = {
    "breast_cancer": _Set(
        "breast_cancer.csv",
        [
            *(f"mean {part}" for part in _CELL),
            *(f"{part} error" for part in _CELL),
            *(f"worst {part}" for part in _CELL),
        ],
        ("malignant", "benign"),
        header=True,
        citation="Wolberg, Mangasarian, Street, Street (1993). Breast Cancer Wisconsin (Diagnostic). "
        "UCI Machine Learning Repository. https://doi.org/10.24432/C5DW2B",
        url="https://archive.ics.uci.edu/dataset/17",
    ),
    "iris": _Set(
        "iris.csv",
        ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"],
        ("setosa", "versicolor", "virginica"),
        header=True,
        citation="Fisher (1936). Iris. UCI Machine Learning Repository. https://doi.org/10.24432/C56C76",
        url="https://archive.ics.uci.edu/dataset/53",
    ),
    "wine": _Set(
        "wine_data.csv",
        [*_WINE, "proline"],
        ("class_0", "class_1", "class_2"),
        header=True,
        citation="Aeberhard, Forina (1992). Wine. UCI Machine Learning Repository. https://doi.org/10.24432/C5PC7J",
        url="https://archive.ics.uci.edu/dataset/109",
    ),
    "digits": _Set(
        "digits.csv.gz",
        [f"pixel_{row}_{column}" for row in range(8) for column in range(8)],
        [str(digit) for digit in range(10)],
        citation="Alpaydin, Kaynak (1998). Optical Recognition of Handwritten Digits. "
        "UCI Machine Learning Repository. https://doi.org/10.24432/C50P49",
        url="https://archive.ics.uci.edu/dataset/80",
    ),
    "diabetes": _Set(
        "diabetes_data_raw.csv.gz",
        ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"],
        licence="public",
        citation="Efron, Hastie, Johnstone, Tibshirani (2004). Least Angle Regression. Annals of Statistics 32.",
        url="https://www4.stat.ncsu.edu/~boos/var.select/diabetes.html",
    ),
}


def fetch(request: Request) -> Fetched:
    about = _about(request.source)
    return Fetched(
        table=_frame(about),
        name=request.source,
        url=about.url,
        licence=about.licence,
        citation=about.citation,
        target="target",
        notes=(f"From scikit-learn {version('scikit-learn')}.",),
    )


def fingerprint(name: str) -> str:
    _about(name)
    return f"sklearn:{name} {version('scikit-learn')}"


def _about(name: str) -> _Set:
    if name not in _SETS:
        raise NotFound.among("data set of scikit-learn", name, _SETS)
    return _SETS[name]


def _frame(about: _Set) -> pl.DataFrame:
    import polars as pl

    rows = [line.split("," if "," in line else None) for line in _lines(about.file)[about.header :]]
    names = [*about.columns, "target"]
    if not about.labels:
        rows = [[*row, target] for row, target in zip(rows, _lines("diabetes_target.csv.gz"), strict=True)]
    table = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row").cast(pl.Float64)
    whole = [column.name for column in table if (column == column.round()).all()]
    table = table.with_columns(pl.col(whole).cast(pl.Int64))
    if about.labels:
        labels = pl.Series(about.labels)
        table = table.with_columns(labels.gather(table["target"]).alias("target"))
    return table


def _lines(name: str) -> list[str]:
    package = importlib.util.find_spec("sklearn")
    if not package or not package.origin:
        raise SourceError("scikit-learn is not installed.", where="data.source")
    file = Path(package.origin).parent / "datasets" / "data" / name
    content = file.read_bytes()
    return (gzip.decompress(content) if name.endswith(".gz") else content).decode().splitlines()
