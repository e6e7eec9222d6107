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

from mlcl.features.describe import Floats, Held, Numbers, Summary, Texts, Whole, counts_of, known_of
from mlcl.features.parts import Encode
from mlcl.features.source import Source

LEAF = 128  # so many values numpy adds without halving them
_FAN = 64  # into so many parts each question cuts what a number may be
_SIGN = np.uint64(1 << 63)

Key = tuple[str, str]  # a column, and which encoding of it
Ranges = list[tuple[int, int]]
Keys = npt.NDArray[np.uint64]
Ask = Callable[[str, Sequence[tuple[Any, ...]]], list[Any]]  # a method and its arguments for each share -> answers


class Part(NamedTuple):
    """What a host holds of a column of numbers: how many rows and values, and the ends of the values."""

    rows: int
    known: int
    low: float
    high: float


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
        ordered = np.sort(values)
        self._ordered[key] = Held(ordered)
        low, high = (float(ordered[0]), float(ordered[-1])) if len(values) else (np.inf, -np.inf)
        return Part(len(column), len(values), low, high)

    def below(self, key: Key, values: Floats) -> Whole:
        return self._ordered[key].below(values)

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
    mean = float(ordered.sum() / known) if known else 0.0
    std = float(np.sqrt(ordered.sum(mean) / known)) if known else 0.0
    return Numbers(ordered.rows, ordered, mean, std)


class Scattered:
    """A column of numbers in ascending order (see describe.Ordered) whose values lie with several hosts."""

    def __init__(self, ask: Ask, key: Key, parts: Sequence[Part]) -> None:
        self._ask, self._key = ask, key
        self.rows = sum(part.rows for part in parts)
        self._starts = np.cumsum([0, *(part.known for part in parts)])
        self._low, self._high = min(part.low for part in parts), max(part.high for part in parts)

    def __len__(self) -> int:
        return int(self._starts[-1])

    def _all(self, method: str, *arguments: Any) -> list[Any]:
        return self._ask(method, [(self._key, *arguments)] * (len(self._starts) - 1))

    def below(self, values: Floats) -> Whole:
        counts: Whole = np.sum(self._all("below", values), axis=0, dtype=np.int64)
        return counts

    def different(self, most: int) -> Floats | None:
        found = self._all("different", most)
        if any(values is None for values in found):
            return None
        values: Floats = np.unique(np.concatenate(found))
        return values if len(values) <= most else None

    def at(self, places: Whole) -> Floats:
        """Found by halving, but into more parts: the number at place k is the greatest that k numbers at most are less
        than. The bits of floats, seen as whole numbers, are in the order of the floats."""
        low, high = np.repeat(_keys(np.array([[self._low], [self._high]])), len(places), axis=1)
        high[places == 0], low[places == len(self) - 1] = low[places == 0], high[places == len(self) - 1]
        while (open_ := np.flatnonzero(low < high)).size:
            low[open_], high[open_] = self._narrowed(low[open_], high[open_], places[open_])
        return _floats(low)

    def _narrowed(self, low: Keys, high: Keys, places: Whole) -> tuple[Keys, Keys]:
        width = (high - low) // np.uint64(_FAN) + np.uint64(1)
        cuts: Keys = np.minimum(low[:, None] + width[:, None] * np.arange(_FAN, dtype=np.uint64), high[:, None])
        inner = cuts[:, 1:]
        below = self.below(_floats(inner).ravel()).reshape(inner.shape)
        first = (below <= places[:, None]).sum(axis=1)
        rows = np.arange(len(places))
        last = np.where(first == _FAN - 1, high, cuts[rows, np.minimum(first + 1, _FAN - 1)] - np.uint64(1))
        return cuts[rows, first], last

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


def _keys(values: Floats) -> Keys:
    bits = (values + 0.0).view(np.uint64)
    return np.where(bits & _SIGN, ~bits, bits | _SIGN)


def _floats(keys: Keys) -> Floats:
    return np.where(keys & _SIGN, keys ^ _SIGN, ~keys).view(np.float64)
