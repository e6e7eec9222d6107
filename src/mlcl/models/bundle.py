"""The model bundle: one folder that holds all a prediction needs. Loading it executes nothing from it.

model.json: manifest (schema, recipe, labels, threshold, metrics, lineage, digests of the other files); learner.json and
the learner's own files; baseline.json: training statistics that monitoring compares with.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import orjson
import polars as pl

from mlcl.data.read import read
from mlcl.errors import BundleError, InputError, MlclError
from mlcl.features.recipe import Recipe
from mlcl.metrics import BINARY, REGRESSION
from mlcl.models import learners, manifest
from mlcl.models.learners import SHEET, Model
from mlcl.models.table import Floats, Matrix

# A polars or pandas frame, a list of dicts, a dict of columns, or a file of any format that training reads.
Rows = Any
BASELINE = "baseline.json"


class Bundle:
    """A loaded model. task: binary, multiclass or regression; labels: class texts in the order of the probabilities
    (binary: negative, positive); threshold: probability from which the positive label is decided (binary)."""

    def __init__(self, folder: Path, sheet: dict[str, Any], digest: str, recipe: Recipe, predictor: Model) -> None:
        self.folder, self.manifest, self.digest, self.recipe, self.predictor = folder, sheet, digest, recipe, predictor
        self.task: str = sheet["task"]
        self.labels: list[str] | None = sheet["labels"]
        self.threshold: float | None = sheet["threshold"]
        self._encoder = recipe.compile()

    @classmethod
    def load(cls, folder: Path) -> Self:
        """BundleError when the bundle is damaged, too new or not whole. Only bytes of the right digest are used."""
        sheet, digest, files = manifest.read(folder)
        try:
            recipe = Recipe.from_json(orjson.dumps(sheet["recipe"]))
            predictor = learners.restore(orjson.loads(files[SHEET]), files.__getitem__)
            bundle = cls(folder, sheet, digest, recipe, predictor)
        except BundleError:
            raise
        except (MlclError, KeyError, ValueError) as error:
            raise BundleError("The bundle cannot be used.", where=str(folder), found=str(error)) from error
        if (predictor.features, predictor.task) != (recipe.feature_names, bundle.task):
            raise BundleError("The learner and the recipe of the bundle do not fit.", where=str(folder))
        return bundle

    def score(self, matrix: Matrix) -> Floats:
        """Probability of the positive class [n], probabilities [n, classes], or values [n], of encoded rows."""
        return self.predictor.predict(matrix)

    def predict(self, data: Rows) -> pl.DataFrame:
        """One row of predictions for each row of a table, a list of dicts, a dict of columns or a file.

        Columns: binary `probability` and `decision`; multiclass `probability_LABEL` and `decision`; regression
        `prediction`. InputError when values break the schema.
        """
        return self.told(self.score(self.encode(data)))

    def encode(self, data: Rows) -> Matrix:
        """float32 [n, features]: the same bits whatever form the rows come in."""
        if isinstance(data, list):
            return self._encoder.encode(data).matrix
        return self.recipe.apply(_table(data))

    def told(self, scores: Floats) -> pl.DataFrame:
        """Scores as the columns that `predict` gives."""
        if self.task == REGRESSION:
            return pl.DataFrame({"prediction": scores})
        labels = pl.Series(self.labels, dtype=pl.String)
        if self.task == BINARY:
            threshold = 0.5 if self.threshold is None else self.threshold
            decided = pl.Series(scores >= threshold).cast(pl.UInt32)
            return pl.DataFrame({"probability": scores, "decision": labels.gather(decided)})
        columns = {f"probability_{label}": scores[:, place] for place, label in enumerate(labels)}
        return pl.DataFrame({**columns, "decision": labels.gather(scores.argmax(axis=1))})

    def explain(self, data: Rows) -> pl.DataFrame:
        """What each feature adds to the score before the link (log-odds or value): one column per feature and `bias`.
        Multiclass: for the class that is decided."""
        matrix = self.encode(data)
        parts = self.predictor.contributions(matrix)
        if parts.ndim == 3:
            parts = parts[range(len(parts)), self.score(matrix).argmax(axis=1)]
        names = self.recipe.feature_names
        bias = "bias" if "bias" not in names else "bias (of the model)"
        return pl.DataFrame(dict(zip([*names, bias], parts.T, strict=True)))


def write(folder: Path, *, model: Path, baseline: bytes, parts: Mapping[str, Any]) -> str:
    """Assembles a bundle in `folder` from the learner's folder and the manifest's parts; gives its digest."""
    for file in sorted(model.iterdir()):
        shutil.copyfile(file, folder / file.name)
    (folder / BASELINE).write_bytes(baseline)
    return manifest.write(folder, parts)


def _table(data: Rows) -> pl.DataFrame:
    """Any of the forms in which rows come, as a polars frame."""
    if isinstance(data, pl.DataFrame):
        return data
    if isinstance(data, str | Path):
        return read(Path(data))
    if isinstance(data, Mapping):
        return pl.DataFrame(dict(data), strict=False)
    if type(data).__module__.partition(".")[0] == "pandas":
        return pl.DataFrame([_series(str(name), data.iloc[:, place]) for place, name in enumerate(data.columns)])
    raise InputError(
        "Rows come as a polars or pandas frame, a list of dicts, a dict of columns or a file.", found=str(type(data))
    )


def _series(name: str, column: Any) -> pl.Series:
    """A pandas column: its numbers as they are, everything else value by value, with None for all that pandas calls
    missing."""
    if getattr(column.dtype, "kind", "O") in "iufb" and hasattr(column.dtype, "itemsize") and not column.hasnans:
        return pl.Series(name, column.to_numpy())
    values = [None if gone else value for value, gone in zip(column.tolist(), column.isna().tolist(), strict=True)]
    return pl.Series(name, values, strict=False)
