"""The command line: `mlcl`. One file per group of commands; each only asks the life cycle and prints."""

from __future__ import annotations

import sys

from mlcl.errors import FAULT, MlclError


def main() -> None:
    """Entry of the `mlcl` command. Exit codes: 0 done, 1 fault, 2 usage, 3 bad data, 4 goals not met."""
    from mlcl.cli.app import app

    try:
        app()
    except MlclError as error:
        _print(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(FAULT)


def _print(error: MlclError) -> None:
    from mlcl.cli.output import print_json

    if "--json" in sys.argv:
        print_json(error.as_dict())
    else:
        red, plain = ("\x1b[31m", "\x1b[0m") if sys.stderr.isatty() else ("", "")
        sys.stderr.write(f"{red}Error:{plain} {error}\n")
