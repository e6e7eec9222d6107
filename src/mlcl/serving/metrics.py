"""What the server counts, as Prometheus text.

Workers share nothing: each writes its counts to a file of its own now and then, and whichever is asked adds up all of
them, so that a scrape sees the whole server whatever worker it reaches, those that died included.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import orjson

from mlcl.features.parts import Encoded
from mlcl.serving.release import BUCKETS, VariantStats

Labels = tuple[tuple[str, str], ...]
Samples = dict[str, float]

_EVERY = 8  # of the fine latency buckets, those that are shown
_HELP = {
    "mlcl_requests_total": ("counter", "Prediction requests answered, by model."),
    "mlcl_request_errors_total": ("counter", "Prediction requests that failed inside the server, by model."),
    "mlcl_request_seconds": ("histogram", "Time from a request's first byte to its answer."),
    "mlcl_rows_total": ("counter", "Rows predicted."),
    "mlcl_rows_skipped_total": ("counter", "Rows left out because of a fault (on_error=skip)."),
    "mlcl_missing_total": ("counter", "Missing values in the rows predicted."),
    "mlcl_unseen_total": ("counter", "Category values that training never saw."),
    "mlcl_rejected_total": ("counter", "Requests answered with an error, by status."),
    "mlcl_captured_total": ("counter", "Predictions captured."),
    "mlcl_capture_lost_total": ("counter", "Predictions that could not be captured."),
    "mlcl_endpoint_info": ("gauge", "The models in use; always 1."),
    "mlcl_store_reachable": ("gauge", "1 while the store can be read."),
}


class ModelCounts:
    """What one model of one endpoint did in this process."""

    def __init__(self) -> None:
        self.requests = VariantStats()
        self.rows = self.skipped = self.missing = self.unseen = 0

    def add(self, encoded: Encoded) -> None:
        self.rows += len(encoded.kept)
        self.missing += encoded.missing
        self.unseen += encoded.unseen
        if encoded.faults:
            self.skipped += len({fault["row"] for fault in encoded.faults})

    def samples(self, labels: Labels) -> Samples:
        stats = self.requests
        found = {
            sample("mlcl_requests_total", labels): stats.requests,
            sample("mlcl_request_errors_total", labels): stats.errors,
            sample("mlcl_rows_total", labels): self.rows,
            sample("mlcl_rows_skipped_total", labels): self.skipped,
            sample("mlcl_missing_total", labels): self.missing,
            sample("mlcl_unseen_total", labels): self.unseen,
            sample("mlcl_request_seconds_count", labels): stats.requests,
            sample("mlcl_request_seconds_sum", labels): stats.total,
        }
        seen = 0
        for start in range(0, len(BUCKETS), _EVERY):
            bound = f"{BUCKETS[start]:.4g}"
            seen = sum(stats.counts[: start + 1])
            found[sample("mlcl_request_seconds_bucket", (*labels, ("le", bound)))] = seen
        found[sample("mlcl_request_seconds_bucket", (*labels, ("le", "+Inf")))] = stats.requests
        return found


class Metrics:
    """The counts of this process. folder: where the workers of one server leave theirs for each other, or None."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.rejected: Counter[tuple[str, int]] = Counter()
        self._models: dict[Labels, ModelCounts] = {}

    def model(self, endpoint: str, version: str) -> ModelCounts:
        return self._models.setdefault((("endpoint", endpoint), ("version", version)), ModelCounts())

    def counts(self) -> list[tuple[str, str, ModelCounts]]:
        """Endpoint, version and counts of every model that this process has had in use."""
        return [(dict(labels)["endpoint"], dict(labels)["version"], counts) for labels, counts in self._models.items()]

    def samples(self) -> Samples:
        found: Samples = {}
        for labels, counts in self._models.items():
            found |= counts.samples(labels)
        for (endpoint, status), number in self.rejected.items():
            found[sample("mlcl_rejected_total", (("endpoint", endpoint), ("status", str(status))))] = number
        return found

    def share(self, samples: Samples) -> None:
        """Leaves these samples for the other workers."""
        if self.folder:
            fresh = self.folder / f"{os.getpid()}.new"
            fresh.write_bytes(orjson.dumps(samples))
            fresh.replace(self.folder / f"{os.getpid()}.json")

    def total(self, samples: Samples) -> Samples:
        """This process's samples, and what other workers left."""
        total = Counter(samples)
        for file in self.folder.glob("*.json") if self.folder else ():
            if file.stem != str(os.getpid()):
                total.update(orjson.loads(file.read_bytes()))
        return {**total}

    def render(self, samples: Samples, gauges: Samples) -> bytes:
        """Prometheus text of the whole server's samples, and of this process's gauges."""
        return text({**self.total(samples), **gauges})


def sample(name: str, labels: Labels) -> str:
    """'name{label="value"}'."""
    pairs = ",".join(f'{key}="{_escaped(value)}"' for key, value in labels)
    return f"{name}{{{pairs}}}" if pairs else name


def text(samples: Samples) -> bytes:
    lines: list[str] = []
    for name, (kind, explained) in _HELP.items():
        parts = [f"{name}_bucket", f"{name}_sum", f"{name}_count"] if kind == "histogram" else [name]
        found = [key for part in parts for key in samples if key.partition("{")[0] == part]
        if found:
            lines += [f"# HELP {name} {explained}", f"# TYPE {name} {kind}"]
            lines += [f"{key} {samples[key]}" for key in found]
    return ("\n".join(lines) + "\n").encode()


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
