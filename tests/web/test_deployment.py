"""Django's own questions before a deployment, asked of the settings the server runs with."""

from django.core.checks import run_checks
from django.test import override_settings

SILENCED_FOR_A_REASON = {
    "security.W002": "X-Frame-Options is put on by headers.py",
    "security.W005": "subdomains are not ours to promise",
    "security.W021": "nor is the browsers' list",
    "security.W008": "a hall's own address may have no https",
    "security.W012": "Secure is put on every cookie given over https, by headers.py",
    "security.W016": "the same",
}


def found():
    return {one.id for one in run_checks(include_deployment_checks=True) if not one.is_silenced()}


def test_the_deployment_check_is_clean():
    assert found() == set()


def test_what_is_silenced_is_what_has_a_reason(settings):
    assert set(settings.SILENCED_SYSTEM_CHECKS) == set(SILENCED_FOR_A_REASON)


@override_settings(SECURE_HSTS_SECONDS=0, SECURE_CONTENT_TYPE_NOSNIFF=False, SECRET_KEY="short", DEBUG=True)
def test_the_check_would_find_something():
    assert found() == {"security.W004", "security.W006", "security.W009", "security.W018"}
