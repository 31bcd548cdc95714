"""Letters about a request of rights: to whoever made it, and to the author of a comment. Nobody is named in them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from onnuri.community.models import RightsRequest
from onnuri.live.letter import Content, Letter, one_line
from onnuri.vocabulary import in_language
from onnuri.web import shown
from onnuri.web.requests import request_shown

if TYPE_CHECKING:
    from onnuri.people.models import Mail

KINDS: Final = (
    "rights_received",
    "rights_hidden",
    "rights_hidden_by",
    "rights_objected",
    "rights_decided",
    "rights_decided_by",
    "rights_lapsed",
    "rights_lapsed_by",
)
AUTHOR: Final = "_by"
"""How the kinds to the author of the text end."""


def write(mail: Mail, site: str) -> Letter | None:
    """The letter as it is true now; None where the request is gone."""
    asked = RightsRequest.objects.select_related("conference", "conversation").filter(pk=mail.about["request"]).first()
    if asked is None:
        return None
    language = mail.language if mail.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with override(language):
        told = {**_told(mail.kind, asked), "path": _path(mail.kind, asked)}
        title = _title(asked)
        return Letter(
            name="" if mail.kind.endswith(AUTHOR) else asked.name,
            subject=one_line(f"{told['heading']} · {title}"),
            link=f"{site}{told['path']}",
            sender=title,
            content=partial(_content, language, told, title, site),
        )


def _title(asked: RightsRequest) -> str:
    if asked.conference is not None:
        return one_line(in_language(asked.conference.title, shown.language()))
    return _("온누리")


def _path(kind: str, asked: RightsRequest) -> str:
    if kind.endswith(AUTHOR):
        return reverse("public:rights_author", args=[asked.pk])
    return reverse("public:rights_request", args=[asked.key])


def _told(kind: str, asked: RightsRequest) -> dict[str, object]:
    request = request_shown(asked)
    about = {"number": request["number"], "day": request["until"]}
    button = _("진행 보기")
    notes: tuple[str, ...] = ()
    match kind.removesuffix(AUTHOR):
        case "rights_received":
            heading = _("권리 요청을 받았습니다")
            says = [_("운영자가 확인합니다. 번호는 %(number)s입니다.") % about]
        case "rights_hidden":
            heading = _("글을 임시로 가렸습니다")
            says = [_("%(day)s까지 가려 둡니다. 그 뒤에는 저절로 다시 보입니다.") % about]
            if kind.endswith(AUTHOR):
                says.insert(0, _("내가 쓴 댓글이 권리를 침해한다는 요청이 있었습니다. 지워진 것이 아닙니다."))
                button = _("이의 내기")
        case "rights_objected":
            heading = _("글쓴이가 이의를 냈습니다")
            says = [_("운영자가 두 사람의 말을 보고 판단합니다.")]
        case "rights_lapsed":
            heading = _("기한이 지나 글이 다시 보입니다")
            says = [_("30일 동안 판단이 없어 가림이 저절로 풀렸습니다.")]
        case _:
            heading = _("판단이 나왔습니다: %(state)s") % {"state": request["state_name"]}
            says = [request["decision"]]
    if not kind.endswith(AUTHOR):
        notes = (_("이 링크를 가진 사람은 요청한 내용을 볼 수 있습니다. 다른 사람에게 보내지 마세요."),)
    return {"heading": heading, "says": tuple(says), "button": button, "notes": notes}


def _content(language: str, told: dict[str, object], title: str, site: str) -> Content:
    with override(language):
        letter = {
            "language": shown.language(),
            "title": title,
            "link": f"{site}{told['path']}",
            "notes_heading": _("알아 두세요"),
            "foot": (_("정보통신망법 44조의2에 따른 요청 때문에 보냅니다."),),
            **told,
        }
        return Content(
            text=render_to_string("mail/letter.txt", letter), html=render_to_string("mail/letter.html", letter)
        )
