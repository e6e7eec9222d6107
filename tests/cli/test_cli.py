"""The command line: exit codes, JSON, messages without a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mlcl import diary, results, runs
from mlcl import problem as problem_file
from mlcl.stores import Store
from tests import small

MLCL = str(Path(sys.executable).with_name("mlcl"))


def mlcl(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([MLCL, *words], cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def answer(*words: str, folder: Path, code: int = 0) -> Any:
    done = mlcl(*words, "--json", folder=folder)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the small problem has run and passed."""
    folder = tmp_path_factory.mktemp("ran")
    small.problem(folder)
    assert mlcl("run", folder=folder).returncode == 0
    return folder


def test_run_prints_verdict_and_report(tmp_path: Path) -> None:
    small.problem(tmp_path)
    done = mlcl("run", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "roc_auc" in done.stdout or "ROC AUC" in done.stdout
    report = done.stdout.split("Report: ")[1].strip()
    assert "<html" in (tmp_path / report).read_text()
    assert "\x1b" not in done.stdout + done.stderr
    assert "Nothing changed" in mlcl("run", folder=tmp_path).stdout


def test_run_json_is_one_object(ran: Path) -> None:
    found = answer("run", folder=ran)
    assert {"run", "model", "passed", "verdict", "metrics", "dataset_digest", "bundle_digest", "seconds"} <= set(found)
    assert isinstance(found["metrics"]["test"]["roc_auc"], float)
    assert found["model"]["version"] == 1


def test_goals_not_met_is_exit_code_4(tmp_path: Path) -> None:
    small.problem(tmp_path, at_least=0.999)
    assert answer("run", folder=tmp_path, code=4)["passed"] is False
    assert answer("models", folder=tmp_path) == []
    assert len(answer("models", "--all", folder=tmp_path)) == 1


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (("run", "--set", "data.expect.age.max=20"), 3, "age"),
        (("run", "--set", "problem.target=boght"), 2, "bought"),
        (("run", "--set", "train.trails=1"), 2, "trials"),
        (("run", "absent.toml"), 2, "no such problem file"),
        (("run", "--set", "data.source=smal.csv"), 2, "small.csv"),
        (("report", "nothing"), 2, "no run"),
        (("models", "smal"), 0, ""),
        (("predict", "smal", "--row", "{}"), 2, "small"),
        (("predict", "small", "--row", "[1"), 2, "JSON"),
        (("predict", "small"), 2, "--row"),
        (("deploy", "nothing"), 2, "no model"),
        (("rollback", "nothing"), 2, "endpoint"),
        (("init", "small.csv"), 2, "already"),
    ],
)
def test_mistakes_have_one_message_and_a_code(ran: Path, words: tuple[str, ...], code: int, expected: str) -> None:
    done = mlcl(*words, folder=ran)
    assert done.returncode == code, done.stderr
    assert expected in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_mistakes_as_json(ran: Path) -> None:
    found = answer("run", "--set", "train.trails=1", folder=ran, code=2)
    assert found["error"] == "ProblemError"


def test_init_writes_a_file_that_runs(tmp_path: Path) -> None:
    small.frame().write_csv(tmp_path / "people.csv")
    assert mlcl("init", "people.csv", folder=tmp_path).returncode == 0
    assert answer("check", folder=tmp_path)["valid"]
    quick = ("--set", "train.trials=0", "--set", "train.learner=xgboost")
    assert mlcl("run", *quick, folder=tmp_path).returncode in (0, 4)


def test_looking_at_runs(ran: Path) -> None:
    (run, *_) = answer("runs", folder=ran)
    assert answer("runs", "show", run["id"], folder=ran)["run"]["id"] == run["id"]
    assert answer("runs", "compare", "latest", "latest", folder=ran)
    for words in (("runs",), ("runs", "show"), ("runs", "compare", "latest", "latest"), ("models",), ("schema",)):
        done = mlcl(*words, folder=ran)
        assert done.returncode == 0, done.stderr
        assert done.stdout


def test_logs(ran: Path) -> None:
    run = answer("run", folder=ran)["run"]
    assert any(line.endswith("train: running") for line in answer("logs", run, folder=ran)["lines"])
    done = mlcl("logs", run, "--follow", folder=ran)  # it has ended: nothing to wait for
    assert done.returncode == 0
    assert "train: running" in done.stdout


def test_ctrl_c_ends_the_following_and_not_the_run(tmp_path: Path) -> None:
    store = Store(tmp_path / ".mlcl")
    runs.Journal(store, results.new_run(problem_file.load(small.problem(tmp_path)), "person"))
    with diary.Diary(store, runs.find(store, "latest").id) as pages:
        pages.say("at work")
    with subprocess.Popen(
        [MLCL, "logs", "latest", "-f"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as left:
        assert left.stdout is not None
        assert left.stdout.readline().endswith("at work\n")
        left.send_signal(signal.SIGINT)
        said = left.communicate(timeout=30)[1]
    assert left.returncode == 130
    assert "goes on" in said
    assert "Traceback" not in said
    assert runs.find(store, "latest").state == "running"


def test_deploy_predict_rollback(ran: Path) -> None:
    assert answer("deploy", "small", folder=ran)["variants"][0]["version"] == 1
    assert [state["name"] for state in answer("endpoints", folder=ran)] == ["small"]
    row = answer("predict", "small", "--row", '{"age": 70, "job": "clerk", "income": 3000}', folder=ran)
    assert row["decision"] in ("yes", "no")
    small.frame(50, seed=9).write_csv(ran / "new.csv")
    assert answer("predict", "small", "new.csv", "-o", "scores.csv", folder=ran)["rows"] == 50
    assert len((ran / "scores.csv").read_text().splitlines()) == 51
    answer("undeploy", "small", folder=ran)


def test_tokens(ran: Path) -> None:
    plain = answer("token", "create", "shop", folder=ran)["token"]
    assert plain not in mlcl("token", "list", folder=ran).stdout
    assert [entry["name"] for entry in answer("token", "list", folder=ran)] == ["shop"]
    answer("token", "revoke", "shop", folder=ran)
    assert answer("token", "list", folder=ran) == []


def test_shell_completion(ran: Path) -> None:
    environment = {"_MLCL_COMPLETE": "complete_bash", "COMP_WORDS": "mlcl endp", "COMP_CWORD": "1"}
    done = subprocess.run(
        [MLCL], cwd=ran, capture_output=True, text=True, env={**os.environ, **environment}, check=True
    )
    assert "endpoints" in done.stdout
    environment |= {"COMP_WORDS": "mlcl logs --fol", "COMP_CWORD": "2"}
    done = subprocess.run(
        [MLCL], cwd=ran, capture_output=True, text=True, env={**os.environ, **environment}, check=True
    )
    assert "--follow" in done.stdout


def test_version(ran: Path) -> None:
    assert mlcl("--version", folder=ran).stdout.startswith("mlcl ")
