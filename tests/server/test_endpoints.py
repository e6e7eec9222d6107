"""Endpoints over the API: who deploys what, how it does, and what a form needs to ask it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mlcl import runs
from mlcl.stores import Store
from tests.server.sites import Site, site, until
from tests.server.worlds import ARABIC, NAME, PATH, SCRIPT, TAG, World

ROW = {"age": 40, "job": "clerk", "income": 3000}


@pytest.fixture(scope="module")
def failing(small_store: Store) -> str:
    """The run whose model did not meet its goals."""
    return next(run.id for run in runs.recent(small_store) if run.state == "not passed")


@pytest.fixture
def deployed(small_site: Site) -> Iterator[Site]:
    """With version 1 in use, whatever was in use before."""
    change(small_site, "deploy", model="1", strategy="all-at-once")
    yield small_site
    change(small_site, "deploy", model="1", strategy="all-at-once")


def now(to: Site) -> dict[str, Any]:
    answer = to.get(f"/endpoints/{NAME}")
    return answer.json() if answer.status_code == 200 else {"revision": 0}  # type: ignore[no-any-return]


def change(to: Site, what: str, **more: Any) -> dict[str, Any]:
    answer = to.send("POST", f"/endpoints/{NAME}/{what}", {"revision": now(to)["revision"], **more})
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def predict(to: Site, **more: Any) -> Any:
    return to.client.post(f"/endpoints/{NAME}/predict", json={"rows": [ROW]}, **more)


def test_there_is_nothing_to_see_of_an_endpoint_that_never_was(empty: Site) -> None:
    assert empty.told("/endpoints")["items"] == []
    for path in ("", "/history", "/traffic", "/inputs", "/predictions", "/looks", "/retraining", "/monitoring"):
        answer = empty.get(f"/endpoints/nothing{path}")
        assert (answer.status_code, answer.json()["error"]) == (404, "NotFound"), path
    answer = empty.send("POST", "/endpoints/nothing/deploy", {"revision": 0})
    assert answer.status_code == 404


def test_a_model_is_deployed_seen_rolled_back_and_taken_away(small_site: Site) -> None:
    first = change(small_site, "deploy", model="champion")
    assert [(one["role"], one["version"], one["weight"]) for one in first["variants"]] == [("live", 1, 100)]
    assert (first["state"], first["task"], first["question"]) == ("live", "binary", "Who buys?")
    listed = small_site.told("/endpoints")["items"]
    assert [(one["name"], one["revision"]) for one in listed] == [(NAME, first["revision"])]
    gone = change(small_site, "undeploy", why="end of the season")
    assert (gone["state"], gone["why"]) == ("out of use", "undeployed: end of the season")
    assert small_site.told("/endpoints")["items"] == []
    assert len(small_site.told("/endpoints", params={"unused": True})["items"]) == 1
    back = change(small_site, "rollback")
    assert back["variants"][0]["bundle_digest"] == first["variants"][0]["bundle_digest"]
    history = small_site.told(f"/endpoints/{NAME}/history", params={"limit": 2})
    assert [one["revision"] for one in history["items"]] == [back["revision"], gone["revision"]]
    rest = small_site.told(f"/endpoints/{NAME}/history", params={"cursor": history["next"]})
    assert rest["items"][0]["revision"] == gone["revision"] - 1


def test_a_model_that_failed_its_goals_needs_force(deployed: Site, failing: str) -> None:
    revision = now(deployed)["revision"]
    answer = deployed.send("POST", f"/endpoints/{NAME}/deploy", {"revision": revision, "model": failing})
    assert answer.status_code == 422
    assert "goals" in answer.json()["detail"]
    forced = change(deployed, "deploy", model=failing, force=True)
    assert (forced["forced"], forced["variants"][0]["version"]) == (True, None)


def test_who_decides_on_what_is_past_is_told_what_the_other_did(deployed: Site, failing: str) -> None:
    seen = now(deployed)["revision"]
    change(deployed, "deploy", model=failing, force=True)
    answer = deployed.send("POST", f"/endpoints/{NAME}/rollback", {"revision": seen})
    told = answer.json()
    assert (answer.status_code, told["error"], told["retryable"]) == (409, "Conflict", True)
    assert "deployed model" in told["detail"]
    assert f"revision {seen + 1}" in told["found"]
    assert now(deployed)["revision"] == seen + 1, "nothing was done"


def test_of_many_who_deploy_at_once_one_wins_and_all_others_know(deployed: Site, failing: str) -> None:
    seen = now(deployed)["revision"]

    def send(place: int) -> tuple[int, dict[str, Any]]:
        deploy = {"revision": seen, "model": failing, "force": True}
        what, body = ("deploy", deploy) if place % 2 else ("undeploy", {"revision": seen})
        answer = deployed.send("POST", f"/endpoints/{NAME}/{what}", body)
        return answer.status_code, answer.json()

    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(send, range(8)))
    assert sorted(code for code, _ in answers) == [200, *[409] * 7]
    won = next(told for code, told in answers if code == 200)
    assert won["revision"] == seen + 1 == now(deployed)["revision"]
    assert all(won["why"] in told["detail"] for code, told in answers if code == 409)


def test_a_change_names_the_revision_that_it_was_decided_on(deployed: Site) -> None:
    path = f"/endpoints/{NAME}/rollback"
    assert deployed.send("POST", path, {}).status_code == 428
    assert deployed.send("POST", path, {}, headers={"if-match": '"abc"'}).status_code == 412
    etag = deployed.get(f"/endpoints/{NAME}").headers["etag"]
    change(deployed, "deploy", model="1", strategy="blue-green")
    answer = deployed.send("PUT", f"/endpoints/{NAME}/settings", {"max_rows": 7}, headers={"if-match": etag})
    assert answer.status_code == 409
    fresh = deployed.get(f"/endpoints/{NAME}").headers["etag"]
    set_back = deployed.send("PUT", f"/endpoints/{NAME}/settings", {"max_rows": 10_000}, headers={"if-match": fresh})
    assert (set_back.status_code, set_back.headers["etag"]) == (200, f'"{set_back.json()["revision"]}"')


@pytest.mark.parametrize(
    "body",
    [
        {"revision": -1},
        {"revision": 1, "strategy": "by-mail"},
        {"revision": 1, "weight": 0, "strategy": "canary"},
        {"revision": 1, "model": ""},
        {"revision": 1, "unknown": 1},
        {"revision": "one"},
    ],
)
def test_a_wrong_wish_is_refused_by_name(deployed: Site, body: dict[str, Any]) -> None:
    answer = deployed.send("POST", f"/endpoints/{NAME}/deploy", body)
    assert answer.status_code == 422
    assert answer.json()["faults"]


def test_settings_change_one_by_one(deployed: Site) -> None:
    seen = now(deployed)
    body = {"revision": seen["revision"], "capture_rate": 0.5, "rules": {"min_requests": 33}}
    told = deployed.send("PUT", f"/endpoints/{NAME}/settings", body).json()
    assert (told["settings"]["capture_rate"], told["settings"]["rules"]["min_requests"]) == (0.5, 33)
    assert told["settings"]["max_rows"] == seen["settings"]["max_rows"]
    assert told["settings"]["rules"]["latency_ratio"] == seen["settings"]["rules"]["latency_ratio"]
    wrong = {"revision": told["revision"], "capture_rate": 2}
    assert deployed.send("PUT", f"/endpoints/{NAME}/settings", wrong).status_code == 422
    rest = {"capture_rate": 1, "rules": {"min_requests": 200}}
    deployed.send("PUT", f"/endpoints/{NAME}/settings", {"revision": told["revision"], **rest})


def test_traffic_is_told_as_the_model_server_saw_it(deployed: Site) -> None:
    until(lambda: predict(deployed).status_code == 200)
    before = now(deployed)["variants"][0]["figures"]["requests"]
    for _ in range(20):
        assert predict(deployed).status_code == 200
    assert predict(deployed, params={"explain": "perhaps"}).status_code == 422

    def seen() -> Any:
        told = deployed.told(f"/endpoints/{NAME}/traffic", params={"minutes": 1})
        live = next(one for one in told["series"] if one["role"] == "live")
        return sum(point["requests"] for point in live["points"]) >= 20 and (told, live)

    told, live = until(seen)
    assert (told["source"], told["slot_seconds"]) == ("server", 5)
    assert len({len(one["points"]) for one in told["series"]} | {len(told["rejected"])}) == 1
    assert sum(told["rejected"]) >= 1
    busy = [point for point in live["points"] if point["requests"]]
    assert all(0 < point["p50_ms"] <= point["p95_ms"] <= point["p99_ms"] for point in busy)
    shown = now(deployed)
    assert shown["requests_per_minute"] >= 20
    assert shown["error_share"] == 0
    figures = until(lambda: (one := now(deployed)["variants"][0]["figures"])["requests"] >= before + 20 and one)
    assert figures["rows"] >= 20
    assert figures["p95_ms"] > 0


def test_a_canary_shows_what_decides_it_and_is_promoted_by_itself(deployed: Site, failing: str) -> None:
    rules = {"min_requests": 15, "min_seconds": 0.5}
    body = {"revision": now(deployed)["revision"], "rules": rules}
    assert deployed.send("PUT", f"/endpoints/{NAME}/settings", body).status_code == 200
    told = change(deployed, "deploy", model=failing, force=True, strategy="canary", weight=50)
    assert told["state"] == "canary"
    conditions = {one["name"]: one for one in told["canary"]["conditions"]}
    assert list(conditions) == ["requests", "seconds", "errors", "latency"]
    assert (conditions["requests"]["stands"], conditions["requests"]["limit"]) == ("waiting", 15)
    assert told["canary"]["decision"] == "wait"
    assert told["can_promote"]
    until(lambda: all(one["loaded"] for one in now(deployed)["variants"]))
    for _ in range(20):
        predict(deployed)
    some = until(lambda: (one := now(deployed))["state"] != "canary" or (one["canary"]["live"]["requests"] and one))
    if some is not True:
        assert some["canary"]["canary"]["error_share"] in (None, 0)
    for _ in range(60):
        predict(deployed)
    done = until(lambda: (one := now(deployed))["state"] == "live" and one)
    assert done["why"].startswith("promoted model")
    assert "0 of" in done["why"]
    body = {"revision": done["revision"], "rules": {"min_requests": 200, "min_seconds": 60}}
    deployed.send("PUT", f"/endpoints/{NAME}/settings", body)


def test_what_cannot_be_promoted_says_why(deployed: Site) -> None:
    body = {"revision": now(deployed)["revision"]}
    answer = deployed.send("POST", f"/endpoints/{NAME}/promote", body)
    assert answer.status_code == 422
    assert "no canary" in answer.json()["detail"]


def test_the_form_gives_a_row_that_is_predicted_and_explained(tmp_path: Path) -> None:
    world = World(tmp_path)
    with site(world.store) as opened:
        form = opened.told(f"/endpoints/{NAME}/inputs")
        fields = {field["name"]: field for field in form["fields"]}
        assert list(fields) == ["age", TAG, PATH]
        age, tag, path = fields["age"], fields[TAG], fields[PATH]
        assert (age["control"], age["step"], type(age["default"])) == ("slider", 1, int)
        assert age["min"] <= age["low"] < age["median"] < age["high"] <= age["max"]
        assert (tag["control"], tag["open"]) == ("select", False)
        assert {choice["value"] for choice in tag["choices"]} == {SCRIPT, ARABIC, "retired"}
        assert tag["default"] == max(tag["choices"], key=lambda choice: choice["share"])["value"]
        assert 0 < tag["missing"] < 0.2
        assert path["step"] == 10
        assert (form["source"], form["unit"], form["labels"]) == ("baseline", "EUR", ["no", "yes"])
        assert form["example"] == {name: field["default"] for name, field in fields.items()}
        answer = opened.client.post(
            form["predict_url"], params={"explain": "true"}, json={"rows": [form["example"]]}
        ).json()
        prediction = answer["predictions"][0]
        assert prediction["decision"] in form["labels"]
        assert set(prediction["contributions"]) == set(fields)
