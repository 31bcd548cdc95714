"""Six conversations that really took place, from the export to a verified record.

Data was gathered using the Polis software (compdemocracy.org/polis) and is sub-licensed under CC BY 4.0 with
Attribution to The Computational Democracy Project.
"""

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from tests.record.sittings import checked, failed, files_of

from onnuri import pipeline
from onnuri.landscape.export import kept_votes, read_export
from onnuri.pipeline import conclude, export_record
from onnuri.record.signature import new_key

DATA = Path(__file__).parents[3] / "shared" / "data"
NAMES = (
    "15-per-hour-seattle",
    "brexit-consensus",
    "london.youth.policing",
    "scoop-hivemind.biodiversity",
    "scoop-hivemind.taxes",
    "vtaiwan.uberx",
)

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"no conversations in {DATA}")


@pytest.fixture(scope="module")
def concluded():
    """Each conversation, concluded once: the export, what was found and the sealed record."""
    pem, done = new_key(), {}

    def of(name):
        if name not in done:
            export = read_export(DATA / name)
            done[name] = (export, *export_record(export, size=5, pem=pem), pem)
        return done[name]

    return of


def rows(folder, name):
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def counted_by_hand(folder):
    """(person, statement) -> vote, straight from the files."""
    known = {int(r["comment-id"]): r["moderated"] != "-1" for r in rows(folder, "comments.csv")}
    cast = sorted(rows(folder, "votes.csv"), key=lambda r: int(r["timestamp"]))
    found = {(int(r["voter-id"]), int(r["comment-id"])): int(r["vote"]) for r in cast}
    return {pair: vote for pair, vote in found.items() if known.get(pair[1])}


def test_vtaiwan_has_as_many_people_and_answers_as_known():
    votes = kept_votes(read_export(DATA / "vtaiwan.uberx"))

    assert len(votes.participants) == 1912
    assert len(votes) == 49_348


@pytest.mark.parametrize("name", NAMES)
def test_every_vote_that_counts_is_read_and_no_other(name):
    votes = kept_votes(read_export(DATA / name))

    by_hand = counted_by_hand(DATA / name)
    read = zip(votes.participant.tolist(), votes.statement.tolist(), votes.value.tolist(), strict=True)
    assert {(person, statement): vote for person, statement, vote in read} == by_hand
    assert sum(votes.ignored.values()) == len(rows(DATA / name, "votes.csv")) - len(by_hand)


@pytest.mark.parametrize("name", NAMES)
def test_its_record_verifies_and_what_verify_computed_is_the_same_record_again(name, concluded, tmp_path, monkeypatch):
    export, found, sealed, pem = concluded(name)
    computed = []

    def remembered(*votes, **about):
        computed.append(conclude(*votes, **about))
        return computed[0]

    report = checked(tmp_path, sealed.data, remembered)
    monkeypatch.setattr(pipeline, "conclude", lambda *votes, **about: computed[0])
    again = export_record(export, size=5, pem=pem)[1]

    assert again == sealed
    assert failed(report) == []
    assert report.digest == sealed.digest
    assert found.certificate["basis"] == "imputed"
    assert found.certificate["ratification"] is None


@pytest.mark.parametrize("name", NAMES)
def test_what_the_record_says_of_support_are_counts_of_its_own_rows(name, concluded):
    _, found, sealed, _ = concluded(name)

    table = csv.DictReader(io.StringIO(files_of(sealed.data)["votes.csv"].decode()))
    said = Counter((int(r["statement"]), r["vote"]) for r in table)
    for candidate in found.certificate["candidates"]:
        overall = candidate["overall"]
        assert [overall[n] for n in ("agree", "pass", "disagree")] == [
            said[candidate["id"], v] for v in ("1", "0", "-1")
        ]
    assert found.certificate["ejr_plus"]["violations"] == []


@pytest.mark.parametrize("name", ["brexit-consensus", "scoop-hivemind.biodiversity", "vtaiwan.uberx"])
def test_where_people_agree_there_are_five_lines_that_every_group_carries(name, concluded):
    _, found, _, _ = concluded(name)

    assert len(found.slate.statements) == 5
    assert set(found.slate.statements) <= set(found.landscape.common_ground)
    assert all(standing.weakest >= 1 / 2 for standing in found.slate.standings if standing.passes)


def test_twenty_six_people_are_too_few_for_groups(concluded):
    _, found, _, _ = concluded("london.youth.policing")

    assert (found.landscape.k, found.landscape.loose) == (1, False)
