"""Starts a program so that it sees its own /opt/ml and /etc/hosts, as in a container; Linux only.

`python inside.py ROOT -- COMMAND…`: in a mount namespace of its own (and, without root, a user namespace), ROOT/opt/ml
is mounted as /opt/ml and ROOT/etc/hosts as /etc/hosts; then COMMAND takes this process's place. Where the system does
not allow that, COMMAND runs all the same and finds its paths through the environment alone. Only the standard library.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_NEWNS, _NEWUSER = 0x20000, 0x10000000
_BIND, _REC, _PRIVATE = 4096, 16384, 1 << 18
_OPT, _ML, _HOSTS = Path("/opt"), Path("/opt/ml"), Path("/etc/hosts")


def enter(root: Path) -> None:
    """Make the mounts. Raises OSError where they are not allowed."""
    libc = ctypes.CDLL(None, use_errno=True)
    _unshare(libc)
    _mount(libc, None, Path("/"), _REC | _PRIVATE)
    if not _ML.is_dir():
        _opt(libc, root / ".opt")
    _mount(libc, root / "opt/ml", _ML, _BIND | _REC)
    hosts = root / "etc/hosts"
    if hosts.exists():
        _mount(libc, hosts, _HOSTS, _BIND)


def _unshare(libc: ctypes.CDLL) -> None:
    if libc.unshare(_NEWNS) == 0:
        return
    user, group = os.getuid(), os.getgid()
    _check(libc.unshare(_NEWUSER | _NEWNS))
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")


def _opt(libc: ctypes.CDLL, stand_in: Path) -> None:
    """A /opt that has all that /opt has, and an empty folder 'ml'."""
    stand_in.mkdir(exist_ok=True)
    (stand_in / "ml").mkdir(exist_ok=True)
    for child in _OPT.iterdir():
        here = stand_in / child.name
        if child.is_symlink():
            here.symlink_to(child.readlink())
        elif child.is_dir():
            here.mkdir(exist_ok=True)
            _mount(libc, child, here, _BIND | _REC)
    _mount(libc, stand_in, _OPT, _BIND | _REC)


def _mount(libc: ctypes.CDLL, source: Path | None, target: Path, flags: int) -> None:
    start = os.fsencode(source) if source else None
    _check(libc.mount(start, os.fsencode(target), None, flags, None))


def _check(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def main(arguments: list[str]) -> None:
    root, command = Path(arguments[0]), arguments[2:]
    try:
        enter(root)
    except (OSError, AttributeError):
        os.environ["SANDBOX_RELOCATED"] = "1"
    try:
        os.execvpe(command[0], command, os.environ)  # noqa: S606  (it takes this place)
    except OSError as error:
        sys.stderr.write(f"exec {command[0]!r}: {error.strerror}\n")
        sys.exit(127 if isinstance(error, FileNotFoundError) else 126)


if __name__ == "__main__":
    main(sys.argv[1:])
