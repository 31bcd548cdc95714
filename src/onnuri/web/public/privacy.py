"""What is kept, why, until when and who sees it: one page, made of the settings that are in force."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from onnuri import privacy as own
from onnuri.conference.models import Conference
from onnuri.conference.retention import erased_at
from onnuri.live.desk import DEVICE_AGE_S
from onnuri.live.hot import KEPT_S
from onnuri.vocabulary import in_language
from onnuri.web import shown
from onnuri.web.middleware import YEAR
from onnuri.web.page import page

DAY_S: Final = 24 * 3600
NEWEST: Final = 20
COOKIES: Final = (
    ("voice_…", gettext_noop("이 휴대폰의 발언권"), KEPT_S),
    ("device", gettext_noop("한 기기에서 잡을 수 있는 자리를 세고, 메일의 단추를 한 번만 누르게"), DEVICE_AGE_S),
    ("lang, text, theme, contrast, motion", gettext_noop("읽는 방법"), YEAR),
    ("csrftoken", gettext_noop("다른 사이트가 내 이름으로 보내지 못하게"), YEAR),
    ("account", gettext_noop("로그인. 주최자, 운영자, 댓글을 쓰는 사람에게만"), 14 * DAY_S),
)


def privacy(request: HttpRequest) -> HttpResponse:
    """The page and its twin."""
    content = {
        "spans": [_span(one) for one in own.SPANS],
        "conferences": [_conference(c) for c in _conferences()],
        "cookies": [{"name": name, "why": _(why), "days": seconds // DAY_S} for name, why, seconds in COOKIES],
    }
    return page(request, "public/privacy.html", content)


def _span(one: own.Span) -> dict[str, Any]:
    until = _(one.until) if one.days is None else _(one.until) % {"days": one.days}
    return {"what": _(one.what), "why": _(one.why), "until": until, "who": _(one.who)}


def _conferences() -> list[Conference]:
    """Those whose names are still there, the latest first."""
    return list(Conference.objects.filter(simulated=False).order_by("-pk")[:NEWEST])


def _conference(found: Conference) -> dict[str, Any]:
    return {
        "title": in_language(found.title, shown.language()),
        "url": f"/e/{found.slug}",
        "days": found.retention_days,
        "date_text": shown.date_text(erased_at(found)),
    }
