"""What an account is known by: the address it confirmed, or the service it came by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, password_reset, user_logged_in
from django.dispatch import receiver

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin

    from onnuri.people.models import Account


@receiver(email_confirmed)
def confirmed_by_mail(email_address: EmailAddress, **_about: object) -> None:
    """The link of a letter was opened."""
    _known_by(email_address.user, "email")


@receiver(password_reset)
def confirmed_by_reset(user: Account, **_about: object) -> None:
    """A password was set by a link that went to the address: that proves it as well as the link to confirm it."""
    EmailAddress.objects.filter(user=user, email__iexact=user.email).update(verified=True)
    _known_by(user, "email")


@receiver(user_logged_in)
def confirmed_by_provider(user: Account, sociallogin: SocialLogin | None = None, **_about: object) -> None:
    """Another service vouches."""
    if sociallogin is not None:
        _known_by(user, "oidc")


def _known_by(account: Account, way: str) -> None:
    if not account.confirmed_by:
        account.confirmed_by = way
        account.save(update_fields=["confirmed_by"])
