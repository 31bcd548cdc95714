"""What holds even if the program is wrong: the tables refuse overselling, a receipt fixes all that came before it."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.db import IntegrityError, transaction
from tests import cast

from onnuri.conference import actions, draw, queries
from onnuri.conference.checking import check
from onnuri.conference.claims import Ask
from onnuri.conference.ledger import Receipts, chained, read_receipt
from onnuri.conference.models import Conference, Registration, Ticket
from onnuri.errors import Unprocessable

pytestmark = pytest.mark.django_db


def claims(count, capacity=2):
    cast.conference(capacity=capacity)
    return [actions.claim("hanbit", Ask(f"key-of-{n:04}", "hall"), at=cast.minutes(n)) for n in range(count)]


def log():
    return queries.log_document(Conference.objects.get(slug="hanbit"))


# ---- the tables


FAULTS = {
    "one seat too many": lambda: Conference.objects.update(taken=3),
    "two with one number": lambda: Registration.objects.filter(seq=2).update(seq=1),
    "two claims of one key": lambda: Registration.objects.update(idempotency_key="key-of-0000"),
    "two people on one chair": lambda: Ticket.objects.filter(seat_number=2).update(seat_number=1),
    "a party of nobody": lambda: Registration.objects.filter(seq=1).update(seats=0),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_the_tables_refuse_what_the_program_must_never_do(fault):
    claims(3)

    with pytest.raises(IntegrityError), transaction.atomic():
        fault()


# ---- the log


def forged(honest, change):
    """The log as somebody with the database could rewrite it: changed, and chained anew."""
    entries = change([dict(entry) for entry in honest["entries"]])
    digest = ""
    for entry in entries:
        digest = chained(digest, entry)
    return {**honest, "entries": entries, "digest": digest}


def a_second_earlier(entries):
    entries[2]["at"] = entries[1]["at"]
    return entries


def somebody_put_first(entries):
    first = {**entries[1], "by": "desk"}
    return [entries[0], first, *entries[2:]]


@pytest.mark.parametrize("change", [a_second_earlier, somebody_put_first])
def test_a_log_written_anew_is_good_by_itself_but_not_to_who_holds_a_receipt(change):
    *_, last = claims(4)
    other = forged(log(), change)

    assert check(other).problems == ()
    assert check(log(), last.receipt).holds
    assert not check(other, last.receipt).holds


def without_the_second(entries):
    return [entries[0], entries[1], *entries[3:]]


def the_second_sits(entries):
    entries[4]["got"] = "seat"
    return entries


@pytest.mark.parametrize("change", [without_the_second, the_second_sits])
def test_a_log_that_breaks_the_rule_does_not_hold_however_it_is_chained(change):
    claims(4)

    assert not check(forged(log(), change)).holds


# ---- receipts


def a_key():
    return Receipts(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def test_a_receipt_signed_by_another_is_none():
    (jun,) = claims(1)
    ours, theirs = a_key(), a_key()

    assert read_receipt(ours.sign(jun.receipt), ours.public) == jun.receipt
    with pytest.raises(Unprocessable) as refused:
        read_receipt(theirs.sign(jun.receipt), ours.public)

    assert refused.value.key == "receipt_signature"


# ---- the draw


def test_the_draw_hangs_on_the_seed_and_on_every_claim():
    seqs = range(1, 200)
    drawn = draw.order(seqs, "seed", "digest")

    assert sorted(drawn) == list(seqs)
    assert drawn == draw.order(reversed(seqs), "seed", "digest")
    assert (
        len(
            {
                tuple(drawn),
                tuple(seqs),
                *(tuple(draw.order(seqs, *of)) for of in (("seed", "other"), ("other", "digest"))),
            }
        )
        == 4
    )


def test_a_draw_with_another_seed_than_was_committed_to_does_not_hold():
    cast.conference(capacity=1, opens_at=cast.MORNING, draw_minutes=5)
    for n in range(5):
        actions.claim("hanbit", Ask(f"key-of-{n:04}", "hall"), at=cast.MORNING)
    actions.settle("hanbit", at=cast.minutes(5))
    honest = log()

    def other_seed(entries):
        drawn = next(e for e in entries if e["act"] == "draw")
        drawn["seed"] = "f" * 64
        return entries

    assert check(honest).holds
    assert "the one that was committed to" in " ".join(check(forged(honest, other_seed)).problems)
