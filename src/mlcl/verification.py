"""`mlcl verify`: the same rows through every way in which a model answers, and a certificate of what came out.

Equal means equal: the same numbers to the last bit. The certificate names the digests of the bundle, of the rows and of
each way's answers, is sealed over all of that, and lies beside the model.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson

from mlcl import registry
from mlcl.errors import MlclError, NotFound
from mlcl.metrics import BINARY, REGRESSION
from mlcl.models.bundle import Bundle
from mlcl.records import Model, now
from mlcl.stores import Store, keys
from mlcl.version import code_version

LINES = "application/jsonlines"
SIGNING_KEY = "MLCL_SIGNING_KEY"  # environment variable; with it, certificates are signed with HMAC-SHA256
_LONGEST_START = 60.0

Answers = list[Any]
Way = Callable[[bytes], Answers]


def verify(
    name: str, model: str = "champion", *, rows: int = 100, on: str = "local", store: Store | None = None
) -> dict[str, Any]:
    """The certificate. rows: the first so many of the data that the model was made from; on: local, or aws:ENV, where
    the endpoint and a batch transform job are asked, too (an endpoint that hosts another model is not tried)."""
    cloud = None
    if on != "local":
        from mlcl.platforms.sagemaker.settings import Cloud

        cloud = Cloud.open(on)
        store = cloud.store
    store = store or Store.default()
    found = registry.find(store, name, model)
    bundle = Bundle.load(registry.bundle_folder(store, found.bundle_digest))
    sent = _rows(store, found, bundle, rows)
    wanted = _python(bundle, sent)
    ways = [("python", lambda lines: _python(bundle, lines)), ("local endpoint", lambda lines: _local(bundle, lines))]
    ways.append(("batch", lambda lines: _batch(bundle, lines)))
    if cloud is not None:
        ways += _in_cloud(cloud, found, bundle)
    tried = [_tried(way, ask, sent, wanted) for way, ask in ways]
    certificate: dict[str, Any] = {
        "schema_version": 1,
        "problem": name,
        "version": found.version,
        "bundle_digest": found.bundle_digest,
        "dataset_digest": found.dataset_digest,
        "code_version": code_version(),
        "platform": on,
        "rows": sent.count(b"\n"),
        "rows_digest": _digest(sent),
        "ways": tried,
        "equal": all(way["equal"] is not False for way in tried),
        "at": now(),
        "key": keys.certificate(found.bundle_digest, on),
    }
    certificate |= seal(certificate)
    store.put(certificate["key"], orjson.dumps(certificate, option=orjson.OPT_INDENT_2))
    return certificate


def seal(certificate: dict[str, Any]) -> dict[str, str]:
    """signed: how; signature: over everything else in it, in canonical JSON."""
    text = orjson.dumps(
        {key: value for key, value in certificate.items() if key not in ("signed", "signature")},
        option=orjson.OPT_SORT_KEYS,
    )
    secret = os.environ.get(SIGNING_KEY, "")
    if secret:
        return {"signed": "hmac-sha256", "signature": hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()}
    return {"signed": "sha256", "signature": hashlib.sha256(text).hexdigest()}


def genuine(certificate: dict[str, Any]) -> bool:
    """Whether a certificate is as it was written (and, with the key, by one who had the key)."""
    made = seal(certificate)
    same = hmac.compare_digest(made["signature"], str(certificate.get("signature")))
    return same and made["signed"] == certificate.get("signed")


def _tried(way: str, ask: Way, sent: bytes, wanted: Answers) -> dict[str, Any]:
    try:
        answers = ask(sent)
    except _NotTried as untried:
        return {"way": way, "equal": None, "digest": "", "why": str(untried)}
    except MlclError as error:
        return {"way": way, "equal": False, "digest": "", "why": error.what}
    different = sum(one != other for one, other in zip(answers, wanted, strict=False))
    different += abs(len(answers) - len(wanted))
    why = f"{different} of {len(wanted)} answers differ" if different else ""
    return {"way": way, "equal": not different, "digest": _digest(orjson.dumps(answers)), "why": why}


class _NotTried(Exception):
    """There is no such way for this model now."""


def _rows(store: Store, model: Model, bundle: Bundle, most: int) -> bytes:
    """The model's inputs of the first rows of its data, as JSON Lines."""
    import polars as pl

    key = f"{keys.dataset(model.dataset_digest)}/data.parquet"
    if not store.exists(key):
        raise NotFound("The data that the model was made from are not in the store.", where=key)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.parquet"
        store.save(key, file)
        names = [one.name for one in bundle.recipe.inputs]
        rows = pl.scan_parquet(file).select(names).head(most).collect()
    return b"".join(orjson.dumps(row, default=str, option=orjson.OPT_APPEND_NEWLINE) for row in rows.to_dicts())


def _python(bundle: Bundle, lines: bytes) -> Answers:
    told = bundle.predict([orjson.loads(line) for line in lines.splitlines()])
    return _of_columns(bundle, told.to_dict(as_series=False))


def _of_columns(bundle: Bundle, told: dict[str, list[Any]]) -> Answers:
    if bundle.task == REGRESSION:
        return list(told["prediction"])
    if bundle.task == BINARY:
        return [list(pair) for pair in zip(told["probability"], told["decision"], strict=True)]
    columns = [told[f"probability_{label}"] for label in bundle.labels or ()]
    return [[list(shares), decision] for *shares, decision in zip(*columns, told["decision"], strict=True)]


def _of_lines(bundle: Bundle, lines: bytes) -> Answers:
    """Answers of the server, one JSON object a line."""
    found = [orjson.loads(line) for line in lines.splitlines() if line.strip()]
    if bundle.task == REGRESSION:
        return [one["value"] for one in found]
    labels = bundle.labels or []
    if bundle.task == BINARY:
        return [[one["probability"][labels[1]], one["decision"]] for one in found]
    return [[[one["probability"][label] for label in labels], one["decision"]] for one in found]


def _local(bundle: Bundle, lines: bytes) -> Answers:
    with _served(bundle.folder) as address:
        answer = httpx.post(
            f"{address}/invocations", content=lines, headers={"content-type": LINES, "accept": LINES}, timeout=60
        )
    if answer.status_code != 200:
        raise MlclError("The local endpoint refused the rows.", found=answer.text[:300])
    return _of_lines(bundle, answer.content)


@contextmanager
def _served(bundle: Path) -> Iterator[str]:
    """The container's server in a process of its own, under the hosting contract."""
    with tempfile.TemporaryDirectory() as root, socket.socket() as free:
        model = Path(root, "opt", "ml", "model")
        model.parent.mkdir(parents=True)
        model.symlink_to(bundle.absolute(), target_is_directory=True)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        extra = {"MLCL_CONTAINER_ROOT": root, "SAGEMAKER_BIND_TO_PORT": str(port)}
        process = subprocess.Popen(
            [sys.executable, "-m", "mlcl.platforms.sagemaker.container", "serve"],
            env={**os.environ, **extra},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _await(f"http://127.0.0.1:{port}/ping", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _await(ping: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _LONGEST_START
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(ping, timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise MlclError("The local endpoint did not get ready.", where=ping)


def _batch(bundle: Bundle, lines: bytes) -> Answers:
    import polars as pl

    from mlcl.serving.batch import predict_file

    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "rows.jsonl", Path(folder) / "made.parquet"
        given.write_bytes(lines)
        predict_file(bundle, given, made)
        return _of_columns(bundle, pl.read_parquet(made).to_dict(as_series=False))


def _in_cloud(cloud: Any, model: Model, bundle: Bundle) -> list[tuple[str, Way]]:
    from mlcl.platforms.sagemaker import endpoints
    from mlcl.platforms.sagemaker.rendering import Hosted
    from mlcl.platforms.sagemaker.transform import transform
    from mlcl.serving import endpoints as states

    def endpoint(lines: bytes) -> Answers:
        try:
            live = states.find(cloud.store, model.problem).live
        except NotFound as error:
            raise _NotTried(error.what) from error
        if live is None or live.bundle_digest != model.bundle_digest:
            raise _NotTried("the endpoint hosts another model")
        return _of_lines(bundle, endpoints.invoke(cloud, model.problem, lines, LINES, LINES))

    def transformed(lines: bytes) -> Answers:
        hosted = Hosted(model.problem, model.bundle_digest, model.version)
        return _of_lines(bundle, transform(cloud, hosted, lines))

    return [("SageMaker endpoint", endpoint), ("batch transform", transformed)]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
