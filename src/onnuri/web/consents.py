"""What people consent to, joining and registering: in the organiser's words, else in the installation's."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from onnuri.vocabulary import in_language, language_of
from onnuri.web import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from onnuri.conference.models import Conference
    from onnuri.conversation.models import Conversation

DEFAULTS: Final = {
    "count": gettext_noop("내 답을 이름 없이 세는 데 동의합니다. (필수)"),
    "sensitive": gettext_noop("답에 정치적 견해가 드러날 수 있어 따로 여쭙니다."),
    "rows": gettext_noop(
        "이 대화에서는 각자의 답이 이름 없이 한 줄씩 공개됩니다. 답 몇 개를 아는 사람은 당신의 줄을 알아볼 수도"
        " 있습니다. 동의해야 답을 셀 수 있습니다. (필수)"
    ),
    "what": gettext_noop("의견과 문안에 한 답, 쓴 글, 현장인지 온라인인지. 이름도 시각도 없이."),
    "why": gettext_noop("세어서 의견 지형과 결론을 계산하려고."),
    "until": gettext_noop("첫 라운드가 닫히기 전까지 지울 수 있고, 닫힌 라운드의 답은 기록에 남습니다."),
    "without": gettext_noop("동의하지 않아도 보고 들을 수 있습니다. 답만 세지 않습니다."),
    "guardian": gettext_noop("만 14세 미만이면 보호자의 동의가 필요합니다."),
}
LABELS: Final = {
    "count": gettext_noop("세는 데 동의"),
    "sensitive": gettext_noop("따로 여쭙는 까닭"),
    "rows": gettext_noop("한 줄씩 공개에 동의"),
    "what": gettext_noop("무엇을"),
    "why": gettext_noop("왜"),
    "until": gettext_noop("언제까지"),
    "without": gettext_noop("동의하지 않으면"),
    "guardian": gettext_noop("나이와 보호자"),
}


def email_consent(days: int) -> str:
    """Of name and address, where one registers; `days` = how long after the conference they are kept."""
    return ngettext(
        "이름과 이메일은 입장권과 이 행사의 안내에만 쓰고, 행사 %(n)s일 뒤에 지웁니다.",
        "이름과 이메일은 입장권과 이 행사의 안내에만 쓰고, 행사 %(n)s일 뒤에 지웁니다.",
        days,
    ) % {"n": days}


def sensitive_consent(days: int) -> str:
    """Of what one needs, which may tell of one's health."""
    return ngettext(
        "도움 요청에는 건강이 드러날 수 있어 따로 여쭙니다."
        " 자리를 마련하는 데만 쓰고 행사 %(n)s일 뒤에 지우는 데 동의합니다.",
        "도움 요청에는 건강이 드러날 수 있어 따로 여쭙니다."
        " 자리를 마련하는 데만 쓰고 행사 %(n)s일 뒤에 지우는 데 동의합니다.",
        days,
    ) % {"n": days}


def guardian_consent() -> str:
    """Of who is under fourteen."""
    return _("보호자가 함께 읽고 동의했습니다.")


def registering_defaults(days: int) -> dict[str, Callable[[], str]]:
    """What stands where one registers, by the field of the conference that takes its place."""
    return {
        "consent_email": partial(email_consent, days),
        "consent_sensitive": partial(sensitive_consent, days),
        "consent_guardian": guardian_consent,
    }


def registering_shown(conference: Conference) -> dict[str, Any]:
    """Name -> text and its language, as `consents_shown` does."""
    own = shown.language()
    found = {}
    for field, default in registering_defaults(conference.retention_days).items():
        texts = getattr(conference, field)
        told = in_language(texts, own) if texts else default()
        found[field.removeprefix("consent_")] = {"text": told, "lang": language_of(texts, own) if texts else own}
    return found


def consents_shown(conversation: Conversation) -> dict[str, Any]:
    """Name -> text and its language. Counsel's words in another language go before ours in the reader's own."""
    own, found = shown.language(), {}
    for name, default in DEFAULTS.items():
        texts = conversation.consents.get(name)
        found[name] = (
            {"text": in_language(texts, own), "lang": language_of(texts, own)}
            if texts
            else {"text": _(default), "lang": own}
        )
    return found
