"""How long `mlcl --help` takes, beside Python doing nothing.

python benchmarks/startup.py [--peer 'kedro::/path/to/kedro --help']
"""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from contest import contest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME::COMMAND")
    arguments = parser.parse_args()
    mlcl = str(Path(sys.executable).with_name("mlcl"))
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "import mlcl": [sys.executable, "-c", "import mlcl"],
        "mlcl --help": [mlcl, "--help"],
        "mlcl runs": [mlcl, "runs"],
    }
    for peer in arguments.peer:
        name, command = peer.split("::", 1)
        commands[name.strip()] = shlex.split(command)
    contest("Start-up", commands, floor="python -c pass", folder=Path.cwd(), rounds=9, warm=2)


if __name__ == "__main__":
    main()
