"""Outcomes come in and find their predictions: by prediction id, or by columns that the caller sent with the rows.

Nothing is guessed: what finds no prediction, or several, is counted and listed. Outcomes may come late, twice, in any
order, and be corrected: the one that arrived last holds, and the history stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import polars as pl

from mlcl.errors import UsageError
from mlcl.monitoring import outcomes, reported
from mlcl.monitoring.deployed import Deployed
from mlcl.monitoring.lookup import KEY, answers
from mlcl.monitoring.outcomes import PRESENT, TIME, Outcome, Schema, history, present
from mlcl.monitoring.reported import Reported, Table
from mlcl.serving.events import moment
from mlcl.stores import Store

MOST_BYTES = 256 * 2**20  # of traffic that one request by key columns may look through
_LISTED = 100
_SKEW = timedelta(minutes=5)  # by which clocks of servers may differ
_HOUR = timedelta(hours=1)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_FOUND: Schema = {"id": pl.String, "event_id": pl.String, "time": TIME}

NO_ID, NO_PREDICTION = "no id or key", "no prediction"
SEVERAL, CONTRADICTION = "several predictions", "different outcomes in one table"


class FeedbackResult(NamedTuple):
    """What became of a table of outcomes.

    rows = stored + duplicates + unmatched + ambiguous + without_label. stored: outcomes new or changed; corrected: of
    these, changed ones (None: not looked up); duplicates: outcomes known already, or twice in the table; left_out: the
    first unmatched and ambiguous rows: row (from 0), id or keys, why.
    """

    rows: int
    stored: int
    corrected: int | None
    duplicates: int
    unmatched: int
    ambiguous: int
    without_label: int
    left_out: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        return self._asdict()


def add(  # noqa: PLR0913
    store: Store,
    endpoint: str,
    table: Table,
    *,
    now: datetime,
    by: Sequence[str] = (),
    label: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    most_bytes: int | None = None,
) -> FeedbackResult:
    """Stores the outcomes of a file, frame or list of rows that arrive now (aware time), after looking up their
    predictions in the captured traffic.

    by: key columns, which callers sent with the rows ((): a column id or prediction_id); label: the column of outcomes;
    since, until: of the predictions that keys (and ids of other makers) are looked for in. InputError, and nothing
    stored: the table cannot be read, or outcomes are none that the model knows.
    """
    models = Deployed(store, endpoint)
    told = reported.read(table, models.live(), by, label)
    span = (since or _BEGINNING, until or now + _SKEW)
    spans = [span] if by else _spans(told.rows["id"], span)
    wanted = [KEY + name for name in by] or ["id"]
    tables = (part for one in spans for part in answers(store, endpoint, *one, models, by=by, most_bytes=most_bytes))
    found = [part.join(told.rows, on=wanted, how="semi").select({*_FOUND, *wanted}) for part in tables]
    empty = pl.DataFrame(schema={**_FOUND, **dict.fromkeys(wanted, pl.String)})
    matched = _matched(told.rows, pl.concat([empty, *found], how="diagonal").unique("id"), wanted)
    first = matched["time"].min()
    known = present(history(store, endpoint, since=first - _HOUR)) if isinstance(first, datetime) else None
    return _store(store, endpoint, told, matched, now, known)


def receive(
    store: Store, endpoint: str, content_type: str, body: bytes, query: Mapping[str, str], now: datetime, most: int
) -> dict[str, Any]:
    """The body of a request, of at most `most` rows. query: by (names with commas between), label, since, until.

    Ids are taken at their word, because they tell when the prediction was: a request costs the same however much
    traffic there is. Outcomes of predictions that were not captured are counted in the ledger.
    """
    table = reported.from_body(content_type, body, most)
    by = [name for name in query.get("by", "").split(",") if name]
    label = query.get("label") or None
    if by:
        since, until = (_time(query[name]) if name in query else None for name in ("since", "until"))
        more: dict[str, Any] = {"by": by, "label": label, "since": since, "until": until, "most_bytes": MOST_BYTES}
        return add(store, endpoint, table, now=now, **more).as_dict()
    told = reported.read(table, Deployed(store, endpoint).live(), (), label)
    ids = told.rows["id"].to_list()
    times = [moment(one) if one and one.count("-") == 3 else None for one in ids]
    times = [time if time and time <= now + _SKEW else None for time in times]
    events = [one.rpartition("-")[0] if one else None for one in ids]
    found = told.rows.with_columns(
        pl.Series("event_id", events, dtype=pl.String), pl.Series("time", times, dtype=TIME)
    ).with_columns(why=pl.when(pl.col("time").is_null()).then(pl.lit(NO_PREDICTION)))
    return _store(store, endpoint, told, found, now, None)._replace(corrected=None).as_dict()


def labels(
    store: Store, endpoint: str, since: datetime, until: datetime, *, as_of: datetime | None = None
) -> pl.DataFrame:
    """The outcomes that hold of the predictions with since <= time < until (aware times): id, event_id, label,
    predicted_at, arrived_at, first_arrived_at, corrections, by id (see outcomes.present).

    as_of: only what had arrived by then, as it was seen at that time.
    """
    lines = history(store, endpoint, since=since - _HOUR, until=as_of)
    lines = lines.filter(pl.col("predicted_at").is_between(since, until, closed="left"))
    return present(lines).select(PRESENT.keys())


def _spans(ids: pl.Series, span: tuple[datetime, datetime]) -> list[tuple[datetime, datetime]]:
    """The hours that the ids tell of, neighbours together; the whole span when one of them does not tell."""
    moments = [moment(one) for one in ids.drop_nulls().unique().to_list()]
    hours = sorted({one.replace(minute=0, second=0, microsecond=0) for one in moments if one})
    if None in moments:
        return [span]
    merged: list[tuple[datetime, datetime]] = []
    for hour in hours:
        if merged and merged[-1][1] == hour:
            merged[-1] = (merged[-1][0], hour + _HOUR)
        else:
            merged.append((hour, hour + _HOUR))
    return merged


def _matched(rows: pl.DataFrame, found: pl.DataFrame, wanted: list[str]) -> pl.DataFrame:
    """Each row with id, event_id and time of its prediction, or why it has none."""
    one = found.group_by(wanted).agg(
        pl.len().alias("count"), *(pl.col(name).first() for name in _FOUND if name not in wanted)
    )
    joined = rows.join(one, on=wanted, how="left", maintain_order="left")
    why = (
        pl.when(pl.all_horizontal(pl.col(wanted).is_null()))
        .then(pl.lit(NO_ID))
        .when(pl.col("count").is_null())
        .then(pl.lit(NO_PREDICTION))
        .when(pl.col("count") > 1)
        .then(pl.lit(SEVERAL))
    )
    return joined.with_columns(why=why)


def _store(
    store: Store, endpoint: str, told: Reported, matched: pl.DataFrame, now: datetime, known: pl.DataFrame | None
) -> FeedbackResult:
    apart = pl.col("why").is_null() & (pl.col("label").n_unique().over("id") > 1)
    matched = matched.with_columns(why=pl.when(apart).then(pl.lit(CONTRADICTION)).otherwise("why"))
    good = matched.filter(pl.col("why").is_null())
    fresh, changed = good.unique("id", maintain_order=True), 0
    if known is not None:
        fresh = fresh.join(known.select("id", before="label"), on="id", how="left", maintain_order="left")
        fresh = fresh.filter(pl.col("label").ne_missing(pl.col("before")))
        changed = fresh["before"].count()
    outcomes.write(store, endpoint, _outcomes(fresh, now), now)
    why = matched["why"].value_counts(name="rows")
    counts = dict(zip(why["why"].to_list(), why["rows"].to_list(), strict=True))
    return FeedbackResult(
        rows=told.height,
        stored=len(fresh),
        corrected=changed,
        duplicates=len(good) - len(fresh),
        unmatched=counts.get(NO_ID, 0) + counts.get(NO_PREDICTION, 0),
        ambiguous=counts.get(SEVERAL, 0) + counts.get(CONTRADICTION, 0),
        without_label=told.without_label,
        left_out=list(_left_out(matched.filter(pl.col("why").is_not_null()).head(_LISTED))),
    )


def _outcomes(fresh: pl.DataFrame, now: datetime) -> Iterator[Outcome]:
    for one, event, label, time in fresh.select("id", "event_id", "label", "time").iter_rows():
        yield Outcome(one, event, label, time, now)


def _left_out(rows: pl.DataFrame) -> Iterator[dict[str, Any]]:
    keys = [name for name in rows.columns if name.startswith(KEY)]
    for row in rows.iter_rows(named=True):
        named = {name.removeprefix(KEY): row[name] for name in keys} or {"id": row["id"]}
        yield {"row": row["row"], **named, "why": row["why"]}


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError("This is no time.", found=text, fix="Write it as 2026-01-31 or 2026-01-31T12:00Z.") from error
    return time.replace(tzinfo=time.tzinfo or UTC)
