"""Who is signed in, what they may do in a conference, and under which name it is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import unquote

from onnuri.conference.models import Conference, Role
from onnuri.errors import NotSignedIn
from onnuri.people.models import Account
from onnuri.web.links import came_by_link

if TYPE_CHECKING:
    from django.http import HttpRequest

    from onnuri.conversation.models import Conversation

Right = Literal["organise", "host", "moderate", "door"]

OPENS: Final[dict[Right, frozenset[str]]] = {
    "organise": frozenset({"organiser"}),
    "host": frozenset({"organiser", "host"}),
    "moderate": frozenset({"organiser", "host", "moderator"}),
    "door": frozenset({"organiser", "door"}),
}
"""Which roles give a right."""
WHO: Final = "host_who"
"""The cookie with the name somebody acts under who came by a link."""
LONGEST_NAME: Final = 80


def account_of(request: HttpRequest) -> Account | None:
    """Who is signed in; a suspended account is nobody."""
    user = getattr(request, "user", None)
    return user if isinstance(user, Account) and user.is_active else None


def required_account(request: HttpRequest) -> Account:
    """Who is signed in, or a refusal that leads through the sign-in back to this page."""
    account = account_of(request)
    if account is None:
        raise NotSignedIn("sign_in_first")
    return account


def may(request: HttpRequest, thing: Conversation | Conference, right: Right) -> bool:
    """Whether who asks has a right here: by the secret link, which opens all of its thing, or by a role."""
    kind = "e" if isinstance(thing, Conference) else "c"
    return came_by_link(kind, thing, request) or _has_role(request, thing, right)


def _has_role(request: HttpRequest, thing: Conversation | Conference, right: Right) -> bool:
    whole = thing.pk if isinstance(thing, Conference) else thing.conference_id
    account = account_of(request)
    if whole is None or account is None:
        return False
    return Role.objects.filter(conference=whole, account=account, kind__in=OPENS[right]).exists()


def actor(request: HttpRequest) -> str:
    """The name an act is written down under: the account's, or the one told to a host's link; empty = none was told."""
    account = account_of(request)
    if account is not None:
        return name_of(account)
    told = request.POST.get("who") or unquote(request.COOKIES.get(WHO, ""))
    return " ".join(told.split())[:LONGEST_NAME]


def name_of(account: Account) -> str:
    """The alias, or the address of who has none yet."""
    return (account.alias or account.email)[:LONGEST_NAME]
