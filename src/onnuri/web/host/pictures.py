"""The organiser gives a session its picture, and says what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from onnuri.conference import pictures
from onnuri.conference.models import Picture
from onnuri.errors import NotFound, Refusal, TooLarge
from onnuri.vocabulary import in_language
from onnuri.web import shown
from onnuri.web.host.fields import form_of, languages_shown, texts_of
from onnuri.web.host.programme import required_organiser
from onnuri.web.occasion import conference_shown
from onnuri.web.page import error_content, page
from onnuri.web.pictures import picture_shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onnuri.conference.models import Conference, Session


def picture(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Put, describe or take away the picture of one session."""
    found = required_organiser(request, slug)
    own = found.sessions.filter(pk=number).first()
    if own is None:
        raise NotFound("session_unknown")
    if request.method != "POST":
        there = Picture.objects.filter(session=own).defer("data").first()
        return _picture_page(request, found, own, {} if there is None else form_of(there, pictures.DESCRIPTION), None)
    if request.POST.get("act") == "remove":
        pictures.take_picture_away(slug, number)
        return redirect("host:picture", slug, number)
    form = request.POST.dict()
    try:
        pictures.put_picture(slug, number, _sent(request), texts_of(form, pictures.DESCRIPTION)["description"])
    except Refusal as refusal:
        return _picture_page(request, found, own, form, refusal)
    return redirect("host:picture", slug, number)


def _sent(request: HttpRequest) -> bytes | None:
    file = request.FILES.get("picture")
    if file is None:
        return None
    if (file.size or 0) > pictures.LARGEST_FILE:
        raise TooLarge("too_large", field="picture", limit=pictures.LARGEST_FILE)
    return bytes(file.read())


def _picture_page(
    request: HttpRequest, found: Conference, own: Session, form: Mapping[str, str], refusal: Refusal | None
) -> HttpResponse:
    labels = {"description": _("무엇이 보이나")}
    wrong = refusal.field if refusal is not None else None
    content: dict[str, Any] = {
        "conference": conference_shown(found),
        "session": {"id": own.pk, "title": in_language(own.title, shown.language())},
        "picture": picture_shown(own),
        "megabytes": pictures.LARGEST_FILE // 1024 // 1024,
        "languages": languages_shown(form, None, pictures.DESCRIPTION, labels, wrong=wrong),
        "error": None if refusal is None else error_content(refusal),
    }
    return page(request, "host/picture.html", content, status=200 if refusal is None else refusal.status)
