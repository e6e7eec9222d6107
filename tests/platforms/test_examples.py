"""Parity over the examples folder: every learner leaves the same bundle here and through SageMaker's jobs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from mlcl import lifecycle
from mlcl.stores import Store
from tests import data as tests_data
from tests.platforms import clouds

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.slow, pytest.mark.timeout(900)]
EXAMPLES = Path(__file__).parents[2] / "examples"
LEARNERS = ("xgboost", "lightgbm", "linear")
