"""`verify`: everything is computed again, what was changed is named, and nothing in a record can make it stumble."""

import base64
import csv
import io
import json
import string
import zipfile

import pytest
from tests.record.sittings import (
    STATEMENTS,
    checked,
    failed,
    files_of,
    paged,
    resealed,
    sit,
    sitting,
    sitting_without_conclusion,
    zip_of,
)

from onnuri.conclusion.rules import Rules
from onnuri.errors import BadInput
from onnuri.landscape import fit
from onnuri.pipeline import conclude
from onnuri.record.chain import START, next_link
from onnuri.record.document import SIGNATURE, SUMS, json_bytes, sums_of
from onnuri.record.page import PAGE
from onnuri.record.signature import fingerprint, new_key, sign

AT_OPENING = "rules were signed at opening"
NAMES = sorted(files_of(sitting().data))
JSON_FILES = [name for name in NAMES if name.endswith(".json")]
TABLES = [name for name in NAMES if name.endswith(".csv")]


@pytest.fixture(scope="module")
def files():
    return files_of(sitting().data)


@pytest.fixture(scope="module")
def stranger():
    """Somebody with a key of their own."""
    return new_key()


@pytest.fixture(scope="module")
def recompute():
    """`pipeline.conclude` with a memory for landscapes: the same rows have the same one."""
    seen = {}

    def again(votes, rules, **about):
        key = (votes.participant.tobytes(), votes.statement.tobytes(), votes.value.tobytes(), rules.threshold)
        if key not in seen:
            seen[key] = fit(votes, threshold=float(rules.share("threshold")))
        return conclude(votes, rules, landscape=seen[key], **about)

    return again


@pytest.fixture
def forged(files, stranger, recompute, tmp_path):
    """The report on a record in which somebody changed files, sums and signature."""

    def report(**changes):
        told = {**files, **{name.replace("__", "."): content for name, content in changes.items()}}
        return checked(tmp_path, resealed(told, stranger), recompute)

    return report


def json_with(content, change):
    """A JSON file after `change` worked on the document."""
    document = json.loads(content)
    change(document)
    return json_bytes(document)


def table_with(content, change):
    """A table after `change` worked on its rows, the header aside."""
    header, *rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *change(rows)])
    return out.getvalue().encode()


def key_of(report):
    """The fingerprint that verify prints beside the signature."""
    return next(f.detail for f in report.findings if f.what == "signature").removeprefix("key ")


# ---- what holds


def test_a_sitting_is_verified_from_the_rows_to_the_conclusion(tmp_path):
    report = checked(tmp_path, sitting().data)

    assert report.ok
    assert {f.what for f in report.findings if f.how == "recomputed"} >= {
        "rules",
        "chain",
        "voices <= tickets",
        "landscape",
        "counts",
        "shortlist",
        "slate",
        "slate, how it was chosen",
        "certificate",
        "conclusion",
        "outcome",
    }
    assert sitting().found.ratification.conclusion != ()
    assert key_of(report) == fingerprint(sign(sitting().pem, "")["public_key"])


def test_no_common_conclusion_is_verified_too(tmp_path, recompute):
    report = checked(tmp_path, sitting_without_conclusion().data, recompute)

    assert report.ok
    assert sitting_without_conclusion().content.head["outcome"] == "none"


def test_a_sitting_without_any_line_is_verified(tmp_path, recompute):
    against = sit(opinion=lambda person, line: -1)

    assert against.found.slate.statements == ()
    assert checked(tmp_path, against.data, recompute).ok


@pytest.mark.parametrize("absent", [{"balloting": False}, {"ratifying": False}], ids=["shortlist", "ratification"])
def test_a_sitting_whose_ballot_nobody_filled_in_is_verified(tmp_path, recompute, absent):
    report = checked(tmp_path, sit(**absent).data, recompute)

    assert failed(report) == []


# ---- one byte


@pytest.mark.parametrize("name", NAMES)
def test_one_changed_byte_is_noticed_and_its_file_is_named(tmp_path, files, recompute, name):
    content = files[name]
    for at in (0, len(content) // 3, len(content) // 2, len(content) - 2):
        changed = bytearray(content)
        changed[at] ^= 1

        report = checked(tmp_path, zip_of({**files, name: bytes(changed)}), recompute)

        assert not report.ok
        assert any(name in finding.detail for finding in report.findings if not finding.ok)


@pytest.mark.parametrize("name", ["public_key", "signature"])
def test_no_other_spelling_of_a_signature_holds(tmp_path, files, name, recompute):
    written = json.loads(files[SIGNATURE])[name]
    last = len(written.rstrip("=")) - 1
    for sign_ in string.ascii_letters + string.digits + "+/":
        other = written[:last] + sign_ + written[last + 1 :]
        if other == written or base64.b64decode(other) != base64.b64decode(written):
            continue
        changed = files[SIGNATURE].replace(written.encode(), other.encode())

        assert "signature" in failed(checked(tmp_path, zip_of({**files, SIGNATURE: changed}), recompute))


def test_a_damaged_zip_is_refused_and_never_a_traceback(tmp_path, recompute):
    whole, refusals = sitting().data, []
    for at in range(0, len(whole), len(whole) // 150):
        damaged = bytearray(whole)
        damaged[at] ^= 0x10
        try:
            checked(tmp_path, bytes(damaged), recompute)
        except BadInput as problem:
            refusals.append(str(problem))

    assert len(refusals) > 100
    assert {len(line.splitlines()) for line in refusals} == {1}


# ---- changed, and signed anew by somebody else


def turned(rows, which, column=-1, values=("1", "-1")):
    """Rows in which the answer of row `which` is the opposite one."""
    rows = [list(row) for row in rows]
    rows[which][column] = values[0] if rows[which][column] != values[0] else values[1]
    return rows


def chain_again(files):
    """record.json with the chain computed again from the rows of these files."""

    def change(head):
        rows = {}
        for r in csv.DictReader(io.StringIO(files["votes.csv"].decode())):
            event = f"{'late' if r['late'] == '1' else 'close'} vote {r['round']}"
            rows.setdefault(event, []).append(tuple(r.values()))
        for r in csv.DictReader(io.StringIO(files["ballots.csv"].decode())):
            own = (r["ballot"], r["row"], r["channel"], r["line"], r["vote"])
            rows.setdefault(f"close {r['ballot']}", []).append(own)
        previous, links = START, []
        for link in head["chain"]:
            links.append(vars(next_link(previous, link["what"], link["about"], rows.get(link["what"], []))))
            previous = links[-1]["digest"]
        head["chain"] = links

    return json_with(files["record.json"], change)


def other_vote(files):
    return {"votes__csv": table_with(files["votes.csv"], lambda rows: turned(rows, 40))}


def added_ballot(files):
    ids = [row.split(",")[0] for row in files["lines.csv"].decode().splitlines()[1:]]
    more = [["shortlist", "77", "", "hall", line, "1"] for line in ids]
    return {"ballots__csv": table_with(files["ballots.csv"], lambda rows: [*rows, *more])}


def other_ratification(files):
    def change(rows):
        mine = [i for i, row in enumerate(rows) if row[0] == "ratification" and row[5] == "1" and row[3] == "hall"]
        for i in mine[:3]:
            rows[i][5] = "-1"
        return rows

    return {"ballots__csv": table_with(files["ballots.csv"], change)}


def with_chain(change):
    """The same change with a chain to match."""

    def change_both(files):
        told = change(files)
        plain = {name.replace("__", "."): content for name, content in told.items()}
        return {**told, "record__json": chain_again({**files, **plain})}

    return change_both


def head(change):
    return lambda files: {"record__json": json_with(files["record.json"], change)}


def slate(change):
    return lambda files: {"slate__json": json_with(files["slate.json"], change)}


def landscape(change):
    return lambda files: {"landscape__json": json_with(files["landscape.json"], change)}


def other_threshold(document):
    document["rules"]["threshold"] = "3/5"


def other_threshold_and_digest(document):
    other_threshold(document)
    document["rules_digest"] = Rules.of(document["rules"]).digest


NAMED = {
    "a vote": (other_vote, {"chain", "counts"}),
    "a vote and the chain": (with_chain(other_vote), {"counts"}),
    "a ballot more": (added_ballot, {"chain", "certificate"}),
    "a ballot more and the chain": (with_chain(added_ballot), {"certificate"}),
    "three answers to the slate": (other_ratification, {"chain", "certificate"}),
    "three answers to the slate and the chain": (with_chain(other_ratification), {"certificate"}),
    "the threshold": (head(other_threshold), {"rules"}),
    "the conclusion": (head(lambda d: d.update(conclusion=[24])), {"conclusion"}),
    "the outcome": (head(lambda d: d.update(outcome="none")), {"outcome"}),
    "the certificate": (head(lambda d: d["certificate"]["coverage"].update(all=70)), {"certificate"}),
    "fewer tickets than voices": (head(lambda d: d.update(tickets=63)), {"voices <= tickets", "certificate"}),
    "a link less": (head(lambda d: d["chain"].pop()), {"chain"}),
    "the groups' names": (head(lambda d: d["group_ids"].reverse()), {"landscape", "certificate"}),
    "a candidate less": (
        lambda files: {"lines__csv": table_with(files["lines.csv"], lambda rows: rows[:-1])},
        {"shortlist", "certificate"},
    ),
    "somebody's group": (
        landscape(lambda d: d["people"]["group"].__setitem__(3, 2 if d["people"]["group"][3] == 1 else 1)),
        {"landscape"},
    ),
    "the digest of the landscape": (landscape(lambda d: d.update(digest="sha256:" + "0" * 64)), {"landscape"}),
    "a count of the landscape": (landscape(lambda d: d["by_statement"]["5"].update(agree=64)), {"counts"}),
    "how the slate was chosen": (slate(lambda d: d["chosen"].reverse()), {"slate, how it was chosen"}),
}


@pytest.mark.parametrize(("change", "named"), NAMED.values(), ids=NAMED)
def test_what_was_changed_is_found_by_computing_again_and_named(forged, files, change, named):
    report = forged(**change(files))

    assert named | {AT_OPENING} <= set(failed(report))
    assert "signature" not in failed(report)
    assert all(finding.detail for finding in report.findings if not finding.ok)


STUMBLES = "verify reads the ratification ballots by the stated slate; another slate is then an IndexError"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (slate(lambda d: d.update(statements=[1, 2, 24])), {"slate"}),
        (head(other_threshold_and_digest), {"figures of the landscape"}),
    ],
    ids=["the slate", "the threshold and its digest"],
)
def test_another_slate_is_named_as_such(forged, files, change, named):
    report = forged(**change(files))

    assert named | {AT_OPENING} <= set(failed(report))


def test_a_threshold_with_a_digest_to_match_is_still_not_the_one_signed_at_opening(forged, files):
    report = forged(**head(other_threshold_and_digest)(files))

    assert AT_OPENING in failed(report)


OVERLOOKED = {
    "the group column of the ballots": lambda files: {
        "ballots__csv": table_with(files["ballots.csv"], lambda rows: turned(rows, 0, 2, ("1", "2")))
    },
    "a line's text": lambda files: {
        "lines__csv": files["lines.csv"].replace(b",Statement ", b",Never a statement ", 1)
    },
    "common ground": landscape(lambda d: d.update(common_ground=[24])),
    "what divides": landscape(lambda d: d.update(divisive=[])),
    "a floor": landscape(lambda d: d["by_statement"]["1"].update(floor=0.01)),
    "a group's count": landscape(lambda d: d["by_statement"]["1"]["by_group"]["1"].update(agree=0)),
    "a channel's count": landscape(lambda d: d["by_statement"]["1"]["by_channel"]["hall"].update(agree=0)),
    "a group's size": landscape(lambda d: d["groups"][0].update(size=99)),
    "every count left out": landscape(lambda d: d.update(by_statement={})),
    "everybody's group left out": landscape(lambda d: d["people"].update(group=[])),
    "who was admissible": slate(lambda d: d.update(admissible=[])),
    "a price": slate(lambda d: d["chosen"][0].update(price="0")),
    "the size": slate(lambda d: d.update(size=9)),
    "the shortlist of the slate": slate(lambda d: d.update(shortlist=[])),
    "on what it rests": head(lambda d: d.update(outcome_basis="simulated")),
}


@pytest.mark.parametrize("change", OVERLOOKED.values(), ids=OVERLOOKED)
def test_every_number_of_a_record_is_compared(forged, files, change):
    report = forged(**change(files))

    assert set(failed(report)) - {AT_OPENING} != set()


# ---- keys


def test_a_record_signed_by_another_key_shows_another_fingerprint(forged, stranger):
    report = forged()

    assert key_of(report) == fingerprint(sign(stranger, "")["public_key"])
    assert key_of(report) != fingerprint(sign(sitting().pem, "")["public_key"])
    assert failed(report) == [AT_OPENING]


def test_a_sitting_whose_rules_nobody_signed_is_not_verified(forged, files):
    report = forged(**head(lambda d: d.pop("rules_signature"))(files))

    assert failed(report) == [AT_OPENING]


def test_rules_signed_by_another_key_than_the_record_are_not_those_of_the_opening(tmp_path, files, recompute):
    other = json_with(files["record.json"], lambda d: d.update(rules_signature=sign(new_key(), d["rules_digest"])))

    report = checked(tmp_path, resealed({**files, "record.json": other}, sitting().pem), recompute)

    assert failed(report) == [AT_OPENING]


def only_sums(files, change):
    """Somebody changes files and the sums, and has no key at all."""
    told = {**files, **{name.replace("__", "."): content for name, content in change(files).items()}}
    own = {name: content for name, content in told.items() if name not in {SUMS, SIGNATURE, PAGE}}
    return zip_of(paged({**told, SUMS: sums_of(own)}, files[PAGE]))


def test_sums_computed_anew_without_a_key_break_the_signature(tmp_path, files, recompute):
    report = checked(tmp_path, only_sums(files, other_vote), recompute)

    finding = next(f for f in report.findings if f.what == "signature")
    assert (finding.ok, finding.detail) == (False, "signature.json does not sign this SHA256SUMS")


@pytest.mark.parametrize("change", [other_vote, added_ballot, head(other_threshold)], ids=["vote", "ballot", "rule"])
def test_without_a_key_what_was_changed_is_named_all_the_same(tmp_path, files, recompute, change):
    report = checked(tmp_path, only_sums(files, change), recompute)

    assert {"signature", "rules"} < set(failed(report)) or {"signature", "chain"} < set(failed(report))


# ---- what is no record


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_is_named(tmp_path, files, name):
    report = checked(tmp_path, zip_of({n: content for n, content in files.items() if n != name}))

    assert not report.ok
    assert name in report.findings[0].detail


def test_a_file_too_many_is_named(tmp_path, files):
    report = checked(tmp_path, zip_of({**files, "holiday.jpg": b"sea"}))

    assert failed(report) == ["no other files"]
    assert report.findings[1].detail == "not in SHA256SUMS: holiday.jpg"


def test_a_name_that_stands_twice_is_refused(tmp_path, files, recompute):
    out = io.BytesIO(zip_of({"votes.csv": b"another truth", **{n: c for n, c in files.items() if n != "votes.csv"}}))
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("votes.csv", files["votes.csv"])

    with pytest.raises(BadInput, match=r"votes\.csv"):
        checked(tmp_path, out.getvalue(), recompute)


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"no zip at all", sitting().data[: len(sitting().data) // 2]],
    ids=["empty", "two letters", "text", "half"],
)
def test_what_is_no_zip_is_refused_in_one_line(tmp_path, content):
    with pytest.raises(BadInput, match=r"^[^\n]*record\.zip: not a whole zip file \([^\n]*\)$"):
        checked(tmp_path, content)


def test_a_record_that_is_not_there_is_refused(tmp_path):
    from onnuri.record.verify import verify

    with pytest.raises(BadInput, match=r"nowhere\.zip: there is no such file$"):
        verify(tmp_path / "nowhere.zip", conclude)
    with pytest.raises(BadInput, match="not a whole zip file"):
        verify(tmp_path, conclude)


def test_an_empty_zip_misses_everything(tmp_path):
    report = checked(tmp_path, zip_of({}))

    assert report.findings[0].detail == "missing: " + ", ".join(NAMES)


BROKEN = {"cut off": b'{"a": ', "a list": b"[]", "a number": b"5", "empty": b"", "not UTF-8": b"\xff\xfe{"}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("name", [n for n in JSON_FILES if n != SIGNATURE])
def test_broken_json_is_a_finding(forged, name, content):
    report = forged(**{name.replace(".", "__"): content})

    assert not report.ok
    assert any(name in finding.detail for finding in report.findings if not finding.ok)


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_signature_is_a_finding(tmp_path, files, recompute, content):
    report = checked(tmp_path, zip_of({**files, SIGNATURE: content}), recompute)

    assert failed(report)[0] == "signature"


@pytest.mark.parametrize("name", JSON_FILES)
def test_a_bottomless_document_is_a_finding(tmp_path, files, stranger, recompute, name):
    told = {**files, name: b"[" * 100_000}

    report = checked(tmp_path, zip_of(told) if name == SIGNATURE else resealed(told, stranger), recompute)

    assert not report.ok


STRANGE = {
    "rules are a list": head(lambda d: d.update(rules=[1])),
    "rules are nothing": head(lambda d: d.update(rules=None)),
    "a rule nobody knows": head(lambda d: d["rules"].update(host_picks=True)),
    "a size of words": head(lambda d: d["rules"].update(size="five")),
    "an endless threshold": head(lambda d: d["rules"].update(threshold=float("inf"))),
    "no chain": head(lambda d: d.update(chain=None)),
    "a chain of words": head(lambda d: d.update(chain=["open", "close"])),
    "no certificate": head(lambda d: d.update(certificate=None)),
    "tickets in words": head(lambda d: d.update(tickets="many")),
    "no names of groups": head(lambda d: d.update(group_ids=None)),
    "another format": head(lambda d: d.update(format=99)),
    "a format of words": head(lambda d: d.update(format=[])),
    "no people": landscape(lambda d: d.pop("people")),
    "people are a list": landscape(lambda d: d.update(people=[])),
    "a slate of words": slate(lambda d: d.update(statements=["one"])),
    "a slate of lists": slate(lambda d: d.update(statements=[[1]])),
    "no slate": slate(lambda d: d.update(statements=None)),
    "nothing chosen": slate(lambda d: d.update(chosen=None)),
}


@pytest.mark.parametrize("change", STRANGE.values(), ids=STRANGE)
def test_a_strange_document_is_a_finding(forged, files, change):
    report = forged(**change(files))

    assert set(failed(report)) - {AT_OPENING} != set()


def test_a_list_where_names_should_be_is_a_finding(forged, files):
    report = forged(**landscape(lambda d: d.update(by_statement=[]))(files))

    assert not report.ok


ODD_ROWS = {
    "nothing at all": lambda content: b"",
    "not UTF-8": lambda content: content + b"\xff\n",
    "a short row": lambda content: content + b"1,2\n",
    "a long row": lambda content: content + b"1,2,1,hall,0,1,1,1,1,1\n",
    "words": lambda content: content + b"one,two,three,four,five,six\n",
    "a negative id": lambda content: content + b"-5,-5,1,hall,0,1\n",
    "an endless cell": lambda content: content + b"x" * 200_000 + b",1,1,hall,0,1\n",
}


@pytest.mark.parametrize("change", ODD_ROWS.values(), ids=ODD_ROWS)
@pytest.mark.parametrize("name", ["votes.csv", "ballots.csv", "lines.csv"])
def test_odd_rows_are_a_finding(forged, files, name, change):
    report = forged(**{name.replace(".", "__"): change(files[name])})

    assert set(failed(report)) - {AT_OPENING} != set()


@pytest.mark.parametrize("vote", ["7", "700", "2", "", "yes"])
def test_a_ballot_that_is_no_answer_is_a_finding(forged, files, vote):
    report = forged(ballots__csv=table_with(files["ballots.csv"], lambda rows: [*rows[:-1], [*rows[-1][:-1], vote]]))

    assert "chain" in failed(report)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_without_its_header_is_a_finding_or_says_nothing_that_counts(forged, files, name):
    report = forged(**{name.replace(".", "__"): files[name].split(b"\n", 1)[1]})

    assert name == "log.csv" or set(failed(report)) - {AT_OPENING} != set()


def test_statements_that_were_not_accepted_cannot_be_candidates(forged, files):
    shortlisted = json.loads(files["slate.json"])["statements"][0]

    def refuse(rows):
        return [[*row[:4], "withdrawn" if row[0] == str(shortlisted) else row[4], row[5]] for row in rows]

    report = forged(statements__csv=table_with(files["statements.csv"], refuse))

    assert len(files["statements.csv"].splitlines()) == STATEMENTS + 1
    assert "shortlist" in failed(report)
