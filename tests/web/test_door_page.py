"""The door as plain forms: a verdict, people without a ticket, seats handed on, a lost voice, the link."""

import re

import pytest
from django.test import Client
from tests import cast
from tests.cast import minutes

from onnuri.conference import entrance
from onnuri.conference.models import Conference, Registration, Scan, Ticket
from onnuri.web.voices import SIGNER

pytestmark = pytest.mark.django_db
DOOR = "/door/e/hanbit"


@pytest.fixture
def hanbit():
    """It started long ago, so unclaimed seats may go on."""
    return cast.conference(2, starts_at=minutes(10))


@pytest.fixture
def usher(hanbit):
    """Somebody who opened the door's link."""
    client = Client()
    client.get(f"{DOOR}?key={entrance.renew_door_key('hanbit')}")
    return client


@pytest.fixture
def mina(hanbit):
    """The organiser."""
    client = Client()
    client.cookies[f"host_e_{hanbit.pk}"] = SIGNER.host("e", hanbit.pk)
    return client


def ticket(name="Jun"):
    address = f"{name.encode().hex()}@example.kr"
    return cast.confirmed(cast.register(name, email=address)).tickets.get()


def answer_of(page):
    return re.search(r'data-answer="(\w+)"', page.content.decode())[1]


# ---- a scan and a search


def test_a_code_gets_its_verdict_on_the_page(usher):
    page = usher.post(DOOR, {"q": ticket().code, "mark": "abc"})

    assert (page.status_code, answer_of(page)) == (200, "in")
    assert "들어오세요" in page.content.decode()


def test_sending_the_same_form_twice_is_one_scan(usher):
    own = ticket()

    for _ in range(2):
        page = usher.post(DOOR, {"ticket": own.pk, "act": "in", "mark": "abc"})

    assert answer_of(page) == "in"
    assert Scan.objects.count() == 1


def test_two_people_checked_in_from_one_page_are_two_scans(usher):
    for own in (ticket("Jun"), ticket("Linh")):
        assert answer_of(usher.post(DOOR, {"ticket": own.pk, "act": "in", "mark": "abc"})) == "in"

    assert Scan.objects.count() == 2


def test_a_name_by_its_initials(usher):
    ticket("홍길동"), ticket("김사랑")

    page = usher.post(DOOR, {"q": "ㅎㄱㄷ"}).content.decode()

    assert "홍길동" in page
    assert "김사랑" not in page


@pytest.mark.parametrize(
    ("form", "status", "text"),
    [
        ({"q": " "}, 422, "코드나 이름을 적어 주세요."),
        ({}, 422, "코드나 이름을 적어 주세요."),
        ({"ticket": "1", "act": "sell"}, 400, "이 주소에서는 할 수 없는 요청이에요."),
        ({"ticket": "99", "act": "in"}, 200, "찾지 못했어요"),
        ({"q": "없는 사람"}, 200, "찾지 못했어요"),
    ],
)
def test_bad_input_gets_one_clear_answer(usher, form, status, text):
    page = usher.post(DOOR, form)

    assert page.status_code == status
    assert text in page.content.decode()
    assert Scan.objects.count() == 0


@pytest.mark.parametrize("path", [DOOR, f"{DOOR}/walk-in", f"{DOOR}/release"])
def test_a_form_from_nobody_is_refused(hanbit, client, path):
    assert client.post(path, {"q": "Jun", "name": "Jun", "who": "Jun"}).status_code == 403


def test_english_for_whoever_reads_english(usher):
    page = usher.get(DOOR, headers={"accept-language": "en"})

    assert '<html lang="en"' in page.content.decode()


# ---- without a ticket


def test_somebody_without_a_ticket(usher):
    form = {"name": "이슬", "seats": "2", "key": "key-of-this-page"}

    page = usher.post(f"{DOOR}/walk-in", form).content.decode()

    for own in Ticket.objects.all():
        assert own.code in page
    assert Registration.objects.get().seats == 2
    assert entrance.headcount_of(Conference.objects.get()).present == 2


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ({"name": " ", "seats": "1"}, "아직 아무것도 쓰지 않았어요"),
        ({"name": "이슬", "seats": "5"}, "1명에서 4명까지"),
        ({"name": "이슬", "seats": "two"}, "1명에서 4명까지"),
        ({"name": "이" * 81, "seats": "1"}, "1자 넘었어요"),
    ],
)
def test_a_form_that_is_wrong_stores_nothing_and_keeps_the_name(usher, form, text):
    page = usher.post(f"{DOOR}/walk-in", {"key": "key-of-this-page", **form})

    assert page.status_code == 422
    assert text in page.content.decode()
    assert f'value="{form["name"]}"' in page.content.decode()
    assert Registration.objects.count() == 0


# ---- seats nobody claimed


def test_the_preview_names_who_is_missing_and_the_button_needs_a_name(usher):
    ticket("Jun"), ticket("Linh")

    preview = usher.get(f"{DOOR}/release").content.decode()
    refused = usher.post(f"{DOOR}/release", {"who": ""})
    done = usher.post(f"{DOOR}/release", {"who": "Mina"}).content.decode()

    assert "Jun" in preview
    assert "2석" in preview
    assert (refused.status_code, "이름을 적어 주세요" in refused.content.decode()) == (422, True)
    assert "2팀의 자리를 넘겼어요" in done
    assert {r.place for r in Registration.objects.all()} == {"released"}


# ---- a lost voice


def test_a_new_seat_code_is_shown_once(hanbit, usher):
    room = cast.conversation(conference=hanbit)
    own = ticket()
    Ticket.objects.update(minted=True)

    page = usher.post(DOOR, {"ticket": own.pk, "act": "voice", "mark": "abc"}).content.decode()

    (code,) = re.findall(r'door-code-shown mono" translate="no">(\w{8})<', page)
    assert room.code in page
    assert code not in usher.get(DOOR).content.decode()


def test_who_has_not_taken_a_voice_is_told_how(hanbit, usher):
    cast.conversation(conference=hanbit)
    own = ticket()

    page = usher.post(DOOR, {"ticket": own.pk, "act": "voice"})

    assert page.status_code == 409
    assert "아직 발언권을 받지 않았어요" in page.content.decode()


# ---- the link


def test_mina_makes_the_doors_link_and_may_stand_there_herself(mina):
    page = mina.post("/host/e/hanbit/door").content.decode()

    link = re.search(r'value="http://testserver(/door/e/hanbit\?key=[^"]+)"', page)[1]
    assert Client().get(link).status_code == 302
    assert mina.get(DOOR).status_code == 200


def test_an_usher_makes_no_link(usher):
    before = Conference.objects.get().door_key_digest

    assert usher.post("/host/e/hanbit/door").status_code == 403
    assert Conference.objects.get().door_key_digest == before


def test_an_usher_is_no_host(usher):
    assert usher.get("/host/e/hanbit").status_code == 403


# ---- scripts with rights of their own


def test_only_the_decoder_may_compile_webassembly(usher):
    policies = {
        path: usher.get(path).headers["Content-Security-Policy"]
        for path in (DOOR, "/door/decoder.js", "/door/service.js")
    }

    assert [path for path, policy in policies.items() if "wasm" in policy] == ["/door/decoder.js"]
    assert "default-src 'none'" in policies["/door/decoder.js"]


def test_every_file_the_door_needs_offline_is_there(usher):
    script = usher.get("/door/service.js").content.decode()
    files = re.findall(r'"(/[^"]+)"', script.splitlines()[0])

    assert len(files) > 10
    for path in files:
        answer = usher.get(path)
        assert answer.status_code == 200, path
        answer.close()
