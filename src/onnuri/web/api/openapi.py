"""OpenAPI, made from the very structs that decode the bodies."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse

from onnuri import __version__
from onnuri.live import asides, hot, intake, minting
from onnuri.live.claiming import NewRegistration
from onnuri.web.api import bodies
from onnuri.web.api.door import CheckIns

DOORS: Final[tuple[tuple[str, str, str, type[msgspec.Struct] | None], ...]] = (
    ("get", "/api/v1/conversations", "public conversations", None),
    ("get", "/api/v1/conferences", "public conferences", None),
    ("post", "/api/v1/conversations/{code}/mint", "a blind signature on a token, once a code or ticket", minting.Mint),
    ("post", "/api/v1/conversations/{code}/join", "join: sets the voice's cookie", hot.Join),
    ("get", "/api/v1/conversations/{code}/deck", "the next statements", None),
    ("post", "/api/v1/conversations/{code}/votes", "1 to 50 votes; answered after they are on disk", intake.Votes),
    ("post", "/api/v1/conversations/{code}/ballots", "ballots on candidates or slate", intake.Ballots),
    ("post", "/api/v1/conversations/{code}/answers", "answers to polls between rounds", asides.Answers),
    ("post", "/api/v1/conversations/{code}/lifts", "I want to hear this question too", asides.Lifts),
    ("post", "/api/v1/conversations/{code}/challenges", "votes on challenged figures", asides.ChallengeVotes),
    ("post", "/api/v1/conversations/{code}/statements", "write a statement", bodies.NewStatement),
    ("get", "/api/v1/conversations/{code}/landscape", "as of the last close", None),
    ("post", "/api/v1/conversations/{code}/rehearsals", "a simulated copy, by the host's key", bodies.Rehearsal),
    ("get", "/live/{code}", "server-sent events: segment, turnout", None),
    ("post", "/api/v1/conferences/{slug}/registrations", "claim a place", NewRegistration),
    ("get", "/api/v1/conferences/{slug}/registrations/{claim}", "where a claim stands", None),
    ("delete", "/api/v1/conferences/{slug}/registrations/{claim}", "give the place up", None),
    ("post", "/api/v1/conferences/{slug}/check-ins", "1 to 200 scans of one device at the door", CheckIns),
    ("get", "/api/v1/conferences/{slug}/door.json", "what a device keeps to open the door without a network", None),
    ("get", "/api/v1/host/conversations/{code}", "where the sitting stands", None),
    ("delete", "/api/v1/host/conversations/{code}", "delete a rehearsal, by its own key", None),
    ("post", "/api/v1/host/conversations/{code}/act", "one step on", bodies.Act),
    ("post", "/api/v1/host/conversations/{code}/prepare", "rules and attribution, before signing", bodies.Prepare),
    ("post", "/api/v1/host/conversations/{code}/codes", "one-time codes", bodies.Codes),
    ("post", "/api/v1/host/conversations/{code}/statements/{number}", "publish or refuse", bodies.Decision),
)


TEXT: Final = {"type": "string"}
READ: Final = {
    "type": "object",
    "description": "the text in the reader's language, where it is there; machine = nobody has confirmed it",
    "properties": {"text": TEXT, "lang": TEXT, "machine": {"type": "boolean"}},
}
DECK: Final = {
    "type": "object",
    "properties": {
        "round": {"type": ["integer", "null"]},
        "round_ticket": {"type": ["string", "null"]},
        "left": {"type": "integer"},
        "total": {"type": "integer"},
        "statements": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "text", "lang"],
                "properties": {
                    "id": {"type": "integer"},
                    "text": TEXT,
                    "lang": TEXT,
                    "evidence": {"type": "integer"},
                    "translation": READ,
                },
            },
        },
    },
}
ANSWERED: Final = {"/api/v1/conversations/{code}/deck": DECK}
"""What is answered, where a program cannot guess it."""


def description(_request: HttpRequest) -> HttpResponse:
    """The whole API."""
    structs = [body for *_, body in DOORS if body is not None]
    _, components = msgspec.json.schema_components(structs, ref_template="#/components/schemas/{name}")
    paths: dict[str, dict[str, Any]] = {}
    for method, path, summary, body in DOORS:
        paths.setdefault(path, {})[method] = _operation(path, summary, body)
    return JsonResponse(
        {
            "openapi": "3.1.0",
            "info": {"title": "Onnuri", "version": __version__, "license": {"name": "Apache-2.0"}},
            "paths": paths,
            "components": {"schemas": {**components, "Error": ERROR}},
        }
    )


ERROR: Final = {
    "type": "object",
    "required": ["ok", "error"],
    "properties": {
        "ok": {"const": False},
        "error": {
            "type": "object",
            "required": ["key", "message"],
            "properties": {
                "key": {"type": "string"},
                "message": {"type": "string"},
                "field": {"type": "string"},
            },
        },
    },
}


def _operation(path: str, summary: str, body: type[msgspec.Struct] | None) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": summary,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for part in path.split("/")
            if part.startswith("{")
            for name in [part.strip("{}")]
        ],
        "responses": {
            "200": {"description": "done", **_answered(path)},
            "4XX": {
                "description": "refused, with the reason in the reader's language",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
            },
        },
    }
    if body is not None:
        schema = {"$ref": f"#/components/schemas/{body.__name__}"}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return operation


def _answered(path: str) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": ANSWERED[path]}}} if path in ANSWERED else {}
