"""Where allauth asks us: letters go to our outbox, sentences are ours, limits hold by whatever name one calls."""

from __future__ import annotations

import hmac
import logging
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from onnuri.people.models import Account
from onnuri.web import qr, shown
from onnuri.web.account import letters
from onnuri.web.middleware import YEAR

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LOG = logging.getLogger("onnuri.web")

SAID: Final = {
    "account/messages/email_confirmed.txt": gettext_noop("이메일을 확인했어요."),
    "account/messages/email_confirmation_failed.txt": gettext_noop("다른 계정이 이미 확인한 이메일이에요."),
    "account/messages/email_confirmation_sent.txt": gettext_noop("확인 메일을 보냈어요."),
    "account/messages/password_changed.txt": gettext_noop("비밀번호를 바꿨어요. 다른 기기에서는 모두 로그아웃됐어요."),
    "account/messages/password_set.txt": gettext_noop("비밀번호를 정했어요. 다른 기기에서는 모두 로그아웃됐어요."),
    "mfa/messages/totp_activated.txt": gettext_noop("2단계 인증을 켰어요."),
    "mfa/messages/totp_deactivated.txt": gettext_noop("2단계 인증을 껐어요."),
    "mfa/messages/webauthn_added.txt": gettext_noop("패스키를 더했어요."),
    "mfa/messages/webauthn_removed.txt": gettext_noop("패스키를 뺐어요."),
    "mfa/messages/recovery_codes_generated.txt": gettext_noop("비상 코드를 새로 만들었어요. 예전 코드는 못 써요."),
}
"""What is said on the next page, by allauth's name for it; of all else nothing is said."""


class AccountAdapter(DefaultAccountAdapter):
    """How accounts are made and how their people are spoken to."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": gettext_lazy("지금은 쓸 수 없는 계정이에요. 주최자에게 물어봐 주세요."),
        "duplicate_email": gettext_lazy("이미 이 계정의 이메일이에요."),
        "email_password_mismatch": gettext_lazy("이메일이나 비밀번호가 맞지 않아요. 다시 확인해 주세요."),
        "email_taken": gettext_lazy("이미 쓰는 이메일이에요."),
        "enter_current_password": gettext_lazy("지금 비밀번호가 맞지 않아요."),
        "incorrect_code": gettext_lazy("코드가 맞지 않아요. 인증 앱에 지금 보이는 여섯 자리를 적어 주세요."),
        "incorrect_password": gettext_lazy("비밀번호가 맞지 않아요."),
        "invalid_login": gettext_lazy("이메일이나 비밀번호가 맞지 않아요. 다시 확인해 주세요."),
        "invalid_or_expired_key": gettext_lazy("기한이 지났거나 이미 쓴 링크예요."),
        "invalid_password_reset": gettext_lazy("기한이 지났거나 이미 쓴 링크예요."),
        "max_email_addresses": gettext_lazy("이메일은 하나만 쓸 수 있어요."),
        "rate_limited": gettext_lazy("너무 자주 시도했어요. 5분 뒤에 다시 해 주세요."),
        "same_as_current": gettext_lazy("지금 것과 다르게 적어 주세요."),
        "too_many_login_attempts": gettext_lazy(
            "여러 번 맞지 않아 잠시 멈췄어요. 5분 뒤에 다시 하거나 비밀번호를 새로 정해 주세요."
        ),
        "unknown_email": gettext_lazy("이메일 주소를 다시 확인해 주세요. 예: name@example.kr"),
        "unverified_primary_email": gettext_lazy("먼저 이메일을 확인해 주세요."),
    }

    # ---- who comes

    def new_user(self, request: HttpRequest) -> Account:
        """Somebody new."""
        return Account(joined_at=shown.now(), language=request.LANGUAGE_CODE)

    def post_login(self, request: HttpRequest, user: Account, **about: Any) -> HttpResponse:  # noqa: ANN401
        """Whoever has no name yet chooses one first, and then goes where they wanted to go."""
        answer: HttpResponse = super().post_login(request, user, **about)
        if not user.language:
            user.language = request.LANGUAGE_CODE
            user.save(update_fields=["language"])
        if not user.alias:
            onward = urlencode({"next": answer.headers.get("Location", "/")})
            answer = HttpResponseRedirect(f"{reverse('account_name')}?{onward}")
        if "lang" not in request.COOKIES:
            remember_language(answer, user.language, secure=request.is_secure())
        return answer

    # ---- what they are told

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say it in our words."""
        del message_context
        if message:
            messages.add_message(request, level, message, extra_tags=extra_tags)
        elif message_template in SAID:
            messages.add_message(request, level, gettext(SAID[message_template]), extra_tags=extra_tags)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue a letter; it is written when it goes, and its secret link is made only then."""
        account = context.get("user") or _account_of(email)
        if account is None or (kind := letters.OF_PREFIX.get(template_prefix)) is None:
            LOG.info("no letter for %s", template_prefix)
            return
        about = {"account": account.pk, "what": template_prefix.rpartition("/")[2]}
        letters.queue(kind, to=email, about=about, language=self.request.LANGUAGE_CODE, at=shown.now())

    # ---- how often

    def get_client_ip(self, request: HttpRequest) -> str:
        """As the server settled it; over a unix socket without a named proxy all are one."""
        return request.META.get("REMOTE_ADDR") or "socket"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ANN401
        # Without the server's name: whoever tries passwords may call it by any.
        del request
        return str(credentials.get("email", "")).lower()


def remember_language(answer: HttpResponse, language: str, *, secure: bool) -> None:
    """Pages open in the account's language from now on; what was chosen on this device goes before."""
    answer.set_cookie("lang", language, max_age=YEAR, samesite="Lax", httponly=True, secure=secure)


def _account_of(email: str) -> Account | None:
    found = EmailAddress.objects.filter(email__iexact=email).select_related("user").first()
    return found.user if found is not None else Account.objects.filter(email__iexact=email).first()


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Signing in by another service, which the operator chose and trusts."""

    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "email_taken": gettext_lazy("이 이메일의 계정이 이미 있어요. 먼저 비밀번호로 로그인해 주세요. (%s)"),
        "invalid_token": gettext_lazy("로그인을 확인하지 못했어요. 다시 해 주세요."),
        "no_password": gettext_lazy("먼저 비밀번호를 정해 주세요."),
        "no_verified_email": gettext_lazy("먼저 이메일을 확인해 주세요."),
        "disconnect_last": gettext_lazy("로그인할 방법이 하나뿐이라 끊을 수 없어요."),
        "connected_other": gettext_lazy("다른 계정에 이미 이어져 있어요."),
    }


class SecondStepAdapter(DefaultMFAAdapter):
    """The second step of signing in."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": gettext_lazy("지금은 2단계 인증을 끌 수 없어요."),
        "cannot_generate_recovery_codes": gettext_lazy("먼저 2단계 인증을 켜 주세요."),
        "incorrect_code": gettext_lazy("코드가 맞지 않아요. 인증 앱에 지금 보이는 여섯 자리를 적어 주세요."),
        "unverified_email": gettext_lazy("먼저 이메일을 확인해 주세요."),
        "add_email_blocked": gettext_lazy("2단계 인증을 켠 계정에서는 이메일을 더할 수 없어요."),
    }

    def encrypt(self, text: str) -> str:
        """Secrets of apps lie in the database only under the server's key: a copy of the tables opens nothing."""
        return _vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """And back."""
        return _vault().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Account, type: str) -> str:  # noqa: A002 - allauth's name
        """What a passkey is called until its person says."""
        return gettext("패스키 {n}").format(n=Authenticator.objects.filter(user=user, type=type).count() + 1)

    def get_totp_issuer(self) -> str:
        """What the app shows above the code."""
        return gettext("온누리")

    def build_totp_svg(self, url: str) -> str:
        """By the maker of all our QR codes."""
        return qr.qr(url)


def _vault() -> Fernet:
    key = hmac.digest(settings.SECRET_KEY.encode(), b"second step", "sha256")
    return Fernet(urlsafe_b64encode(key))
