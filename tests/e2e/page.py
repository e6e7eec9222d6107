"""The page in a real browser, on a real `mlcl up`: what the journeys share."""

from __future__ import annotations

import os
import re
import socket
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

DESKTOP, PHONE, HEIGHT = 1280, 375, 900  # pixels

expect.set_options(timeout=PATIENCE)


@contextmanager
def up(store: Path, port: int = 0) -> Iterator[str]:
    """A server on the store, as a process of its own; gives its address."""
    process, address = started(store, port)
    try:
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def started(store: Path, port: int = 0) -> tuple[subprocess.Popen[bytes], str]:
    """The same for who ends it by themselves: process and address."""
    if not BUILT.exists():
        pytest.skip("the page is not built; `make page` builds it")
    command = [MLCL, "up", "--port", str(port), "--store", str(store)]
    with (store.parent / "up.log").open("w+") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    return process, _address(process, store.parent / "up.log")


def free_port() -> int:
    """A port for a server that is to come back at the same address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


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


def opened(browser: Any, address: str, path: str = "/", *, width: int = DESKTOP, **options: Any) -> Any:
    """The page at `path`, once it shows its title; complaints of the browser are collected."""
    # Colours that are still on their way from one mode to the other have no contrast yet.
    options = {"reduced_motion": "reduce", **options}
    context = browser.new_context(viewport={"width": width, "height": HEIGHT}, **options)
    context.add_init_script(_CHANGES)
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
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return _found(page, "{resultTypes: ['violations']}")


def contrast(page: Any, scheme: str) -> list[str]:
    """What is hard to read in the colour scheme; for pages that `violations` has looked at in the other one."""
    coloured(page, scheme)
    return _found(page, "{runOnly: ['color-contrast']}")


def coloured(page: Any, scheme: str) -> None:
    """Switches the colour scheme of the system, and waits until the page has followed."""
    _switched(page, scheme)
    settled(page)


def _switched(page: Any, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    dark = "dark => document.body.classList.contains('awsui-dark-mode') === dark"
    page.wait_for_function(dark, arg=scheme == "dark")


# When the document changed last, so that one that has been at rest need not be waited for.
_CHANGES = """
addEventListener("DOMContentLoaded", () => {
  const changed = () => { window.changedAt = performance.now(); };
  changed();
  const all = { subtree: true, childList: true, characterData: true, attributes: true };
  new MutationObserver(changed).observe(document.body, all);
});
"""

# Nothing moves or waits (ui/src/components/Loading.tsx), and the document has not changed for a while. A page that
# never rests is looked at as it moves.
_SETTLED = """
() => new Promise(rested => {
  const waits = () => document.querySelector(".loading, main [class*=awsui_spinner]") !== null;
  const ends = one => one.playState === "running" && one.effect.getComputedTiming().endTime < Infinity;
  const busy = () => waits() || document.getAnimations().some(ends);
  const begun = performance.now();
  const look = () => {
    const still = performance.now() - window.changedAt;
    if ((still >= 120 && !busy()) || performance.now() - begun > 5000) rested();
    else setTimeout(look, Math.max(20, 120 - still));
  };
  look();
})
"""


def settled(page: Any) -> None:
    """Waits until the page has come to rest."""
    page.evaluate(_SETTLED)


# Two-dimensional by nature, and so free to scroll by themselves: a heat map, somebody's rows with all their columns.
_WIDE = """
() => {
  const free = ".chart-heat, [aria-label^='First rows'], [aria-label='Predictions']";
  const held = one => {
    const right = one.getBoundingClientRect().right;
    for (let by = one.parentElement; by; by = by.parentElement)
      if (getComputedStyle(by).overflowX !== "visible" && right > by.getBoundingClientRect().right + 1) return false;
    return one.clientWidth === 0 || Math.max(one.scrollWidth, right) <= innerWidth;
  };
  const named = one => one.ariaLabel ?? one.caption?.innerText ?? one.tagName;
  const tables = [...document.querySelectorAll("main table")].filter(one => !one.matches(free));
  return [document.documentElement, ...tables].filter(one => !held(one)).map(named);
}
"""

# Fields of which one lies over another.
_OVER = """
() => {
  const typed = "input:is([type=text], [type=search], [type=number], [type=datetime-local])";
  const fields = [...document.querySelectorAll(`main :is(${typed}, textarea, button[aria-haspopup])`)];
  const shown = fields.filter(one => one.offsetWidth).map(one => [one, one.getBoundingClientRect()]);
  const meet = (a, b, from, to) => Math.min(a[to], b[to]) - Math.max(a[from], b[from]) > 2;
  const over = (a, b) => meet(a, b, "left", "right") && meet(a, b, "top", "bottom");
  const said = one => one.ariaLabel ?? one.labels?.[0]?.innerText ?? one.innerText;
  return shown.flatMap(([one, box], place) => shown.slice(place + 1)
    .filter(([other, beside]) => over(box, beside) && !one.contains(other) && !other.contains(one))
    .map(([other]) => `${said(one)} and ${said(other)} overlap`));
}
"""


def too_wide(page: Any) -> list[str]:
    """What one has to scroll sideways to read (the page, or tables by name), and fields that lie over one another."""
    settled(page)
    return [*page.evaluate(_WIDE), *page.evaluate(_OVER)]


def faults(page: Any, name: str, *, phone: bool = False) -> list[str]:
    """What is wrong with the page as it is: in both colour schemes, on a desktop and on a phone; pictures of all three
    under the name. phone: everything that axe finds on a phone, too."""
    shoot(page, f"{name}-light")
    found = violations(page) + too_wide(page) + contrast(page, "dark")
    shoot(page, f"{name}-dark")
    page.set_viewport_size({"width": PHONE, "height": HEIGHT})
    found += too_wide(page) + (violations(page) if phone else [])
    shoot(page, f"{name}-phone")
    page.set_viewport_size({"width": DESKTOP, "height": HEIGHT})
    _switched(page, "light")
    return found


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
