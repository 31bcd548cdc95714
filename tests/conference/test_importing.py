"""A list from somebody's spreadsheet: read whatever saved it, told line by line, and claimed like any other."""

import io

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from tests import cast

from onnuri.conference import actions, roster, sheets
from onnuri.conference.checking import check
from onnuri.conference.importing import read_sheet
from onnuri.conference.models import Conference, Registration, Ticket
from onnuri.conference.queries import log_document
from onnuri.errors import Refusal
from onnuri.people.models import Mail

TWO = "이름,이메일,자리\n김하나,hana@example.kr,현장\n박지우,jiwoo@example.kr,온라인\n"


def read(content, party_limit=4):
    content = content.encode() if isinstance(content, str) else content
    return read_sheet(content, party_limit=party_limit, language="ko")


def told(sheet):
    """(line, name, wish, seats) of the good ones, (line, why) of the others."""
    good = [(n.number, n.name, n.ask.wish, n.ask.seats) for n in sheet.lines if n.ask]
    return good, [(n.number, n.refusal.key) for n in sheet.lines if n.refusal]


def workbook(*rows):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for y, row in enumerate(rows):
            sheet.write_row(y, 0, row)
    return out.getvalue()


# ---- whatever saved it


@pytest.mark.parametrize(
    "content",
    [
        TWO.encode(),
        b"\xef\xbb\xbf" + TWO.encode(),
        TWO.encode("cp949"),
        TWO.encode("utf-16"),
        TWO.replace(",", ";").encode(),
        TWO.replace(",", "\t").encode("utf-16"),
        TWO.replace("\n", "\r\n").encode(),
        workbook(*[line.split(",") for line in TWO.splitlines()]),
    ],
    ids=["utf-8", "its-mark", "korean-excel", "utf-16", "semicolons", "tabs", "windows", "xlsx"],
)
def test_two_people_are_read_however_they_were_saved(content):
    good, bad = told(read(content))

    assert (good, bad) == ([(2, "김하나", "hall", 1), (3, "박지우", "online", 1)], [])


def test_a_party_is_counted_with_its_companions():
    sheet = read("name,email,seats,companions\nMina,mina@example.kr,3,Jun; Linh\nSato,sato@example.kr,,Ken")

    assert told(sheet)[0] == [(2, "Mina", "hall", 3), (3, "Sato", "hall", 2)]
    assert sheet.lines[0].ask.person.companions == ("Jun", "Linh")


def test_a_number_a_workbook_holds_as_a_fraction_is_a_number_of_seats():
    assert told(read(workbook(["name", "email", "seats"], ["Jun", "jun@example.kr", 2.0])))[0] == [
        (2, "Jun", "hall", 2)
    ]


def test_each_line_says_what_is_wrong_with_it():
    content = (
        "name,email,place,seats,companions\n"
        "Jun,jun@example.kr,hall,1,\n"
        ",blank@example.kr,,,\n"
        "Linh,linh at example,,,\n"
        "Sato,sato@example.kr,balcony,,\n"
        "Mina,mina@example.kr,,9,\n"
        "Park,park@example.kr,,two,\n"
        "Choi,choi@example.kr,,1,Kang\n"
        "\n"
        "Jun Again, JUN@example.kr ,,,\n"
    )

    assert told(read(content)) == (
        [(2, "Jun", "hall", 1)],
        [
            (3, "text_blank"),
            (4, "email"),
            (5, "wish"),
            (6, "party"),
            (7, "party"),
            (8, "import_companions"),
            (10, "import_twice"),
        ],
    )


def test_columns_that_mean_nothing_here_are_named():
    assert read("전화,성명,E-mail,직장\n010,김하나,hana@example.kr,시청").unused == ("전화", "직장")


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "import_empty"),
        (b"\n\n,,\n", "import_empty"),
        (b"name,email\n", "import_empty"),
        (b"name,phone\nJun,010\n", "import_columns"),
        (b"name,email\n\xff\xfe\xff\xff,x\n", "import_encoding"),
        (b"PK\x03\x04 not a workbook", "import_file"),
        (b"\xd0\xcf\x11\xe0 not one either", "import_file"),
        (b"name,email\n" + b"x" * sheets.LARGEST_FILE, "too_large"),
        (b"name,email\n" + b"a,b\n" * (sheets.MOST_ROWS + 1), "import_rows"),
    ],
)
def test_a_file_that_is_no_list_is_refused_as_a_whole(content, key):
    with pytest.raises(Refusal) as refused:
        read(content)

    assert (refused.value.key, refused.value.field) == (key, "file")


def test_a_small_file_that_unpacks_to_a_flood_is_refused(monkeypatch):
    monkeypatch.setattr(sheets, "LARGEST_UNPACKED", 1000)

    with pytest.raises(Refusal) as refused:
        read(workbook(["name", "email"], ["Jun", "jun@example.kr"]))

    assert refused.value.key == "too_large"


@given(st.binary(max_size=300))
def test_any_bytes_are_a_list_or_a_refusal(content):
    try:
        told = [line.number for line in read(b"name,email\n" + content).lines]
    except Refusal as refusal:
        told = refusal.field

    assert told == "file" or (told and min(told) > 1)


# ---- dry run, then for good


@pytest.fixture
def hall(db):
    return cast.conference(capacity=2)


def looked(content):
    found = roster.look(Conference.objects.get(), read(content).lines)
    return len(found.new), len(found.known), [(line.number, why.key) for line, why in found.refused], found.places


def bring(content, *, vouched=True):
    return roster.bring_in("hanbit", read(content).lines, vouched=vouched, at=cast.minutes(1))


FIVE = "name,email\n" + "".join(f"P{n},p{n}@example.kr\n" for n in range(5))


def test_a_dry_run_foresees_what_the_import_does_and_stores_nothing(hall):
    cast.register("Jun")
    before = Conference.objects.values().get()

    foreseen = looked(FIVE)

    assert foreseen == (5, 0, [], {"seat": 1, "waiting": 4})
    assert Conference.objects.values().get() == before
    assert bring(FIVE).places == foreseen[3]


def test_imported_people_stand_behind_who_was_there_before(hall):
    jun = cast.register("Jun")

    bring(FIVE)

    assert [(r.seq, r.name) for r in Registration.objects.all()][:2] == [(1, jun.name), (2, "P0")]
    assert Conference.objects.get().taken == 2


def test_the_same_file_twice_changes_nothing(hall):
    first = bring(FIVE)
    before = [list(rows.values()) for rows in (Registration.objects.all(), Ticket.objects.all(), Mail.objects.all())]

    again = bring(FIVE)

    assert (first.new, again.new, again.known, again.refused) == (5, 0, 5, ())
    assert [
        list(rows.values()) for rows in (Registration.objects.all(), Ticket.objects.all(), Mail.objects.all())
    ] == before
    assert looked(FIVE) == (0, 5, [], {})


def test_three_bad_lines_of_five_hundred_are_named_and_the_others_come_in(hall):
    lines = [f"P{n},p{n}@example.kr" for n in range(500)]
    lines[7], lines[100], lines[499] = "P7,nowhere", ",p100@example.kr", "P0,p0@example.kr"
    content = "\n".join(["name,email", *lines])

    assert looked(content)[:3] == (497, 0, [(9, "email"), (102, "text_blank"), (501, "import_twice")])
    assert bring(content).new == 497
    assert Registration.objects.count() == 497


def test_somebody_who_registered_alone_is_named_and_keeps_one_place(hall):
    cast.register("P3", email="p3@example.kr")

    assert looked(FIVE)[2] == [(5, "already_registered")]
    assert [(line.number, why.key) for line, why in bring(FIVE).refused] == [(5, "already_registered")]
    assert Registration.objects.filter(email="p3@example.kr").count() == 1


def test_vouched_people_get_a_ticket_and_one_letter(hall):
    bring(FIVE)

    assert Ticket.objects.filter(code__isnull=False).count() == 5
    assert sorted(Mail.objects.values_list("kind", "to")) == [("ticket", f"p{n}@example.kr") for n in range(5)]


def test_others_are_asked_to_confirm_and_hold_their_seats_meanwhile(hall):
    bring(FIVE, vouched=False)

    assert Ticket.objects.filter(code__isnull=False).count() == 0
    assert set(Mail.objects.values_list("kind", flat=True)) == {"confirm"}
    assert {r.hold_until for r in Registration.objects.filter(place="seat")} == {cast.minutes(31)}


def test_the_log_of_an_import_can_be_checked_by_anyone(hall):
    bring(FIVE)

    assert check(log_document(Conference.objects.get())).problems == ()


def test_after_closing_nobody_is_imported(hall):
    actions.close_registration("hanbit", at=cast.minutes(1))

    assert looked(FIVE)[2] == [(n, "registration_closed") for n in range(2, 7)]
    assert bring(FIVE).new == 0


def test_a_fault_in_the_middle_leaves_nothing_half_stored(hall, monkeypatch):
    monkeypatch.setattr(roster.claims, "vouch", lambda *_, **__: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        bring(FIVE)

    assert (Registration.objects.count(), Mail.objects.count(), Conference.objects.get().taken) == (0, 0, 0)
