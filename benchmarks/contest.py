"""Runs commands against each other, interleaved, and prints medians and ratios as a Markdown table.

Whole processes: wall seconds, CPU seconds, peak memory of the largest process (getrusage of the finished child).
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

Commands = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Outcome:
    wall: float
    cpu: float
    megabytes: float


def measure(command: Sequence[str], environment: Mapping[str, str], folder: Path, accept: Sequence[int]) -> Outcome:
    # As from a shell: polars, which this process has imported, leaves its allocator's options in the environment.
    shell = {name: value for name, value in os.environ.items() if name != "_RJEM_MALLOC_CONF"}
    start = time.perf_counter()
    child = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**shell, **environment}, cwd=folder
    )
    assert child.stderr is not None
    complaint = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if child.returncode not in accept:
        sys.exit(f"{' '.join(command)} ended with {child.returncode}:\n{complaint.decode(errors='replace')[-2000:]}")
    return Outcome(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def contest(
    title: str,
    commands: Commands,
    *,
    floor: str,
    folder: Path,
    rounds: int = 5,
    warm: int = 1,
    environments: Mapping[str, Mapping[str, str]] | None = None,
    accept: Sequence[int] = (0,),
) -> dict[str, Outcome]:
    """Medians by name; every round runs each command once, starting with another one each time."""
    names = list(commands)
    found: dict[str, list[Outcome]] = {name: [] for name in names}
    for number in range(-warm, rounds):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            environment = {"PYTHONDONTWRITEBYTECODE": "", **(environments or {}).get(name, {})}
            outcome = measure(commands[name], environment, folder, accept)
            if number >= 0:
                found[name].append(outcome)
    medians = {name: _median(outcomes) for name, outcomes in found.items()}
    _print(title, found, medians, floor)
    return medians


def machine() -> str:
    cores = len(os.sched_getaffinity(0))
    return f"{datetime.now(UTC):%Y-%m-%d}, {cores} cores, Python {platform.python_version()}, {platform.machine()}"


def _median(outcomes: Sequence[Outcome]) -> Outcome:
    return Outcome(*(statistics.median(getattr(o, field) for o in outcomes) for field in ("wall", "cpu", "megabytes")))


def _print(title: str, found: Mapping[str, list[Outcome]], medians: Mapping[str, Outcome], floor: str) -> None:
    base = medians[floor]
    print(f"\n## {title} ({machine()}, median of {len(found[floor])})\n")
    print("| contestant | wall s (min..max) | x floor | s over floor | CPU s | peak MB | x floor |")
    print("|---|---|---|---|---|---|---|")
    for name, got in medians.items():
        walls = [outcome.wall for outcome in found[name]]
        print(
            f"| {name} | {got.wall:.3f} ({min(walls):.3f}..{max(walls):.3f}) | {got.wall / base.wall:.2f} "
            f"| {got.wall - base.wall:+.3f} | {got.cpu:.2f} | {got.megabytes:.0f} "
            f"| {got.megabytes / base.megabytes:.2f} |",
            flush=True,
        )
