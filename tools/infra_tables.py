"""Writes the tables of variables and outputs into the README.md of each Terraform module (between its two markers).

python tools/infra_tables.py [--check]: with --check, nothing is written, and the exit code is 1 when a table is old.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

INFRA = Path(__file__).resolve().parents[1] / "infra"
BEGIN, END = "<!-- tables: made by tools/infra_tables.py -->", "<!-- /tables -->"
_BLOCK = re.compile(r'^(variable|output) "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)


def blocks(folder: Path, kind: str) -> dict[str, str]:
    """The body of each variable or output of a module, by name, in the order of the file."""
    written = "\n".join(path.read_text() for path in sorted(folder.glob("*.tf")))
    return {name: body for found, name, body in _BLOCK.findall(written) if found == kind}


def description(body: str) -> str:
    """What a variable or output says of itself, on one line; '' when it says nothing."""
    found = re.search(r'^  description\s*=\s*"(.*)"$', body, re.MULTILINE)
    if found:
        return found[1].replace('\\"', '"')
    found = re.search(r"^  description\s*=\s*<<-?EOT\n(.*?)^\s*EOT$", body, re.MULTILINE | re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def tables(folder: Path) -> str:
    """Both tables as Markdown."""
    lines = ["| variable | needed | what it is |", "|---|---|---|"]
    for name, body in blocks(folder, "variable").items():
        needed = "" if re.search(r"^  default\s*=", body, re.MULTILINE) else "yes"
        lines.append(f"| `{name}` | {needed} | {_cell(description(body))} |")
    outputs = blocks(folder, "output")
    if outputs:
        lines += ["", "| output | what it is |", "|---|---|"]
        lines += [f"| `{name}` | {_cell(description(body))} |" for name, body in outputs.items()]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def readme(folder: Path) -> str:
    """README.md as it should be."""
    written = (folder / "README.md").read_text()
    before, _, rest = written.partition(BEGIN)
    return f"{before}{BEGIN}\n{tables(folder)}\n{END}{rest.partition(END)[2]}"


def folders() -> list[Path]:
    """Every module with a README."""
    return sorted(path.parent for path in INFRA.glob("**/README.md") if (path.parent / "variables.tf").exists())


def main() -> int:
    old = [folder for folder in folders() if readme(folder) != (folder / "README.md").read_text()]
    for folder in old:
        print(f"{folder.relative_to(INFRA.parent)}/README.md: its tables are old")
        if "--check" not in sys.argv:
            (folder / "README.md").write_text(readme(folder))
    return 1 if old and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
