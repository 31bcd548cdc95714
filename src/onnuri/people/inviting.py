"""Accounts as whoever runs the installation cares for them: invited, made an organiser's, suspended, restored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from onnuri.errors import NotFound, Unprocessable
from onnuri.people.models import Account, AuditEntry

if TYPE_CHECKING:
    from datetime import datetime


def invited(email: str, *, language: str, at: datetime) -> Account:
    """The account of an address; a new one has no password until its person sets it by a link.

    Raises:
        Unprocessable: email.
    """
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Unprocessable("email", field="email") from None
    with transaction.atomic():
        found = Account.objects.filter(email__iexact=address).first()
        if found is not None:
            return found
        made = Account(email=address, language=language, joined_at=at)
        made.set_unusable_password()
        made.save()
        EmailAddress.objects.create(user=made, email=address, primary=True, verified=False)
        return made


def make_organiser(email: str, *, at: datetime) -> Account:
    """Somebody who may set up conferences on this installation; whoever runs the server vouches for the address."""
    with transaction.atomic():
        account = invited(email, language="", at=at)
        account.is_organiser, account.is_active = True, True
        account.save(update_fields=["is_organiser", "is_active"])
        return account


def set_active(email: str, *, active: bool, at: datetime) -> Account:
    """Suspend an account or let it in again; what it wrote stays where it is, for moderators to decide on.

    Raises:
        NotFound: account_unknown.
    """
    with transaction.atomic():
        account = Account.objects.filter(email__iexact=email.strip()).first()
        if account is None:
            raise NotFound("account_unknown", email=email.strip()[:80])
        if account.is_active != active:
            account.is_active = active
            account.save(update_fields=["is_active"])
            act = "restore" if active else "suspend"
            AuditEntry.objects.create(at=at, account=account, who="", act=act, topic="accounts")
        return account
