"""Makes the notebook kit: Python with mlcl and all it needs, and the examples, as one archive. Linux, x86_64.

python tools/notebook_kit.py OUT.tar.gz

A notebook instance in a private subnet reaches no package index, so it brings what it needs from the bucket
(infra/modules/notebook). Its system (Amazon Linux 2) has a C library that is older than today's packages want: the kit
brings this machine's, and starts Python with it. What it is made of is this machine's Python and the locked packages.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV = ROOT / ".venv" / "bin" / "uv"
LOADER = "ld-linux-x86-64.so.2"
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "test", "tests", "idlelib", "site-packages", "*tkinter*", "*.a")
_LIBRARY = re.compile(r"=> (/\S+)|^\s*(/\S*ld-linux\S*)", re.MULTILINE)
# Started by its own loader, Python would take that for itself; --argv0 says who it is.
_START = """#!/bin/sh
kit=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
PYTHONHOME=$kit/python PYTHONPATH=$kit/packages exec "$kit/lib/{loader}" --argv0 "$0" --library-path "$kit/lib" \\
  "$kit/python/bin/python3" {arguments}"$@"
"""
_MLCL = """-c "import sys; sys.argv[0] = 'mlcl'; from mlcl.cli import main; sys.exit(main())" """


def build(out: Path) -> None:
    """Write the archive `out`."""
    with tempfile.TemporaryDirectory() as work:
        kit = Path(work)
        _python(kit / "python")
        _packages(kit / "packages")
        _libraries(kit)
        ignored = shutil.ignore_patterns(".mlcl", "__pycache__", ".ipynb_checkpoints")
        shutil.copytree(ROOT / "examples", kit / "examples", ignore=ignored)
        _command(kit / "bin" / "python3", "")
        _command(kit / "bin" / "mlcl", _MLCL)
        with tarfile.open(out, "w:gz", compresslevel=6) as archive:
            for part in sorted(kit.iterdir()):
                archive.add(part, part.name)


def _python(place: Path) -> None:
    """The interpreter with its standard library."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    shutil.copytree(sysconfig.get_path("stdlib"), place / "lib" / version, ignore=_LEFT_OUT)
    (place / "bin").mkdir()
    shutil.copy2(os.path.realpath(sys.executable), place / "bin" / "python3")


def _packages(place: Path) -> None:
    """The locked packages, a Jupyter kernel, and mlcl: its sources as they are, whose digest is the code version."""
    install = [UV, "pip", "install", "--python", sys.executable, "--target", place, "--quiet"]
    subprocess.run([*install, "--require-hashes", "-r", ROOT / "requirements-container.lock"], check=True)
    pinned = ["--constraint", ROOT / "requirements-dev.lock"]
    subprocess.run([*install, *pinned, "ipykernel"], check=True)
    shutil.copytree(ROOT / "src" / "mlcl", place / "mlcl", ignore=shutil.ignore_patterns("__pycache__"))


def _libraries(kit: Path) -> None:
    """The C library and whatever else of this machine Python and the packages are linked with."""
    (kit / "lib").mkdir()
    binaries = [kit / "python" / "bin" / "python3", *kit.rglob("*.so"), *kit.rglob("*.so.*")]
    told = subprocess.run(["ldd", *map(str, binaries)], capture_output=True, text=True, check=False).stdout
    found = {Path(direct or loader) for direct, loader in _LIBRARY.findall(told)}
    for library in sorted(found):
        if kit not in library.parents:
            shutil.copy2(library.resolve(), kit / "lib" / library.name)


def _command(path: Path, arguments: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(_START.format(loader=LOADER, arguments=arguments))
    path.chmod(0o755)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    build(parser.parse_args().out)


if __name__ == "__main__":
    main()
