"""Captured predictions over the API: every one once, newest first, found by id, counted, whatever lies in the store."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest

from mlcl.server import predictions_index
from mlcl.server.predictions_captures import Captures
from mlcl.server.predictions_hours import Hour
from mlcl.serving import events
from mlcl.serving.web import CSV, JSON, PARQUET
from mlcl.stores import Store, keys
from tests.server.sites import Site, site, until
from tests.server.worlds import ARABIC, NAME, PATH, SCRIPT, TAG, World, rows
from tests.serving import served

LIST = f"/endpoints/{NAME}/predictions"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("world"))
    for day in range(4, 0, -1):
        world.day(rows(120, day), world.now - timedelta(days=day), requests=40)
    return world


@pytest.fixture
def opened(world: World) -> Iterator[Site]:
    with site(world.store) as one:
        yield one


def every(to: Site, limit: int = 50, path: str = LIST, **wanted: Any) -> list[dict[str, Any]]:
    """All pages."""
    found: list[dict[str, Any]] = []
    cursor = None
    for _ in range(500):
        params = {"limit": limit, **wanted, **({"cursor": cursor} if cursor else {})}
        told = to.told(path, params=params)
        found += told["items"]
        cursor = told["next"]
        if cursor is None:
            return found
    raise AssertionError("The pages do not end.")


@pytest.mark.parametrize("limit", [1, 7, 200])
def test_pages_hold_every_prediction_once_newest_first(opened: Site, world: World, limit: int) -> None:
    found = every(opened, limit)
    assert sorted(one["id"] for one in found) == sorted(world.sent)
    times = [one["time"] for one in found]
    assert times == sorted(times, reverse=True)


def test_a_prediction_is_told_as_it_was_asked_and_answered(opened: Site, world: World) -> None:
    told = opened.told(LIST, params={"limit": 1})
    one = told["items"][0]
    assert told["columns"] == ["age", TAG, PATH] == list(one["input"])
    assert one["input"][TAG] in (SCRIPT, ARABIC, "retired", None)
    assert one["probabilities"]["yes"] == one["probability"]
    assert one["decision"] == ("yes" if one["probability"] >= 0.5 else "no")
    assert (one["variant"], one["version"], one["value"]) == ("live", 1, None)


def test_filters_by_time_variant_and_decision(opened: Site, world: World) -> None:
    whole = every(opened)
    until_ = whole[100]["time"]
    since = whole[300]["time"]
    part = every(opened, since=since, until=until_)
    assert [one["id"] for one in part] == [one["id"] for one in whole if since <= one["time"] < until_]
    yes = every(opened, decision="yes")
    assert [one["id"] for one in yes] == [one["id"] for one in whole if one["decision"] == "yes"]
    assert every(opened, variant="shadow") == []
    assert len(every(opened, variant=["live", "shadow"], decision=["yes", "no"])) == len(whole)
    told = until(lambda: (told := opened.told(LIST, params={"decision": "yes", "limit": 1}))["counted"] and told)
    assert told["total"] == len(yes)
    told = opened.told(LIST, params={"since": since, "until": until_, "limit": 1})
    assert told["total"] == len(part)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("since", "yesterday"),
        ("until", "2026-99-99"),
        ("cursor", "!!"),
        ("cursor", "W10"),
        ("cursor", "WyIyMDI2LzExLzI0LzEzIiwxLDIsMyw0XQ"),
        ("cursor", "x" * 3000),
        ("limit", "0"),
        ("limit", "201"),
    ],
)
def test_what_is_no_time_or_cursor_is_refused(opened: Site, key: str, text: str) -> None:
    answer = opened.get(LIST, params={key: text})
    assert answer.status_code == 422, answer.text


def test_counts_agree_with_the_list(opened: Site, world: World) -> None:
    whole = every(opened)
    until(lambda: opened.told(LIST, params={"limit": 1})["counted"])
    for unit, length in (("hour", 13), ("day", 10)):
        since = whole[-1]["time"]
        told = opened.told(f"/endpoints/{NAME}/prediction-counts", params={"every": unit, "since": since})
        assert told["predictions"] == len(whole)
        by_time: dict[str, int] = {}
        for one in whole:
            by_time[one["time"][:length]] = by_time.get(one["time"][:length], 0) + 1
        assert {one["at"][:length]: one["predictions"] for one in told["counts"] if one["predictions"]} == by_time
        assert told["decisions"] == ["no", "yes"]
        yes = sum(
            one["predictions"] for slot in told["counts"] for one in slot["decisions"] if one["decision"] == "yes"
        )
        assert yes == sum(one["decision"] == "yes" for one in whole)
    far = {"since": "1990-01-01", "every": "hour"}
    assert opened.get(f"/endpoints/{NAME}/prediction-counts", params=far).status_code == 422


def test_one_is_found_by_id_with_all_it_came_from(opened: Site, world: World) -> None:
    listed = random.Random(1).sample(every(opened), 5)
    for one in listed:
        told = opened.told(f"/predictions/{one['id']}")
        assert {key: told[key] for key in one} == one
        assert told["endpoint"] == NAME
        assert told["lineage"]["problem"]["question"] == "Who buys?"
        assert told["lineage"]["run"]["state"] == "passed"
        assert told["lineage"]["dataset"]["rows"] == 400
        assert told["lineage"]["prediction"]["input"] == one["input"]
        assert opened.told(f"/lineage/{one['id']}") == told["lineage"]


@pytest.mark.parametrize(
    "name", ["x", "..", "0" * 11 + "-" + "0" * 16 + "-0-0", "1a2108fb3c5-a4d3f02d4e4939cf-32f-x", "%00"]
)
def test_an_id_that_nobody_gave_is_not_found(opened: Site, name: str) -> None:
    assert opened.get(f"/predictions/{name}").status_code == 404


def test_the_index_is_made_anew_when_it_is_lost_or_damaged(world: World) -> None:
    with site(world.store) as one:
        whole = every(one)
        until(lambda: one.told(LIST, params={"limit": 1})["counted"])
    kept = [key for key in world.store.keys("index") if "captures" in key]
    assert any(key.endswith("summary") for key in kept)
    for place, key in enumerate(kept):
        if place % 3 == 0:
            world.store.delete(key)
        else:
            world.store.put(key, [b"", b"\xff\x00 no json", b'{"schema": 99}\n', b"[]\nabc"][place % 4])
    with site(world.store) as one:
        assert every(one) == whole


def test_pages_stay_whole_while_traffic_goes_on(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.day(rows(60, 1), world.now - timedelta(hours=30), requests=60)
    before = set(world.sent)
    with site(world.store) as one:
        found, cursor = [], None
        for turn in itertools.count():
            told = one.told(LIST, params={"limit": 9, **({"cursor": cursor} if cursor else {})})
            found += told["items"]
            cursor = told["next"]
            world.sender.send(rows(2, turn), datetime.now(UTC))
            if cursor is None:
                break
        ids = [item["id"] for item in found]
        assert len(ids) == len(set(ids))
        assert before <= set(ids)
        fresh = until(lambda: len(new := every(one)) == 60 + 2 * (turn + 1) and new)
        assert fresh[0]["time"] > found[0]["time"]


def write(store: Store, place: str, *lines: bytes) -> str:
    key = f"{keys.captures('bank')}/{place}"
    store.put(key, b"".join(lines))
    return key


def line(number: int, time: str, answer: Any, kind: str = JSON, body: bytes = b"{}") -> bytes:
    output = answer if isinstance(answer, bytes) else orjson.dumps(answer)
    event = events.new_id(datetime.fromisoformat(time), "0123456789abcdef", number)
    return events.line(event, time, 1, events.Body(JSON, body), events.Body(kind, output))


def reply(number: int, time: str, *decisions: str) -> dict[str, Any]:
    event = events.new_id(datetime.fromisoformat(time), "0123456789abcdef", number)
    told = [
        {"id": f"{event}-{place}", "probability": {"no": 0.5, "yes": 0.5}, "decision": one}
        for place, one in enumerate(decisions)
    ]
    return {"predictions": told}


def test_torn_damaged_and_foreign_lines_hide_no_others(store: Store) -> None:
    served.deployed(store)
    time = "2026-03-02T10:00:00.000Z"
    good = [line(n, time, reply(n, time, "yes")) for n in range(3)]
    csv = line(3, time, b"probability,decision\n0.25,no\n0.75,yes\n", CSV)
    strange = line(4, time, b"\xff\xfe", PARQUET)
    withheld = events.line("foreign", time, None, events.Body(JSON, None), events.Body(JSON, None))
    place = "live/2026/03/02/10"
    write(store, f"{place}/a.jsonl", good[0], b"{damaged\n", good[1], b"\n", csv, strange, withheld, good[2][:-20])
    write(store, f"{place}/notes.txt", good[2])
    with site(store) as one:
        found = every(one, path="/endpoints/bank/predictions")
        assert len(found) == 6, "two whole lines, two rows of CSV, one unreadable and one withheld answer"
        assert sorted(item["decision"] for item in found if item["decision"]) == ["no", "yes", "yes", "yes"]
        unknown = [item for item in found if item["decision"] is None]
        assert {item["probability"] for item in unknown} == {None}
        assert len(every(one, path="/endpoints/bank/predictions", decision="no")) == 1


def test_segments_that_grow_or_go_away_are_seen(store: Store) -> None:
    served.deployed(store)
    moment = datetime.now(UTC).replace(microsecond=0)
    time = moment.isoformat().replace("+00:00", ".000Z")
    lines = [line(n, time, reply(n, time, "yes", "no")) for n in range(6)]
    place = f"live/{moment:%Y/%m/%d/%H}"
    key = write(store, f"{place}/b.jsonl", *lines[:2], lines[2][:30])
    with site(store) as one:
        path = "/endpoints/bank/predictions"
        assert len(every(one, path=path)) == 4
        store.put(key, b"".join(lines[:5]))
        other = write(store, f"canary/{moment:%Y/%m/%d/%H}/a.jsonl", lines[5])
        found = until(lambda: len(found := every(one, 1, path=path)) == 12 and found)
        assert len({item["id"] for item in found}) == 12
        assert {item["variant"] for item in found} == {"live", "canary"}
        store.delete(other)
        until(lambda: len(every(one, path=path)) == 10)


@pytest.mark.parametrize("kind", [JSON, CSV, PARQUET])
def test_rows_of_one_request_are_predictions_of_their_own(store: Store, tmp_path: Path, kind: str) -> None:
    served.deployed(store)
    frame = served.frame(5)
    bodies = {
        JSON: orjson.dumps(
            {"rows": [{**row, "since": str(row["since"])} for row in frame.to_dicts()] + [{"age": "?"}]}
        ),
        CSV: frame.write_csv().encode(),
        PARQUET: _parquet(frame, tmp_path),
    }
    with site(store) as one:
        until(lambda: one.client.get("/ping").status_code == 200)
        answer = one.client.post(
            "/endpoints/bank/predict?on_error=skip",
            content=bodies[kind],
            headers={"content-type": kind, "accept": JSON},
        )
        ids = [item["id"] for item in answer.json()["predictions"]]
        found = until(lambda: len(found := every(one, 2, path="/endpoints/bank/predictions")) == 5 and found)
        assert sorted(item["id"] for item in found) == sorted(ids)
        by_row = {item["row"]: item["input"] for item in found}
        assert {row: int(values["age"]) for row, values in by_row.items()} == dict(enumerate(frame["age"]))
        told = one.told(f"/predictions/{ids[2]}")
        assert (told["row"], told["lineage"]["endpoint"]["revision"]) == (2, 1)


def test_rare_predictions_are_found_with_patience(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictions_index, "PATIENCE", 0.0)
    with site(world.store) as one:
        first = one.told(LIST, params={"limit": 50})
        assert 0 < len(first["items"]) < 50
        assert first["next"]
        assert sorted(item["id"] for item in every(one)) == sorted(world.sent)
        assert every(one, decision="never") == []


def test_an_hour_in_memory_is_the_hour_in_the_store(world: World) -> None:
    captures = Captures(world.store, NAME)
    name = next(hour for day in captures.days() for hour in captures.hours(day))
    hour = captures.hour(name)
    again = Hour.from_bytes(hour.to_bytes())
    assert (again.segments, again.decisions, again.rows.tolist()) == (hour.segments, hour.decisions, hour.rows.tolist())
    assert [hour.before(hour.at(number)) for number in range(len(hour))] == list(range(len(hour)))


def _parquet(frame: pl.DataFrame, folder: Path) -> bytes:
    frame.write_parquet(folder / "rows.parquet")
    return (folder / "rows.parquet").read_bytes()
