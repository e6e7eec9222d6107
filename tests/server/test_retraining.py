"""Retraining over the API: a challenger is asked for, trained by a process of its own, judged and shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlcl.serving import endpoints
from tests.server.sites import Site, site, until
from tests.server.worlds import NAME, World

BASE = f"/endpoints/{NAME}"
POLICY = '\n[retrain]\non = ["drift", "schedule"]\nevery = "7d"\nminimum_rows = 50\nattempts = 2\n'


def test_a_challenger_is_trained_shown_live_and_judged(tmp_path: Path) -> None:
    world = World(tmp_path, POLICY).live(4, turned=4)  # whatever the hour: today's rows are not judged yet
    with site(world.store) as one:
        told = one.told(f"{BASE}/retraining")
        assert told["policy"] == {
            "on": ["drift", "schedule"],
            "every": "7d",
            "cooldown": "1d",
            "attempts": 2,
            "minimum_rows": 50,
        }
        assert (told["possible"], told["busy"], told["attempts"], told["held"]) == (True, False, 0, "")
        begun = one.send("POST", f"{BASE}/attempts")
        assert (begun.status_code, begun.json()["state"]) == (202, "starting")
        assert one.send("POST", f"{BASE}/attempts").status_code == 409
        assert one.told(f"{BASE}/retraining")["busy"] is True
        steps = until(
            lambda: (
                (found := one.told(f"{BASE}/attempts")["items"])
                and (found[0]["state"] != "running" or one.told(f"{BASE}/attempts/1")["steps"])
            )
        )
        assert steps is True or steps[0]["name"] == "collect"
        found = until(
            lambda: (items := one.told(f"{BASE}/attempts")["items"]) and items[0]["state"] != "running" and items[0]
        )
        assert (found["state"], found["trigger"], found["live"], found["version"]) == ("deployed", "person", 1, 2)
        assert found["rows"]["new"] > 0 < found["rows"]["test"]
        detail = one.told(f"{BASE}/attempts/{found['number']}")
        assert {goal["outcome"] for goal in detail["goals"]} == {"met"}
        figures = {figure["metric"]: figure for figure in detail["figures"]}
        money = figures["value_per_case"]
        assert money["challenger"] > money["champion"]
        assert money["better"] == "challenger"
        assert money["difference"] == money["challenger"] - money["champion"]
        assert one.told(f"/runs/{found['run']}")["state"] == "passed"
        shown = until(lambda: (shown := one.told(BASE))["version"] == 2 and shown)
        assert shown["why"] == "deployed version 2"
        after = one.told(f"{BASE}/retraining")
        assert (after["busy"], after["attempts"], after["failed_in_a_row"]) == (False, 1, 0)
        assert after["held"].startswith("The last training was less than")
        assert after["next_at"] is not None
        assert one.get(f"{BASE}/attempts/7").status_code == 404
        # The card says it in one sentence; the figures are told elsewhere.
        until(lambda: _phase(one, "retrain")["text"] == "Version 2 replaces version 1 (all-at-once).")


def _phase(one: Site, name: str) -> Any:
    return next(phase for phase in one.told("/problems")["items"][0]["phases"] if phase["name"] == name)


def test_what_cannot_be_retrained_says_why(tmp_path: Path) -> None:
    world = World(tmp_path)
    with site(world.store) as one:
        begun = one.send("POST", f"{BASE}/attempts")
        assert begun.status_code == 202
        found = until(
            lambda: (items := one.told(f"{BASE}/attempts")["items"]) and items[0]["state"] != "running" and items[0]
        )
        assert found["state"] == "waiting"
        assert "outcomes can be learnt from" in found["why"]
        endpoints.undeploy(world.store, NAME)
        told = one.told(f"{BASE}/retraining")
        assert (told["possible"], told["policy"], told["why_not"]) == (False, None, "The endpoint is out of use.")
        assert one.send("POST", f"{BASE}/attempts").status_code in (404, 409)
