"""Who acts on a desk, as it is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from onnuri.web.accounts import account_of, actor, name_of

if TYPE_CHECKING:
    from django.http import HttpRequest

LONGEST_WHO: Final = 80


def actor_of(request: HttpRequest) -> str:
    """An account with its number, so that two of one name are two; or the name told to a link, empty = none."""
    account = account_of(request)
    told = f"#{account.pk} {name_of(account)}" if account is not None else actor(request)
    return told[:LONGEST_WHO]


def name_in(who: str) -> str:
    """An actor without the number of the account.

    >>> name_in("#12 Mina"), name_in("Mina")
    ('Mina', 'Mina')
    """
    return who.partition(" ")[2] if who.startswith("#") else who
