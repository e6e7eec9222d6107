"""Fitting on rows that several hosts hold, each a share of consecutive ones: the statistics have the very bits that one
host would give them, whatever the hosts and however the rows are shared out.

Counts and order add up exactly. Sums of floats depend on the order of the additions: they are done along the tree in
which numpy adds an array (PW_BLOCKSIZE in numpy/_core/src/umath/loops_utils.h.src), whose branches lie with the hosts.
What a host holds of a column is its share of the values; what goes between hosts are counts, sums and cuts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from mlcl.features.describe import FINE, Floats, Held, Numbers, Summary, Texts, Whole, counts_of, known_of, looked_at
from mlcl.features.parts import Encode
from mlcl.features.source import Source

LEAF = 128  # so many values numpy adds without halving them
_CUTS = 4096  # parts of about equal counts by whose ends a host tells where its values lie
_FEW = FINE // 2  # different values that are told all

Key = tuple[str, str]  # a column, and which encoding of it
Ranges = list[tuple[int, int]]
Ask = Callable[[str, Sequence[tuple[Any, ...]]], list[Any]]  # a method and its arguments for each share -> answers


class Counted(NamedTuple):
    """Different numbers, ascending, and how often each is there."""

    values: Floats
    times: Whole

    @classmethod
    def of(cls, ordered: Floats) -> Counted:
        values, times = np.unique(ordered, return_counts=True)
        return cls(values + 0.0, times)

    @classmethod
    def together(cls, parts: Sequence[Counted]) -> Counted:
        values, places = np.unique(np.concatenate([part.values for part in parts]), return_inverse=True)
        times = np.zeros(len(values), dtype=np.int64)
        np.add.at(times, places, np.concatenate([part.times for part in parts]))
        return cls(values, times)


class Part(NamedTuple):
    """What a host holds of a column of numbers: how many rows and values, some of them in ascending order (the ends
    among them), and all that are different, where they are few."""

    rows: int
    known: int
    some: Floats
    few: Counted | None


class Share:
    """The training rows of one host. It answers what `Shares` asks, and keeps a column until it is to forget it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._values: dict[Key, Floats] = {}
        self._ordered: dict[Key, Held] = {}

    def look(self, name: str, encodes: Sequence[Encode]) -> list[Part | Texts]:
        columns = self._source.columns(name, encodes)
        return [self._part((name, key), column) for key, column in zip(encodes or ("",), columns, strict=True)]

    def _part(self, key: Key, column: pl.Series) -> Part | Texts:
        if column.dtype == pl.String:
            return Texts(len(column), counts_of(column, self._source.missing))
        values = self._values[key] = known_of(column)
        ordered = self._ordered[key] = Held(np.sort(values))
        places = np.linspace(0, max(len(values) - 1, 0), _CUTS + 1).astype(np.int64)
        some = np.unique(ordered.at(places)) if len(values) else values
        few = None if ordered.different(_FEW) is None else Counted.of(ordered.values)
        return Part(len(column), len(values), some, few)

    def below(self, key: Key, values: Floats) -> Whole:
        return self._ordered[key].below(values)

    def between(self, key: Key, lows: Floats, highs: Floats) -> Counted:
        """The values in [low, high), of all these ranges, which are in order; NaN: no end."""
        ordered = self._ordered[key].values
        ends = zip(np.searchsorted(ordered, lows), np.searchsorted(ordered, highs), strict=True)
        return Counted.of(np.concatenate([ordered[start:end] for start, end in ends]))

    def different(self, key: Key, most: int) -> Floats | None:
        return self._ordered[key].different(most)

    def sums(self, key: Key, ranges: Ranges, centre: float | None) -> list[Floats]:
        """Of each range of the values (with a centre: of their squared distances from it): the sum, or as many values
        as are a leaf of the tree, or part of one."""
        return [self._sum(self._values[key][start:end], centre) for start, end in ranges]

    def _sum(self, values: Floats, centre: float | None) -> Floats:
        values = values if centre is None else np.square(values - centre)
        return values if len(values) <= LEAF else np.array([np.add.reduce(values)])

    def forget(self, name: str) -> None:
        for kept in (self._values, self._ordered):
            for key in [key for key in kept if key[0] == name]:
                del kept[key]


class Shares:
    """The training rows as one, of all hosts. ask: asks each share, in the order of the rows; count: of shares."""

    def __init__(self, ask: Ask, count: int) -> None:
        self._ask, self._count = ask, count

    def describe(self, name: str, encodes: Sequence[Encode] = ()) -> Iterator[Summary]:
        looks = self._ask("look", [(name, tuple(encodes))] * self._count)
        for encode, parts in zip(encodes or ("",), zip(*looks, strict=True), strict=True):
            numbers = isinstance(parts[0], Part)
            yield _numbers(Scattered(self._ask, (name, encode), parts)) if numbers else _texts(parts)

    def forget(self, name: str) -> None:
        self._ask("forget", [(name,)] * self._count)


def _texts(parts: Sequence[Texts]) -> Texts:
    counts: Counter[str] = Counter()
    for part in parts:
        counts.update(part.counts)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Texts(sum(part.rows for part in parts), dict(ordered))


def _numbers(ordered: Scattered) -> Numbers:
    known = len(ordered)
    if known:
        ordered.at(looked_at(known))  # at once what would be asked for one by one
    mean = float(ordered.sum() / known) if known else 0.0
    std = float(np.sqrt(ordered.sum(mean) / known)) if known else 0.0
    return Numbers(ordered.rows, ordered, mean, std)


class Scattered:
    """A column of numbers in ascending order (see describe.Ordered) whose values lie with several hosts.

    Hosts tell some of their values; how many there are below each says between which two of them the value at a place
    lies, and of what lies there every value is asked for. What is known once is not asked for again.
    """

    def __init__(self, ask: Ask, key: Key, parts: Sequence[Part]) -> None:
        self._ask, self._key = ask, key
        self.rows = sum(part.rows for part in parts)
        self._starts = np.cumsum([0, *(part.known for part in parts)])
        self._cuts: Floats = np.unique(np.concatenate([part.some for part in parts]))
        self._below_cuts: Whole | None = None
        few = [part.few for part in parts if part.few is not None]
        self._few = len(few) == len(parts)
        self._known = Counted.together(few) if self._few else Counted(np.empty(0), np.empty(0, np.int64))
        self._less: Whole = np.cumsum(self._known.times) - self._known.times  # how many are less than each known one

    def __len__(self) -> int:
        return int(self._starts[-1])

    def _all(self, method: str, *arguments: Any) -> list[Any]:
        return self._ask(method, [(self._key, *arguments)] * (len(self._starts) - 1))

    def below(self, values: Floats) -> Whole:
        """Of a known value, and of the number right after it, without asking."""
        counts, known = self._counted(values)
        if not known.all():
            counts[~known] = np.sum(self._all("below", values[~known]), axis=0, dtype=np.int64)
        return counts

    def _counted(self, values: Floats) -> tuple[Whole, npt.NDArray[np.bool_]]:
        counts, known = np.zeros(len(values), np.int64), np.zeros(len(values), np.bool_)
        if len(self._known.values):
            for found, more in ((np.nextafter(values, -np.inf), self._known.times), (values, 0)):
                places = np.minimum(np.searchsorted(self._known.values, found), len(self._less) - 1)
                same = self._known.values[places] == found
                counts[same], known = (self._less + more)[places[same]], known | same
        return counts, known

    def different(self, most: int) -> Floats | None:
        if self._few and most <= _FEW:
            return self._known.values if len(self._known.values) <= most else None
        found = self._all("different", most) if most > _FEW else [None]
        told = [values for values in found if values is not None]
        if len(told) < len(found):
            return None
        values: Floats = np.unique(np.concatenate(told))
        return values if len(values) <= most else None

    def at(self, places: Whole) -> Floats:
        found = np.searchsorted(self._less, places, side="right") - 1
        missing = (found < 0) | (places >= (self._less + self._known.times)[found]) if len(self._less) else places >= 0
        if missing.any():
            self._learn(np.unique(places[missing]))
            found = np.searchsorted(self._less, places, side="right") - 1
        return self._known.values[found]

    def _learn(self, places: Whole) -> None:
        """Asks for the values around these places."""
        if self._below_cuts is None:
            self._below_cuts = np.sum(self._all("below", self._cuts), axis=0, dtype=np.int64)
        first = np.unique(np.searchsorted(self._below_cuts, places, side="right") - 1)
        lows, highs = self._cuts[first], np.append(self._cuts, np.nan)[first + 1]
        new = Counted.together(self._all("between", lows, highs))
        before = np.cumsum(new.times) - new.times  # of those that were asked for
        starts = np.searchsorted(new.values, lows)
        own = np.searchsorted(lows, new.values, side="right") - 1
        less = before - before[starts][own] + self._below_cuts[first][own]
        values, chosen = np.unique(np.append(self._known.values, new.values), return_index=True)
        self._less = np.append(self._less, less)[chosen]
        self._known = Counted(values, np.append(self._known.times, new.times)[chosen])

    def sum(self, centre: float | None = None) -> Any:
        """As np.sum gives it of all values in the order of the rows; with a centre: of their squared distances from
        it."""
        wanted: list[Ranges] = [[] for _ in self._starts[1:]]
        tree = self._branch(0, len(self), wanted)
        answers = self._ask("sums", [(self._key, ranges, centre) for ranges in wanted])
        return _added(tree, answers)

    def _branch(self, start: int, end: int, wanted: list[Ranges]) -> Any:
        """Values start..end as a branch: a pair of branches, or a list of what is asked of hosts: (host, number)."""
        first, last = np.searchsorted(self._starts, [start, end - 1], side="right") - 1
        if first < last and end - start > LEAF:
            half = (end - start) // 2
            half -= half % 8
            return self._branch(start, start + half, wanted), self._branch(start + half, end, wanted)
        leaf = []
        for host in range(first, last + 1):
            own = int(self._starts[host])
            wanted[host].append((max(start - own, 0), min(end, int(self._starts[host + 1])) - own))
            leaf.append((host, len(wanted[host]) - 1))
        return leaf


def _added(branch: Any, answers: list[list[Floats]]) -> Any:
    if isinstance(branch, list):
        return np.add.reduce(np.concatenate([answers[host][number] for host, number in branch]))
    left, right = branch
    return _added(left, answers) + _added(right, answers)
