"""A role opens its own pages and no others; what is done with it is written down."""

import csv
import io

import pytest
from django.core.cache import cache
from django.test import Client
from tests import cast

from onnuri.conference.models import Role
from onnuri.conference.staff import give_role
from onnuri.people.models import Account, AuditEntry, Mail
from onnuri.web import letters
from onnuri.web.links import SIGNER

pytestmark = pytest.mark.django_db

SITE = "https://hall.example.kr"


@pytest.fixture(autouse=True)
def nobody_has_tried_yet(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick
    cache.clear()


@pytest.fixture
def hanbit():
    return cast.conference()


@pytest.fixture
def room(hanbit):
    return cast.conversation(conference=hanbit)


def signed_in(name, hanbit=None, kind=None):
    """Somebody's browser, with a role or without."""
    account = Account.objects.create(email=f"{name}@example.kr", alias=name, confirmed_by="email")
    if kind:
        give_role(hanbit, account, kind, at=cast.MORNING)
    here = Client(headers={"accept-language": "ko"})
    here.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return here


def by_link(hanbit):
    here = Client(headers={"accept-language": "ko"})
    here.cookies[f"host_e_{hanbit.pk}"] = SIGNER.host("e", hanbit.pk)
    return here


@pytest.mark.parametrize(
    ("kind", "opens"),
    [
        ("organiser", {"list", "people", "audit", "console", "door"}),
        ("host", {"console"}),
        ("moderator", set()),
        ("door", {"door"}),
        (None, set()),
    ],
)
def test_a_role_opens_its_own_pages_and_no_others(hanbit, room, kind, opens):
    here = signed_in("jun", hanbit, kind)
    pages = {
        "list": "/host/e/hanbit",
        "people": "/host/e/hanbit/people",
        "audit": "/host/e/hanbit/audit",
        "console": f"/host/c/{room.code}",
        "door": "/door/e/hanbit",
    }

    opened = {name for name, path in pages.items() if here.get(path).status_code == 200}

    assert opened == opens


def test_a_role_in_one_conference_opens_nothing_in_another(hanbit, room):
    other = cast.conference(slug="saebyeok")

    here = signed_in("jun", other, "organiser")

    assert here.get("/host/e/saebyeok").status_code == 200
    assert here.get("/host/e/hanbit").status_code == 403
    assert here.get(f"/host/c/{room.code}").status_code == 403


def test_whoever_is_refused_may_sign_in_and_comes_back(hanbit):
    page = Client(headers={"accept-language": "ko"}).get("/host/e/hanbit/people")

    assert page.status_code == 403
    assert "/account/login/?next=%2Fhost%2Fe%2Fhanbit%2Fpeople" in page.text


def test_mina_gives_jun_the_console_by_mail_and_he_sets_a_password_and_is_there(hanbit, room):
    mina = signed_in("mina", hanbit, "organiser")

    mina.post("/host/e/hanbit/people", {"act": "give", "email": "Jun@Example.kr", "kind": "host"})

    mail = Mail.objects.get()
    letter = letters.write(mail, mail.queued_at, site=SITE)
    assert (mail.to, letter.subject) == ("jun@example.kr", "한빛 도시 회의의 진행자로 초대받았습니다 · 온누리")
    jun = Client(headers={"accept-language": "ko"})
    form = jun.get(letter.link.removeprefix(SITE))["Location"]
    answer = jun.post(form, {"password1": "새벽 시장의 국수 한 그릇"})
    assert answer["Location"].startswith("/account/name/")
    assert jun.get(f"/host/c/{room.code}").status_code == 200
    assert Account.objects.get(email="jun@example.kr").confirmed_by == "email"


def test_to_give_a_role_twice_is_to_have_given_it_once(hanbit):
    mina = signed_in("mina", hanbit, "organiser")

    for _time in range(2):
        mina.post("/host/e/hanbit/people", {"act": "give", "email": "jun@example.kr", "kind": "door"})

    assert (Role.objects.filter(kind="door").count(), Mail.objects.count()) == (1, 1)


def test_what_is_taken_away_is_closed_at_once(hanbit, room):
    jun, mina = signed_in("jun", hanbit, "host"), signed_in("mina", hanbit, "organiser")
    role = Role.objects.get(kind="host")

    mina.post("/host/e/hanbit/people", {"act": "take", "role": str(role.pk)})
    again = mina.post("/host/e/hanbit/people", {"act": "take", "role": str(role.pk)})

    assert jun.get(f"/host/c/{room.code}").status_code == 403
    assert (again.status_code, "이미 빠진 사람이에요" in again.text) == (404, True)


@pytest.mark.parametrize(("email", "kind"), [("jun@@example", "host"), ("jun@example.kr", "king"), ("", "host")])
def test_what_cannot_be_given_is_refused_and_said(hanbit, email, kind):
    mina = signed_in("mina", hanbit, "organiser")

    answer = mina.post("/host/e/hanbit/people", {"act": "give", "email": email, "kind": kind})

    assert answer.status_code == 422
    assert Role.objects.count() == 1
    assert not Mail.objects.exists()


def test_a_role_elsewhere_cannot_be_taken_away_from_here(hanbit):
    other = cast.conference(slug="saebyeok")
    signed_in("jun", other, "host")
    mina = signed_in("mina", hanbit, "organiser")

    answer = mina.post("/host/e/hanbit/people", {"act": "take", "role": str(Role.objects.get(kind="host").pk)})

    assert answer.status_code == 404
    assert Role.objects.filter(conference=other).exists()


# ---- written down


def test_what_jun_does_is_written_down_under_his_name_and_what_is_refused_is_not(hanbit, room):
    jun = signed_in("jun", hanbit, "host")

    jun.post(f"/host/c/{room.code}/act", {"action": "open_round"})
    refused = jun.post(f"/host/c/{room.code}/act", {"action": "open_ratification"})

    assert refused.status_code == 409
    entry = AuditEntry.objects.get()
    assert (entry.who, entry.account.email, entry.topic) == ("jun", "jun@example.kr", f"c/{room.code}")
    assert (entry.act, entry.about) == ("act:open_round", {"action": "open_round"})


def test_whoever_comes_by_the_link_stands_under_the_name_they_told(hanbit, room):
    link = by_link(hanbit)

    link.cookies["host_who"] = "%EB%AF%BC%EC%95%84"
    link.post(f"/host/c/{room.code}/act", {"action": "open_round"})

    entry = AuditEntry.objects.get()
    assert (entry.who, entry.account) == ("민아", None)


def test_the_log_names_nobody_who_takes_part(hanbit):
    mina = signed_in("mina", hanbit, "organiser")
    claim = cast.register("Jun").claim

    mina.post(f"/host/e/hanbit/registrations/{claim}", {"act": "vouch", "page": "one"})

    written = str(list(AuditEntry.objects.values()))
    assert "registration:vouch" in written
    assert claim not in written
    assert "jun@example.kr" not in written


def test_the_organiser_reads_the_log_by_pages_and_as_a_table(hanbit, room):
    mina = signed_in("mina", hanbit, "organiser")
    AuditEntry.objects.bulk_create(
        AuditEntry(at=cast.MORNING, who="=cmd", act="decide:refuse", topic=f"c/{room.code}", about={"number": n})
        for n in range(60)
    )
    AuditEntry.objects.create(at=cast.MORNING, who="nobody", act="decide", topic="c/OTHER1")

    first, second = mina.get("/host/e/hanbit/audit"), mina.get("/host/e/hanbit/audit?page=2")
    table = mina.get("/host/e/hanbit/audit?as=csv")

    assert first.text.count("의견 검토 · 거절") == 50
    assert second.text.count("의견 검토 · 거절") == 10
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert (len(rows), rows[0][:2]) == (61, ["at", "who"])
    assert all(row[1] == "'=cmd" for row in rows[1:])
    assert "nobody" not in first.text
