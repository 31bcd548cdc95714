"""What a password must be: ten characters or more, none that everybody guesses, not the address itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from onnuri.people.models import Account

LEAST: Final = 10


def rule() -> str:
    """What is said beside the field."""
    return _("{least}자 이상. 낱말 몇 개를 이어 적으면 길고 외우기 쉬워요.").format(least=LEAST)


class LongEnough:
    """At least ten characters; no rule asks for signs or capitals, which people put where guessers look."""

    def validate(self, password: str, user: Account | None = None) -> None:
        """Refuse a short one."""
        del user  # Django hands it over by name
        if len(password) < LEAST:
            raise ValidationError(_("너무 짧아요. {least}자 이상 적어 주세요.").format(least=LEAST), code="short")

    def get_help_text(self) -> str:
        """Said by our own page."""
        return rule()


class NotCommon(CommonPasswordValidator):
    """Not one of the twenty thousand that are tried first."""

    def validate(self, password: str, user: object = None) -> None:
        """Refuse a common one."""
        del user
        if password.lower().strip() in self.passwords:
            raise ValidationError(_("너무 흔한 비밀번호예요. 다른 것으로 적어 주세요."), code="common")


class NotTheAddress:
    """Not what everybody sees of the account."""

    def validate(self, password: str, user: Account | None = None) -> None:
        """Refuse one that is the address or its first part."""
        address = user.email.lower() if user is not None else ""
        if address and password.lower() in {address, address.partition("@")[0]}:
            raise ValidationError(_("이메일 주소와 다르게 적어 주세요."), code="address")

    def get_help_text(self) -> str:
        """Said by our own page."""
        return ""
