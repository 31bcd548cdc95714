"""What the letters say. Each is written when it is sent, from where the claim stands then; what is over is not sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from icalendar import Calendar, Event

from onnuri.conference import queries
from onnuri.conference.models import Registration
from onnuri.live.letter import Content, Letter, one_line
from onnuri.people.models import Mail
from onnuri.vocabulary import in_language
from onnuri.web import shown
from onnuri.web.account import letters as account_letters

if TYPE_CHECKING:
    from datetime import datetime

    from onnuri.conference.models import Conference

Place = Registration.Place
NOWHERE: Final = ".invalid"
"""RFC 6761: simulated people have such addresses."""
COMES: Final = (Place.SEAT, Place.ONLINE)
KINDS: Final = ("confirm", "ticket", "offer", "lapsed", "drawn", "seated", "cancelled", "released")


@dataclass(frozen=True)
class Told:
    """What one letter says; `shows_code` = with the tickets, and the occasion for the calendar."""

    heading: str
    says: tuple[str, ...]
    button: str
    path: str
    notes: tuple[str, ...] = field(default=())
    shows_code: bool = False


def write(mail: Mail, at: datetime, *, site: str) -> Letter | None:
    """The letter as it is true at this moment, in the person's language; None when its reason is over.

    Args:
        mail: its row.
        at: the server's clock.
        site: what links begin with.
    """
    if mail.kind in account_letters.KINDS:
        return account_letters.write(mail, site)
    if mail.kind not in KINDS:
        raise LookupError(mail.kind)
    own = Registration.objects.select_related("conference").filter(claim=mail.about["claim"]).first()
    if own is None or own.email != mail.to or mail.to.endswith(NOWHERE) or _is_overtaken(mail):
        return None
    with override(_language(mail)):
        told = told_of(mail.kind, own, at)
        if told is None:
            return None
        title = one_line(in_language(own.conference.title, shown.language()))
        return Letter(
            name=own.name,
            subject=f"{told.heading} · {title}",
            link=f"{site}{told.path}",
            sender=title,
            content=partial(_content, mail, own, told, at, site),
        )


def _is_overtaken(mail: Mail) -> bool:
    """Whether a later letter about the same claim says more: after an outage one letter comes, not five."""
    later = Mail.objects.filter(topic=mail.topic, to=mail.to, pk__gt=mail.pk, about__claim=mail.about["claim"])
    return later.exclude(state__in=(Mail.State.FAILED, Mail.State.DROPPED)).exists()


def _language(mail: Mail) -> str:
    return mail.language if mail.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


# ---- what is said


def told_of(kind: str, own: Registration, at: datetime) -> Told | None:
    """What there is to say of a claim to whom a letter of this kind was promised."""
    if own.place == Place.GIVEN_UP or kind == "cancelled":
        return _given_up(own) if own.place == Place.GIVEN_UP and kind == "cancelled" else None
    if own.conference.ends_at is not None and at > own.conference.ends_at and kind != "ticket":
        return None
    # A hold that has ended lapses in a moment, and that has a letter of its own.
    if own.hold_until is not None and own.hold_until <= at:
        return None
    if own.confirmed_at is None:
        return _unconfirmed(kind, own)
    return _confirmed(kind, own)


def _unconfirmed(kind: str, own: Registration) -> Told | None:
    if own.place == Place.LAPSED:
        return _hold_over(own) if kind in {"confirm", "lapsed"} else None
    headings = {
        "confirm": _("주소를 확인해 주세요"),
        "offer": _("자리가 났습니다"),
        "drawn": _("추첨이 끝났습니다"),
        "seated": _("자리를 드렸습니다"),
    }
    return _confirm(own, headings[kind]) if kind in headings else None


def _confirmed(kind: str, own: Registration) -> Told | None:
    tells = CONFIRMED.get((kind, own.place))
    return None if tells is None else tells(own)


# ---- before the address is confirmed


def _confirm(own: Registration, heading: str) -> Told:
    queues = own.place in {Place.WAITING, Place.DRAWING}
    presses = _("아래 단추를 누르면 등록이 확정됩니다.") if queues else _("아래 단추를 누르면 입장권이 됩니다.")
    if own.hold_until is not None:
        presses += " " + _("%(until)s까지 누르지 않으면 다음 사람에게 차례가 갑니다.") % {
            "until": _when(own.hold_until)
        }
    return Told(
        heading,
        (_greeting(own, _stands(own)), presses),
        _("주소 확인하기") if queues else _("주소 확인하고 입장권 받기"),
        _confirm_path(own),
        (_("등록한 적이 없다면 그대로 두세요. 누르지 않으면 아무 일도 일어나지 않습니다."), _by_name()),
    )


def _stands(own: Registration) -> str:
    match own.place:
        case Place.SEAT | Place.OFFERED:
            return ngettext("강당에 %(n)s석을 맡아 두었습니다.", "강당에 %(n)s석을 맡아 두었습니다.", own.seats) % {
                "n": own.seats
            }
        case Place.WAITING:
            return _("지금 대기 %(n)s번째입니다.") % {"n": queries.position(own)}
        case Place.DRAWING:
            return _("추첨에 들어갔습니다.")
        case _:
            return _("온라인 자리를 맡아 두었습니다.")


def _hold_over(own: Registration) -> Told:
    return Told(
        _("맡아 둔 시간이 지났습니다"),
        (
            _greeting(own, _("주소를 확인받지 못해 차례가 다음 사람에게 갔습니다.")),
            _("지금 단추를 눌러도 됩니다. 남은 자리가 있고 기다리는 사람이 없으면 앉고, 아니면 대기 줄 끝에 섭니다."),
        ),
        _("지금 확인하기"),
        _confirm_path(own),
    )


# ---- once it is confirmed


def _seat(own: Registration) -> Told:
    conference, notes = own.conference, []
    if conference.starts_at is not None:
        until = conference.starts_at - timedelta(minutes=conference.release_minutes)
        notes.append(
            _("%(time)s까지 오지 않으면 자리는 대기한 사람에게 넘어가고, 늦게 오면 대기 맨 앞에 섭니다.")
            % {"time": shown.time_text(until)}
        )
    notes += [
        _("못 오게 되면 입장권에서 자리를 내놓아 주세요. 그 순간 다음 사람에게 갑니다."),
        _("발언권은 이 이름과 이어지지 않습니다."),
    ]
    heading = (
        _("자리가 정해졌습니다: %(n)s번") % {"n": own.seat_number}
        if own.seats == 1
        else ngettext("자리가 정해졌습니다: %(n)s석", "자리가 정해졌습니다: %(n)s석", own.seats) % {"n": own.seats}
    )
    return Told(
        heading,
        (_greeting(own, _("문 앞에서 입장권을 열어 QR을 보여 주거나 아래 코드를 말해 주세요.")),),
        _("입장권 열기"),
        _ticket_path(own),
        tuple(notes),
        shows_code=True,
    )


def _online(own: Registration) -> Told:
    return Told(
        _("온라인 자리가 정해졌습니다"),
        (_greeting(own, _("시작하면 입장권을 열어 들어와 주세요. 현장과 똑같이 듣고 답합니다.")),),
        _("입장권 열기"),
        _ticket_path(own),
        (_("못 오게 되면 입장권에서 자리를 내놓아 주세요."), _("발언권은 이 이름과 이어지지 않습니다.")),
        shows_code=True,
    )


def _waiting(own: Registration) -> Told:
    says = [_greeting(own, _("주소를 확인했습니다. 차례가 되면 메일을 보냅니다."))]
    if own.wish == Registration.Wish.HALL_OR_ONLINE:
        says.append(_("좌석이 나지 않아도 온라인으로 함께할 수 있습니다. 입장권을 열어 들어와 주세요."))
    return Told(
        _("대기 %(n)s번째입니다") % {"n": queries.position(own)},
        tuple(says),
        _("내 순서 보기"),
        _ticket_path(own),
        (_("기다리지 않으려면 순서를 내려놓아 주세요. 뒷사람이 한 걸음 앞으로 갑니다."),),
    )


def _drawing(own: Registration) -> Told:
    return Told(
        _("추첨에 들어갔습니다"),
        (_greeting(own, _("주소를 확인했습니다. 추첨이 끝나면 결과를 메일로 알립니다.")),),
        _("내 순서 보기"),
        _ticket_path(own),
    )


def _drawn(own: Registration) -> Told:
    return Told(
        _("추첨 결과: 대기 %(n)s번째") % {"n": queries.position(own)},
        (
            _greeting(own, _("추첨이 끝났습니다. 차례가 되면 메일을 보냅니다.")),
            _("추첨의 씨앗은 미리 봉해 두었고, 순서가 그대로인지 누구나 확인할 수 있습니다."),
        ),
        _("내 순서 보기"),
        _ticket_path(own),
    )


def _offered(own: Registration) -> Told:
    until = {"until": _when(own.hold_until)}
    return Told(
        _("자리가 났습니다"),
        (_greeting(own, _stands(own)), _("%(until)s까지 받지 않으면 다음 사람에게 갑니다.") % until),
        _("이 자리에 앉기"),
        _ticket_path(own),
        (_("오지 않으려면 자리를 내놓아 주세요. 그 순간 다음 사람에게 갑니다."),),
    )


def _offer_over(own: Registration) -> Told:
    return Told(
        _("받지 않은 자리가 다음 사람에게 갔습니다"),
        (_greeting(own, _("맡아 둔 시간이 지났습니다. 오시려면 다시 등록해 주세요.")),),
        _("다시 등록하기"),
        f"{_path(own)}/register",
    )


def _stays_online(own: Registration) -> Told:
    return Told(
        _("온라인으로 함께합니다"),
        (_greeting(own, _("맡아 둔 좌석은 시간이 지나 다음 사람에게 갔습니다. 온라인 자리는 그대로입니다.")),),
        _("입장권 열기"),
        _ticket_path(own),
        shows_code=True,
    )


def _released(own: Registration) -> Told:
    return Told(
        _("늦어서 자리를 넘겼습니다"),
        (_greeting(own, _("지금 문으로 오시면 줄의 맨 앞에 섭니다. 남은 자리가 있으면 바로 앉습니다.")),),
        _("입장권 열기"),
        _ticket_path(own),
    )


def _given_up(own: Registration) -> Told:
    return Told(
        _("자리를 내놓았습니다"),
        (_greeting(own, _("알려 주셔서 고맙습니다. 자리는 다음 사람에게 갔습니다.")),),
        _("다시 등록하기"),
        f"{_path(own)}/register",
        (_("직접 내놓지 않았다면 안내 데스크에 알려 주세요."),),
    )


CONFIRMED: Final[dict[tuple[str, str], Callable[[Registration], Told]]] = {
    ("ticket", "seat"): _seat,
    ("ticket", "online"): _online,
    ("ticket", "waiting"): _waiting,
    ("ticket", "drawing"): _drawing,
    ("ticket", "offered"): _offered,
    ("ticket", "released"): _released,
    ("seated", "seat"): _seat,
    ("offer", "offered"): _offered,
    ("drawn", "offered"): _offered,
    ("drawn", "waiting"): _drawn,
    ("lapsed", "lapsed"): _offer_over,
    ("lapsed", "online"): _stays_online,
    ("released", "released"): _released,
}
"""What a letter promised says where the claim stands now; for every other place its reason is over."""


def _greeting(own: Registration, says: str) -> str:
    return _("%(name)s님, %(says)s") % {"name": one_line(own.name), "says": says}


def _by_name() -> str:
    return _("메일이 열리지 않아도 안내 데스크가 이름으로 찾아 드립니다.")


def _when(moment: datetime | None) -> str:
    return f"{shown.date_text(moment)} {shown.time_text(moment)}".strip()


def _path(own: Registration) -> str:
    return f"/e/{own.conference.slug}"


def _confirm_path(own: Registration) -> str:
    return f"{_path(own)}/confirm/{own.confirm_token}"


def _ticket_path(own: Registration) -> str:
    return f"{_path(own)}/ticket/{own.claim}"


# ---- as text and as HTML


def _content(mail: Mail, own: Registration, told: Told, at: datetime, site: str) -> Content:
    with override(_language(mail)):
        letter = {
            "language": shown.language(),
            "title": one_line(in_language(own.conference.title, shown.language())),
            "link": f"{site}{told.path}",
            "heading": told.heading,
            "says": told.says,
            "button": told.button,
            "notes": told.notes,
            "notes_heading": _("알아 두세요"),
            "code": own.first.code if told.shows_code else None,
            "facts": _facts(own),
            "passes": _passes(own, site) if told.shows_code else (),
            "passes_heading": _("함께 오는 사람의 입장권"),
            "foot": _foot(own),
        }
        return Content(
            text=render_to_string("mail/letter.txt", letter),
            html=render_to_string("mail/letter.html", letter),
            calendar=_calendar(own, at, site) if told.shows_code and own.place in COMES else None,
        )


def _facts(own: Registration) -> list[tuple[str, str]]:
    """When, where and which; what is not fixed yet is left out."""
    conference = own.conference
    found = [(_("때"), _times(conference)), (_("곳"), _where(own))]
    if own.place != Place.GIVEN_UP:
        found.append((_("등록 순서"), _("%(n)s번째") % {"n": own.seq}))
    return [(name, text) for name, text in found if text]


def _times(conference: Conference) -> str:
    if conference.starts_at is None:
        return ""
    when = _when(conference.starts_at)
    if conference.doors_at is None:
        return when
    return _("%(when)s, 문은 %(doors)s에 엽니다") % {"when": when, "doors": shown.time_text(conference.doors_at)}


def _where(own: Registration) -> str:
    """The hall or online, by the person's place."""
    if own.place == Place.ONLINE:
        return _("온라인")
    return one_line(in_language(own.conference.venue, shown.language()))


def _passes(own: Registration, site: str) -> list[dict[str, Any]]:
    """A link for each companion's own phone."""
    return [
        {
            "name": one_line(t.name) or _("%(n)s번째 사람") % {"n": t.part},
            "seat": _("%(n)s번") % {"n": t.seat_number} if t.seat_number is not None else "",
            "link": f"{site}{_path(own)}/pass/{t.code}",
        }
        for t in own.tickets.filter(part__gt=1, code__isnull=False)
    ]


def _foot(own: Registration) -> tuple[str, ...]:
    receipt = queries.receipt(own)
    erased = own.conference.retention_days
    lines = [
        ngettext(
            "등록할 때 적은 주소로 보냅니다. 행사 %(n)s일 뒤에 주소를 지웁니다.",
            "등록할 때 적은 주소로 보냅니다. 행사 %(n)s일 뒤에 주소를 지웁니다.",
            erased,
        )
        % {"n": erased}
    ]
    if receipt is not None:
        told = {"time": shown.clock_text(own.claimed_at), "n": own.seq, "digest": receipt.short}
        lines.insert(0, _("접수증 %(time)s · %(n)s번째 · %(digest)s") % told)
    return tuple(lines)


def _calendar(own: Registration, at: datetime, site: str) -> bytes | None:
    """The occasion as one entry, the same UID each time, so that a later letter moves it instead of adding one."""
    conference = own.conference
    if conference.starts_at is None:
        return None
    entry = Event()
    entry.add("uid", f"{conference.slug}@{urlsplit(site).hostname or 'onnuri'}")
    entry.add("sequence", conference.revision)
    entry.add("dtstamp", at)
    entry.add("dtstart", conference.starts_at)
    if conference.ends_at is not None and conference.ends_at > conference.starts_at:
        entry.add("dtend", conference.ends_at)
    entry.add("summary", one_line(in_language(conference.title, shown.language())))
    entry.add("location", _where(own))
    # Calendars are shared: the page of the conference, never the person's own link.
    entry.add("url", f"{site}{_path(own)}")
    found = Calendar()
    found.add("prodid", "-//Onnuri//Onnuri//KO")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add_component(entry)
    return bytes(found.to_ical())
