"""When its time is over, nothing says who somebody was: not in a table, not in the bytes of the file."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from tests import cast
from tests.serving import Server

from onnuri.conference import actions, attendance, claims, organising, retention
from onnuri.conference.claims import Ask, Person
from onnuri.conference.models import Conference, Entry, Erasure, Invitation, Registration, Scan, Ticket
from onnuri.errors import Conflict
from onnuri.people.models import Mail

NAME, COMPANION, ADDRESS = "김유일무이", "박동행하나", "only-one-of-this-name@example.kr"
NEEDS, REASON, NOTE, PROBLEM = (
    "특별한휠체어",
    "김유일무이의 보호자라서",
    "김유일무이 가족에게",
    "550 only-one-of-this-name",
)
SECRETS = [text.encode() for text in (NAME, COMPANION, ADDRESS, NEEDS, REASON, NOTE, PROBLEM)]


def somebody():
    """One person who left every trace a person can leave."""
    conference = cast.conference(capacity=2, starts_at=cast.minutes(60), ends_at=cast.minutes(120))
    person = Person(NAME, ADDRESS, NEEDS, {"email": True, "sensitive": True}, (COMPANION,))
    ask = Ask("key-number-one", "hall", 2, person, device=claims.digest_of("phone"))
    own = cast.confirmed(actions.claim("hanbit", ask, at=cast.MORNING).registration)
    waits = cast.register("Linh")
    organising.act("hanbit", [waits.claim], "head", who="박미나", reason=REASON, at=cast.minutes(1))
    organising.invite_many("hanbit", count=1, note=NOTE, uses=1)
    Mail.objects.update(problem=PROBLEM)
    ticket = own.first
    Scan.objects.create(
        conference=conference, device="door", counter=1, ticket=ticket, act="in", at=cast.MORNING,
        received_at=cast.MORNING,
    )  # fmt: skip
    attendance.prove(ticket, at=cast.minutes(130))
    return own


def day_of_erasing(days=14):
    return cast.minutes(120) + timedelta(days=days)


# ---- what goes


@pytest.mark.django_db
def test_every_field_that_names_somebody_is_erased_and_counted():
    somebody()

    retention.erase("hanbit", at=day_of_erasing())

    assert dict(Erasure.objects.values_list("what", "people")) == {
        "name": 2, "email": 2, "needs": 1, "consents": 1, "device": 1, "companions": 1, "mail": 3, "proof": 1,
        "invitation": 1, "reason": 1,
    }  # fmt: skip
    assert retention.left(Conference.objects.get()) == {}


@pytest.mark.django_db
def test_no_text_field_of_the_tables_keeps_a_trace():
    somebody()
    tables = (Registration, Ticket, Mail, Entry, Invitation)
    assert any(NAME in str(list(table.objects.values())) for table in tables)

    retention.erase("hanbit", at=day_of_erasing())

    kept = "".join(str(list(table.objects.values())) for table in tables)
    assert [secret.decode() for secret in SECRETS if secret.decode() in kept] == []


@pytest.mark.django_db
def test_number_place_log_and_counts_stay():
    own = somebody()
    kept = ("seq", "place", "seats", "wish", "claimed_at", "confirmed_at", "claim")
    before = list(Registration.objects.values(*kept))
    log = list(Entry.objects.values("number", "at", "act", "seq", "details", "digest", "who"))

    retention.erase("hanbit", at=day_of_erasing())

    assert list(Registration.objects.values(*kept)) == before
    assert list(Entry.objects.values("number", "at", "act", "seq", "details", "digest", "who")) == log
    assert own.tickets.filter(code__isnull=False).count() == 2


@pytest.mark.django_db
def test_a_digest_of_who_somebody_is_goes_too():
    somebody()
    digests = {r.content_digest for r in Registration.objects.all()}

    retention.erase("hanbit", at=day_of_erasing())

    assert "" not in digests
    assert {r.content_digest for r in Registration.objects.all()} == {""}
    assert not Registration.objects.filter(idempotency_key="key-number-one").exists()


@pytest.mark.django_db
def test_a_letter_that_was_not_sent_is_not_sent_to_nobody():
    somebody()

    retention.erase("hanbit", at=day_of_erasing())

    assert set(Mail.objects.values_list("state", "to")) == {("dropped", "")}


# ---- when


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("late", "erased"), [(timedelta(seconds=-1), []), (timedelta(0), ["hanbit"])])
def test_it_is_due_so_many_days_after_the_end_and_not_a_second_before(late, erased):
    somebody()

    assert retention.erase_due(day_of_erasing() + late) == erased


@pytest.mark.django_db(transaction=True)
def test_what_is_erased_is_not_erased_again():
    somebody()
    retention.erase_due(day_of_erasing())

    assert retention.erase_due(day_of_erasing(15)) == []
    assert Erasure.objects.filter(what="name").count() == 1


@pytest.mark.django_db(transaction=True)
def test_another_conference_keeps_its_people():
    somebody()
    cast.conference(slug="haneul", starts_at=day_of_erasing())
    cast.register("Sato", slug="haneul")

    retention.erase_due(day_of_erasing())

    assert list(Registration.objects.exclude(name="").values_list("name", flat=True)) == ["Sato"]
    assert Mail.objects.exclude(to="").values_list("topic", flat=True).distinct().get() == "e/haneul"


@pytest.mark.django_db(transaction=True)
def test_without_a_date_only_the_button_erases():
    cast.conference()
    cast.register("Jun")

    assert retention.erase_due(cast.minutes(10**6)) == []


@pytest.mark.django_db(transaction=True)
def test_before_the_end_the_door_still_needs_names():
    somebody()

    with pytest.raises(Conflict) as refused:
        retention.erase_now("hanbit", at=cast.minutes(119))

    assert refused.value.key == "erase_early"
    assert Registration.objects.filter(name=NAME).exists()
    retention.erase_now("hanbit", at=cast.minutes(120))
    assert not Registration.objects.filter(name=NAME).exists()


# ---- the bytes


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's files are not ours to read")
@pytest.mark.django_db(transaction=True)
def test_not_one_byte_of_a_name_is_left_in_the_file():
    somebody()
    Registration.objects.filter(name=NAME).update(needs=NEEDS + "와 안내견")  # an older version in a page, too
    assert [secret.decode() for secret in SECRETS if secret not in bytes_of_the_file()] == []

    retention.erase_due(day_of_erasing())

    assert [secret.decode() for secret in SECRETS if secret in bytes_of_the_file()] == []


def bytes_of_the_file():
    file = Path(str(settings.DATABASES["default"]["NAME"]))
    return b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))


# ---- nobody remembers it


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the server under test keeps a file")
def test_a_server_that_starts_erases_what_is_due(tmp_path):
    import sqlite3
    import time

    with Server(tmp_path) as server:
        server.run_cli("conference", "new", "--slug", "old", "--seats", "3")
        registered = server.client().post(
            "/api/v1/conferences/old/registrations",
            {"channel": "online", "name": NAME, "email": ADDRESS},
            idempotency_key="key-number-one",
        )
        assert registered.status == 200, server.log
        server.stop()
        with sqlite3.connect(server.database) as file:
            file.execute("UPDATE conference_conference SET starts_at = '2020-05-02 00:00:00'")
        file.close()

        server.start()
        until = time.monotonic() + 20
        while "names were erased" not in server.log and time.monotonic() < until:
            time.sleep(0.05)

        left = b"".join(part.read_bytes() for part in server.folder.glob("onnuri.sqlite3*"))
    assert "names were erased, their time is over: old" in server.log
    assert (NAME.encode() in left, ADDRESS.encode() in left) == (False, False)
