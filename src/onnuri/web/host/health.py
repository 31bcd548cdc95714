"""Whether the hall is all right, in sentences: what is looked at, how it stands, and what the host can do about it.

What a thread or a stream does is known to the process that answers, from its own numbers; the rest is asked of the
database, so that any process may answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from onnuri.conversation.queries import conversation_by_code
from onnuri.live.counts import COUNTS
from onnuri.live.health import LEAST_FREE, WATCH, fails, free_bytes, writes
from onnuri.people.models import Mail
from onnuri.web import shown
from onnuri.web.page import page
from onnuri.web.voices import enter_as_host, host_of

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation
    from onnuri.live.counts import Counts
    from onnuri.live.health import Watch

State = Literal["ok", "look", "trouble"]
Content = dict[str, Any]

STATE_NAMES: Final = {
    "ok": gettext_noop("괜찮아요"),
    "look": gettext_noop("살펴보세요"),
    "trouble": gettext_noop("지금 손봐야 해요"),
}
SLOW_S: Final = 0.1
VERY_SLOW_S: Final = 0.5
LATE_S: Final = 0.5
VERY_LATE_S: Final = 2.0
LITTLE_ROOM: Final = 10 * LEAST_FREE
GB: Final = 1024**3
OVERDUE: Final = timedelta(seconds=30)
LONG_OVERDUE: Final = timedelta(minutes=2)
JUMP_SHOWN: Final = timedelta(hours=2)
MINUTE: Final = 60
HOUR: Final = 3600


@dataclass(frozen=True)
class Line:
    """One sentence; `todo` = what to do about it, `link` where."""

    key: str
    state: State
    text: str
    todo: str = ""
    link: str = ""


def health(request: HttpRequest, code: str) -> HttpResponse:
    """The page."""
    conversation = conversation_by_code(code)
    return enter_as_host(
        "c", conversation, request, lambda: page(request, "host/health.html", _content(request, conversation))
    )


def _content(request: HttpRequest, conversation: Conversation) -> Content:
    lines = lines_of(conversation, at=shown.now())
    mailbox = conversation.conference is not None and host_of("e", conversation.conference, request)
    return {
        "conversation": shown.conversation_shown(conversation),
        "at_text": shown.clock_text(shown.now()),
        "worst": worst(lines),
        "wrong": sum(line.state != "ok" for line in lines),
        "lines": [
            {
                **vars(line),
                "state_name": _(STATE_NAMES[line.state]),
                "link": line.link if line.key != "mail" or mailbox else "",
            }
            for line in lines
        ],
        "one_of_several": settings.DATABASES["default"]["ENGINE"].endswith("postgresql"),
        "error": None,
    }


def worst(lines: list[Line]) -> State:
    """How the whole stands: as its worst line."""
    states = {line.state for line in lines}
    return "trouble" if "trouble" in states else "look" if "look" in states else "ok"


def lines_of(conversation: Conversation, *, at: datetime, counts: Counts = COUNTS, watch: Watch = WATCH) -> list[Line]:
    """Every line, in the order in which a host should worry."""
    found = [
        _stored(counts, alive=writes(watch.threads, counts)),
        _phones(conversation, counts),
        _stage(conversation, counts),
        _landscape(conversation, at, failing=fails(counts)),
        _loop(watch),
        _disk(free_bytes(settings.FOLDER.path)),
        _mail(conversation),
        _clock(watch, at),
    ]
    return [line for line in found if line is not None]


# ---- answers


def _stored(counts: Counts, *, alive: bool) -> Line:
    if not alive:
        return Line(
            "stored",
            "trouble",
            _("지금은 답을 저장하지 못하고 있어요."),
            _("서버를 다시 시작해 주세요. 휴대폰에 남은 답은 저절로 다시 와요."),
        )
    took = counts.stored_within()
    if took is None:
        return Line("stored", "ok", _("지난 1분 동안 들어온 답이 없어요. 저장할 준비는 되어 있어요."))
    text = _("답이 디스크에 저장되는 데 %(n)s ms 걸려요.") % {"n": max(1, round(took * 1000))}
    todo = _("느린 디스크예요. 다른 프로그램을 끄고, 그래도 느리면 서버를 맡은 분께 알려 주세요.")
    return Line("stored", _grade(took, SLOW_S, VERY_SLOW_S), text, todo if took > SLOW_S else "")


def _grade(figure: float, look: float, trouble: float) -> State:
    return "trouble" if figure > trouble else "look" if figure > look else "ok"


def _phones(conversation: Conversation, counts: Counts) -> Line:
    n = counts.listeners[conversation.code, "phone"]
    if n:
        text = ngettext("휴대폰 %(n)s대가 이어져 있어요.", "휴대폰 %(n)s대가 이어져 있어요.", n) % {"n": n}
        return Line("phones", "ok", text)
    text = _("이어져 있는 휴대폰이 없어요.")
    # Simulated people have no phones.
    here = not conversation.simulated and shown.turnout(conversation)["joined"]
    if here and conversation.rounds.filter(closed_at__isnull=True).exists():
        return Line(
            "phones", "look", text, _("들어온 사람이 있는데 아무도 이어져 있지 않으면 와이파이를 확인해 주세요.")
        )
    return Line("phones", "ok", text)


def _stage(conversation: Conversation, counts: Counts) -> Line:
    n = counts.listeners[conversation.code, "stage"]
    if n:
        return Line("stage", "ok", _("큰 화면이 연결되어 있어요 (%(n)s).") % {"n": n})
    return Line(
        "stage",
        "look",
        _("연결된 큰 화면이 없어요."),
        _("무대의 컴퓨터에서 큰 화면을 열어 주세요."),
        f"/stage/{conversation.code}",
    )


# ---- the landscape


def _landscape(conversation: Conversation, at: datetime, *, failing: bool) -> Line:
    due = conversation.rounds.filter(closed_at__isnull=False, done_at__isnull=True).first()
    over = at - due.final_at if due is not None and due.final_at is not None else timedelta()
    if failing or over > LONG_OVERDUE:
        return Line(
            "landscape",
            "trouble",
            _("의견 지형을 계산하지 못하고 있어요."),
            _("저절로 다시 시도해요. 2분이 지나도 그대로면 서버의 기록을 보고 다시 시작해 주세요. 답은 남아 있어요."),
        )
    if over > OVERDUE:
        return Line("landscape", "look", _("의견 지형을 계산하는 데 오래 걸리고 있어요."), _("조금 더 기다려 주세요."))
    if due is not None:
        return Line("landscape", "ok", _("닫힌 라운드의 결과를 계산하고 있어요."))
    drawn = conversation.rounds.filter(kind="vote", done_at__isnull=False).last()
    if drawn is None or drawn.done_at is None:
        return Line("landscape", "ok", _("의견 지형은 첫 라운드가 닫히면 그려요."))
    return Line("landscape", "ok", _("의견 지형을 %(ago)s 새로 그렸어요.") % {"ago": ago(at - drawn.done_at)})


def ago(span: timedelta) -> str:
    """How long ago, in the unit a person would use."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < MINUTE:
        return ngettext("%(n)s초 전에", "%(n)s초 전에", seconds) % {"n": seconds}
    if seconds < HOUR:
        return ngettext("%(n)s분 전에", "%(n)s분 전에", seconds // MINUTE) % {"n": seconds // MINUTE}
    if seconds < 24 * HOUR:
        return ngettext("%(n)s시간 전에", "%(n)s시간 전에", seconds // HOUR) % {"n": seconds // HOUR}
    days = seconds // (24 * HOUR)
    return ngettext("%(n)s일 전에", "%(n)s일 전에", days) % {"n": days}


# ---- the machine


def _loop(watch: Watch) -> Line:
    late = watch.late_s
    state = _grade(late, LATE_S, VERY_LATE_S)
    if state == "ok":
        return Line("loop", "ok", _("서버가 바로바로 답하고 있어요."))
    text = _("서버가 %(n)s초까지 밀리고 있어요.") % {"n": f"{late:.1f}"}
    return Line("loop", state, text, _("서버 컴퓨터에서 다른 프로그램을 꺼 주세요."))


def _disk(free: int) -> Line:
    state: State = "trouble" if free < LEAST_FREE else "look" if free < LITTLE_ROOM else "ok"
    size = f"{free / GB:.0f}" if free >= GB else f"{free / GB:.1f}"
    text = _("디스크에 %(n)s GB가 남아 있어요.") % {"n": size}
    return Line("disk", state, text, "" if state == "ok" else _("필요 없는 파일을 지워 자리를 비워 주세요."))


def _mail(conversation: Conversation) -> Line | None:
    conference = conversation.conference
    if conference is None:
        return None
    letters = Mail.objects.filter(topic=f"e/{conference.slug}")
    counts = dict(letters.order_by().values_list("state").annotate(Count("pk")))
    mailbox = f"/host/e/{conference.slug}/mail"
    if n := counts.get("failed", 0):
        text = ngettext("메일 %(n)s통을 못 보냈어요.", "메일 %(n)s통을 못 보냈어요.", n) % {"n": n}
        return Line("mail", "look", text, _("메일함에서 까닭을 보고 다시 보내 주세요."), f"{mailbox}?state=failed")
    if n := counts.get("retry", 0):
        text = ngettext("메일 %(n)s통이 다시 나가려고 기다려요.", "메일 %(n)s통이 다시 나가려고 기다려요.", n) % {
            "n": n
        }
        return Line("mail", "look", text, _("저절로 다시 보내요. 오래가면 메일함을 봐 주세요."), mailbox)
    if n := counts.get("queued", 0) + counts.get("sending", 0):
        return Line(
            "mail", "ok", ngettext("메일 %(n)s통이 나가는 중이에요.", "메일 %(n)s통이 나가는 중이에요.", n) % {"n": n}
        )
    return Line("mail", "ok", _("밀린 메일이 없어요."))


def _clock(watch: Watch, at: datetime) -> Line:
    jump = watch.jump
    if jump is None or at - jump.at > JUMP_SHOWN:
        return Line("clock", "ok", _("서버의 시계가 고르게 가고 있어요."))
    seconds = round(abs(jump.seconds))
    later = ngettext(
        "%(time)s에 서버의 시계가 %(n)s초 앞으로 옮겨졌어요.",
        "%(time)s에 서버의 시계가 %(n)s초 앞으로 옮겨졌어요.",
        seconds,
    )
    earlier = ngettext(
        "%(time)s에 서버의 시계가 %(n)s초 뒤로 옮겨졌어요.",
        "%(time)s에 서버의 시계가 %(n)s초 뒤로 옮겨졌어요.",
        seconds,
    )
    text = (later if jump.seconds > 0 else earlier) % {"time": shown.clock_text(jump.at), "n": seconds}
    return Line("clock", "look", text, _("시간으로 닫히는 라운드가 있으면 손으로 닫아 주세요."))
