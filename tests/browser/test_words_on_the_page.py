"""The words of every language on every page: none stays Korean, none is cut, and longer ones find room too."""

from __future__ import annotations

import os
import re
import unicodedata
from typing import TYPE_CHECKING, Final

import polib
import pytest
from django.conf import settings
from tests.browser import school
from tests.browser.hall import Hall
from tests.browser.looks import WIDTH
from tests.browser.walk import NAMES, Walk
from tests.serving import ROOT, Server
from tools import messages

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.browser

LANGS: Final = [code for code, _name in settings.LANGUAGES]
HANGUL: Final = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]")
KEPT: Final = re.compile(r"(%\(\w+\)[a-z]|%%|\{\w+\}|<[^>]+>|&\w+;)")
"""What a translation must keep as it is."""
LONGER: Final = 0.4
"""So much longer than English Vietnamese and others may become."""
PADDING: Final = "ńó vĩệc ńữa " * 40
VOTE_WORD_PX: Final = 111
OF_THE_WALK: Final = (school.QUESTION, school.TITLE, school.ADDRESSEE, school.WRITTEN, school.TWO_IN_ONE)
USERS: Final = frozenset({*NAMES, *school.SEEDS["ko"], "걷기", *(texts["ko"] for texts in OF_THE_WALK)})
"""What the people of the walk wrote: theirs in every language."""
SAID: Final = """() => {
  const found = [];
  const foreign = (one) => !one.closest("[lang|='ko']:not(html), script, style, template");
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (foreign(walker.currentNode.parentElement)) found.push(walker.currentNode.data.trim());
  for (const one of document.querySelectorAll("*"))
    if (foreign(one))
      for (const name of ["aria-label", "title", "alt", "placeholder", "data-confirm"])
        if (one.hasAttribute(name)) found.push(one.getAttribute(name));
  return found.filter((text) => text);
}"""
CUT: Final = """() => {
  const shown = (one) => one.checkVisibility() && one.getClientRects().length;
  const speaks = (one) => [...one.childNodes].some((own) => own.nodeType === Node.TEXT_NODE && own.data.trim());
  const elsewhere = (one) => one.closest(".unseen, .skip, svg, [data-fit], .stage-clamp");
  const cut = (one) => {
    const style = getComputedStyle(one);
    const hides = ["hidden", "clip"].includes(style.overflowX) && style.textOverflow !== "ellipsis";
    return hides && one.scrollWidth > one.clientWidth + 1;
  };
  return [...document.querySelectorAll("body *")]
    .filter((one) => shown(one) && speaks(one) && !elsewhere(one) && cut(one))
    .slice(0, 3).map((one) => one.outerHTML.slice(0, 120));
}"""
LINES: Final = """(selector) => {
  const lines = (one) => {
    const range = document.createRange();
    const tops = [];
    const walker = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const own = walker.currentNode;
      if (!own.data.trim() || own.parentElement.closest(".unseen, small, [hidden]")) continue;
      range.selectNodeContents(own);
      for (const box of range.getClientRects()) if (box.width > 1) tops.push([box.top, box.bottom]);
    }
    tops.sort((a, b) => a[0] - b[0]);
    let count = 0, bottom = -Infinity;
    for (const [top, low] of tops) { if (top >= bottom - 3) count += 1; bottom = Math.max(bottom, low); }
    return count;
  };
  return [...document.querySelectorAll(selector)]
    .filter((one) => one.checkVisibility() && !one.closest("table, .wide, [lang]:not(html)") && lines(one) > 1)
    .map((one) => one.textContent.trim().replace(/\\s+/g, " "));
}"""
ONE_LINE: Final = "button.button, a.button, .tabs a, .segments a, .chip"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of its own: on the pages for all stands what everybody there wrote."""
    with Server(tmp_path_factory.mktemp("words")) as running:
        yield running


# ---- every language


@pytest.mark.parametrize("lang", LANGS)
def test_every_page_speaks_one_language_and_its_buttons_take_one_line(hall, server, lang):
    faults = Walk(hall, server, (lang,), judged_in_words).everywhere()

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("lang", LANGS)
def test_the_three_answers_fit_side_by_side_on_the_smallest_phone(hall, server, lang):
    room = server.conversation(school.QUESTION["ko"], seeds=school.SEEDS["ko"], begin=True)
    page = hall.page(lang, (390, 844))
    page.goto(f"/c/{room.code}")
    page.check('input[name="consent_count"]')
    page.check('input[name="consent_rows"]')
    page.locator("main form button.button-main").click()
    page.locator("vote-card").wait_for()

    found = {}
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        for button in page.locator(".vote").all():
            word = button.inner_text().strip()
            room_of = button.evaluate("(one) => one.clientWidth - one.scrollWidth")
            lines = page.evaluate(LINES, ".vote")
            found[width, word] = (room_of >= 0, lines)
            if width == 390:
                text = button.evaluate(
                    "(one) => { const r = document.createRange(); r.selectNodeContents(one.lastChild);"
                    " return Math.max(...[...r.getClientRects()].map((box) => box.width)); }"
                )
                assert text <= VOTE_WORD_PX, (word, text)

    assert all(fits for fits, _lines in found.values()), found


def judged_in_words(hall, page, lang, *, on_the_wall=False):
    found = [] if lang == "ko" else [f"in Korean: {text}" for text in korean_of(page)]
    if not on_the_wall:
        page.set_viewport_size({"width": 320, "height": 640})
        found += [f"two lines: {text}" for text in page.evaluate(LINES, ONE_LINE)]
        found += [f"cut: {html}" for html in page.evaluate(CUT)]
    hall.complaints.clear()
    return [f"{page.url} {lang}: {fault}" for fault in found]


def korean_of(page):
    """What is said in Korean on a page of another language, and by no person."""
    said = (without_users(text) for text in page.evaluate(SAID))
    return sorted({text for text in said if HANGUL.search(text)})


def without_users(text):
    for own in sorted(USERS, key=len, reverse=True):
        text = text.replace(own, "")
    return text


# ---- a language that does not exist


@pytest.fixture(scope="module")
def pseudo_server(tmp_path_factory):
    """A server whose English is longer and has a mark on every letter."""
    folder = tmp_path_factory.mktemp("pseudo")
    write_pseudo_catalogue(folder / "locale" / "en" / "LC_MESSAGES")
    settings_of = f"from onnuri.settings import *\nLOCALE_PATHS = [{str(folder / 'locale')!r}, *LOCALE_PATHS]\n"
    (folder / "pseudo_settings.py").write_text(settings_of, "utf-8")
    path = os.pathsep.join((str(folder), str(ROOT / "src")))
    with Server(folder, environment={"DJANGO_SETTINGS_MODULE": "pseudo_settings", "PYTHONPATH": path}) as running:
        yield running


def test_every_page_has_room_for_words_that_are_longer_still(chromium, pseudo_server):
    hall = Hall(chromium, pseudo_server)

    faults = Walk(hall, pseudo_server, ("en",), judged_in_pseudo).everywhere()
    hall.leave()

    assert not faults, "\n".join(faults)


def judged_in_pseudo(hall, page, _lang, *, on_the_wall=False):
    found = [f"in Korean: {text}" for text in korean_of(page)]
    for width in () if on_the_wall else (320, 390):
        page.set_viewport_size({"width": width, "height": 640})
        if told := page.evaluate(WIDTH):
            found.append(f"{width}: scrolls sideways by {told}")
        found += [f"{width}: cut: {html}" for html in page.evaluate(CUT)]
    hall.complaints.clear()
    return [f"{page.url}: {fault}" for fault in found]


def write_pseudo_catalogue(folder: Path) -> None:
    folder.mkdir(parents=True)
    entries = messages.catalogue("en")
    for entry in entries:
        if entry.msgid_plural:
            entry.msgstr_plural = {form: pseudo(text) for form, text in entry.msgstr_plural.items()}
        else:
            entry.msgstr = pseudo(entry.msgstr)
    polib.POFile.save_as_mofile(entries, str(folder / "django.mo"))


def pseudo(text: str) -> str:
    """A text as it might be in a language with many marks and longer words; what has to stay stays.

    >>> pseudo("a {n}")
    'á {n} ńó'
    """
    parts = KEPT.split(text)
    written = "".join(part if KEPT.fullmatch(part) else _marked(part) for part in parts)
    letters = len(KEPT.sub("", text))
    return f"{written} {PADDING[: max(2, round(letters * LONGER))].strip()}" if written.strip() else written


def _marked(text: str) -> str:
    return unicodedata.normalize("NFC", re.sub(r"[A-Za-z]", lambda one: f"{one[0]}\u0301", text))
