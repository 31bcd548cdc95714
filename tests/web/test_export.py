"""The list as a file: everybody in it, streamed, and no cell that a spreadsheet would run."""

import csv
import io

import pytest
from python_calamine import CalamineWorkbook
from tests import cast

from onnuri.conference import actions, roster, sheets
from onnuri.conference.claims import Ask, Person
from onnuri.conference.importing import read_sheet
from onnuri.conference.models import Conference, Registration, Scan
from onnuri.web.host import files

pytestmark = pytest.mark.django_db

DESK = "/host/e/hanbit"
EVIL = ["=1+1", "+cmd", "-1", "@SUM(A1)", "\tx", "＝1+1", "＋1", "－1", "＠a"]


@pytest.fixture
def desk(client):
    _made, key = actions.create_conference(slug="hanbit", title={"ko": "한빛"}, capacity=3, at=cast.MORNING)
    client.get(f"{DESK}?key={key}")
    return client


def claim(name, address="jun@example.kr", seats=1, needs="", companions=()):
    person = Person(name, address, needs, {"email": True, "sensitive": bool(needs)}, companions)
    return actions.claim("hanbit", Ask(f"key-of-{address}", "hall", seats, person), at=cast.MORNING).registration


def csv_of(desk):
    answer = desk.get(f"{DESK}/export.csv")
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def xlsx_of(desk):
    content = desk.get(f"{DESK}/export.xlsx").content
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_the_file_says_everything_of_everybody(desk):
    own = cast.confirmed(claim("김하나", seats=2, needs="휠체어", companions=("박지우",)))
    claim("Linh", "linh@example.kr", seats=2)
    Scan.objects.create(
        conference=own.conference, device="door", counter=1, ticket=own.first, act="in", at=cast.MORNING,
        received_at=cast.MORNING,
    )  # fmt: skip

    head, first, second = csv_of(desk)

    assert head == [
        "순서", "이름", "이메일", "자리", "좌석 번호", "인원", "확인", "도움", "동의", "체크인", "등록한 때", "동행"
    ]  # fmt: skip
    assert first == [
        "1", "김하나", "jun@example.kr", "좌석", "1, 2", "2", "2026-05-02 09:00:00", "휠체어",
        "이름과 이메일, 도움 요청", "1", "2026-05-02 09:00:00", "박지우",
    ]  # fmt: skip
    assert second[:7] == ["2", "Linh", "linh@example.kr", "대기", "", "2", ""]


def test_a_workbook_says_the_same(desk):
    claim("김하나", needs="휠체어")

    assert [[str(int(c)) if isinstance(c, float) else c for c in row] for row in xlsx_of(desk)] == csv_of(desk)


def test_csv_begins_with_the_mark_by_which_excel_knows_it(desk):
    answer = desk.get(f"{DESK}/export.csv")

    assert next(iter(answer.streaming_content)) == b"\xef\xbb\xbf"
    assert answer["Content-Disposition"] == 'attachment; filename="hanbit-registrations.csv"'
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("read", [csv_of, xlsx_of])
def test_no_cell_begins_like_a_formula(desk, evil, read):
    own = claim("Jun", needs="x", seats=2, companions=("y",))
    # Straight into the row: the door trims some of it, an older row may not have been.
    Registration.objects.filter(pk=own.pk).update(name=evil, needs=evil)
    own.tickets.update(name=evil)

    row = read(desk)[1]

    assert [row[1], row[7], row[11]] == [f"'{evil}"] * 3


@pytest.mark.parametrize("evil", EVIL)
def test_a_name_survives_going_out_and_coming_in(desk, evil):
    rows = [["name", "email"], [f"{evil}김하나", "hana@example.kr"]]

    back = sheets.read_table(b"".join(sheets.csv_pieces(rows)))

    assert back == rows


def test_rows_are_read_in_slices_and_not_all_at_once(desk, monkeypatch):
    monkeypatch.setattr(roster, "SLICE", 2)
    for n in range(5):
        claim(f"P{n}", f"p{n}@example.kr")

    pieces = iter(desk.get(f"{DESK}/export.csv").streaming_content)

    assert [next(pieces)[:4] for _ in range(2)] == [b"\xef\xbb\xbf", "순서".encode()[:4]]
    assert len(list(pieces)) == 5


def test_the_template_is_a_file_that_can_be_read(desk):
    for kind in ("csv", "xlsx"):
        answer = desk.get(f"{DESK}/import/template.{kind}")
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        (line,) = read_sheet(content, party_limit=4, language="ko").lines
        assert (line.ask.seats, line.ask.person.companions, line.refusal) == (2, ("박지우",), None)


def test_another_kind_of_file_is_not_there(desk):
    assert desk.get(f"{DESK}/export.exe").status_code == 404


# ---- bringing a file in, on the page

LIST = "이름,이메일\n김하나,hana@example.kr\n박지우,nowhere\n".encode()


def send(desk, content=LIST, name="list.csv"):
    file = io.BytesIO(content)
    file.name = name
    return desk.post(f"{DESK}/import", {"file": file})


def test_nothing_is_stored_until_the_organiser_says_so(desk):
    report = send(desk)["Location"]

    page = desk.get(report)

    assert (page.context["new"], page.context["refused_count"]) == (1, 1)
    assert [(r["number"], r["why"]) for r in page.context["refused"]] == [
        (3, "이메일 주소를 다시 확인해 주세요. 예: name@example.kr")
    ]
    assert not Registration.objects.exists()

    desk.post(report, {"consent": "1", "vouched": "yes"})

    assert list(Registration.objects.values_list("name", "confirmed_by", "source")) == [("김하나", "import", "import")]
    assert desk.get(report).context["done"] is True


def test_pressing_twice_imports_once(desk):
    report = send(desk)["Location"]

    for _ in range(2):
        desk.post(report, {"consent": "1"})

    assert Registration.objects.count() == 1


def test_without_consent_nobody_comes_in(desk):
    went = desk.post(send(desk)["Location"], {"vouched": "yes"})

    assert (went.status_code, went.context["error"]["field"]) == (422, "consent")
    assert not Registration.objects.exists()


def test_a_restart_between_the_two_presses_says_so(desk):
    report = send(desk)["Location"]
    files.UPLOADS.clear()

    went = desk.post(report, {"consent": "1"})

    assert (went.status_code, went.context["error"]["key"]) == (409, "import_gone")
    assert not Registration.objects.exists()


def test_a_report_belongs_to_one_conference(desk):
    report = send(desk)["Location"]
    _made, key = actions.create_conference(slug="haneul", title={"ko": "하늘"}, capacity=3, at=cast.MORNING)
    desk.get(f"/host/e/haneul?key={key}")

    assert desk.get(report.replace("hanbit", "haneul")).status_code == 409


@pytest.mark.parametrize(("content", "key"), [(b"\x00\x01", "import_columns"), (b"", "import_empty")])
def test_a_file_that_is_no_list_is_one_clear_sentence(desk, content, key):
    went = send(desk, content)

    assert (went.status_code, went.context["error"]["key"]) == (422, key)


def test_no_file_at_all_is_one_too(desk):
    assert desk.post(f"{DESK}/import", {}).context["error"]["key"] == "import_none"


def test_what_is_imported_is_what_was_shown(desk):
    report = send(desk)["Location"]
    cast.confirmed(claim("김하나", "hana@example.kr"))

    desk.post(report, {"consent": "1"})

    assert [r["why"] for r in desk.get(report).context["refused"]] == [
        "이 이메일로 이미 등록했어요.",
        "이메일 주소를 다시 확인해 주세요. 예: name@example.kr",
    ]
    assert Conference.objects.get().registrations.count() == 1
