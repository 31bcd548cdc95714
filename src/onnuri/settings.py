"""Django's settings. Everything that differs between installations comes from the environment or the data folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from onnuri import headers, logs
from onnuri.conversation.election import elections_of
from onnuri.errors import BadInput
from onnuri.folder import Folder

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).parent
FOLDER = Folder.of_environment()
FOLDER.make()

SECRET_KEY = FOLDER.read("django.key").decode()
DEBUG = False
# A hall reaches the server by address, by name, through a proxy: the host is not what protects us; origin checks are.
ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = [
    # First: where it has a template by the name of one of allauth's, ours is shown.
    "onnuri.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "onnuri.people",
    "onnuri.conference",
    "onnuri.conversation",
    "onnuri.community",
    "onnuri.publishing",
]
AUTH_USER_MODEL = "people.Account"
MIDDLEWARE = [
    # A hall without a proxy in front has the slowest network; it adds bytes of chance against guessing by length.
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "onnuri.web.middleware.security_headers",
    "onnuri.web.account.answers.AccountAnswers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "onnuri.web.middleware.reader",
    "onnuri.web.pacing.paced",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "onnuri.web.audit.audited",
    "onnuri.web.middleware.refusals",
    # Last: what it raises to ask for a proof it turns into that page itself.
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "onnuri.web.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "onnuri.web.middleware.reader_context",
            ],
            "builtins": ["django.templatetags.i18n", "onnuri.web.templatetags.onnuri"],
        },
    }
]


def _database(url: str) -> dict[str, Any]:
    """One database from a URL: empty = the SQLite file of the data folder."""
    parts = urlsplit(url)
    if not url or parts.scheme == "sqlite":
        file = parts.path if parts.scheme == "sqlite" and parts.path else str(FOLDER.database)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": file,
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # IMMEDIATE: a read that becomes a write would otherwise fail at once with "database is locked".
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
            # Tests use a file too: the writer thread cannot see a database in another connection's memory.
            "TEST": {"NAME": f"{FOLDER.path}/test.sqlite3"},
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        # ?sslmode=verify-full, and whatever else libpq understands.
        "OPTIONS": dict(parse_qsl(parts.query)),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = os.environ.get("ONNURI_TIME_ZONE", "Asia/Seoul")
USE_I18N = True
LANGUAGE_CODE = "ko"
# Complete languages only; another one needs a catalogue, its words of the record, and one entry here.
LANGUAGES = [("ko", "한국어"), ("en", "English"), ("zh-hans", "中文"), ("ja", "日本語"), ("vi", "Tiếng Việt")]
LOCALE_PATHS = [HERE / "locale"]

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

# Accounts: by e-mail alone, with nothing a participant would need one for.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Nobody gets mail because somebody else wrote their address into a form; the page says the same either way.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "onnuri.web.account.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "onnuri.web.account.forms.SignIn",
    "signup": "onnuri.web.account.forms.SignUp",
    "add_email": "onnuri.web.account.forms.ChangeAddress",
    "change_password": "onnuri.web.account.forms.ChangePassword",
    "set_password": "onnuri.web.account.forms.SetPassword",
    "reset_password": "onnuri.web.account.forms.AskForReset",
    "reset_password_from_key": "onnuri.web.account.forms.Reset",
    "reauthenticate": "onnuri.web.account.forms.ProveByPassword",
}
# A hall of 150 shares one address; what is guessed at is one account.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "30/m/ip,5/5m/key", "signup": "30/m/ip"}
PASSWORD_RESET_TIMEOUT = 24 * 3600
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "onnuri.web.account.passwords.LongEnough"},
    {"NAME": "onnuri.web.account.passwords.NotCommon"},
    {"NAME": "onnuri.web.account.passwords.NotTheAddress"},
]
MFA_ADAPTER = "onnuri.web.account.adapter.SecondStepAdapter"
MFA_FORMS = {
    "authenticate": "onnuri.web.account.forms.SecondStep",
    "reauthenticate": "onnuri.web.account.forms.ProveByCode",
    "activate_totp": "onnuri.web.account.forms.SetUpApp",
    "add_webauthn": "onnuri.web.account.forms.AddPasskey",
    "edit_webauthn": "onnuri.web.account.forms.NamePasskey",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A browser offers passkeys to https, and to this very machine: that one has no https.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
# Clocks of phones are off by some seconds.
MFA_TOTP_TOLERANCE = 1
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/account/"
SESSION_COOKIE_NAME = "account"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# Counts of attempts, in each process by itself, like all limits here. Many: at a small one an attacker empties it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}


def provider_of(environment: Mapping[str, str]) -> dict[str, Any]:
    """The one service people may sign in by, as the operator named it; none without an issuer.

    Raises:
        BadInput: an issuer that would be spoken to in the clear.
    """
    if not (issuer := environment.get("ONNURI_OIDC_ISSUER", "").rstrip("/")):
        return {}
    parts = urlsplit(issuer)
    at_home = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}
    if parts.scheme != "https" and not at_home:
        raise BadInput("ONNURI_OIDC_ISSUER", "must begin with https://")
    app = {
        "provider_id": "oidc",
        "name": environment.get("ONNURI_OIDC_NAME", "") or parts.hostname,
        "client_id": environment.get("ONNURI_OIDC_CLIENT_ID", ""),
        "secret": environment.get("ONNURI_OIDC_CLIENT_SECRET", ""),
        "settings": {"server_url": issuer, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}


SOCIALACCOUNT_ADAPTER = "onnuri.web.account.adapter.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = provider_of(os.environ)
SOCIALACCOUNT_FORMS = {"signup": "onnuri.web.account.forms.SignUpByProvider"}
# The operator chose the service: an address it has verified is the person's.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True

CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "onnuri.web.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
# An uploaded list of people stays in memory: larger ones would lie as files in the system's temporary folder.
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# The days before which the organiser is warned; an election that is not named here warns nobody.
ELECTIONS = elections_of(os.environ)

# By which scheme people came is settled before Django: serving.py believes a proxy only if it is a named one.
SECURE_PROXY_SSL_HEADER = None

# What every answer says is in headers.py; these let Django's own pages and its deployment check know the same.
SECURE_HSTS_SECONDS = headers.HSTS_S
SECURE_REFERRER_POLICY = headers.REFERRERS
SECURE_CROSS_ORIGIN_OPENER_POLICY = headers.OPENERS
X_FRAME_OPTIONS = headers.CLOSED["X-Frame-Options"]
SILENCED_SYSTEM_CHECKS = [
    # X-Frame-Options comes from headers.py with the others, beside frame-ancestors in every policy.
    "security.W002",
    # Subdomains and the browsers' list: an installation at a city's name cannot promise for its other names.
    "security.W005",
    "security.W021",
    # A hall's own address may have no https, and must not be sent to one; with --tls-cert there is no http to
    # redirect, and a proxy in front redirects by itself (examples/).
    "security.W008",
    # Secure is put on every cookie that is given over https, by headers.py: these two would put it on all of them,
    # and nobody could sign in, or send a form, in a hall without https.
    "security.W012",
    "security.W016",
]

LOGGING = logs.configuration()
