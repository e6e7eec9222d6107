"""The page in a real browser, on a real `mlcl up`: what the journeys share."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import mlcl.server

MLCL = str(Path(sys.executable).with_name("mlcl"))
ROOT = Path(__file__).parents[2]
BUILT = Path(mlcl.server.__file__).with_name("page") / "index.html"
AXE = ROOT / "ui" / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = os.environ.get("MLCL_SHOTS", "")
PATIENCE = 10_000  # milliseconds; two cores may be busy with other tests


@contextmanager
def up(store: Path, port: int = 0) -> Iterator[str]:
    """A server on the store, as a process of its own; gives its address."""
    if not BUILT.exists():
        pytest.skip("the page is not built; `make page` builds it")
    command = [MLCL, "up", "--port", str(port), "--store", str(store)]
    with (store.parent / "up.log").open("w+") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield _address(process, Path(log.name))
        finally:
            process.terminate()
            process.wait(timeout=20)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(600):
        found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text())
        if found:
            return found.group()
        try:
            process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"the server did not start: {log.read_text()}")


def opened(browser: Any, address: str, path: str = "/", *, width: int = 1280, **options: Any) -> Any:
    """The page at `path`, once it shows its title; complaints of the browser are collected."""
    # Colours that are still on their way from one mode to the other have no contrast yet.
    options = {"reduced_motion": "reduce", **options}
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(address + path)
    page.locator("h1").first.wait_for()
    return page


def violations(page: Any) -> list[str]:
    """What axe finds wrong on the page as it is."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed; `make page` installs it")
    page.mouse.move(0, 0)  # tooltips belong to no landmark
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return _found(page, "{resultTypes: ['violations']}")


def contrast(page: Any, scheme: str) -> list[str]:
    """What is hard to read in the colour scheme; for pages that `violations` has looked at in the other one."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.wait_for_timeout(100)
    return _found(page, "{runOnly: ['color-contrast']}")


def _found(page: Any, options: str) -> list[str]:
    found = page.evaluate(f"axe.run(document, {options})")["violations"]
    return [f"{one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes'][:3]]}" for one in found]


def shoot(page: Any, name: str) -> None:
    """A picture of the whole page, for whoever sets MLCL_SHOTS to a folder."""
    if SHOTS:
        page.wait_for_timeout(300)
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
