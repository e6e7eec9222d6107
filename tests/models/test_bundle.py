"""The bundle: the same answer for rows in any form, and nothing but whole bundles is loaded."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlcl.errors import BundleError, InputError
from mlcl.features.recipe import Recipe
from mlcl.models import bundle, manifest
from mlcl.models.bundle import Bundle
from mlcl.models.learners import LEARNERS, Setting, learner
from mlcl.models.learners.blend import Blend
from mlcl.models.table import Table

KINDS: Any = {"age": "integer", "income": "number", "job": "category", "owner": "boolean"}
LABELS: dict[str, list[str] | None] = {"binary": ["no", "yes"], "multiclass": ["a", "b", "c"], "regression": None}


def frame(rows: int = 200) -> pl.DataFrame:
    random = np.random.default_rng(0)
    job = random.choice(["clerk", "cook", "ünion"], rows)
    return pl.DataFrame(
        {
            "age": random.integers(18, 80, rows),
            "income": random.normal(3000, 700, rows),
            "job": [None if random.random() < 0.1 else str(name) for name in job],
            "owner": random.random(rows) < 0.5,
        }
    )


def written(folder: Path, task: str = "binary", name: str = "xgboost", **parts: Any) -> str:
    rows = frame()
    recipe = Recipe.fit(rows, KINDS, {"rich": "income > 3500"})
    x = recipe.apply(rows)
    score = rows["age"].to_numpy() * 30 + rows["income"].to_numpy()
    y = {"binary": score > 4500, "multiclass": np.digitize(score, [4000, 5000]), "regression": score}[task]
    y = y.astype(float if task == "regression" else np.int32)
    table = Table(x, y, recipe.feature_names, recipe.feature_kinds, recipe.cardinality)
    setting = Setting(task, len(LABELS[task] or ()), 1, 1)
    models = [
        learner(kind).fit(table, setting, {} if kind == "linear" else {"n_estimators": 5}, None).model
        for kind in (LEARNERS if name == "blend" else (name,))
    ]
    model = folder.parent / f"{folder.name}-model"
    model.mkdir(parents=True)
    folder.mkdir()
    (Blend([(1 / 3, one) for one in models]) if name == "blend" else models[0]).save(model)
    sheet = {
        "mlcl_version": "0",
        "problem": {"name": "test"},
        "task": task,
        "labels": LABELS[task],
        "threshold": 0.3 if task == "binary" else None,
        "recipe": json.loads(recipe.to_json()),
        **parts,
    }
    return bundle.write(folder, model=model, baseline=b"{}", parts=sheet)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    written(tmp_path / "bundle")
    return tmp_path / "bundle"


@pytest.mark.parametrize("name", [*LEARNERS, "blend"])
@pytest.mark.parametrize("task", LABELS)
def test_rows_in_any_form_get_the_same_predictions(task: str, name: str, tmp_path: Path) -> None:
    written(tmp_path / "bundle", task, name)
    model = Bundle.load(tmp_path / "bundle")
    rows = frame(40)
    rows.write_csv(tmp_path / "rows.csv", separator=";")
    rows.write_parquet(tmp_path / "rows.parquet")
    told = model.predict(rows)
    assert told.height == 40
    assert np.array_equal(model.score(model.recipe.apply(rows)), model.score(model.encode(rows.to_dicts())))
    forms = [rows.to_dicts(), rows.to_dict(as_series=False), rows.to_dict(), pd.DataFrame(rows.to_dicts())]
    for form in (*forms, tmp_path / "rows.csv", str(tmp_path / "rows.parquet")):
        assert model.predict(form).equals(told)


def test_what_pandas_calls_missing_is_missing(folder: Path) -> None:
    model = Bundle.load(folder)
    rows = [{"age": 30, "income": None, "job": None, "owner": True}, {"age": None, "income": 1.5, "job": "cook"}]
    table = pd.DataFrame(rows)
    table["age"] = table["age"].astype("Int64")
    table["owner"] = table["owner"].astype("boolean")
    table["extra"] = pd.Timestamp("2020-01-01")
    assert model.predict(table).equals(model.predict(rows))
    assert model.predict(table.assign(job=["cook", np.nan])).height == 2
    assert model.predict(pd.DataFrame({"job": pd.Categorical(["cook", None])})).height == 2


def test_columns_say_what_was_predicted(tmp_path: Path) -> None:
    columns = {}
    for task in LABELS:
        written(tmp_path / task, task)
        columns[task] = Bundle.load(tmp_path / task).predict(frame(30))
    assert columns["binary"].columns == ["probability", "decision"]
    decided = columns["binary"]["probability"] >= 0.3
    assert (columns["binary"]["decision"] == "yes").to_list() == decided.to_list()
    assert columns["multiclass"].columns == ["probability_a", "probability_b", "probability_c", "decision"]
    best = columns["multiclass"].select("probability_a", "probability_b", "probability_c").to_numpy().argmax(axis=1)
    assert columns["multiclass"]["decision"].to_list() == ["abc"[code] for code in best]
    assert columns["regression"].columns == ["prediction"]


def test_the_threshold_itself_decides_for_the_positive_class(folder: Path) -> None:
    assert Bundle.load(folder).told(np.array([0.3, np.nextafter(0.3, 0)]))["decision"].to_list() == ["yes", "no"]


@pytest.mark.parametrize("name", [*LEARNERS, "blend"])
@pytest.mark.parametrize("task", LABELS)
def test_explanations_add_up_to_the_score(task: str, name: str, tmp_path: Path) -> None:
    written(tmp_path / "bundle", task, name)
    model = Bundle.load(tmp_path / "bundle")
    rows = frame(30)
    parts = model.explain(rows)
    assert parts.columns == [*model.recipe.feature_names, "bias"]
    margin = model.predictor.margin(model.encode(rows))
    if task == "multiclass":
        margin = margin[range(30), model.score(model.encode(rows)).argmax(axis=1)]
    assert np.allclose(parts.to_numpy().sum(axis=1), margin, rtol=1e-4)


def test_no_rows_give_no_predictions(folder: Path) -> None:
    assert Bundle.load(folder).predict(frame(5).clear()).height == 0
    assert Bundle.load(folder).predict([]).columns == ["probability", "decision"]


def test_wrong_values_and_wrong_forms_are_named(folder: Path) -> None:
    model = Bundle.load(folder)
    with pytest.raises(InputError, match="age"):
        model.predict([{"age": "old"}])
    with pytest.raises(InputError, match="frame"):
        model.predict(42)


def test_the_same_parts_give_the_same_digest(tmp_path: Path) -> None:
    assert written(tmp_path / "one") == written(tmp_path / "two")
    assert written(tmp_path / "three", threshold=0.4) != written(tmp_path / "four")
    assert Bundle.load(tmp_path / "one").digest == Bundle.load(tmp_path / "two").digest


@pytest.mark.parametrize("name", ["learner.json", "model.ubj", "baseline.json", "model.json"])
@pytest.mark.parametrize("place", [0.0, 0.5, 1.0])
def test_a_flipped_bit_is_found(name: str, place: float, folder: Path) -> None:
    digest = Bundle.load(folder).digest
    whole = bytearray((folder / name).read_bytes())
    whole[int(place * (len(whole) - 1))] ^= 1
    (folder / name).write_bytes(whole)
    with pytest.raises(BundleError):
        manifest.verify(folder, digest)  # the digest guards the manifest, the manifest all other files


@pytest.mark.parametrize("name", ["learner.json", "model.ubj", "baseline.json", "model.json"])
def test_a_missing_file_is_named(name: str, folder: Path) -> None:
    (folder / name).unlink()
    with pytest.raises(BundleError, match=name):
        Bundle.load(folder)


def _changed(folder: Path, **change: Any) -> None:
    sheet = json.loads((folder / "model.json").read_bytes())
    (folder / "model.json").write_text(json.dumps({**sheet, **change}))


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "a/b", "..", ".hidden", "", "a\\b"])
def test_a_path_out_of_the_bundle_is_refused(name: str, folder: Path) -> None:
    (folder.parent / "secret").write_bytes(b"x")
    _changed(folder, files={name: "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"})
    with pytest.raises(BundleError, match="outside"):
        Bundle.load(folder)


def test_a_learner_that_names_a_file_outside_the_manifest_is_refused(folder: Path) -> None:
    model = folder.parent / "model"
    shutil.copytree(folder, model)
    for name in ("model.json", "baseline.json"):
        (model / name).unlink()
    sheet = json.loads((model / "learner.json").read_bytes())
    (model / "learner.json").write_text(json.dumps({**sheet, "files": ["../bundle/model.ubj"]}))
    parts = json.loads((folder / "model.json").read_bytes())
    (folder.parent / "again").mkdir()
    bundle.write(folder.parent / "again", model=model, baseline=b"{}", parts=parts)
    with pytest.raises(BundleError):
        Bundle.load(folder.parent / "again")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema_version": 2}, "newer"),
        ({"format": "other"}, "no bundle"),
        ({"files": []}, "no bundle"),
        ({"files": {}}, "cannot be used"),
        ({"recipe": {}}, "cannot be used"),
        ({"task": "regression"}, "do not fit"),
    ],
)
def test_a_bundle_that_cannot_be_used_says_why(change: dict[str, Any], words: str, folder: Path) -> None:
    _changed(folder, **change)
    with pytest.raises(BundleError, match=words):
        Bundle.load(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b'{"files": {}}'])
def test_any_other_file_is_no_bundle(content: bytes, folder: Path) -> None:
    (folder / "model.json").write_bytes(content)
    with pytest.raises(BundleError):
        Bundle.load(folder)
