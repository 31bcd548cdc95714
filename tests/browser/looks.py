"""What every page must be, at every size, in both themes: fits its width, has one heading, names what it offers."""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.hall import Hall

Look = tuple[int, int, str]
EVERYTHING: Final = os.environ.get("ONNURI_ACCESS") == "all"
"""Every page in every language at every look, as the whole gate wants it; else each page in some."""
LOOKS: Final = ((390, 844, "light"), (1280, 900, "dark"))
OTHER_LOOKS: Final = ((390, 844, "dark"), (1280, 900, "light"))
ON_THE_WALL: Final = ((1920, 1080, "dark"),)

FAULTS: Final = """() => {
  const found = [];
  const page = document.scrollingElement;
  const told = (one) => one.outerHTML.slice(0, 80);
  const over = page.scrollWidth - page.clientWidth;
  const sticksOut = (one) => one.getBoundingClientRect().right > page.clientWidth + 1;
  const wide = over > 0 ? [...document.body.querySelectorAll("*")].filter(sticksOut) : [];
  if (over > 0) found.push(`scrolls sideways by ${over}: ${wide.slice(0, 3).map(told)}`);
  const headings = [...document.querySelectorAll("h1")].filter((one) => one.checkVisibility());
  if (headings.length !== 1) found.push(`${headings.length} h1`);
  if (!document.title.trim()) found.push("no title");
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  const twice = ids.filter((id, place) => ids.indexOf(id) !== place);
  if (twice.length) found.push(`ids twice: ${twice}`);
  const labelled = (one) => one.getAttribute("aria-label") || one.getAttribute("aria-labelledby") || one.labels?.length;
  const named = (one) => labelled(one) || one.textContent.trim();
  for (const one of document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])"))
    if (!named(one)) found.push(`no name: ${told(one)}`);
  const moving = document.getAnimations().filter((one) => one.playState === "running");
  if (moving.length) found.push(`moves: ${moving.slice(0, 3).map((one) => told(one.effect.target))}`);
  return found;
}"""
WIDTH: Final = """() => {
  const page = document.scrollingElement;
  const told = (one) => one.outerHTML.slice(0, 80);
  const over = page.scrollWidth - page.clientWidth;
  const sticksOut = (one) => one.getBoundingClientRect().right > page.clientWidth + 1;
  return over > 0 ? [over, ...[...document.body.querySelectorAll("*")].filter(sticksOut).slice(0, 3).map(told)] : [];
}"""
SQUEEZES: Final = ((320, 256, "1"), (640, 450, "1"), (390, 844, "4"))
"""Zoomed to 400 % and to 200 % on a desk of 1280, and the largest letters on a phone: (width, height, text size)."""
AXE_TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
BY_LOOK: Final = ["color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block"]
"""What can be right at one size or theme and wrong at another; the rest is looked at once a page."""


def faults_of(hall: Hall, page: Page, *, looks: tuple[Look, ...] = LOOKS) -> list[str]:
    """Everything wrong with the page that is open now, and what it complained of since the last look."""
    found = []
    for number, (width, height, theme) in enumerate(looks):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        axe = _axe(page, None if number == 0 else BY_LOOK)
        found += [f"{width}, {theme}: {fault}" for fault in [*page.evaluate(FAULTS), *axe]]
    if looks != ON_THE_WALL:
        found += faults_squeezed(page)
    found += hall.complaints
    hall.complaints.clear()
    return [f"{page.url}: {fault}" for fault in found]


def faults_squeezed(page: Page) -> list[str]:
    """Where a page scrolls sideways when it is zoomed in, or read with the largest letters; it is left as it was."""
    found, size = [], page.viewport_size
    own = page.evaluate("() => document.documentElement.dataset.text")
    for width, height, text in SQUEEZES:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("(size) => { document.documentElement.dataset.text = size; }", text)
        if told := page.evaluate(WIDTH):
            found.append(f"squeezed to {width} at size {text}: scrolls sideways by {told}")
    page.evaluate("(size) => { document.documentElement.dataset.text = size ?? 1; }", own)
    assert size is not None
    page.set_viewport_size(size)
    return found


def tab_to(page: Page, selector: str, most: int = 120) -> None:
    """Go on with Tab until it reaches this, as somebody without a mouse does."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"Tab does not reach {selector}")


def _axe(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe-core finds by its tags, or by some of its rules alone."""
    script = axe_script()
    if script is None:
        return []
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(script)
    asked = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": AXE_TAGS}
    told = page.evaluate("(asked) => axe.run(document, { runOnly: asked, resultTypes: ['violations'] })", asked)
    return [
        f"axe: {one['id']}: {node['html'][:120]}: {node['failureSummary']}"
        for one in told["violations"]
        for node in one["nodes"]
        # The bar at the lower edge stays while the page scrolls: what lies under it now comes out from under it.
        if "partially obscured" not in node["failureSummary"]
    ]


@cache
def axe_script() -> str | None:
    """axe-core, where an installed package brings it."""
    package = find_spec("axe_playwright_python")
    if package is None or package.origin is None:
        return None
    return (Path(package.origin).parent / "axe.min.js").read_text("utf-8")
