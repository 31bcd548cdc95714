"""What is held of somebody, as a file to take along."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse

Held = dict[str, Any]


def as_file(held: Held, name: str) -> HttpResponse:
    """The file: only ever a download, kept by nobody on the way."""
    text = json.dumps(held, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder)
    answer = HttpResponse(f"{text}\n", content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def counts_of(held: Held) -> dict[str, int]:
    """How many there are of each, of what there are several."""
    return {what: len(rows) for what, rows in held.items() if isinstance(rows, list)}
