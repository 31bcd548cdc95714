"""The picture of a session as pages show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from onnuri.conference.models import Picture
from onnuri.vocabulary import in_language, language_of
from onnuri.web import shown

if TYPE_CHECKING:
    from onnuri.conference.models import Session


def picture_shown(session: Session) -> dict[str, Any] | None:
    """Where it is, how large, and what it shows in the reader's language; None = there is none."""
    # Not the bytes: those go to whoever asks for the picture itself.
    found = Picture.objects.filter(session=session).defer("data").first()
    if found is None:
        return None
    return {
        "url": reverse("public:picture", args=[session.conference.slug, session.pk, found.digest]),
        "width": found.width,
        "height": found.height,
        "description": in_language(found.description, shown.language()),
        "lang": language_of(found.description, shown.language()),
    }
