"""What the moderators decided, for everybody to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from onnuri.conversation.queries import conversation_by_code
from onnuri.web.decisions import log_content
from onnuri.web.page import page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def decisions(request: HttpRequest, code: str) -> HttpResponse:
    """The public log of one conversation."""
    return page(request, "public/decisions.html", log_content(conversation_by_code(code)))
