"""Who may do what in a conference beside whoever holds its link: a role is given and taken away by the organiser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from onnuri.conference.models import Role
from onnuri.errors import NotFound, Unprocessable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from onnuri.conference.models import Conference
    from onnuri.people.models import Account


def give_role(conference: Conference, account: Account, kind: str, *, at: datetime) -> bool:
    """Give it; the answer is whether it is new. To give it twice is to have given it.

    Raises:
        Unprocessable: role.
    """
    if kind not in Role.Kind.values:
        raise Unprocessable("role", field="kind")
    _role, is_new = Role.objects.get_or_create(
        conference=conference, account=account, kind=kind, defaults={"given_at": at}
    )
    return is_new


def take_role(conference: Conference, number: int) -> Role:
    """Take it away; what opens by the link stays open to whoever has the link.

    Raises:
        NotFound: role_unknown.
    """
    found = conference.roles.select_related("account").filter(pk=number).first()
    if found is None:
        raise NotFound("role_unknown")
    found.delete()
    return found


def staff(conference: Conference) -> Sequence[Role]:
    """Everybody with a role, the widest first."""
    order = {kind: place for place, kind in enumerate(Role.Kind.values)}
    found = conference.roles.select_related("account")
    return sorted(found, key=lambda one: (order[one.kind], one.account.alias or one.account.email))
