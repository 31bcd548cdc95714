"""What was done with the rights of an organiser, host, moderator or at the door: written down, shown to organisers.

One entry for each form under /host/ or /door/ and each key of the host's programs that was not refused. It is written
after the act, not in its transaction: a server that dies between the two has acted and says nothing of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from onnuri.people.models import AuditEntry
from onnuri.web import shown
from onnuri.web.accounts import account_of, actor

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

WATCHED: Final = ("/host/", "/door/", "/api/v1/host/")
REFUSED: Final = 400
LONGEST_ACT: Final = 40
SAYS: Final = ("act", "action", "decision", "kind", "reason", "channel", "count")
"""Fields of a form that say what was done; nothing that somebody wrote, and no claim or code, which open things."""
ALSO: Final = "audit_also"
"""Set on a request by a page that knows more to write down."""
NUMBERS: Final = ("number", "part")
NAMES: Final = {
    "act": gettext_noop("순서 진행"),
    "decide": gettext_noop("의견 검토"),
    "prepare": gettext_noop("규칙 정하기"),
    "publish": gettext_noop("기록 공개"),
    "delete_rehearsal": gettext_noop("예행연습 지우기"),
    "evidence": gettext_noop("근거 다루기"),
    "codes": gettext_noop("좌석 코드 만들기"),
    "cards": gettext_noop("카드 만들기"),
    "decide_on": gettext_noop("글 검토"),
    "interludes": gettext_noop("순서 만들기"),
    "interlude": gettext_noop("순서 바꾸기"),
    "take_off": gettext_noop("순서 내리기"),
    "timer": gettext_noop("시계 맞추기"),
    "screen": gettext_noop("큰 화면 바꾸기"),
    "questions": gettext_noop("질문 다루기"),
    "question": gettext_noop("질문 다루기"),
    "new_poll": gettext_noop("설문 만들기"),
    "poll": gettext_noop("설문 고치기"),
    "poll_act": gettext_noop("설문 진행"),
    "words": gettext_noop("낱말 다루기"),
    "mail": gettext_noop("메일 다시 보내기"),
    "new_conversation": gettext_noop("공론 대화 만들기"),
    "about": gettext_noop("컨퍼런스 고치기"),
    "new_session": gettext_noop("세션 넣기"),
    "session": gettext_noop("세션 고치기"),
    "session_act": gettext_noop("세션 옮기기"),
    "undo": gettext_noop("되돌리기"),
    "announce": gettext_noop("바뀐 것 알리기"),
    "series": gettext_noop("시리즈 정하기"),
    "following": gettext_noop("다음 회 만들기"),
    "door_key": gettext_noop("문 링크 만들기"),
    "door": gettext_noop("체크인"),
    "walk_in": gettext_noop("현장 등록"),
    "release": gettext_noop("빈자리 넘기기"),
    "registrations": gettext_noop("등록 다루기"),
    "registration": gettext_noop("등록 다루기"),
    "proof_one": gettext_noop("참석 확인서 한 장"),
    "places": gettext_noop("정원과 규칙"),
    "import": gettext_noop("명단 올리기"),
    "import_one": gettext_noop("명단 넣기"),
    "proofs": gettext_noop("참석 확인서"),
    "erasures": gettext_noop("이름 지우기"),
    "people": gettext_noop("역할 주고 빼기"),
    "moderation_act": gettext_noop("글 검토"),
    "conference_desk_act": gettext_noop("글 검토"),
    "comment_hide": gettext_noop("댓글 가리기"),
    "comment_remove": gettext_noop("댓글 내리기"),
    "comment_restore": gettext_noop("댓글 다시 보이기"),
}
"""What each address is for, by its name; one that is not here stands under its own name."""

STEPS: Final = {
    "give": gettext_noop("주기"),
    "take": gettext_noop("빼기"),
    "accept": gettext_noop("올리기"),
    "refuse": gettext_noop("거절"),
    "save": gettext_noop("저장"),
    "sign": gettext_noop("고정"),
    "public_body": gettext_noop("공공기관의 기본값"),
    "open_round": gettext_noop("라운드 열기"),
    "close_round": gettext_noop("라운드 닫기"),
    "open_shortlist": gettext_noop("후보 문안 투표로"),
    "open_ratification": gettext_noop("추인 투표 열기"),
    "put_on": gettext_noop("시작"),
    "end": gettext_noop("끝내기"),
    "vouch": gettext_noop("확인해 주기"),
    "head": gettext_noop("줄 맨 앞으로"),
    "add": gettext_noop("정원 밖 좌석 주기"),
    "give_up": gettext_noop("내놓기"),
}
"""The step within an act; one that is not here stands as it was sent."""


def audit(request: HttpRequest, act: str, topic: str, about: dict[str, Any]) -> None:
    """Write down who did what; `topic` is "e/SLUG", "c/CODE" or "accounts"."""
    AuditEntry.objects.create(
        at=shown.now(),
        account=account_of(request),
        who=actor(request),
        act=act[:LONGEST_ACT],
        topic=topic,
        about=about,
    )


def act_name(act: str) -> str:
    """What an act is called in the reader's language."""
    name, _colon, what = act.partition(":")
    called = _(NAMES[name]) if name in NAMES else name
    return f"{called} · {_(STEPS[what]) if what in STEPS else what}" if what else called


def audited(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: whatever was done under a host's address and not refused is written down."""

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = get_response(request)
        if request.method not in {"GET", "HEAD", "OPTIONS"} and answer.status_code < REFUSED:
            _write_down(request)
        return answer

    return middleware


def _write_down(request: HttpRequest) -> None:
    found = request.resolver_match
    if found is None or not request.path.startswith(WATCHED):
        return
    where = found.kwargs
    name = found.url_name or str(found.func.__name__)
    what = next((request.POST[n] for n in ("act", "action", "decision") if request.POST.get(n)), "")
    about = {n: request.POST[n][:LONGEST_ACT] for n in SAYS if request.POST.get(n)}
    about |= {n: where[n] for n in NUMBERS if n in where}
    about |= getattr(request, ALSO, {})
    topic = f"c/{where['code'].upper()}" if "code" in where else f"e/{where.get('slug', '')}"
    audit(request, f"{name}:{what}" if what else name, topic, about)
