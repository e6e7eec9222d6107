"""Looks, outcomes and alerts over the API, on an endpoint whose columns have hostile names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from mlcl.monitoring import alerts
from mlcl.server.monitoring_looks import between
from mlcl.stores import Log, keys
from tests.server.sites import Site, site, until
from tests.server.worlds import ARABIC, NAME, PATH, SCRIPT, TAG, World, rows

BASE = f"/endpoints/{NAME}"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """[monitor] looks every hour; the alerts are of drift and of worth."""
    return World(tmp_path_factory.mktemp("world"), '\n[monitor]\nevery = "1h"\nminimum_rows = 100\n').live()


@pytest.fixture(scope="module")
def opened(world: World) -> Iterator[Site]:
    with site(world.store) as one:
        yield one


def test_the_list_of_looks_is_newest_first_and_by_time(opened: Site) -> None:
    told = opened.told(f"{BASE}/looks", params={"limit": 4})
    assert told["total"] == 6
    rest = opened.told(f"{BASE}/looks", params={"limit": 4, "cursor": told["next"]})
    looks = told["items"] + rest["items"]
    assert [one["id"] for one in looks] == sorted((one["id"] for one in looks), reverse=True)
    assert looks[0]["drifted"] == ["age"]
    assert looks[0]["findings"] > 0 < looks[0]["money_at_risk"]
    assert looks[-1]["drifted"] == []
    assert {one["metric"] for one in looks} == {"value_per_case"}
    since, until_ = looks[4]["made_at"], looks[1]["made_at"]
    part = opened.told(f"{BASE}/looks", params={"since": since, "until": until_})["items"]
    assert [one["id"] for one in part] == [one["id"] for one in looks[2:5]]


def test_a_look_in_full_holds_everything_that_was_measured(opened: Site) -> None:
    told = opened.told(f"{BASE}/looks/latest")
    drift = {one["column"]: one for one in told["drift"]["columns"]}
    assert list(drift) == ["age", TAG, PATH]
    assert drift["age"]["drifted"] is True
    assert {cell["label"] for cell in drift[TAG]["cells"]} == {"(missing)", SCRIPT, ARABIC, "retired"}
    assert {"missing", "type_faults"} <= {check["check"] for check in told["quality"]["checks"]}
    assert told["multivariate"]["auc"] > 0.6
    assert told["estimated"]["against"]["metric"] == "value_per_case"
    assert told["performance"]["judged"] is True
    assert told["performance"]["value"]["unit"] == "EUR"
    assert told["ledger"]["labels"] > 0
    kinds = {finding["kind"] for finding in told["findings"]}
    assert {"drift", "multivariate"} <= kinds
    assert set(told["files"]) == {"statistics", "constraints", "constraint_violations"}
    assert opened.get(f"{BASE}/looks/20200101-000000-abcd").status_code == 404
    assert opened.get(f"{BASE}/looks/..%2f..").status_code in (404, 422)


@pytest.mark.parametrize("column", ["age", TAG, PATH])
def test_a_column_shows_both_distributions(opened: Site, column: str) -> None:
    told = opened.told(f"{BASE}/looks/latest/column", params={"column": column})
    assert told["column"] == column == told["drift"]["column"]
    for side in ("reference", "current"):
        assert sum(cell[side] for cell in told["drift"]["cells"]) == pytest.approx(1)
    assert len(told["history"]) == 6
    assert told["limit"] == 0.1
    assert told["reference"]["rows"] == 280
    assert told["current"]["rows"] > 100
    if column == "age":
        assert told["current"]["mean"] > told["reference"]["mean"]
        assert [point["drifted"] for point in told["history"]][-1] is True
        assert {finding["kind"] for finding in told["findings"]} >= {"drift"}
    else:
        assert not any(point["drifted"] for point in told["history"])
    answer = opened.get(f"{BASE}/looks/latest/column", params={"column": "nothing"})
    assert answer.status_code == 404


def test_series_lie_side_by_side(opened: Site) -> None:
    told = opened.told(f"{BASE}/look-series")
    size = len(told["looks"])
    assert size == 6
    assert [one["id"] for one in told["looks"]] == sorted(one["id"] for one in told["looks"])
    assert told["columns"][0]["column"] == "age", "what drifted most comes first"
    lists = [told["auc"], told["rows_per_hour"], told["broken"]]
    lists += [one[key] for one in told["columns"] for key in ("psi", "js", "missing", "drifted")]
    lists += [one[key] for one in told["metrics"] for key in ("promised", "estimated", "realised")]
    lists += [value for key, value in told["value"].items() if key != "unit"]
    assert {len(one) for one in lists} == {size}
    promised = told["value"]["promised_per_case"]
    assert len(set(promised)) == 1
    realised = [point["value"] for point in told["value"]["realised_per_case"] if point["value"] is not None]
    assert realised[-1] < realised[0] - 1, "the world has turned"
    assert told["main_metric"] == "value_per_case"
    assert len(opened.told(f"{BASE}/look-series", params={"most": 2, "columns": 1})["columns"]) == 1


def test_files_of_a_look_are_safe_to_open(opened: Site) -> None:
    page = opened.get(f"{BASE}/looks/latest/report")
    assert page.headers["content-type"].startswith("text/html")
    assert "sandbox" in page.headers["content-security-policy"]
    assert "script-src" not in page.headers["content-security-policy"]
    assert TAG not in page.text
    assert SCRIPT not in page.text
    file = opened.get(f"{BASE}/looks/latest/files/statistics")
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.json()["dataset"]["item_count"] > 0
    assert opened.get(f"{BASE}/looks/latest/files/secrets").status_code == 422


def test_monitoring_at_a_glance(opened: Site) -> None:
    told = opened.told(f"{BASE}/monitoring")
    assert (told["every"], told["window"], told["minimum_rows"], told["looks"]) == ("1h", "1d", 100, 6)
    assert told["latest"]["id"] == opened.told(f"{BASE}/looks/latest")["id"]
    assert told["limits"]["psi"] == 0.1
    assert told["promised"]["intervals"]["roc_auc"]["low"] < told["promised"]["metrics"]["roc_auc"]
    assert told["main_metric"] == "value_per_case"


def test_the_ledger_is_the_newest_looks(opened: Site) -> None:
    told = opened.told(f"{BASE}/labels")
    assert told["ledger"]["predictions"] > 0
    assert sum(one["mature"] for one in told["ledger"]["cohorts"]) >= 3
    assert told["look"] == opened.told(f"{BASE}/looks/latest")["id"]


def test_a_look_now_is_made_by_a_process_of_its_own(world: World) -> None:
    with site(world.store) as one:
        before = one.told(f"{BASE}/looks")["total"]
        assert one.send("POST", f"{BASE}/looks", {"window": "soon"}).status_code == 422
        assert one.send("POST", f"{BASE}/looks", {"window": "9999w"}).status_code == 422
        begun = one.send("POST", f"{BASE}/looks", {"window": "12h"})
        assert (begun.status_code, begun.json()["state"]) == (202, "starting")
        assert one.send("POST", f"{BASE}/looks", {}).status_code == 409
        job = until(lambda: (job := one.told(f"{BASE}/jobs")[0])["state"] in ("done", "failed") and job)
        assert (job["kind"], job["state"], job["error"]) == ("monitor", "done", "")
        assert job["next_at"] > job["started_at"]
        told = one.told(f"{BASE}/looks")
        assert told["total"] == before + 1
        newest = told["items"][0]
        span = datetime.fromisoformat(newest["until"]) - datetime.fromisoformat(newest["since"])
        assert span == timedelta(hours=12)


def test_outcomes_in_a_file_find_their_predictions(world: World) -> None:
    told = world.day(rows(30, 99), world.now - timedelta(hours=25), requests=3)
    with site(world.store) as one:
        good = one.upload(told.write_csv().encode(), "outcomes.csv")
        answer = one.send("POST", f"{BASE}/feedback", {"source": good})
        assert answer.status_code == 200, answer.text
        assert {key: answer.json()[key] for key in ("rows", "stored", "unmatched")} == {
            "rows": 30,
            "stored": 30,
            "unmatched": 0,
        }
        corrected = told.head(2).with_columns(label=pl.lit("yes"))
        strange = pl.DataFrame({"id": ["nobody-0"], "label": ["no"]})
        more = one.upload(pl.concat([corrected, strange]).write_csv().encode(), "more.csv")
        again = one.send("POST", f"{BASE}/feedback", {"source": more}).json()
        assert (again["rows"], again["unmatched"]) == (3, 1)
        assert again["left_out"] == [{"row": 2, "keys": {"id": "nobody-0"}, "why": "no prediction"}]
        detail = one.told(f"/predictions/{told['id'][0]}")
        assert detail["lineage"]["outcome"]["label"] == "yes"
        wrong = one.upload(b"id,label\nx,perhaps\n", "wrong.csv")
        refused = one.send("POST", f"{BASE}/feedback", {"source": wrong})
        assert (refused.status_code, refused.json()["error"]) == (422, "InputError")
        assert refused.json()["faults"]
        assert one.send("POST", f"{BASE}/feedback", {"source": "/etc/passwd"}).status_code == 422
        assert one.send("POST", f"{BASE}/feedback", {"source": good, "since": "x"}).status_code == 422


def test_alerts_are_listed_dearest_first_and_filtered(opened: Site) -> None:
    found = opened.told("/alerts", params={"endpoint": NAME})["items"]
    prices = [alert["money_at_risk"] for alert in found if alert["money_at_risk"] is not None]
    assert prices == sorted(prices, reverse=True)
    assert {alert["state"] for alert in found} == {"firing"}
    drift = opened.told("/alerts", params={"kind": "drift", "q": "AGE"})["items"]
    assert [alert["column"] for alert in drift] == ["age"]
    assert opened.told("/alerts", params={"state": "resolved"})["total"] == 0
    assert opened.told("/alerts", params={"endpoint": "other"})["total"] == 0
    counts = opened.told("/alert-counts")
    assert counts[0]["firing"] == len(found)
    first = opened.told("/alerts", params={"limit": 1})
    second = opened.told("/alerts", params={"limit": 1, "cursor": first["next"]})
    assert [first["items"][0]["id"], second["items"][0]["id"]] == [alert["id"] for alert in found[:2]]
    assert opened.told(BASE)["alerts"] == len(found)


def test_who_acknowledges_an_alert_is_kept_with_the_note(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # Looking for the run that made the model goes through all runs; the server's index knows it.
    monkeypatch.delattr("mlcl.runs.maker")
    from mlcl.serving import tokens

    with site(world.store) as one:
        alert = one.told("/alerts", params={"kind": "multivariate"})["items"][0]["id"]
    token = tokens.create(world.store, "mallory")
    try:
        with site(world.store) as one:
            bearer = {"authorization": f"Bearer {token}"}
            note = "<b>known</b>: the new branch"
            path = f"/api/v1/alerts/{alert}"
            answer = one.client.post(f"{path}/acknowledge", json={"note": note}, headers=bearer)
            told = answer.json()
            assert (told["state"], told["acknowledged_by"], told["note"]) == ("acknowledged", "mallory", note)
            assert [(one["state"], one["by"]) for one in told["history"]] == [
                ("firing", ""),
                ("acknowledged", "mallory"),
            ]
            again = one.client.post(f"{path}/acknowledge", json={"note": "me too"}, headers=bearer).json()
            assert again["note"] == note, "the first one cares for it"
            assert one.client.post(f"{path}/acknowledge", json={"note": "x" * 501}, headers=bearer).status_code == 422
            missing = one.client.post("/api/v1/alerts/small-999/acknowledge", json={}, headers=bearer)
            assert missing.status_code == 404
    finally:
        tokens.revoke(world.store, "mallory")


def test_alerts_written_before_there_were_notes_are_read(world: World) -> None:
    log = Log(world.store, keys.alerts(NAME))
    document = log.latest().document  # type: ignore[union-attr]
    for alert in document["alerts"]:
        for name in ("acknowledged_at", "acknowledged_by", "note"):
            alert.pop(name, None)
    assert all(alert.note == "" for alert in alerts.parse(NAME, document).alerts)


def test_nothing_is_shown_of_an_endpoint_nobody_looked_at(tmp_path_factory: pytest.TempPathFactory) -> None:
    world = World(tmp_path_factory.mktemp("quiet"))
    with site(world.store) as one:
        assert one.told(f"{BASE}/looks") == {"items": [], "next": None, "total": 0}
        assert one.get(f"{BASE}/looks/latest").status_code == 404
        assert one.told(f"{BASE}/labels")["ledger"] is None
        assert one.told(f"{BASE}/look-series")["looks"] == []
        told: dict[str, Any] = one.told(f"{BASE}/monitoring")
        assert (told["latest"], told["looks"], told["every"]) == (None, 0, "1d")
        assert [job["state"] for job in told["jobs"]] == ["never"] * 3


def test_spans_of_looks_are_by_their_time(world: World) -> None:
    with site(world.store) as one:
        server = one.client._transport.app.server  # type: ignore[attr-defined]
        assert between(server, NAME, None, datetime(2000, 1, 1, tzinfo=UTC)) == []
        assert len(between(server, NAME, datetime(2000, 1, 1, tzinfo=UTC), None)) >= 6
