"""What a job is told to do: a document in the store, because hyperparameters and environments of AWS are short.

It lies under a digest of what the job's result depends on (and not of when or by whom it was asked for): two runs
that ask for the same name the same document, and SageMaker's step cache sees the same job.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import uuid4

from pydantic import Field

from mlcl.errors import ProblemError
from mlcl.platforms.base import Plan
from mlcl.platforms.sagemaker.settings import Settings
from mlcl.problem import Problem
from mlcl.records import Record
from mlcl.steps import STEPS
from mlcl.version import code_version

ALGORITHM = "sagemaker:xgboost"


def jobs(problem: Problem) -> dict[str, tuple[str, ...]]:
    """Steps that go into one job: starting a machine takes longer than any of the small ones. Machines that prepare
    together are not kept waiting for the steps before, which one does alone."""
    first: dict[str, tuple[str, ...]] = {"data": ("collect", "validate", "prepare")}
    if problem.aws.process.instances > 1:
        first = {"data": ("collect", "validate"), "prepare": ("prepare",)}
    return {**first, "train": ("train",), "judge": ("evaluate", "judge", "register")}


class Orders(Record):
    """job: data, prepare, train or judge; source: fingerprint of the data, of which `file` is a copy in the store;
    fresh: any text, when cached results are not to be used; given: what else the fit depends on (instances, tuning,
    algorithm)."""

    job: str
    environment: str
    store: str
    problem: dict[str, Any]
    source: str = ""
    file: str = ""
    champion: str = ""
    fresh: str = ""
    given: dict[str, Any] = Field(default_factory=dict)
    code_version: str = ""

    @property
    def steps(self) -> tuple[str, ...]:
        return jobs(self.parsed())[self.job]

    def parsed(self) -> Problem:
        return Problem.model_validate(self.problem)

    @property
    def digest(self) -> str:
        """Of what the result depends on."""
        problem = self.parsed()
        sections = [s for spec in STEPS if spec.name in self.steps for s in spec.sections]
        depends: dict[str, Any] = {
            "job": self.job,
            "environment": self.environment,
            "sections": {name: problem.section(name) for name in sections},
            "code": self.code_version,
            "fresh": self.fresh,
        }
        if self.job == "data":
            depends["source"] = self.source
        if self.job == "judge":
            depends["champion"] = self.champion
        if self.job not in ("data", "prepare"):
            depends["given"] = self.given
        elif "prepare" in self.steps and self.given.get("algorithm"):
            depends["table"] = problem.train.balance  # AWS's algorithm reads a table of its own, weighted or not
        return hashlib.sha256(json.dumps(depends, sort_keys=True).encode()).hexdigest()[:32]

    @property
    def key(self) -> str:
        """Where in the store it lies."""
        return f"orders/{self.job}/{self.digest}"


def orders(settings: Settings, plan: Plan, file: str = "") -> dict[str, Orders]:
    """The orders of each job. file: key of the uploaded data file, '' when the job fetches its data itself."""
    problem = plan.problem.model_dump(mode="json")
    fresh = uuid4().hex if plan.fresh else ""
    return {
        job: Orders(
            job=job,
            environment=settings.environment,
            store=settings.store,
            problem=problem,
            source=plan.source,
            file=file,
            champion=plan.champion[1] if plan.champion else "",
            fresh=fresh,
            given=given(plan.problem),
            code_version=code_version(),
        )
        for job in jobs(plan.problem)
    }


def given(problem: Problem) -> dict[str, Any]:
    """What [aws] asks for that makes another fit than a local run's."""
    aws, asked = problem.aws, problem.train
    found: dict[str, Any] = {}
    if aws.train.instances > 1:
        found["instances"] = aws.train.instances
    if aws.tune:
        found["tune"] = aws.tune.model_dump(mode="json")
    if asked.learner == ALGORITHM:
        found["algorithm"] = "xgboost"
    return found


def check(problem: Problem) -> None:
    """ProblemError for what cannot be done together."""
    aws, asked = problem.aws, problem.train
    several = aws.train.instances > 1
    found = f"train.learner = '{asked.learner}'"
    if asked.learner == ALGORITHM and problem.problem.task is None:
        fix = "Set problem.task: binary, multiclass or regression."
        raise ProblemError("AWS's algorithm must be told the task before it is known.", where="problem.task", fix=fix)
    if aws.tune and asked.learner in ("auto", "linear"):
        fix = "Name xgboost, lightgbm or sagemaker:xgboost; or leave [aws.tune] out: mlcl then tunes inside one job."
        raise ProblemError(
            "A tuning job needs one learner with something to tune.", where="aws.tune", found=found, fix=fix
        )
    if several and asked.learner in ("auto", "linear"):
        fix = "Use xgboost, lightgbm or sagemaker:xgboost, or one instance."
        raise ProblemError("This learner trains on one machine.", where="aws.train.instances", found=found, fix=fix)
    if several and asked.trials and asked.learner != ALGORITHM and not aws.tune:
        fix = "Set train.trials = 0, or tune with [aws.tune]."
        raise ProblemError("Several machines fit one set of parameters together.", where="train.trials", fix=fix)


def load(text: bytes) -> Orders:
    return Orders.model_validate_json(text)
