"""Numbers and outcomes as a reader wants them; shared by the page, the terminal and the model card."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from mlcl.metrics import METRICS

NONE = "–"
GLUE = "\N{NO-BREAK SPACE}"  # between a number and its unit

OUTCOME_MARKS = {"met": "✓", "not met": "✗", "undecided": "?"}


def number(value: float | None, digits: int = 3) -> str:
    """'0.801', '12.4', '1,234': about `digits` significant digits, thousands grouped."""
    if value is None:
        return NONE
    if isinstance(value, bool):
        return str(value).lower()
    size = abs(value)
    if size >= 10 ** (digits - 1) or value == int(value):
        return signed(f"{value:,.0f}")
    if size >= 0.1:
        places = digits - len(str(int(size))) if size >= 1 else digits
        return signed(f"{value:.{places}f}")
    return signed(f"{value:.{digits}g}" if size < 0.001 else f"{value:.{digits + 1}f}")


def signed(text: str) -> str:
    """With a true minus sign, and none before zero."""
    return text.removeprefix("-") if not text.strip("-0.") else text.replace("-", "−")


def count(value: float | None) -> str:
    return NONE if value is None else f"{value:,.0f}"


def share(value: float | None, places: int = 1) -> str:
    """0.083 as '8.3%'."""
    if value is None:
        return NONE
    if 0 < value < 0.001:
        return "<0.1%"
    text = f"{100 * value:.{places}f}"
    return f"{text.removesuffix('.' + '0' * places)}%"


def money(value: float | None, unit: str, size: float = 0.0) -> str:
    """'1,234 EUR'; amounts keep two decimals unless they, or the `size` of those beside them, reach 100."""
    if value is None:
        return NONE
    text = f"{value:,.0f}" if max(abs(value), size) >= 100 or value == int(value) else f"{value:,.2f}"
    return f"{signed(text)}{GLUE}{unit}" if unit else signed(text)


def seconds(value: float | None) -> str:
    if value is None:
        return NONE
    if value < 60:
        return f"{value:.2f}{GLUE}s" if value < 10 else f"{value:.1f}{GLUE}s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes}{GLUE}min {rest}{GLUE}s"


RATES = {
    "positive_rate": "Positive in truth",
    "selection_rate": "Acted on",
    "false_positive_rate": "False alarms",
}


def label(metric: str) -> str:
    return METRICS[metric].label if metric in METRICS else RATES.get(metric, metric)


def figure(metric: str, value: float | None, unit: str = "") -> str:
    """A metric's value as text, in its unit."""
    if metric in RATES:
        return share(value)
    if metric == "value_per_case":
        return money(value, unit)
    small = metric in ("log_loss", "mape") or (metric in METRICS and METRICS[metric].bounds[1] <= 2)
    return signed(f"{value:.3f}") if small and value is not None else number(value)


def interval(metric: str, bounds: Mapping[str, Any] | None, unit: str = "") -> str:
    """'0.779 to 0.823'; '' when there is none."""
    if not bounds or bounds.get("low") is None or bounds.get("high") is None:
        return ""
    ends = bounds["low"], bounds["high"]
    if metric == "value_per_case":
        low, high = (money(end, unit, max(map(abs, ends))) for end in ends)
    else:
        low, high = (figure(metric, end) for end in ends)
    return f"{low.removesuffix(GLUE + unit)} to {high}"


def column(values: Sequence[float | None]) -> list[str]:
    """Figures that stand below one another: all with the decimals that give the greatest three digits."""
    most = max((abs(value) for value in values if value), default=1.0)
    places = min(6, max(0, 2 - math.floor(math.log10(most))))
    return [NONE if value is None else signed(f"{value:,.{places}f}") for value in values]


def plural(amount: int, noun: str) -> str:
    return f"{amount:,} {noun}{'' if amount == 1 else 's'}"


def short(digest: str | None) -> str:
    """The first characters of a digest, enough to tell it."""
    return (digest or "")[:12] or NONE


def clip(text: object, length: int = 40) -> str:
    plain = str(text)
    return plain if len(plain) <= length else plain[: length - 1].rstrip() + "…"
