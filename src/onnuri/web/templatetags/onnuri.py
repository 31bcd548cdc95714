"""The tags of the templates: style sheets, scripts, icons and pictures made of numbers."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any
from unicodedata import east_asian_width

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from onnuri import vocabulary
from onnuri.conventions import number_text
from onnuri.web import assets, drawings, shown
from onnuri.web.icons import GLYPHS, ICONS

register = template.Library()

HALL = 150
FITS = (100, 220, 420)
LINES_FIT = (280, 460, 740)


@register.simple_tag
def stylesheet(audience: str) -> SafeString:
    """Inline the phone's style sheet, link the others'."""
    if audience == "attend":
        return SafeString(f"<style>{assets.bundle_text(audience)}</style>")
    address = static(f"css/bundle/{audience}.css")
    return format_html('<link rel="stylesheet" href="{}?v={}">', address, assets.bundle_digest(audience))


@register.simple_tag
def script(name: str) -> SafeString:
    """Load a module, and ask for what it imports at the same time."""
    return format_html(
        '{}<script type="module" src="{}?v={}"></script>',
        format_html_join(
            "",
            '<link rel="modulepreload" href="{}">',
            ((static(f"js/{imported}.js"),) for imported in assets.imports(name)),
        ),
        static(f"js/{name}.js"),
        assets.script_digest(name),
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw a line icon; words stand beside it or in the label of its button."""
    return SafeString(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{ICONS[name]}</svg>')


@register.simple_tag
def glyph(value: int, css: str = "") -> SafeString:
    """Draw O, △ or X; the word stands beside it."""
    return format_html(
        '<svg{} viewBox="0 0 48 48" aria-hidden="true">{}</svg>',
        format_html(' class="{}"', css) if css else "",
        SafeString(GLYPHS[int(value)]),
    )


@register.simple_tag
def bar(figures: Mapping[str, Any] | None, label: str = "") -> SafeString:
    """Draw O, △ and X as one bar."""
    return drawings.bar(figures, label)


@register.simple_tag
def group(group: Mapping[str, Any] | None) -> SafeString:
    """Draw a group as shape and name."""
    return drawings.group_name(group)


@register.simple_tag
def shape(group: Mapping[str, Any]) -> SafeString:
    """Draw a group's shape alone, where its name is written beside it."""
    return drawings.shape(group)


@register.simple_tag
def seats(taken: int | None, said: int | None = 0, capacity: int | None = HALL, label: str = "") -> SafeString:
    """Draw the hall from above."""
    return drawings.seats(taken or 0, said or 0, capacity or HALL, label)


@register.simple_tag
def ring(
    groups: Sequence[Mapping[str, Any]],
    percent: int | None = None,
    voters: int | None = None,
    *,
    closed: bool = True,
    css: str = "ratified-ring",
    label: str = "",
) -> SafeString:
    """Draw the people of a ratification as a ring; ``closed=False`` for no common conclusion."""
    return drawings.ring(groups or [], percent, voters, closed=closed, css=css, label=label)


@register.simple_tag
def pips(left: int | None, total: int | None) -> SafeString:
    """Draw how far one has come, as at most twelve short strokes; the number stands beside it."""
    return drawings.pips((total or 0) - (left or 0), total or 0)


@register.filter
def grouped(number: float | None) -> str:
    """Write a large number in full, with the reader's thousands separator."""
    # Not Django's formats: there a Chinese number is not grouped at all.
    return number_text(number, shown.language()) if number is not None else ""


@register.simple_tag
def till() -> str:
    """Stand between the two ends of a span of time."""
    return shown.till()


@register.filter
def bcp47(code: str) -> str:
    """Write a language as `lang` wants it."""
    return vocabulary.bcp47(code)


@register.filter
def left_of(total: int | None, done: int | None) -> int:
    """Say how many are left."""
    return max((total or 0) - (done or 0), 0)


@register.filter
def add_text(prefix: str, rest: object) -> str:
    """Join a name and an id."""
    return f"{prefix}{rest}"


@register.simple_tag(takes_context=True)
def reader_link(context: template.Context, **changes: str) -> str:
    """Address this very page with another language, text size or theme."""
    request = context.get("request")
    query = {**(request.GET.dict() if request else {}), **{key: str(value) for key, value in changes.items()}}
    return "?" + urlencode(query)


@register.filter
def of(table: Mapping[Any, Any] | None, key: object) -> Any:  # noqa: ANN401 - whatever the table holds
    """Look one thing up by its key."""
    return None if table is None else table.get(key)


@register.filter
def share(figures: Mapping[str, Any] | None) -> str:
    """Say the support in a few characters: ``91%``, withheld, or a dash where nobody answered."""
    if figures and figures.get("masked"):
        return gettext("가림")
    return f"{figures['agree_pct']}%" if figures and figures.get("agree_pct") is not None else "–"


@register.filter
def fit(text: str) -> int:
    """Say in four steps how long a text is on a wall, so that type can give way; a wide character counts two.

    >>> [fit("판" * length) for length in (40, 80, 160, 400)]
    [0, 1, 2, 3]
    """
    return bisect_left(FITS, text_width(str(text)))


@register.filter
def fit_all(lines: Sequence[Mapping[str, Any]]) -> int:
    """Say in four steps how long the lines of a slate are together.

    >>> fit_all([{"text": "판" * 40}] * 5)
    1
    """
    return bisect_left(LINES_FIT, sum(text_width(line["text"]) for line in lines))


def text_width(text: str) -> int:
    """Count half widths.

    >>> text_width("판교 1층")
    8
    """
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


@register.filter
def clock(seconds: float | None) -> str:
    """Write seconds as minutes and seconds.

    >>> clock(384)
    '6:24'
    """
    whole = max(int(seconds or 0), 0)
    return f"{whole // 60}:{whole % 60:02}"


@register.filter
def quads(digest: str | None) -> str:
    """Part a digest by fours, so that two people can read it to each other.

    >>> quads("3f9ac1d2")
    '3f9a c1d2'
    """
    text = (digest or "").replace(" ", "")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


@register.filter
def basis(key: str | None) -> str:
    """Say what a figure of a record rests on."""
    words = {
        "balloted": gettext("투표로 확인"),
        "observed": gettext("답에서 관측"),
        "imputed": gettext("추정해 채움"),
        "simulated": gettext("모의"),
    }
    return words.get(key or "", "")


@register.simple_tag
def gauge(ratio: float) -> SafeString:
    """Draw hall against online exposure on a scale of 0.7 to 1.3, the fair range shaded."""
    at = round(min(max((float(ratio) - 0.7) / 0.6, 0.0), 1.0) * 200)
    return format_html(
        '<svg class="gauge" viewBox="0 0 200 36" role="img" aria-label="{}">'
        '<rect class="gauge-range" x="67" y="8" width="66" height="20" rx="4"/>'
        '<path class="gauge-line" d="M0 18h200M100 8v20"/>'
        '<circle class="gauge-now" cx="{}" cy="18" r="7"/></svg>',
        gettext("의견 하나를 본 횟수의 현장 대 온라인 비율 %(ratio)s") % {"ratio": f"{float(ratio):.2f}"},
        at,
    )
