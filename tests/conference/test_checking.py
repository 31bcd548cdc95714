"""The published log: whoever changes, adds or leaves out anything is found, and so is a book that broke the rule."""

import copy
import json
import subprocess
import sys

import pytest
from tests import cast
from tests.serving import ROOT

from onnuri.conference import actions, queries
from onnuri.conference.checking import check
from onnuri.conference.ledger import Receipt, Receipts, chained, read_receipt
from onnuri.conference.models import Conference
from onnuri.errors import Refusal
from onnuri.folder import _signing_key

pytestmark = pytest.mark.django_db

RECEIPTS = Receipts(_signing_key())


@pytest.fixture
def hall():
    """Five claims for two seats, one leaves, one takes the offer; closed."""
    cast.conference(capacity=2)
    claims = [cast.confirmed(cast.register(n)) for n in ("Jun", "Linh", "Sato", "Mina")]
    cast.register("Somebody", "online")
    cast.give_up(claims[0])
    actions.accept("hanbit", claims[2].claim, at=cast.minutes(1))
    actions.close_registration("hanbit", at=cast.minutes(2))
    return claims


def log():
    return queries.log_document(Conference.objects.get())


def receipt_of(registration):
    return queries.receipt(cast.fresh(registration))


def rechained(told):
    """What a forger who knows the method would publish: every digest computed anew."""
    digest = ""
    for entry in told["entries"]:
        digest = chained(digest, entry)
    told["digest"] = digest
    return told


def test_an_honest_log_holds_and_names_nobody(hall):
    told = check(log(), receipt_of(hall[3]))

    assert told.problems == ()
    assert (told.counts["claim"], told.places) == (5, {"given_up": 1, "seat": 2, "waiting": 1, "online": 1})
    published = json.dumps(log(), ensure_ascii=False)
    for own in hall:
        for secret in (own.name, own.email, own.claim, own.confirm_token):
            assert secret not in published


def test_every_single_change_is_found(hall):
    right = log()
    for number, entry in enumerate(right["entries"]):
        for name in entry:
            wrong = copy.deepcopy(right)
            wrong["entries"][number][name] = "other" if isinstance(entry[name], str) else entry[name] + 1
            assert check(wrong).problems, (number, name)


@pytest.mark.parametrize("number", range(6))
def test_an_entry_that_is_left_out_is_found(hall, number):
    wrong = log()
    del wrong["entries"][number]

    assert check(wrong).problems


def test_who_computes_the_digests_anew_is_found_by_a_receipt(hall):
    own = receipt_of(hall[3])
    wrong = log()
    wrong["entries"][0]["at"] = "2026-05-01T00:00:00.000000Z"

    assert check(rechained(wrong)).problems == ()
    assert "digest is not that of the log" in check(rechained(wrong), own).problems[0]


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        (lambda e: e[3].update(got="waiting"), "the rule gives seat"),
        (lambda e: next(x for x in e if x["act"] == "offer").update(seq=4), "before number 3"),
        (lambda e: [x for x in e if x["act"] == "claim"][2].update(got="seat"), "the rule gives waiting"),
        (lambda e: [x for x in e if x["act"] == "claim"][2].update(seq=9), "was next"),
    ],
    ids=["a free seat was withheld", "an offer passed somebody", "a seat that was not there", "a number left out"],
)
def test_a_book_that_broke_the_rule_is_found_though_its_digests_are_right(hall, wrong, found):
    told = log()
    wrong(told["entries"])

    assert any(found in problem for problem in check(rechained(told)).problems)


@pytest.mark.parametrize("junk", [{}, {"entries": 3}, {"entries": [1, None, {"n": 1}]}, {"entries": [{"n": "x"}]}])
def test_what_is_no_log_is_said_to_be_none(junk):
    assert check(junk).problems


# ---- receipts


def test_a_receipt_says_the_same_each_time_and_reads_back(hall):
    own = receipt_of(hall[0])
    word = RECEIPTS.sign(own)

    assert RECEIPTS.sign(own) == word
    assert read_receipt(f" {word[:40]}\n{word[40:]} ", RECEIPTS.public) == own


def test_a_changed_receipt_is_refused_at_every_letter():
    word = RECEIPTS.sign(Receipt("hanbit", 2, 1, "2026-05-02T00:00:00.000000Z", "a" * 64))
    for at, letter in enumerate(word):
        changed = word[:at] + ("A" if letter != "A" else "B") + word[at + 1 :]
        if changed.rstrip("=") == word or at == len(word) - 1:
            continue  # the last letter's low bits mean nothing
        with pytest.raises(Refusal):
            read_receipt(changed, RECEIPTS.public)


@pytest.mark.parametrize("word", ["", ".", "a.b", "x" * 5000, "e30.e30", "가.나"])
def test_what_is_no_receipt(word):
    with pytest.raises(Refusal):
        read_receipt(word, RECEIPTS.public)


# ---- the command


def command(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "onnuri", "verify-places", *map(str, arguments)],
        capture_output=True, text=True, check=False, cwd=ROOT, env={"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip


def test_anybody_can_check_the_file(hall, tmp_path):
    file = tmp_path / "order.json"
    file.write_text(json.dumps({**log(), "key": RECEIPTS.public}))
    word = RECEIPTS.sign(receipt_of(hall[1]))

    right, wrong = command(file, "--receipt", word), command(file, "--receipt", word[:-9] + "AAAAAAAAA")

    assert (right.returncode, right.stderr) == (0, "")
    assert "nobody was put before anybody" in right.stdout
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"entries": null}', "\udcff"], ids=repr)
def test_a_file_that_is_none_is_one_line(tmp_path, content):
    file = tmp_path / "order.json"
    file.write_bytes(content.encode("utf-8", "surrogateescape"))

    told = command(file)

    assert (told.returncode, told.stderr.count("\n"), told.stdout) == (2, 1, "")
