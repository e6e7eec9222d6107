"""The notebooks of the examples run from top to bottom, and are what tools/notebooks.py writes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = {
    "breast-cancer": None,
    "bank-marketing": "bank-full.csv",
    "california-housing": "california-housing.csv",
    "wine-quality": "winequality-red.csv",
}


def test_every_example_has_a_current_notebook() -> None:
    assert set(EXAMPLES) == {folder.name for folder in (ROOT / "examples").iterdir() if folder.is_dir()}
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools/notebooks.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stdout


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.filterwarnings("default")  # what Jupyter's own packages say of each other is not ours
def test_the_notebook_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    changes = ["train.trials=0", "train.learner=xgboost"]
    if file := EXAMPLES[name]:
        data: Path = request.getfixturevalue("shared_data")
        changes.append(f"data.source={(data / file).resolve()}")
    folder = shutil.copytree(ROOT / "examples" / name, tmp_path / name)
    monkeypatch.setenv("MLCL_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("MLCL_SET", " ".join(changes))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    book = nbformat.read(folder / "notebook.ipynb", as_version=4)
    NotebookClient(book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    html = [
        output["data"]["text/html"]
        for cell in book.cells
        for output in cell.get("outputs", ())
        if "text/html" in output.get("data", {})
    ]
    assert sum("<iframe srcdoc" in text for text in html) >= 5
    assert any("svg" in text for text in html)
    prediction = book.cells[-1]["outputs"][0]["data"]["text/plain"]
    assert "probability" in prediction or "prediction" in prediction
