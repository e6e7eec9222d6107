"""Makes the notebook kit: a folder of Python with mlcl and all it needs, and the examples, as one archive.

python tools/notebook_kit.py OUT.tar.gz [--python FOLDER]

A notebook instance in a private subnet reaches no package index, so it brings what it needs from the bucket
(infra/modules/notebook). FOLDER: a relocatable CPython 3.11 or newer for Linux x86_64; fetched by uv when left out.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV = ROOT / ".venv" / "bin" / "uv"
VERSION = "3.12"
START = '#!/bin/sh\nexec "$(dirname "$0")/../python/bin/python3" -c "from mlcl.cli import main; main()" "$@"\n'


def build(out: Path, python: Path | None) -> None:
    """Write the archive `out`."""
    with tempfile.TemporaryDirectory() as work:
        kit = Path(work) / "kit"
        shutil.copytree(python or _fetched(Path(work) / "fetched"), kit / "python", symlinks=True)
        _install(kit / "python" / "bin" / "python3")
        shutil.copytree(ROOT / "examples", kit / "examples", ignore=shutil.ignore_patterns(".mlcl", "__pycache__"))
        (kit / "bin").mkdir()
        (kit / "bin" / "mlcl").write_text(START)
        (kit / "bin" / "mlcl").chmod(0o755)
        with tarfile.open(out, "w:gz", compresslevel=6) as archive:
            for part in sorted(kit.iterdir()):
                archive.add(part, part.name)


def _fetched(folder: Path) -> Path:
    subprocess.run([UV, "python", "install", "--install-dir", folder, VERSION], check=True)
    return next(folder.glob(f"cpython-{VERSION}*/bin/python3")).resolve().parent.parent


def _install(python: Path) -> None:
    """mlcl with the exact packages of the lock files, the AWS client and a Jupyter kernel."""
    install = [UV, "pip", "install", "--python", python, "--break-system-packages", "--quiet"]
    locked = ["--constraint", ROOT / "requirements-dev.lock", "--requirement", ROOT / "requirements.lock"]
    subprocess.run([*install, "--no-deps", "--require-hashes", "-r", ROOT / "requirements.lock"], check=True)
    subprocess.run([*install, *locked, "boto3", "ipykernel"], check=True)
    subprocess.run([*install, "--no-deps", ROOT], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--python", type=Path)
    given = parser.parse_args()
    build(given.out, given.python)


if __name__ == "__main__":
    main()
