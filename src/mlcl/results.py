"""What a run gives: its record, its documents and its report, kept in the store."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mlcl import registry, runs
from mlcl.problem import Problem
from mlcl.records import Model, Run, Step
from mlcl.steps import STEPS
from mlcl.stores import Store, keys
from mlcl.version import code_version

if TYPE_CHECKING:
    from mlcl.report.notebook import Sections


class RunResult(NamedTuple):
    """A finished run with the documents of its steps. cached: nothing had changed since, so nothing was done."""

    run: Run
    documents: dict[str, Any]
    report: str
    cached: bool = False

    @property
    def passed(self) -> bool:
        return self.run.state == "passed"

    @property
    def verdict(self) -> dict[str, Any]:
        verdict: dict[str, Any] = self.documents["verdict"]
        return verdict

    @property
    def metrics(self) -> dict[str, dict[str, float | None]]:
        metrics: dict[str, dict[str, float | None]] = self.documents["evaluation"]["metrics"]
        return metrics

    def as_dict(self) -> dict[str, Any]:
        """What `mlcl run --json` prints."""
        model = self.documents["model"]
        return {
            "run": self.run.id,
            "problem": self.run.problem,
            "state": self.run.state,
            "passed": self.passed,
            "cached": self.cached,
            "verdict": self.verdict,
            "model": {key: model[key] for key in ("version", "stage", "learner", "parameters")},
            "metrics": self.metrics,
            "dataset_digest": self.run.dataset_digest,
            "bundle_digest": self.run.bundle_digest,
            "reproducible": not self.documents["training"]["cut_off"],
            "seconds": runs.seconds(self.run.steps),
            "report": self.report,
        }

    def show(self, *sections: str, height: int = 600) -> Sections:
        """Sections of the report, with their plots, for a notebook. sections: ids, such as data, curves, importance,
        training, segments, value; height: of the frame, in pixels. NotFound for an unknown one."""
        from mlcl.report.notebook import Sections

        return Sections(self.documents, sections, height)

    def _repr_html_(self) -> str:
        from mlcl.report import notebook

        return notebook.run(self.documents)


def new_run(problem: Problem, trigger: str, run_id: str | None = None) -> Run:
    """The record of a run that begins in this process."""
    return Run(
        id=run_id or runs.new_id(),
        problem=problem.name,
        trigger=trigger,
        problem_digest=problem.digest,
        code_version=code_version(),
        process=runs.this_process(),
        steps=tuple(Step(name=spec.name) for spec in STEPS),
        problem_json=problem.model_dump(mode="json"),
    )


def keep(journal: runs.Journal, folders: Mapping[str, Path]) -> RunResult:
    """Puts what the run found into the store: documents, data, model; then marks the run as finished."""
    store = journal.store
    journal.keep(folders)
    documents = runs.documents(store, journal.run)
    digest = documents["dataset"]["digest"]
    if not store.exists(f"{keys.dataset(digest)}/dataset.json"):
        store.upload(folders["collect"], keys.dataset(digest))
    made = Model.model_validate({**documents["model"], "run": journal.run.id})
    model = registry.register(store, made, folders["register"] / "bundle")
    store.put(f"{keys.run_files(journal.run.id)}/model.json", model.to_json())
    journal.finish(
        "passed" if documents["verdict"]["passed"] else "not passed",
        dataset_digest=digest,
        bundle_digest=model.bundle_digest,
        model_version=model.version,
    )
    return _reported(store, journal.run)


def _reported(store: Store, run: Run) -> RunResult:
    from mlcl.report.html import render

    documents = runs.documents(store, run)
    store.put(_report_key(run), render(documents).encode())
    return RunResult(run, documents, address(store, run))


def _report_key(run: Run) -> str:
    return f"{keys.run_files(run.id)}/report.html"


def address(store: Store, run: Run) -> str:
    return f"{store.address}/{_report_key(run)}"
