"""One's own data across all slices: what is held, taking it along, erasing it, and what goes by itself and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext_noop

from onnuri.community import privacy as neighbours
from onnuri.community.models import Appeal, Mark, Report, RightsRequest
from onnuri.conference import privacy as places
from onnuri.conference.models import Role
from onnuri.conversation import privacy as talks
from onnuri.people.models import Account, AuditEntry, Mail

if TYPE_CHECKING:
    from onnuri.conference.models import Registration
    from onnuri.conversation.models import Voice

Held = dict[str, Any]
AUDIT_DAYS: Final = 365
"""How long it is kept who used the rights of an organiser or a moderator."""
SETTLED_DAYS: Final = 180
"""How long names and reasons of a settled request, report or appeal are kept: until nobody can ask again."""


# ---- what is held


def export_of_voice(voice: Voice) -> Held:
    """Everything that names a voice."""
    marks = Mark.objects.filter(voice=voice).order_by("comment_id").values_list("comment_id", flat=True)
    return {**talks.held_of_voice(voice), "comments_supported": list(marks)}


def export_of_registration(found: Registration) -> Held:
    """Everything that belongs to a claim of a place."""
    return places.held_of_registration(found)


def export_of_account(account: Account) -> Held:
    """Everything that belongs to an account. Which voice its owner may have is not held anywhere."""
    requests = RightsRequest.objects.filter(email__iexact=account.email)
    return {
        "account": {
            "email": account.email,
            "alias": account.alias,
            "language": account.language,
            "confirmed_by": account.confirmed_by,
            "joined_at": account.joined_at,
            "last_login": account.last_login,
        },
        "addresses": list(EmailAddress.objects.filter(user=account).values("email", "verified", "primary")),
        "second_factors": list(Authenticator.objects.filter(user=account).values("type", "created_at", "last_used_at")),
        "signed_in_by": list(SocialAccount.objects.filter(user=account).values("provider", "uid", "date_joined")),
        "roles": list(Role.objects.filter(account=account).values("conference__slug", "kind", "given_at")),
        **neighbours.export_of(account),
        "rights_requests": [
            {"number": r.pk, "name": r.name, "right": r.right, "why": r.why, "evidence": r.evidence, "at": r.at,
             "state": r.state}
            for r in requests
        ],
        "mails": list(Mail.objects.filter(to__iexact=account.email).values("kind", "state", "queued_at", "sent_at")),
        "acts": list(AuditEntry.objects.filter(account=account).values("at", "act", "topic")),
    }  # fmt: skip


# ---- erasing it


def erase_account(account: Account) -> None:
    """The account goes, and what it wrote; a comment others answered to leaves an empty place.

    What was done with an organiser's or a moderator's rights stays in the audit until its time is over.
    """
    with transaction.atomic():
        neighbours.erase(account)
        Mail.objects.filter(to__iexact=account.email, topic="accounts").update(to="", about={}, problem="")
        # Sessions and roles go with it.
        account.delete()


# ---- what goes by itself


@dataclass(frozen=True)
class Span:
    """One kind of thing: what it is for, who sees it, and when it goes. The page of privacy is made of these."""

    what: str
    why: str
    until: str
    who: str
    days: int | None = None


SPANS: Final = (
    Span(
        gettext_noop("등록: 이름, 이메일, 도움 요청, 동의, 기기 표시, 동행의 이름"),
        gettext_noop("자리를 맡고, 문에서 찾고, 이 행사의 안내를 보내려고"),
        gettext_noop("행사가 끝나고 아래에 적은 날이 지나면 저절로 지움. 자리를 내놓으면 바로 지울 수 있음"),
        gettext_noop("그 행사의 주최자와 문"),
    ),
    Span(
        gettext_noop("발언권과 답: 의견의 O △ X, 후보 투표, 추인, 스스로 밝힌 특성"),
        gettext_noop("세어서 의견 지형과 결론을 계산하려고"),
        gettext_noop("첫 라운드가 닫히기 전까지 지울 수 있음. 닫힌 라운드와 봉인한 기록은 바뀌지 않음"),
        gettext_noop("이름 없이. 행을 공개하는 대화에서는 모두, 봉인하는 대화에서는 감사인"),
    ),
    Span(
        gettext_noop("쓴 글: 의견, 문안, 빠진 것, 질문, 근거와 이의, 낱말"),
        gettext_noop("함께 읽고 답하려고"),
        gettext_noop("읽히기 전에는 거둘 수 있음. 올라간 글은 쓴 사람과의 연결만 지움"),
        gettext_noop("올라간 글은 모두, 나머지는 운영자"),
    ),
    Span(
        gettext_noop("계정: 이메일, 별명, 로그인 수단, 역할, 댓글, 공감, 신고, 차단"),
        gettext_noop("주최하고, 운영하고, 댓글을 쓰려고"),
        gettext_noop("본인이 지울 때까지"),
        gettext_noop("댓글과 별명은 모두, 나머지는 본인과 설치한 사람"),
    ),
    Span(
        gettext_noop("권리 침해 알림, 이의 제기, 신고의 까닭과 보낸 사람"),
        gettext_noop("판단하고 두 쪽에 알리려고"),
        gettext_noop("처리하고 %(days)s일 뒤에 저절로 지움"),
        gettext_noop("운영자"),
        SETTLED_DAYS,
    ),
    Span(
        gettext_noop("주최자와 운영자가 한 일의 기록"),
        gettext_noop("권한을 함부로 쓰지 않았는지 확인하려고"),
        gettext_noop("%(days)s일 뒤에 저절로 지움"),
        gettext_noop("그 행사의 주최자"),
        AUDIT_DAYS,
    ),
    Span(
        gettext_noop("서버 기록: 주소, 이름, 코드 없이 시각과 오류만"),
        gettext_noop("고장을 찾으려고"),
        gettext_noop("설치한 사람이 정한 날까지"),
        gettext_noop("설치한 사람"),
    ),
)


def erase_due(at: datetime) -> dict[str, int]:
    """What is over goes; the answer is what and how many. Called by the server once an hour."""
    settled = at - timedelta(days=SETTLED_DAYS)
    requests = RightsRequest.objects.filter(decided_at__lte=settled).exclude(email="")
    reports = Report.objects.filter(settled_at__lte=settled).exclude(reason="")
    appeals = Appeal.objects.filter(decided_at__lte=settled).exclude(text="")
    with transaction.atomic():
        erased = {
            "requests": requests.update(name="", email="", why="", evidence="", objection=""),
            "reports": reports.update(reason=""),
            "appeals": appeals.update(text=""),
            "audit": AuditEntry.objects.filter(at__lte=at - timedelta(days=AUDIT_DAYS)).delete()[0],
            "sessions": Session.objects.filter(expire_date__lte=at).delete()[0],
        }
    return {what: count for what, count in erased.items() if count}
