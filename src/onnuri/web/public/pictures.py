"""The picture of a session itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from onnuri.conference.models import Picture
from onnuri.errors import NotFound


def picture(_request: HttpRequest, slug: str, session: int, digest: str) -> HttpResponse:
    """One picture; another one has another address, so it may be kept for ever."""
    found = Picture.objects.filter(session=session, session__conference__slug=slug, digest=digest).first()
    if found is None:
        raise NotFound("not_found")
    answer = HttpResponse(bytes(found.data), content_type="image/webp")
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
