"""The main job of `make run`: run a problem to its verdict, deploy the model, keep it up on loopback until Ctrl-C."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tomllib
from pathlib import Path

MLCL = str(Path(sys.executable).with_name("mlcl"))
GOALS_NOT_MET = 4


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problem", type=Path)
    parser.add_argument("--serve", default="1", help="0: end after the job")
    arguments = parser.parse_args()
    code = subprocess.call([MLCL, "run", str(arguments.problem)])
    if code not in (0, GOALS_NOT_MET):
        return code
    name = tomllib.loads(arguments.problem.read_text())["problem"]["name"]
    if code == 0 and subprocess.call([MLCL, "deploy", name]):
        return 1
    if arguments.serve == "0":
        return 0
    return subprocess.call([MLCL, "up", "--open"])


if __name__ == "__main__":
    sys.exit(main())
