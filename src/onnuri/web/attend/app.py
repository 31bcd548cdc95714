"""The installable page: its manifest, and the worker that opens a closed tab again without a network."""

from __future__ import annotations

import json
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from onnuri.conversation.queries import conversation_by_code
from onnuri.web import assets, shown

SCRIPTS: Final = ("vote-card", "ballot-list", "live", "strip")
PAPER: Final = "#fbfaf7"
INK: Final = "#1f4e8c"


@require_GET
def manifest(_request: HttpRequest, code: str) -> HttpResponse:
    """What a phone needs to put this conversation on its home screen."""
    told = shown.conversation_shown(conversation_by_code(code))
    icons = [("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any")]
    icons.append(("icon-maskable-512.png", "512x512", "maskable"))
    content = {
        "id": f"/c/{told['code']}",
        "name": f"{_('온누리')} · {told['title']}",
        "short_name": _("온누리"),
        "description": told["question"],
        "lang": shown.language(),
        "start_url": f"/c/{told['code']}",
        "scope": "/c/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": INK,
        "icons": [
            {"src": static(f"icons/{name}"), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in icons
        ],
    }
    answer = JsonResponse(content, json_dumps_params={"ensure_ascii": False})
    answer["Content-Type"] = "application/manifest+json"
    answer["Cache-Control"] = "no-cache"
    return answer


@require_GET
def service(_request: HttpRequest) -> HttpResponse:
    """The phone's worker; its address keeps it to the phone's pages, away from the kiosk and the desk."""
    files = {static("icon.svg"): None}
    for name in SCRIPTS:
        files[f"{static(f'js/{name}.js')}?v={assets.script_digest(name)}"] = None
        files |= dict.fromkeys(static(f"js/{one}.js") for one in assets.imports(name))
    files[static("js/app.js")] = None
    version = assets.short_digest("\0".join([*files, assets.script_text("app"), assets.script_text("app-service")]))
    head = f"const FILES = {json.dumps(list(files))};\nconst VERSION = {json.dumps(version)};\n"
    answer = HttpResponse(head + assets.script_text("app-service"), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer
