"""The forms of signing in and of the account, with our labels and our words for what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from allauth.account import forms as theirs
from allauth.mfa.base import forms as codes
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as passkeys
from allauth.socialaccount import forms as social
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from onnuri.web.account import passwords

if TYPE_CHECKING:
    from django.forms import Field

LABELS: Final = {
    "login": gettext_noop("이메일"),
    "email": gettext_noop("이메일"),
    "password": gettext_noop("비밀번호"),
    "password1": gettext_noop("새 비밀번호"),
    "oldpassword": gettext_noop("지금 비밀번호"),
    "code": gettext_noop("인증 앱의 코드"),
    "name": gettext_noop("기기 이름"),
}
BLANK: Final = {
    "login": gettext_noop("이메일을 적어 주세요."),
    "email": gettext_noop("이메일을 적어 주세요."),
    "code": gettext_noop("코드를 적어 주세요."),
}

NO_PASSWORD: Final = gettext_noop("비밀번호를 적어 주세요.")


def in_our_words(form: forms.BaseForm) -> None:
    """Every field with our label, our help and our errors, and no text inside the field that goes when one types."""
    form.fields.pop("password2", None)  # whoever mistypes asks for a new one by mail
    for name, field in form.fields.items():
        field.label = _(LABELS.get(name, ""))
        field.help_text = passwords.rule() if name == "password1" else ""
        _say(name, field)
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs["class"] = "input"
        if name == "code":
            field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}


def _say(name: str, field: Field) -> None:
    field.error_messages["required"] = _(BLANK.get(name, NO_PASSWORD))
    for code in ("invalid", "max_length", "null_characters_not_allowed"):
        field.error_messages[code] = _("이메일 주소를 다시 확인해 주세요. 예: name@example.kr")


class Ours:
    """Mixed in before one of allauth's forms."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - whatever allauth hands over
        super().__init__(*args, **kwargs)
        in_our_words(self)  # type: ignore[arg-type]


class SignIn(Ours, theirs.LoginForm):
    """Address and password."""


class SignUp(Ours, theirs.SignupForm):
    """Address and a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("비밀번호")


class ChangeAddress(Ours, theirs.AddEmailForm):
    """The new address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("새 이메일")


class ChangePassword(Ours, theirs.ChangePasswordForm):
    """The present password and a new one."""


class SetPassword(Ours, theirs.SetPasswordForm):
    """A first password."""


class AskForReset(Ours, theirs.ResetPasswordForm):
    """To which address a link goes."""


class Reset(Ours, theirs.ResetPasswordKeyForm):
    """The new password."""


class ProveByPassword(Ours, theirs.ReauthenticateForm):
    """The password once more."""


class SignUpByProvider(Ours, social.SignupForm):
    """The address of who comes by another service that does not say it."""


class SecondStep(Ours, codes.AuthenticateForm):
    """The code of the app, or one for emergencies."""


class ProveByCode(Ours, codes.ReauthenticateForm):
    """The code once more."""


class SetUpApp(Ours, totp.ActivateTOTPForm):
    """The first code of the app."""


class AddPasskey(Ours, passkeys.AddWebAuthnForm):
    """A passkey that signs in by itself: the device asks for finger, face or its own number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].widget = forms.HiddenInput()
        self.fields["passwordless"].initial = True


class NamePasskey(Ours, passkeys.EditWebAuthnForm):
    """What one calls it."""
