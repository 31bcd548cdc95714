"""A proof of attendance: for who was there, in letters that are all there; anybody can ask whether it is genuine."""

import io
import re
import time
import zipfile

import pytest
from tests import cast

from onnuri.conference import actions, attendance, entrance, retention
from onnuri.conference.claims import Ask, Person
from onnuri.conference.models import Conference, Proof, Registration, Scan, Ticket
from onnuri.errors import Conflict
from onnuri.web import proof_paper
from onnuri.web.host import proofs

DESK = "/host/e/hanbit"
KEY = b"k" * 32

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    made, key = actions.create_conference(
        slug="hanbit", title={"ko": "한빛 도시 회의", "en": "Hanbit"}, capacity=9, at=cast.MORNING,
        organiser={"ko": "한빛재단"}, starts_at=cast.minutes(60), ends_at=cast.minutes(120),
    )  # fmt: skip
    made.key = key
    return made


@pytest.fixture
def desk(client, hall):
    client.get(f"{DESK}?key={hall.key}")
    proofs.BATCHES.clear()
    return client


def came(name, *, language="ko", companions=(), acts=("in",)):
    """Somebody who registered and was scanned at the door."""
    number = Registration.objects.count()
    person = Person(name, f"p{number}@example.kr", companions=companions)
    ask = Ask(f"key-number-{number}", "hall", 1 + len(companions), person, language=language)
    own = cast.confirmed(actions.claim("hanbit", ask, at=cast.MORNING).registration)
    for ticket in own.tickets.all():
        scan(ticket, *acts)
    return own


def scan(ticket, *acts):
    for act in acts:
        number = Scan.objects.count() + 1
        Scan.objects.create(
            conference=ticket.conference, device="door", counter=number, ticket=ticket, act=act,
            at=cast.minutes(number), received_at=cast.minutes(number),
        )  # fmt: skip


def proof_of(own):
    return attendance.prove(own.first, at=cast.minutes(130))


# ---- for who was there


@pytest.mark.parametrize(
    ("acts", "here"),
    [((), False), (("in",), True), (("in", "in"), True), (("in", "undo"), False), (("in", "undo", "in"), True)],
)
def test_whoever_was_checked_in_and_not_undone_was_there(hall, acts, here):
    own = came("김하나", acts=acts)

    assert (own.first.pk in entrance.present(hall)) == here


def test_nobody_else_gets_a_proof(hall):
    own = came("김하나", acts=())

    with pytest.raises(Conflict) as refused:
        proof_of(own)

    assert refused.value.key == "proof_absent"
    assert not Proof.objects.exists()


def test_asking_again_gives_the_same_proof(hall):
    own = came("김하나")

    assert proof_of(own).code == proof_of(own).code
    assert Proof.objects.count() == 1


def test_everybody_who_was_there_gets_one_companions_too(hall):
    came("김하나", companions=("박지우",))
    came("Linh", acts=())
    came("Sato")

    assert [p.name for p in attendance.prove_all(hall, at=cast.minutes(130))] == ["김하나", "박지우", "Sato"]
    assert attendance.prove_all(Conference.objects.get(), at=cast.minutes(140))[0].issued_at == cast.minutes(130)


# ---- anybody can ask


def test_a_genuine_code_shows_the_name_masked_and_in_full_to_who_types_it(client, hall):
    written = attendance.written(proof_of(came("김하나")), proof_paper.key())

    seen = client.get(f"/proof/{written}").content.decode()
    asked = client.post(f"/proof/{written}", {"name": " 김하나 "}).content.decode()

    assert ("한빛 도시 회의" in seen, "한빛재단" in seen, "김*나" in seen, "김하나" in seen) == (
        True,
        True,
        True,
        False,
    )
    assert "이 이름으로 나간 진짜 확인서예요" in asked


def test_another_name_on_the_paper_is_found_out(client, hall):
    written = attendance.written(proof_of(came("김하나")), proof_paper.key())

    went = client.post(f"/proof/{written}", {"name": "박지우"})

    assert (went.status_code, went.context["error"]["key"]) == (422, "proof_name")
    assert "김하나" not in went.content.decode()


@pytest.mark.parametrize("spoil", [str.lower, lambda c: c.replace("-", " "), lambda c: c.replace("-", "")])
def test_a_code_may_be_written_as_people_write(client, hall, spoil):
    written = attendance.written(proof_of(came("김하나")), proof_paper.key())

    assert client.get(f"/proof/{spoil(written)}").status_code == 200


def test_a_code_that_was_guessed_or_changed_is_not_there(client, hall):
    written = attendance.written(proof_of(came("김하나")), proof_paper.key())
    changed = written[:-1] + ("A" if written[-1] != "A" else "B")

    for code in (changed, written[:10], "AAAAAAAAAA-AAAAAAAA", "x", "김"):
        assert client.get(f"/proof/{code}").status_code == 404


def test_one_letter_of_the_name_is_another_seal():
    seals = {attendance.seal("ABCDEFGHJK", name, KEY) for name in ("김하나", "김하니", "김 하나", "")}

    assert len(seals) == 4


@pytest.mark.django_db(transaction=True)
def test_after_the_names_were_erased_the_paper_still_proves_itself(client, hall):
    written = attendance.written(proof_of(came("김하나")), proof_paper.key())
    retention.erase_now("hanbit", at=cast.minutes(130))
    assert not Proof.objects.exclude(name="").exists()

    seen = client.get(f"/proof/{written}").content.decode()
    right = client.post(f"/proof/{written}", {"name": "김하나"})
    wrong = client.post(f"/proof/{written}", {"name": "박지우"})

    assert ("지워졌어요" in seen, "*" in seen) == (True, False)
    assert "이 이름으로 나간 진짜 확인서예요" in right.content.decode()
    assert (wrong.status_code, wrong.context["error"]["key"]) == (422, "proof_name")


def test_the_field_leads_to_the_code(client, hall):
    assert client.get("/proof").status_code == 200
    assert client.get("/proof?code= abc ")["Location"] == "/proof/abc"


# ---- the paper


@pytest.fixture
def _fonts():
    if proof_paper.FONT not in proof_paper.families():
        pytest.skip("fonts-noto-cjk is not installed")


def paper(name, language="ko"):
    hall = Conference.objects.get()
    own = Proof(conference=hall, code="ABCDEFGHJK", name=name, issued_at=cast.minutes(130))
    return proof_paper.paper(own, language, "https://onnuri.example.kr")


@pytest.mark.usefixtures("_fonts")
@pytest.mark.parametrize("name", ["김하나", "Nguyễn Thị Linh", "佐藤 健", "李明", "Zoë Ødegård"])
def test_every_name_is_set_with_a_font_inside_the_file(hall, name):
    content = proof_paper.pdf([paper(name)])

    assert content.startswith(b"%PDF-")
    assert b"NotoSansCJK" in content
    assert b"/FontFile" in content


@pytest.mark.usefixtures("_fonts")
def test_a_letter_no_font_has_makes_no_paper(hall):
    with pytest.raises(Conflict) as refused:
        proof_paper.pdf([paper("김\U00010900")])

    assert (refused.value.key, refused.value.about) == ("proof_glyph", {"name": "김\U00010900"})


def test_without_the_font_there_is_a_sentence_and_no_paper(desk, hall, monkeypatch):
    monkeypatch.setattr(proof_paper, "families", lambda: {"DejaVu Sans"})
    own = came("김하나")

    one = desk.post(f"{DESK}/registrations/{own.claim}/proofs/1")
    everybody = desk.post(f"{DESK}/proofs", {"kind": "pdf"})

    assert [a.status_code for a in (one, everybody)] == [409, 409]
    assert ["fonts-noto-cjk" in a.content.decode() for a in (one, everybody)] == [True, True]


def test_the_paper_speaks_the_persons_language(hall):
    assert '"title": "참석 확인서"' in paper("Sato").content
    assert '"number"' in paper("Sato", "en").content
    assert paper("Sato", "en").content != paper("Sato").content
    assert paper("Sato", "xx").content == paper("Sato").content


@pytest.mark.usefixtures("_fonts")
def test_the_same_paper_is_set_once(hall):
    proof_paper.forget()

    assert proof_paper.pdf([paper("김하나")]) is proof_paper.pdf([paper("김하나")])


# ---- the organiser's page


@pytest.mark.usefixtures("_fonts")
def test_one_proof_from_the_page_of_a_registration(desk, hall):
    own = came("김하나")

    answer = desk.post(f"{DESK}/registrations/{own.claim}/proofs/1")

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="hanbit-proof-{Proof.objects.get().code}.pdf"'
    assert desk.get(f"{DESK}/registrations/{own.claim}/proofs/1").status_code == 405


def made(desk, kind):
    desk.post(f"{DESK}/proofs", {"kind": kind})
    until = time.monotonic() + 60
    while not (link := re.search(r'href="(/host/e/hanbit/proofs/[^"]+)"', desk.get(f"{DESK}/proofs").content.decode())):
        assert time.monotonic() < until
        time.sleep(0.05)
    return desk.get(link[1])


@pytest.mark.usefixtures("_fonts")
def test_everybodys_proofs_in_one_zip_and_in_one_pdf(desk, hall):
    came("김하나", companions=("박지우",))
    came("Linh", language="en")

    packed, whole = made(desk, "zip"), made(desk, "pdf")

    with zipfile.ZipFile(io.BytesIO(packed.content)) as files:
        assert [name[:5] for name in files.namelist()] == ["00001", "00002", "00003"]
        assert {files.read(name)[:5] for name in files.namelist()} == {b"%PDF-"}
    assert whole.content.count(b"/Type/Page/") + whole.content.count(b"/Type /Page\n") == 3


@pytest.mark.usefixtures("_fonts")
def test_one_name_without_letters_does_not_stop_the_others(desk, hall):
    came("김하나")
    came("\U00010900")

    assert made(desk, "pdf").status_code == 200
    assert "글꼴에 없는 글자가 있어 뺀 이름: \U00010900" in desk.get(f"{DESK}/proofs").content.decode()


def test_before_anybody_came_there_is_nothing_to_make(desk, hall):
    if proof_paper.FONT not in proof_paper.families():
        pytest.skip("fonts-noto-cjk is not installed")

    went = desk.post(f"{DESK}/proofs", {"kind": "pdf"})

    assert went.context["error"]["key"] == "proof_nobody"


def test_a_ticket_of_nobody_is_not_proved(desk, hall):
    assert desk.post(f"{DESK}/registrations/nobody/proofs/1").status_code == 404
    assert not Ticket.objects.exists()
