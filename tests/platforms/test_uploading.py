"""A data file of this machine on its way to a job, whatever its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlcl import problem as problem_file
from mlcl.data import sources
from mlcl.platforms.base import Plan
from mlcl.platforms.sagemaker.platform import SageMaker
from mlcl.platforms.sagemaker.settings import Cloud, Settings
from mlcl.stores import keys
from tests import small


@pytest.mark.parametrize("name", ["plain.csv", "our customers (2026).CSV", "../data/Käufer.csv", "rows"])
def test_the_job_finds_it_under_the_name_that_the_store_gave_it(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "problem"
    here = folder / name
    here.parent.mkdir(parents=True, exist_ok=True)
    file = small.problem(folder)
    (folder / "small.csv").rename(here)
    problem = problem_file.load(file, [f'data.source="{name}"'])
    plan = Plan(problem, sources.fingerprint(problem.data, problem.base))
    settings = Settings(environment="test", region="us-east-1", store=str(tmp_path / "store"), roles={})
    request = SageMaker(Cloud(settings), "run").request(plan)
    key = request.orders["data"].file
    digest = plan.source.removeprefix("sha256:")
    assert key == keys.upload(digest, keys.file_name(name))
    assert request.file == f"{settings.store}/uploads/{digest}/"

    token = sources.STAGED.set(tmp_path / "store" / "uploads" / digest)
    try:
        found = sources.fetch(problem.data, Path("/nowhere"), tmp_path)
    finally:
        sources.STAGED.reset(token)
    assert found.name == here.name
    assert isinstance(found.table, Path)
    assert found.table.read_bytes() == here.read_bytes()
