"""Ten minutes of mixed load: memory does not grow, nothing fails."""

from __future__ import annotations

import io
import json
import os
import random
import threading
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from mlcl.serving import endpoints
from mlcl.stores import Store
from tests.serving.served import bundled, deployed, frame, process

SECONDS = float(os.environ.get("MLCL_SOAK_SECONDS", "600"))
JSON, CSV, PARQUET = "application/json", "text/csv", "application/x-parquet"


def megabytes(pid: int) -> float:
    """Resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.mark.slow
@pytest.mark.timeout(SECONDS + 120)
def test_memory_does_not_grow_under_mixed_load(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    first = deployed(store)
    other = bundled(store, seed=2)
    table = frame(500)
    file = io.BytesIO()
    table.write_parquet(file)
    rows = json.loads(table.write_json())
    sent = [
        (json.dumps(rows[0]).encode(), JSON, "", 200),
        (json.dumps(rows).encode(), JSON, "", 200),
        (json.dumps(rows[:3]).encode(), JSON, "?explain=true", 200),
        (table.write_csv().encode(), CSV, "", 200),
        (file.getvalue(), PARQUET, "", 200),
        (b'{"rows": [{"age": "old"}]}', JSON, "", 422),
        (b"{", JSON, "", 400),
        (b"PAR1", PARQUET, "", 400),
        (b" " * (7 * 2**20), JSON, "", 413),
    ]
    statuses: Counter[tuple[int, int]] = Counter()
    end = time.monotonic() + SECONDS

    def call(number: int) -> None:
        chosen = random.Random(number)
        while time.monotonic() < end:
            with httpx.Client(timeout=30) as client:
                for _ in range(50):
                    body, kind, query, wanted = chosen.choices(sent, weights=[20, 4, 2, 3, 2, 3, 2, 1, 0.2])[0]
                    url = f"{server.address}/endpoints/bank/predict{query}"
                    got = client.post(url, content=body, headers={"content-type": kind}).status_code
                    statuses[wanted, got] += 1

    with process(store) as server:
        callers = [threading.Thread(target=call, args=(number,)) for number in range(4)]
        for caller in callers:
            caller.start()
        sizes = []
        while time.monotonic() < end:
            time.sleep(SECONDS / 20)
            sizes.append(megabytes(server.process.pid))
            endpoints.deploy(store, "bank", [first, other][len(sizes) % 2], 1 + len(sizes) % 2)
        for caller in callers:
            caller.join()
        assert "Traceback" not in server.said()
    assert all(wanted == got for wanted, got in statuses), statuses
    early, late = max(sizes[4:9]), max(sizes[-5:])
    assert late < early * 1.1 + 5, sizes
