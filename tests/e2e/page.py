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
from playwright.sync_api import expect

import mlcl.server

MLCL = str(Path(sys.executable).with_name("mlcl"))
ROOT = Path(__file__).parents[2]
BUILT = Path(mlcl.server.__file__).with_name("page") / "index.html"
AXE = ROOT / "ui" / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = os.environ.get("MLCL_SHOTS", "")
PATIENCE = 10_000  # milliseconds; two cores may be busy with other tests
LATE = float(os.environ.get("MLCL_LATE", "0"))  # milliseconds by which every answer is late: finds what does not wait

expect.set_options(timeout=PATIENCE)


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
    if LATE:
        _hampered(context.new_cdp_session(page))
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(address + path)
    page.locator("h1").first.wait_for()
    return page


def _hampered(devtools: Any) -> None:
    late = {"offline": False, "latency": LATE, "downloadThroughput": -1, "uploadThroughput": -1}
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", late)


def violations(page: Any) -> list[str]:
    """What axe finds wrong on the page as it is, once it has come to rest."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed; `make page` installs it")
    page.mouse.move(0, 0)  # tooltips belong to no landmark
    settled(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return _found(page, "{resultTypes: ['violations']}")


def contrast(page: Any, scheme: str) -> list[str]:
    """What is hard to read in the colour scheme; for pages that `violations` has looked at in the other one."""
    coloured(page, scheme)
    return _found(page, "{runOnly: ['color-contrast']}")


def coloured(page: Any, scheme: str) -> None:
    """Switches the colour scheme of the system, and waits until the page has followed."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    dark = "dark => document.body.classList.contains('awsui-dark-mode') === dark"
    page.wait_for_function(dark, arg=scheme == "dark")
    settled(page)


# Nothing moves or shows a sign of waiting, and the document has not changed for longer than the page waits before it
# shows such a sign (ui/src/components/Loading.tsx). A page that never rests is looked at as it moves.
_SETTLED = """
() => new Promise(rested => {
  const waits = () => document.querySelector("[role=status] [class*=awsui_spinner]") !== null;
  const ends = one => one.playState === "running" && one.effect.getComputedTiming().endTime < Infinity;
  const busy = () => waits() || document.getAnimations().some(ends);
  const end = () => { watch.disconnect(); clearTimeout(timer); clearTimeout(last); rested(); };
  const look = () => busy() ? again() : end();
  const again = () => { clearTimeout(timer); timer = setTimeout(look, 350); };
  const watch = new MutationObserver(again);
  const last = setTimeout(end, 5000);
  let timer = setTimeout(look, 350);
  watch.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
})
"""


def settled(page: Any) -> None:
    """Waits until the page has come to rest."""
    page.evaluate(_SETTLED)


# Two-dimensional by nature, and so free to scroll by themselves: a heat map, a sample of somebody's rows.
_WIDE = """
() => [document.documentElement, ...document.querySelectorAll("main table")]
  .filter(one => !one.matches(".chart-heat, [aria-label^='First rows']"))
  .filter(one => one.clientWidth && Math.max(one.scrollWidth, one.getBoundingClientRect().right) > innerWidth)
  .map(one => one.ariaLabel ?? one.caption?.innerText ?? one.tagName)
"""


def too_wide(page: Any) -> list[str]:
    """What one has to scroll sideways to read: the page, or tables by name."""
    settled(page)
    return list(page.evaluate(_WIDE))


def part(page: Any, label: str) -> Any:
    """Opens a tab by its label; gives its panel, once that shows something."""
    page.get_by_role("tab", name=label, exact=True).click()
    panel = page.get_by_role("tabpanel", name=label, exact=True)
    panel.locator("h2, h3, [role=img], table").first.wait_for()
    return panel


def _found(page: Any, options: str) -> list[str]:
    found = page.evaluate(f"axe.run(document, {options})")["violations"]
    return [f"{one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes'][:3]]}" for one in found]


def shoot(page: Any, name: str) -> None:
    """A picture of the whole page, for whoever sets MLCL_SHOTS to a folder."""
    if SHOTS:
        settled(page)
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
