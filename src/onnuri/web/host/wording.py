"""The organiser's own words of a conversation in five languages, on one page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from onnuri.conversation.election import require_no_election
from onnuri.conversation.wording import CONSENTS, QUESTION, Wording, change_wording, is_read, stamp_of, wording_of
from onnuri.errors import Conflict, Refusal, Unprocessable
from onnuri.vocabulary import LANGUAGES
from onnuri.web import consents, shown
from onnuri.web.host.console import required_host
from onnuri.web.host.fields import languages_shown, texts_of
from onnuri.web.page import error_content, page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onnuri.conversation.models import Conversation

Content = dict[str, Any]
Form = dict[str, str]
TRAIT: Final = {"": 120, "-options": 600}
"""The two fields of a question about people: its label, and its options, one a line."""


def wording(request: HttpRequest, code: str) -> HttpResponse:
    """Read and write all of it."""
    conversation = required_host(request, code)
    if request.method != "POST":
        return _wording_page(request, conversation, _form_of(wording_of(conversation)), None)
    form = request.POST.dict()
    try:
        written = _written(form, len(conversation.traits_asked), [len(t["options"]) for t in conversation.traits_asked])
        is_no_poll = bool(form.get("is_no_poll"))
        require_no_election(written.question.values(), is_no_poll=is_no_poll, field="question_ko")
        change_wording(code=code, written=written, stamp=form.get("stamp", ""))
    except Refusal as refusal:
        conversation.refresh_from_db()
        return _wording_page(request, conversation, form, refusal)
    return redirect("host:wording", code)


# ---- between form and wording


def _names(traits: int) -> dict[str, int]:
    asked = {f"trait-{n}{part}": limit for n in range(1, traits + 1) for part, limit in TRAIT.items()}
    return {**QUESTION, **{f"consent_{name}": limit for name, limit in CONSENTS.items()}, **asked}


def _form_of(stored: Wording) -> Form:
    form = {f"question_{language}": words for language, words in stored.question.items()}
    for name, texts in stored.consents.items():
        form |= {f"consent_{name}_{language}": words for language, words in texts.items()}
    for number, (label, *options) in enumerate(stored.traits, 1):
        for language in LANGUAGES:
            form[f"trait-{number}_{language}"] = label.get(language, "")
            told = [option.get(language, "") for option in options]
            form[f"trait-{number}-options_{language}"] = "\n".join(told) if any(told) else ""
    return {**form, "stamp": stamp_of(stored)}


def _written(form: Form, traits: int, options: list[int]) -> Wording:
    texts = texts_of(form, _names(traits))
    asked = tuple(
        (texts[f"trait-{n}"], *_options(texts[f"trait-{n}-options"], n, options[n - 1])) for n in range(1, traits + 1)
    )
    return Wording(texts["question"], {name: texts[f"consent_{name}"] for name in CONSENTS}, asked)


def _options(written: Mapping[str, str], number: int, count: int) -> list[dict[str, str]]:
    """One text an option, from a line a language."""
    found: list[dict[str, str]] = [{} for _each in range(count)]
    for language, text in written.items():
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if lines and len(lines) != count:
            raise Unprocessable("traits_untranslated", field=f"trait-{number}-options_{language}")
        for option, line in zip(found, lines, strict=False):
            option[language] = line
    return found


# ---- the page


def _wording_page(
    request: HttpRequest, conversation: Conversation, form: Form, refusal: Refusal | None
) -> HttpResponse:
    stored = _form_of(wording_of(conversation))
    met = isinstance(refusal, Conflict) and refusal.key == "edited_meanwhile"
    names = _names(len(conversation.traits_asked))
    content = {
        "conversation": shown.conversation_shown(conversation),
        "fixed": is_read(conversation),
        "languages": languages_shown(
            form,
            stored if met else None,
            names,
            _labels(names),
            wrong=refusal.field if refusal is not None else None,
            defaults={f"consent_{name}": partial(_, text) for name, text in consents.DEFAULTS.items()},
        ),
        # Who was shown what the other has stored may overwrite it.
        "stamp": stored["stamp"] if met else form.get("stamp", ""),
        "error": None if refusal is None else error_content(refusal),
    }
    return page(request, "host/wording.html", content, status=200 if refusal is None else refusal.status)


def _labels(names: Mapping[str, int]) -> dict[str, str]:
    labels = {"question": _("모두에게 던질 물음")}
    labels |= {f"consent_{name}": _(label) for name, label in consents.LABELS.items()}
    for name in names:
        if name.startswith("trait-"):
            number, _dash, part = name.removeprefix("trait-").partition("-")
            label = _("물음 %(n)s의 보기, 한 줄에 하나") if part else _("물음 %(n)s")
            labels[name] = label % {"n": number}
    return labels
