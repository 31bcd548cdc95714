"""How the registration went: pictures made from its log, with the same numbers as a table."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from onnuri.conference.models import Entry
from onnuri.conference.statistics import HOLD_EDGES, Moment, course, hold_counts, table, thinned
from onnuri.web import plots
from onnuri.web.host.desk import SOURCE_NAMES
from onnuri.web.host.entered import desk_page, required
from onnuri.web.occasion import places_shown

if TYPE_CHECKING:
    from collections.abc import Sequence

Content = dict[str, Any]


def statistics(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole course."""
    found = required(request, slug)
    log = list(Entry.objects.filter(conference=found).order_by("number"))
    told = course(log)
    shown_moments = thinned(told.moments)
    moved = [e for e in log if e.act in {"move", "add"}]
    content = {
        "places": places_shown(found),
        "any": bool(told.moments and told.moments[-1].claims),
        "pictures": [
            _picture(_("등록과 확인"), shown_moments, [("claims", _("등록 수")), ("confirmed", _("확인"))]),
            _picture(
                _("좌석, 대기, 온라인"),
                shown_moments,
                [("seats", _("좌석")), ("waiting", _("대기")), ("online", _("온라인")), ("capacity", _("정원"))],
            ),
        ],
        "table": [_moment(m) for m in table(told.moments)],
        "holds": _bars(_("등록에서 확인까지"), _hold_names(), hold_counts(told.holds)),
        "held": len(told.holds),
        "lapsed": told.lapsed,
        "moves": told.moves,
        "added": told.added,
        "moved": [
            {
                "seq": e.seq,
                "what": _("정원 밖 좌석") if e.act == "add" else _(MOVES.get(e.details.get("to", ""), "")),
                "who": e.who,
                "reason": e.reason,
                "at_text": _when(e.at),
            }
            for e in moved
        ],
        "sources": _bars(
            _("어디에서 등록했나"),
            [_(SOURCE_NAMES.get(name, name)) for name in told.sources],
            list(told.sources.values()),
        ),
    }
    return desk_page(request, "statistics", "statistics", found, content)


MOVES = {"head": gettext_noop("줄 맨 앞으로"), "end": gettext_noop("줄 맨 뒤로")}


def _picture(title: str, moments: Sequence[Moment], lines: Sequence[tuple[str, str]]) -> Content:
    times = [m.at.timestamp() for m in moments]
    values = [(name, [getattr(m, key) for m in moments]) for key, name in lines]
    ends = [_when(m.at) for m in (moments[0], moments[-1])] if moments else []
    return {"title": title, "drawn": plots.steps(title, times, values, ends), "names": [name for _key, name in lines]}


def _bars(title: str, names: Sequence[str], counts: Sequence[int]) -> Content:
    rows = list(zip(names, counts, strict=True))
    return {"title": title, "drawn": plots.bars(title, rows), "rows": rows}


def _hold_names() -> list[str]:
    names = [_("1분 안에")]
    names += [_("%(a)s–%(b)s분") % {"a": a, "b": b} for a, b in pairwise(HOLD_EDGES)]
    return [*names, _("%(a)s분 넘게") % {"a": HOLD_EDGES[-1]}]


def _moment(own: Moment) -> Content:
    return {**vars(own), "at_text": _when(own.at)}


def _when(at: Any) -> str:  # noqa: ANN401 - a time
    return timezone.localtime(at).strftime("%m-%d %H:%M")
