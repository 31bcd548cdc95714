"""Comments under a talk and under a record: reading, writing, and what is asked before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_POST

from onnuri.community import actions, queries
from onnuri.community.blocking import require_other
from onnuri.community.comment_appeals import appeal_comment, require_appealable
from onnuri.community.commenting import LIMIT, require_own, require_shown, standing
from onnuri.community.queries import reported_by
from onnuri.community.reporting import REASON_LIMIT, require_first
from onnuri.community.standing import order_in
from onnuri.conference.queries import conference_by_slug
from onnuri.conversation.queries import conversation_by_code
from onnuri.errors import NotFound, NotSignedIn, Refusal, Unprocessable
from onnuri.people.models import Account
from onnuri.publishing.models import Record
from onnuri.web import shown
from onnuri.web.accounts import account_of, required_account
from onnuri.web.comments import ONES_OWN, address_of, author_name, beside, comments_content, place_of
from onnuri.web.errors import wants_json
from onnuri.web.page import error_content, error_of, number_in, page
from onnuri.web.voices import required_voice, voice_of
from onnuri.web.written import language_of_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from onnuri.community.models import Comment
    from onnuri.conference.models import Session
    from onnuri.conversation.models import Conversation

Content = dict[str, Any]
DRAFT: Final = "comment_draft"
"""In the session of who was signed out meanwhile: what they had written, for after the sign-in."""
LONGEST_DRAFT: Final = 5000
SAID: Final = frozenset({"posted", "deleted", "reported", "blocked", "unblocked", "appealed"})


# ---- the list, and writing below it


def under_talk(request: HttpRequest, slug: str, session: int) -> HttpResponse:
    """Comments under one item of the programme."""
    found = conference_by_slug(slug).sessions.select_related("conference").filter(pk=session).first()
    if found is None:
        raise NotFound("session_unknown")
    return _answer(request, found)


def under_record(request: HttpRequest, code: str) -> HttpResponse:
    """Comments under a published record."""
    conversation = conversation_by_code(code)
    if not Record.objects.filter(conversation=conversation).exists():
        raise NotFound("record_unknown")
    return _answer(request, conversation)


def _answer(request: HttpRequest, under: Session | Conversation) -> HttpResponse:
    return _write(request, under) if request.method == "POST" else _listed(request, under)


def _listed(request: HttpRequest, under: Session | Conversation, refusal: Refusal | None = None) -> HttpResponse:
    # The twin is the same for everybody.
    account = None if wants_json(request) else account_of(request)
    conversation = None if wants_json(request) else beside(under)
    voice = voice_of(request, conversation) if conversation is not None else None
    said = request.GET.get("said", "")
    kept = _draft(request, under) if account is not None else ""
    content = {
        **comments_content(request, under, account=account, voice=voice),
        "limit": LIMIT,
        "form_url": address_of(under),
        "sign_in_url": f"{settings.LOGIN_URL}?{urlencode({'next': f'{address_of(under)}#write'})}",
        "text": request.POST.get("text", "") or kept,
        "kept": bool(kept) and refusal is None,
        "said": said if said in SAID else "",
        "on": number_in(request.GET.get("on", "")),
        "error": error_content(refusal) if refusal else error_of(request),
    }
    status = refusal.status if refusal else 200
    return page(request, "public/comments.html", content, private=(*ONES_OWN, "sign_in_url"), status=status)


def _write(request: HttpRequest, under: Session | Conversation) -> HttpResponse:
    account, text = account_of(request), request.POST.get("text", "")
    if account is None:
        request.session[DRAFT] = {"under": address_of(under), "text": text[:LONGEST_DRAFT]}
        return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': f'{address_of(under)}#write'})}")
    try:
        made = actions.write(under=under, account=account, text=text, lang=language_of_text(text), at=shown.now())
    except Refusal as refusal:
        return _listed(request, under, refusal)
    request.session.pop(DRAFT, None)
    return HttpResponseRedirect(f"{address_of(under)}?order=new&said=posted#c{made.pk}")


def _draft(request: HttpRequest, under: Session | Conversation) -> str:
    kept = request.session.get(DRAFT)
    return str(kept["text"]) if kept and kept["under"] == address_of(under) else ""


# ---- pressed, and done


@require_POST
def react(request: HttpRequest, pk: int) -> HttpResponse:
    """Find a comment good, by one's account."""
    account = required_account(request)
    return _pressed(request, pk, lambda: actions.react(pk=pk, account=account, at=shown.now()))


@require_POST
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Support a comment, by one's voice; who is signed in is not even looked at."""
    conversation = beside(place_of(queries.comment_of(pk)))
    if conversation is None:
        raise NotSignedIn("no_voice")
    about: dict[str, Any] = {"pk": pk, "conversation": conversation, "voice": required_voice(request, conversation)}
    if request.POST.get("value") == "0":
        return _pressed(request, pk, lambda: actions.unmark(**about))
    return _pressed(request, pk, lambda: actions.mark(**about, at=shown.now()))


def _pressed(request: HttpRequest, pk: int, act: Callable[[], object]) -> HttpResponse:
    one = queries.comment_of(pk)
    try:
        act()
    except Refusal as refusal:
        return _back(request, one, refused=refusal.key)
    return _back(request, one)


def _back(request: HttpRequest, one: Comment, **told: str) -> HttpResponse:
    """To where one was: the same order, the same page, the same comment."""
    place = _place(request)
    query = urlencode({"order": place["order"], "page": place["number"], **told, "on": one.pk})
    return HttpResponseRedirect(f"{address_of(place_of(one))}?{query}#c{one.pk}")


def _place(request: HttpRequest) -> Content:
    given = request.POST if request.method == "POST" else request.GET
    return {"order": order_in(given.get("order", "")), "number": number_in(given.get("page", "")) or 1}


# ---- asked first


def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own comment back, for good."""
    account = required_account(request)
    question = Question(
        "delete",
        said="deleted",
        may=lambda one: require_own(own=one.author_id == account.pk),
        do=lambda: actions.delete_own(pk=pk, account=account, at=shown.now()),
    )
    return _ask(request, queries.comment_of(pk), question)


def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a comment breaks the rules, and why."""
    account, reason = required_account(request), request.POST.get("reason", "")
    question = Question(
        "report",
        said="reported",
        # Who may not report is told so before a reason is written.
        may=lambda one: require_first(before=reported_by(account, [pk]) == {pk}, own=one.author_id == account.pk),
        do=lambda: actions.report(pk=pk, account=account, reason=reason, at=shown.now()),
    )
    return _ask(request, queries.comment_of(pk), question)


def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask that somebody else looks at one's hidden comment again."""
    account, text = required_account(request), request.POST.get("text", "")
    question = Question(
        "appeal",
        said="appealed",
        may=lambda one: require_appealable(one, account),
        do=lambda: appeal_comment(pk=pk, account=account, text=text, lang=language_of_text(text), at=shown.now()),
        of_shown=False,
    )
    return _ask(request, queries.comment_of(pk), question)


def block(request: HttpRequest, pk: int) -> HttpResponse:
    """See no comment of this author any more."""
    account, one = required_account(request), queries.comment_of(pk)
    question = Question(
        "block",
        said="blocked",
        may=lambda one: require_other(account.pk, one.author_id),
        do=lambda: actions.block(account=account, author=one.author_id),
    )
    return _ask(request, one, question)


@dataclass(frozen=True)
class Question:
    """Something that is asked before it is done: whether it may be done at all, and what is said when it is."""

    act: str
    said: str
    may: Callable[[Comment], object]
    do: Callable[[], object]
    of_shown: bool = True
    """Asked of a comment everybody reads; else of one that was put away."""


def _ask(request: HttpRequest, one: Comment, question: Question) -> HttpResponse:
    try:
        if question.of_shown:
            require_shown(standing(one.state, one.hidden_until, shown.now()))
        question.may(one)
        if request.method == "POST":
            question.do()
            return _back(request, one, said=question.said)
    except Unprocessable as refusal:
        return _asked(request, one, question.act, refusal)
    except Refusal as refusal:
        return _back(request, one, refused=refusal.key)
    return _asked(request, one, question.act)


def _asked(request: HttpRequest, one: Comment, act: str, refusal: Refusal | None = None) -> HttpResponse:
    content = {
        "act": act,
        "name": author_name(one.author),
        "comment": {"id": one.pk, "text": one.text, "lang": one.lang},
        "back_url": f"{address_of(place_of(one))}#c{one.pk}",
        "limit": LIMIT if act == "appeal" else REASON_LIMIT,
        "reason": request.POST.get("reason", ""),
        "text": request.POST.get("text", ""),
        **_place(request),
        "error": error_content(refusal) if refusal else None,
    }
    return page(request, "public/comment_ask.html", content, status=refusal.status if refusal else 200)


# ---- whom one has blocked


def blocked(request: HttpRequest) -> HttpResponse:
    """Everybody one has blocked: seen by nobody else, and by them least of all."""
    account = required_account(request)
    found = account.blocks.select_related("blocked").order_by("pk")
    people = [{"author": one.blocked_id, "name": author_name(one.blocked)} for one in found]
    return page(request, "public/blocked.html", {"people": people, "said": request.GET.get("said", "")})


def unblock(request: HttpRequest, author: int) -> HttpResponse:
    """See somebody's comments again; asks first."""
    account = required_account(request)
    found = Account.objects.filter(pk__in=queries.blocked_by(account) & {author}).first()
    if found is None:
        raise NotFound("not_blocked")
    given = request.POST if request.method == "POST" else request.GET
    onward = given.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure()):
        onward = "/comments/blocked"
    if request.method == "POST":
        actions.unblock(account=account, author=author)
        return HttpResponseRedirect(f"{onward}?said=unblocked")
    content = {"act": "unblock", "name": author_name(found), "back_url": onward}
    return page(request, "public/comment_ask.html", content)
