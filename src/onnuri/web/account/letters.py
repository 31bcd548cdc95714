"""Letters about an account. Each is written when it is sent: its secret link is made then and lies in no table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from onnuri.conference.models import Role
from onnuri.live.letter import Content, Letter, one_line
from onnuri.people.models import Account, Mail
from onnuri.vocabulary import in_language
from onnuri.web import shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

TOPIC: Final = "accounts"
OF_PREFIX: Final = {
    "account/email/email_confirmation_signup": "account_confirm",
    "account/email/email_confirmation": "account_confirm",
    "account/email/account_already_exists": "account_exists",
    "account/email/password_reset_key": "account_reset",
    "account/email/password_changed": "account_changed",
    "account/email/password_reset": "account_changed",
    "account/email/password_set": "account_changed",
    "account/email/email_changed": "account_changed",
    "mfa/email/totp_activated": "account_changed",
    "mfa/email/totp_deactivated": "account_changed",
    "mfa/email/recovery_codes_generated": "account_changed",
    "mfa/email/webauthn_added": "account_changed",
    "mfa/email/webauthn_removed": "account_changed",
}
"""Our letter for what allauth calls it."""
CHANGED: Final = {
    "password_changed": gettext_noop("비밀번호가 바뀌었습니다"),
    "password_reset": gettext_noop("비밀번호를 새로 정했습니다"),
    "password_set": gettext_noop("비밀번호를 정했습니다"),
    "email_changed": gettext_noop("이메일 주소가 바뀌었습니다"),
    "totp_activated": gettext_noop("2단계 인증이 켜졌습니다"),
    "totp_deactivated": gettext_noop("2단계 인증이 꺼졌습니다"),
    "recovery_codes_generated": gettext_noop("비상 코드를 새로 만들었습니다"),
    "webauthn_added": gettext_noop("패스키를 더했습니다"),
    "webauthn_removed": gettext_noop("패스키를 뺐습니다"),
}
ROLE_NAMES: Final = {
    Role.Kind.ORGANISER: gettext_noop("주최자"),
    Role.Kind.HOST: gettext_noop("진행자"),
    Role.Kind.MODERATOR: gettext_noop("운영자"),
    Role.Kind.DOOR: gettext_noop("문 담당"),
}


def queue(kind: str, *, to: str, about: dict[str, Any], language: str, at: datetime) -> None:
    """Put a letter into the outbox."""
    Mail.objects.create(topic=TOPIC, kind=kind, about=about, to=to, language=language, queued_at=at, due_at=at)


def write(mail: Mail, site: str) -> Letter | None:
    """The letter as it is true now, in its person's language; None when its reason is over."""
    account = Account.objects.filter(pk=mail.about.get("account"), is_active=True).first()
    if account is None:
        return None
    with override(mail.language if mail.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        told = KINDS[mail.kind](mail, account)
        if told is None:
            return None
        return Letter(
            name=account.alias,
            subject=one_line(f"{told['heading']} · {_('온누리')}"),
            link=f"{site}{told['path']}",
            sender=_("온누리"),
            content=partial(_content, mail.language, told, site),
        )


def _content(language: str, told: dict[str, Any], site: str) -> Content:
    with override(language):
        letter = {
            "language": shown.language(),
            "title": told.get("title") or _("온누리"),
            "link": f"{site}{told['path']}",
            "notes_heading": _("알아 두세요"),
            "foot": (_("온누리에서 이 주소의 계정 때문에 보냅니다."),),
            **told,
        }
        return Content(
            text=render_to_string("mail/letter.txt", letter), html=render_to_string("mail/letter.html", letter)
        )


# ---- what each says


def _confirm(mail: Mail, account: Account) -> dict[str, Any] | None:
    address = EmailAddress.objects.filter(user=account, email__iexact=mail.to, verified=False).first()
    if address is None:
        return None
    return {
        "heading": _("이메일 주소를 확인해 주세요"),
        "says": (_("아래 단추를 누르면 이 주소로 로그인할 수 있습니다."),),
        "button": _("이메일 확인하기"),
        "path": reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key]),
        "notes": (
            _("링크는 3일 동안 쓸 수 있습니다."),
            _("계정을 만든 적이 없다면 그대로 두세요. 누르지 않으면 아무 일도 일어나지 않습니다."),
        ),
    }


def _exists(_mail: Mail, _account: Account) -> dict[str, Any]:
    return {
        "heading": _("이미 계정이 있습니다"),
        "says": (
            _("이 주소로 새 계정을 만들려는 요청이 있었는데, 이미 계정이 있습니다."),
            _("비밀번호가 기억나지 않으면 새로 정해 주세요."),
        ),
        "button": _("비밀번호 새로 정하기"),
        "path": reverse("account_reset_password"),
        "notes": (_("직접 하지 않았다면 그대로 두세요. 계정은 그대로입니다."),),
    }


def _reset(_mail: Mail, account: Account) -> dict[str, Any]:
    return {
        "heading": _("비밀번호를 새로 정해 주세요"),
        "says": (_("아래 단추를 눌러 새 비밀번호를 정하면 다른 기기에서는 모두 로그아웃됩니다."),),
        "button": _("비밀번호 새로 정하기"),
        "path": password_path(account),
        "notes": (
            _("링크는 24시간 동안, 한 번만 쓸 수 있습니다."),
            _("직접 하지 않았다면 그대로 두세요. 비밀번호는 그대로입니다."),
        ),
    }


def _changed(mail: Mail, _account: Account) -> dict[str, Any]:
    return {
        "heading": _(CHANGED[mail.about["what"]]),
        "says": (_("%(when)s에 이 계정에서 있었던 일입니다.") % {"when": _moment(mail.queued_at)},),
        "button": _("계정 열기"),
        "path": reverse("account_home"),
        "notes": (_("직접 하지 않았다면 바로 비밀번호를 새로 정해 주세요. 다른 기기에서는 모두 로그아웃됩니다."),),
    }


def _invited(mail: Mail, account: Account) -> dict[str, Any] | None:
    role = Role.objects.filter(account=account, conference__slug=mail.about["slug"], kind=mail.about["kind"]).first()
    if role is None:
        return None
    known = account.has_usable_password()
    title = one_line(in_language(role.conference.title, shown.language()))
    told = {"title": title, "role": _(ROLE_NAMES[Role.Kind(role.kind)])}
    return {
        "title": title,
        "heading": _("%(title)s의 %(role)s로 초대받았습니다") % told,
        "says": (
            _("로그인하면 맡은 화면이 열립니다.")
            if known
            else _("아래 단추를 눌러 비밀번호를 정하면 맡은 화면이 열립니다."),
        ),
        "button": _("로그인하기") if known else _("비밀번호 정하기"),
        "path": f"{reverse('account_login')}?next={reverse('account_home')}" if known else password_path(account),
        "notes": ()
        if known
        else (_("링크는 24시간 동안, 한 번만 쓸 수 있습니다. 지났다면 로그인 화면에서 새로 받으세요."),),
    }


def _moment(at: datetime) -> str:
    return f"{shown.date_text(at)} {shown.time_text(at)}".strip()


def password_path(account: Account) -> str:
    """Where this account's password can be set, once, within a day."""
    key = default_token_generator.make_token(account)
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(account), key])


KINDS: Final[dict[str, Callable[[Mail, Account], dict[str, Any] | None]]] = {
    "account_confirm": _confirm,
    "account_exists": _exists,
    "account_reset": _reset,
    "account_changed": _changed,
    "account_invited": _invited,
}
