"""Inside an endpoint or a batch transform job: the server of the predictions with the one model it was given.

SageMaker lets in only who may call InvokeEndpoint, so no token is asked for. What the platform does not capture
(serverless endpoints) the server captures itself, into the environment's store, in the same format.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from mlcl import registry
from mlcl.errors import BundleError
from mlcl.models import manifest
from mlcl.serving import endpoints, server
from mlcl.serving.app import ENDPOINT, Hosted
from mlcl.serving.endpoints import Settings
from mlcl.stores import Store

NAME, VERSION = "MLCL_NAME", "MLCL_VERSION"  # of the endpoint, and of the model in the registry
CAPTURE_STORE, CAPTURE_RATE, MASKED = "MLCL_CAPTURE_STORE", "MLCL_CAPTURE_RATE", "MLCL_MASKED"
SERVE_AS = "MLCL_SERVE_AS"  # user of the image
MOST_BYTES = {"batch": 100 * 2**20, "endpoint": 25 * 2**20}


def serve(model: Path) -> None:
    """Serves the bundle in `model` until SIGTERM. BundleError when it is damaged."""
    _give_up_root()
    sheet, digest = manifest.verify(model)
    name = os.environ.get(NAME) or sheet["problem"]["name"]
    batch = os.environ.get("SAGEMAKER_BATCH", "").lower() == "true"
    captured = os.environ.get(CAPTURE_STORE, "") if not batch else ""
    port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT") or 8080)
    workers = int(os.environ.get("SAGEMAKER_MODEL_SERVER_WORKERS") or 1)
    with tempfile.TemporaryDirectory(prefix="mlcl-hosting-") as folder:
        store = Store(folder)
        registry.upload_bundle(store, digest, model)
        version = os.environ.get(VERSION, "")
        endpoints.deploy(store, name, digest, int(version) if version.isdigit() else None, forced=True)
        endpoints.configure(store, name, _settings(captured, batch))
        os.environ[ENDPOINT] = name
        server.serve(store, host="0.0.0.0", port=port, workers=workers, hosted=Hosted(captured))  # noqa: S104


def _give_up_root() -> None:
    """Serves as the user that the image names, where it is started as root: requests come from outside."""
    user = os.environ.get(SERVE_AS)
    if not user or os.geteuid() != 0:
        return
    import pwd

    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def _settings(captured: str, batch: bool) -> Settings:
    rate = float(os.environ.get(CAPTURE_RATE) or 1) if captured else 0.0
    masked = tuple(name for name in os.environ.get(MASKED, "").split("\n") if name)
    most = MOST_BYTES["batch" if batch else "endpoint"]
    return Settings(capture_rate=rate, masked=masked, max_bytes=most, max_rows=1_000_000)


def check(model: Path) -> str:
    """The digest of the bundle that would be served; for those who try an image before they push it."""
    if not model.is_dir():
        raise BundleError("There is no model.", where=str(model))
    return manifest.verify(model)[1]
