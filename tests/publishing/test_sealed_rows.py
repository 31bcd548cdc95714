"""A hall that keeps its rows: what anybody downloads, what the host hands to auditors, what the page says before."""

import io
import zipfile

import pytest
from tests import cast

from onnuri.errors import Unprocessable
from onnuri.pipeline import conclude
from onnuri.publishing import sitting
from onnuri.record.verify import verify
from onnuri.web.voices import SIGNER

pytestmark = pytest.mark.django_db
AUDITOR = "시민감사관 (예시)"


def until(segment, rows="sealed"):
    """A sitting of 30 whose rules were fixed with sealed rows."""
    for room, _voices in cast.whole_sitting():
        if not room.rules_digest and rows == "sealed":
            sitting.draft_rules(code=room.code, changes={"rows": "sealed", "auditors": [AUDITOR]})
        if room.segment == segment:
            return room
    raise AssertionError(segment)


def as_host(client, room):
    client.cookies[f"host_c_{room.pk}"] = SIGNER.host("c", room.pk)
    return client


def names(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return set(archive.namelist())


def test_everybody_downloads_totals_and_the_host_the_rows(client, tmp_path):
    room = until("published")
    public = client.get(f"/r/{room.code}/record.zip").content
    rows = as_host(client, room).get(f"/host/c/{room.code}/publish/auditor.zip").content
    (tmp_path / "record.zip").write_bytes(public)
    (tmp_path / "auditor.zip").write_bytes(rows)

    alone = verify(tmp_path / "record.zip", conclude)
    together = verify(tmp_path / "record.zip", conclude, rows=tmp_path / "auditor.zip")

    assert not {"votes.csv", "ballots.csv"} & names(public)
    assert {"votes.csv", "ballots.csv"} <= names(rows)
    assert alone.ok
    assert alone.digest == room.record.digest
    assert alone.unchecked
    assert [f.what for f in together.findings if not f.ok] == []
    assert together.unchecked == 0


def test_nobody_else_gets_the_rows(client):
    room = until("published")

    assert client.get(f"/host/c/{room.code}/publish/auditor.zip").status_code == 403
    for address in (f"/r/{room.code}", f"/r/{room.code}.json"):
        assert "auditor.zip" not in client.get(address).content.decode()


def test_a_conversation_with_open_rows_has_nothing_for_auditors(client):
    room = until("published", rows="open")

    assert as_host(client, room).get(f"/host/c/{room.code}/publish/auditor.zip").status_code == 404


def test_the_record_page_says_who_the_auditors_are_and_what_only_they_can_check(client):
    room = until("published")

    page = client.get(f"/r/{room.code}", headers={"Accept-Language": "ko"}).content.decode()

    assert AUDITOR in page
    assert "공개되는 것은 합계뿐입니다" in page
    assert client.get(f"/r/{room.code}.json").json()["auditors"] == [AUDITOR]


@pytest.mark.parametrize("rows", ["open", "sealed"])
def test_before_publishing_the_host_sees_how_many_rows_could_be_recognised(client, rows):
    room = until("result", rows)

    page = as_host(client, room).get(f"/host/c/{room.code}/publish", headers={"Accept-Language": "ko"}).content.decode()

    votes = {}
    for voice, statement, _round, _channel, late, value in sorted(sitting.cast(room).votes, key=lambda r: r[2]):
        if not late:
            votes.setdefault(voice, {})[statement] = value
    every = [frozenset(row.items()) for row in votes.values()]
    unique = sum(every.count(row) == 1 for row in every)
    assert f"{len(votes)}행 가운데 {unique}행" in page
    assert "답 3개를 아는 사람은" in page
    assert ("거둘 수 없습니다" in page) == (rows == "open")


def test_the_join_page_asks_for_a_published_row_only_where_it_is_published(client):
    sealed, published = until("round"), cast.conversation(policy="open")

    assert b"consent_rows" not in client.get(f"/c/{sealed.code}").content
    assert b"consent_rows" in client.get(f"/c/{published.code}").content


def test_the_host_names_auditors_with_the_rules(client):
    room = cast.conversation()
    host = as_host(client, room)

    host.post(f"/host/c/{room.code}/rules", {"rows": "sealed", "auditors": f"{AUDITOR}, 두 번째 감사인", "act": "save"})

    room.refresh_from_db()
    assert (room.rules["rows"], room.rules["auditors"]) == ("sealed", [AUDITOR, "두 번째 감사인"])
    page = client.get(f"/c/{room.code}/rules", headers={"Accept-Language": "ko"}).content.decode()
    assert AUDITOR in page
    host.post(f"/host/c/{room.code}/rules", {"rows": "open", "auditors": AUDITOR, "act": "save"})
    room.refresh_from_db()
    assert "auditors" not in room.rules


@pytest.mark.parametrize("named", ["", " , "], ids=["nobody", "commas"])
def test_rows_are_not_sealed_for_nobody(client, named):
    room = cast.conversation()

    answer = as_host(client, room).post(f"/host/c/{room.code}/rules", {"rows": "sealed", "auditors": named})

    assert answer.status_code == Unprocessable.status
    room.refresh_from_db()
    assert room.rules["rows"] == "open"
