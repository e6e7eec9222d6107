"""The boosting libraries as they are imported here: without what nobody uses."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest


def _run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("name", ["xgboost", "lightgbm"])
def test_a_booster_is_imported_without_its_heavy_friends(name: str) -> None:
    told = _run(f"""
        import sys, threading
        from mlcl.models import boosters
        found = []
        threads = [threading.Thread(target=lambda: found.append(boosters.{name}())) for _ in range(4)]
        [thread.start() for thread in threads], [thread.join() for thread in threads]
        heavy = [name for name in ("sklearn", "pandas", "scipy.special", "{name}.sklearn") if name in sys.modules]
        import sklearn.base, pandas  # found again afterwards
        print(len({{id(module) for module in found}}), heavy, hasattr(found[0], "Booster"))
    """)
    assert told == "1 [] True"


def test_scikit_learn_stays_where_it_is_when_it_was_there_first() -> None:
    told = _run("""
        import sklearn.base
        from mlcl.models import boosters
        before = sklearn.base
        boosters.xgboost(), boosters.lightgbm()
        import sys
        print(sys.modules["sklearn.base"] is before)
    """)
    assert told == "True"


@pytest.mark.parametrize("name", ["xgboost", "lightgbm"])
def test_modules_of_numpy_that_nobody_uses_are_executed_at_their_first_use(name: str) -> None:
    told = _run(f"""
        import sys
        from mlcl.models import boosters
        boosters.{name}()
        friends = {{"numpy.f2py.crackfortran", "unittest", "charset_normalizer"}} & {{*sys.modules}}
        import numpy.testing  # now it is used
        numpy.testing.assert_array_equal([1], [1])
        print(friends, "unittest" in sys.modules, numpy.f2py.get_include()[-3:])
    """)
    assert told == "set() True src"
