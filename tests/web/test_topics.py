"""Statements by topic on the host's desk."""

import pytest
from django.test import Client
from tests import cast

from onnuri.conversation import actions
from onnuri.web.voices import SIGNER

pytestmark = pytest.mark.django_db
TEXTS = ("밤 버스를 자정까지 다니게 하자.", "버스 막차가 너무 일러요.", "나무를 심자.")


@pytest.fixture
def room():
    return cast.conversation(TEXTS)


@pytest.fixture
def host(room):
    browser = Client()
    browser.cookies[f"host_c_{room.pk}"] = SIGNER.host("c", room.pk)
    return browser


def test_the_host_reads_what_belongs_together(room, host):
    page = host.get(f"/host/c/{room.code}/topics.json").json()

    assert [(t["count"], t["words"][0], t["middle"]["id"]) for t in page["topics"]] == [(2, "버스", 1)]
    assert [one["id"] for one in page["alone"]] == [3]
    assert "버스" in host.get(f"/host/c/{room.code}/topics").content.decode()


def test_what_nobody_has_read_yet_is_in_no_topic(room, host):
    own = cast.voice(room)
    actions.write_statement(code=room.code, voice=own.pk, text="버스가 더 필요해요.", lang="ko", at=cast.MORNING)

    assert host.get(f"/host/c/{room.code}/topics.json").json()["statements"] == 3


def test_only_the_host_reads_them(room, client):
    assert client.get(f"/host/c/{room.code}/topics").status_code == 403
    assert client.get(f"/host/c/{room.code}/topics.json").status_code == 403


def test_before_the_first_statement_the_page_says_so():
    empty = cast.conversation(())
    browser = Client()
    browser.cookies[f"host_c_{empty.pk}"] = SIGNER.host("c", empty.pk)

    assert "아직 올라간 의견이 없어요." in browser.get(f"/host/c/{empty.code}/topics").content.decode()
