"""Intervals of shares and of differences, in closed form."""

from __future__ import annotations

from statistics import NormalDist

from mlcl.models.bootstrap import Interval


def wilson(count: float, rows: float, level: float = 0.95) -> Interval:
    """Interval of a share from `count` of `rows` (Wilson 1927); all of 0 to 1 without rows."""
    if not rows:
        return Interval(0.0, 1.0)
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, weight = count / rows, z * z / rows
    middle = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * (share * (1 - share) / rows + weight / (4 * rows)) ** 0.5
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def difference(new: float, of_new: Interval, old: float, of_old: Interval) -> Interval:
    """Interval of new - old from the interval of each, of independent samples (the method of variance estimates
    recovery: Newcombe 1998; Zou and Donner 2008)."""
    below = ((new - of_new.low) ** 2 + (of_old.high - old) ** 2) ** 0.5
    above = ((of_new.high - new) ** 2 + (old - of_old.low) ** 2) ** 0.5
    return Interval(new - old - below, new - old + above)
