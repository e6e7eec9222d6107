"""A container's place: its folder that stands for '/', its address, the names of the other hosts, its environment."""

from __future__ import annotations

import itertools
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

# What a program needs of this machine; all else of the sandbox's own environment stays outside.
_PASSED = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT")
_NEXT = itertools.count(2)
_LINUX = sys.platform == "linux"


class Place(NamedTuple):
    """root: the folder that stands for '/'; host: 'algo-1'; hosts: addresses by name of all hosts of the job."""

    root: Path
    host: str
    hosts: Mapping[str, str]

    @property
    def ml(self) -> Path:
        return self.root / "opt" / "ml"

    def at(self, path: str) -> Path:
        """Where a path of the container lies: '/opt/ml/x' below the root."""
        return self.root / path.lstrip("/")

    def write(self, path: str, value: Any) -> None:
        file = self.at(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(value), encoding="utf-8")


def places(folder: Path, count: int) -> list[Place]:
    """Empty places for the hosts 'algo-1'… of a job, each with a loopback address of its own (Linux; else 127.0.0.1).

    A host finds another by its name: /etc/hosts in the container tells it, and the environment variable
    SANDBOX_HOSTS ('algo-1=127.0.0.2,algo-2=127.0.0.3') where the system allows no mounts.
    """
    names = [f"algo-{number}" for number in range(1, count + 1)]
    hosts = {name: _address() for name in names}
    made = [Place(folder / name, name, hosts) for name in names]
    for place in made:
        for path in ("input/config", "input/data", "model", "output/data"):
            (place.ml / path).mkdir(parents=True, exist_ok=True)
        place.at("/root").mkdir(exist_ok=True)
        _write_hosts(place)
    return made


def environment(place: Place, given: Mapping[str, str], credentials: Mapping[str, str], region: str) -> dict[str, str]:
    """The variables of a container's process. given: those that the job asks for."""
    passed = {name: os.environ[name] for name in _PASSED if name in os.environ}
    passed["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{passed.get('PATH', os.defpath)}"
    return {
        **passed,
        "PYTHONUNBUFFERED": "1",
        "AWS_ENDPOINT_URL": os.environ["AWS_ENDPOINT_URL"],
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        **credentials,
        "HOME": str(place.at("/root")),  # what one container caches there is not another's
        "MLCL_CONTAINER_ROOT": str(place.root),
        "SAGEMAKER_BASE_DIR": str(place.ml),  # AWS's training and inference toolkits read it
        "SANDBOX_HOSTS": ",".join(f"{name}={address}" for name, address in place.hosts.items()),
        **{name: relocated(place, value) for name, value in given.items()},
    }


def relocated(place: Place, text: str) -> str:
    """A path below /opt/ml as it is on this machine; other texts as they are."""
    return str(place.at(text)) if text == "/opt/ml" or text.startswith("/opt/ml/") else text


def arguments(place: Place, command: Sequence[str]) -> list[str]:
    """A command with its paths relocated, started so that it sees its own /opt/ml."""
    moved = [relocated(place, part) for part in command]
    if not _LINUX:
        return moved
    return [sys.executable, "-I", "-S", str(Path(__file__).with_name("inside.py")), str(place.root), "--", *moved]


def _address() -> str:
    number = next(_NEXT) if _LINUX else 1
    return f"127.{number // 62500 % 250}.{number // 250 % 250}.{number % 250 + 1}" if _LINUX else "127.0.0.1"


def _write_hosts(place: Place) -> None:
    file = place.at("/etc/hosts")
    file.parent.mkdir(parents=True, exist_ok=True)
    own = Path("/etc/hosts")
    text = own.read_text(encoding="utf-8") if own.exists() else "127.0.0.1 localhost\n"
    file.write_text(
        text + "\n" + "".join(f"{address} {name}\n" for name, address in place.hosts.items()), encoding="utf-8"
    )
