"""Who signs in has an address; who only takes part has no account at all."""

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from tests import cast

from onnuri.conference.models import Ticket
from onnuri.conversation.models import SeatCode, Voice
from onnuri.people.models import Account

pytestmark = pytest.mark.django_db


def test_mina_signs_in_by_her_address(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick
    assert get_user_model() is Account

    mina = Account(email="mina@example.kr")
    mina.set_password("강변의 버드나무")
    mina.save()

    found = Account.objects.get(email="mina@example.kr")
    assert str(found) == "mina@example.kr"
    assert found.check_password("강변의 버드나무")
    assert "버드나무" not in found.password


def test_one_address_is_one_account():
    Account.objects.create(email="mina@example.kr")

    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.create(email="mina@example.kr")


def test_a_whole_sitting_needs_no_account():
    cast.sitting_until("published")

    assert Account.objects.count() == 0


def test_no_table_joins_an_account_to_a_voice_or_to_a_ticket():
    pointing = {
        model
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model is Account
    }

    for model in pointing:
        named = {field.related_model for field in model._meta.get_fields() if field.is_relation and field.concrete}
        assert not named & {Voice, Ticket, SeatCode}, model
