"""What a person types: mlcl in a folder of their own, with their own Terraform and no account."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.infra import terraform

BIN = Path(sys.executable).parent


class Person:
    """took: seconds of each command typed so far."""

    def __init__(self, home: Path) -> None:
        self.home, self.took = home, dict[str, float]()
        mirror = terraform.plugins()
        lines = f'provider_installation {{\n filesystem_mirror {{\n  path = "{mirror}"\n }}\n}}\n' if mirror else ""
        (home / "terraform.rc").write_text(lines + "disable_checkpoint = true\n")

    @property
    def environment(self) -> dict[str, str]:
        """Of this process, without what the machine says of AWS and Terraform."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_", "MLCL_STORE"))}
        own = {"TF_CLI_CONFIG_FILE": str(self.home / "terraform.rc"), "MLCL_CACHE": str(self.home / "cache")}
        return {**kept, **own, "PATH": f"{BIN}:{os.environ['PATH']}"}

    def types(self, line: str, **variables: str) -> str:
        """What a line of shell prints; it must succeed."""
        begun = time.monotonic()
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=self.home,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        self.took[line] = time.monotonic() - begun
        assert done.returncode == 0, f"{line}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    @contextmanager
    def sandbox(self, port: int = 0) -> Iterator[str]:
        """`mlcl sandbox up` in another terminal; gives its address."""
        command = [str(BIN / "mlcl"), "sandbox", "up", "--port", str(port)]
        begun = time.monotonic()
        with (self.home / "up.txt").open("w") as out:
            up = subprocess.Popen(command, cwd=self.home, env=self.environment, stdout=out, stderr=out)
        try:
            while "AWS is at" not in (told := (self.home / "up.txt").read_text()):
                assert up.poll() is None, told
                assert time.monotonic() < begun + 60, told
                time.sleep(0.1)
            self.took["mlcl sandbox up"] = time.monotonic() - begun
            yield told.split()[3]
        finally:
            up.terminate()
            up.wait(30)
