"""The host's polls: made and edited before they are on, put on, ended, asked again; and the desk of a cloud's words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from onnuri.conversation import interludes, tally
from onnuri.conversation.election import require_no_election
from onnuri.conversation.interlude import (
    BETWEEN,
    MOST_OPTIONS,
    MOST_WORDS,
    OPTION_LIMIT,
    POINTS,
    POLLS,
    TITLE_LIMIT,
    folded_word,
)
from onnuri.errors import BadRequest, Conflict, NotFound, Refusal, Unprocessable
from onnuri.text import graphemes
from onnuri.vocabulary import LANGUAGES
from onnuri.web import shown
from onnuri.web.host.console import required_host
from onnuri.web.host.fields import languages_shown, texts_of
from onnuri.web.page import error_content, number_in, page
from onnuri.web.polls import poll_shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from onnuri.conversation.models import Conversation, Interlude

Content = dict[str, Any]
Form = dict[str, str]

KINDS: Final = ("single", "multi", "scale", "words")
MINUTES: Final = (1, 2, 5)
"""How long a poll may be on by the clock; without one the host ends it."""
LINES: Final = MOST_OPTIONS * (OPTION_LIMIT + 1)
TEXTS: Final[dict[str, dict[str, int]]] = {
    "single": {"title": TITLE_LIMIT, "options": LINES},
    "multi": {"title": TITLE_LIMIT, "options": LINES},
    "scale": {"title": TITLE_LIMIT, "low": OPTION_LIMIT, "high": OPTION_LIMIT},
    "words": {"title": TITLE_LIMIT},
}
LABELS: Final = {
    "title": gettext_noop("물음"),
    "options": gettext_noop("보기 (한 줄에 하나)"),
    "low": gettext_noop("가장 낮은 점수의 뜻"),
    "high": gettext_noop("가장 높은 점수의 뜻"),
}
COMMON_POINTS: Final = 5


# ---- all of them


def polls(request: HttpRequest, code: str) -> HttpResponse:
    """What is on, what is prepared, what came of the others."""
    return _polls(request, required_host(request, code))


def _polls(request: HttpRequest, conversation: Conversation, refusal: Refusal | None = None) -> HttpResponse:
    every = [_row(poll) for poll in conversation.interludes.filter(kind__in=POLLS).prefetch_related("words")]
    on = conversation.interlude.number if conversation.interlude else None
    content = {
        "conversation": shown.conversation_shown(conversation),
        "turnout": shown.turnout(conversation),
        "may_put_on": conversation.segment in BETWEEN,
        "on": next((poll for poll in every if poll["number"] == on), None),
        "prepared": [poll for poll in every if poll["standing"] == "prepared"],
        "over": [poll for poll in reversed(every) if poll["standing"] != "prepared" and poll["number"] != on],
        "kinds": [{"key": kind, "name": _(shown.INTERLUDE_NAMES[kind])} for kind in KINDS],
        "minutes": MINUTES,
        "error": None if refusal is None else error_content(refusal),
    }
    return page(request, "host/polls.html", content, status=200 if refusal is None else refusal.status)


def _row(poll: Interlude) -> Content:
    cloud = poll.kind == "words" and poll.opened_at is not None
    return {**poll_shown(poll), "unread": len(_one_spelling(interludes.unread_words(poll))) if cloud else 0}


@require_POST
def act(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Put it on, end it, take it off, discard it, ask it again."""
    conversation = required_host(request, code)
    try:
        _do(conversation.code, number, request.POST)
    except (Conflict, NotFound) as refusal:
        conversation.refresh_from_db()
        return _polls(request, conversation, refusal)
    return redirect("host:polls", code)


def _do(code: str, number: int, form: Mapping[str, str]) -> None:
    at = shown.now()
    match form.get("act"):
        case "put_on":
            interludes.put_on(code=code, number=number, at=at, closes_at=_closes_at(form.get("minutes", ""), at))
        case "end":
            interludes.take_off(code=code, at=at, number=number)
        case "discard":
            interludes.discard(code=code, number=number)
        case "again":
            interludes.ask_again(code=code, number=number)
        case _:
            raise BadRequest("method")


def _closes_at(minutes: str, at: datetime) -> datetime | None:
    if not minutes:
        return None
    if number_in(minutes) not in MINUTES:
        raise BadRequest("method")
    return at + timedelta(minutes=int(minutes))


# ---- one of them, before it is on


def new(request: HttpRequest, code: str) -> HttpResponse:
    """One more, of the kind that was chosen."""
    conversation = required_host(request, code)
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    if kind not in KINDS:
        raise Unprocessable("interlude_kind", field="kind")
    if request.method != "POST":
        return _form_page(request, conversation, kind, None, {"points": str(COMMON_POINTS), "words": "1"}, None)
    return _saved(request, conversation, kind, None)


def edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Change one that was never on."""
    conversation = required_host(request, code)
    poll = _found(conversation, number)
    if poll.opened_at is not None:
        raise Conflict("interlude_was_on")
    if request.method != "POST":
        return _form_page(request, conversation, poll.kind, number, _form_of(poll), None)
    return _saved(request, conversation, poll.kind, number)


def _found(conversation: Conversation, number: int) -> Interlude:
    poll = conversation.interludes.filter(number=number, kind__in=POLLS).first()
    if poll is None:
        raise NotFound("poll_unknown")
    return poll


def _saved(request: HttpRequest, conversation: Conversation, kind: str, number: int | None) -> HttpResponse:
    form = request.POST.dict()
    try:
        title = texts_of(form, {"title": TITLE_LIMIT})["title"]
        settings = _settings(kind, form)
        said = [*title.values(), *(" ".join(option.values()) for option in settings.get("options", ()))]
        require_no_election(["\n".join(said)], is_no_poll=bool(form.get("is_no_poll")), field="is_no_poll")
        interludes.prepare(code=conversation.code, kind=kind, title=title, settings=settings, number=number)
    except Refusal as refusal:
        return _form_page(request, conversation, kind, number, form, refusal)
    return redirect("host:polls", conversation.code)


def _settings(kind: str, form: Form) -> Content:
    """What the fields hold, in the shape the rules want."""
    match kind:
        case "single" | "multi":
            return {"options": _options(form)}
        case "scale":
            return {"points": number_in(form.get("points", "")), **texts_of(form, {"low": 0, "high": 0})}
        case _:
            return {"words": number_in(form.get("words", ""))}


def _options(form: Form) -> list[dict[str, str]]:
    """Lines of the languages side by side: the third line is the third option in each."""
    lines = {lang: _lines(form.get(f"options_{lang}", "")) for lang in LANGUAGES}
    written = {lang: own for lang, own in lines.items() if own}
    count = len(next(iter(written.values()), []))
    for lang, own in written.items():
        if len(own) != count:
            raise Unprocessable("poll_lines", field=f"options_{lang}", n=count)
    return [{lang: own[place] for lang, own in written.items()} for place in range(count)]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _form_of(poll: Interlude) -> Form:
    told = poll.settings
    form = {f"title_{lang}": text for lang, text in poll.title.items()}
    for end in ("low", "high"):
        form |= {f"{end}_{lang}": text for lang, text in told.get(end, {}).items()}
    for lang in LANGUAGES:
        form[f"options_{lang}"] = "\n".join(one[lang] for one in told.get("options", []) if lang in one)
    return {**form, "points": str(told.get("points", "")), "words": str(told.get("words", ""))}


def _form_page(
    request: HttpRequest,
    conversation: Conversation,
    kind: str,
    number: int | None,
    form: Form,
    refusal: Refusal | None,
) -> HttpResponse:
    error = None if refusal is None else {**error_content(refusal), "field": _field_of(refusal, form)}
    labels = {name: _(label) for name, label in LABELS.items()}
    content = {
        "conversation": shown.conversation_shown(conversation),
        "kind": kind,
        "kind_name": _(shown.INTERLUDE_NAMES[kind]),
        "number": number,
        "languages": languages_shown(form, None, TEXTS[kind], labels, wrong=error["field"] if error else None),
        "form": form,
        "points": [str(n) for n in POINTS],
        "words": [str(n) for n in range(1, MOST_WORDS + 1)],
        "error": error,
    }
    return page(request, "host/poll.html", content, status=200 if refusal is None else refusal.status)


def _field_of(refusal: Refusal, form: Form) -> str | None:
    """The field of the language that is meant: the one whose text is too long, else the first that is written."""
    name = refusal.field
    if name not in {"title", "options"}:
        return name
    written = [lang for lang in LANGUAGES if form.get(f"{name}_{lang}", "").strip()] or ["ko"]
    long = [lang for lang in written if graphemes(form.get(f"{name}_{lang}", "").strip()) > TITLE_LIMIT]
    return f"{name}_{(long or written)[0] if name == 'title' else written[0]}"


# ---- the words of a cloud


def words(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """What people wrote, without how many did: taken off, or let on in one press."""
    conversation = required_host(request, code)
    poll = _found(conversation, number)
    if request.method != "POST":
        return page(request, "host/words.html", _words_content(conversation, poll))
    form = request.POST
    if (back := form.get("back")) is not None:
        interludes.undecide_word(code=conversation.code, number=number, word=back)
    else:
        read = form.get("read", "").splitlines() if form.get("act") == "rest" else []
        interludes.decide_words(code=conversation.code, number=number, off=form.getlist("off"), on=read)
    return redirect("host:words", code, number)


def _words_content(conversation: Conversation, poll: Interlude) -> Content:
    if poll.kind != "words":
        raise Conflict("not_a_cloud")
    unread = interludes.unread_words(poll)
    decided = {one.text: one.accepted for one in poll.words.all()}
    spelled = _one_spelling(interludes.said_words(poll)) | (poll.result or {}).get("spelled", {})
    near = tally.side_by_side(_one_spelling(unread).values())
    return {
        "conversation": shown.conversation_shown(conversation),
        "interlude": shown.interlude_shown(poll),
        "unread": [[{"text": word, "key": folded_word(word)} for word in words] for words in near],
        "count": sum(len(words) for words in near),
        "read": "\n".join(unread),
        "on": sorted(spelled.get(key, key) for key, accepted in decided.items() if accepted),
        "off": sorted(spelled.get(key, key) for key, accepted in decided.items() if not accepted),
    }


def _one_spelling(words: list[str]) -> dict[str, str]:
    """Folded word -> its first spelling: a decision is on the word, however it is written."""
    return {folded_word(word): word for word in reversed(words)}
