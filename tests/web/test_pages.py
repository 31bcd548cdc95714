"""Every page opens at every moment of a sitting; every form goes in, or comes back with what is wrong."""

import io
import json
import re
import zipfile

import pytest
from django.test import Client
from tests import cast

from onnuri.conference.ledger import read_receipt
from onnuri.conference.models import Registration
from onnuri.conversation.models import Objection, SeatCode, Statement, Voice
from onnuri.live import hot
from onnuri.live.simulation import FINISHING
from onnuri.people.models import Mail
from onnuri.web.api import urls as api_urls
from onnuri.web.registrations import receipts
from onnuri.web.voices import SIGNER

pytestmark = pytest.mark.django_db
FOR_ANYBODY = [
    "/",
    "/join",
    "/e/hanbit",
    "/e/hanbit/register",
    "/c/{}",
    "/c/{}/where",
    "/c/{}/where/map",
    "/c/{}/evidence",
    "/c/{}/rules",
    "/c/{}/questions",
    "/c/{}/polls",
]
WITH_A_VOICE = [
    "/c/{}",
    "/c/{}/mine",
    "/c/{}/questions",
    "/c/{}/write",
    "/c/{}/lines",
    "/c/{}/where",
    "/c/{}/where/map",
    "/",
]
ON_STAGE = ["/stage/{}", "/stage/{}?view=map"]
FOR_THE_HOST = [
    "/host/c/{}",
    "/host/c/{}/rules",
    "/host/c/{}/evidence",
    "/host/c/{}/health",
    "/stage/{}/speaker",
    "/host/c/{}/polls",
    "/host/c/{}/polls/new?kind=single",
]
HIDDEN = re.compile(r"<(section|div)\b[^>]* hidden>.*?</\1>", re.DOTALL)
LEADS_ELSEWHERE = {("/c/{}", "published"): "/r/{}"}


@pytest.fixture
def hanbit():
    """(conference, the key of its desk)."""
    return cast.places.create_conference(slug="hanbit", title={"ko": "한빛"}, capacity=2, at=cast.MORNING)


@pytest.fixture
def desk(client, hanbit):
    """Mina's browser."""
    client.get(f"/host/e/hanbit?key={hanbit[1]}")
    return client


def host_of(room, client):
    client.cookies[f"host_c_{room.pk}"] = SIGNER.host("c", room.pk)
    return client


def text_of(answer):
    """What can be read on a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


# ---- every page, every moment


def test_every_page_opens_at_every_moment(client, hanbit):
    moments = []
    for room, voices in cast.whole_sitting(people=48, conference=hanbit[0], simulated=True):
        moments.append(room.segment)
        phone, host = cast.phone_of(voices[0], Client()), host_of(room, Client())
        for browser, paths in (
            (client, FOR_ANYBODY + ON_STAGE),
            (phone, WITH_A_VOICE),
            (host, [*FOR_THE_HOST, *(["/host/c/{}/publish"] if room.segment in {"result", "published"} else [])]),
        ):
            for path in paths:
                opens(browser, path, room)
    assert moments == [
        "lobby", "round", "round", "computing", "where", "shortlist", "slate", "ratification", "result", "published",
    ]  # fmt: skip
    opens(client, "/r/{}", room)


def opens(browser, path, room):
    answer = browser.get(path.format(room.code), headers={"Accept-Language": "ko"})
    elsewhere = LEADS_ELSEWHERE.get((path, room.segment))
    if elsewhere:
        assert answer.headers["Location"] == elsewhere.format(room.code)
        return
    page = answer.content.decode()
    assert answer.status_code == 200, (path, room.segment)
    assert len(re.findall("<h1", re.sub(HIDDEN, "", page))) == 1, (path, room.segment)
    assert not re.search(r"\bNone\b", text_of(answer)), (path, room.segment)
    assert not re.search(r"\sstyle=|\son\w+=\"", page), (path, room.segment)


@pytest.mark.parametrize("whole", [1, -1], ids=["a conclusion", "no common conclusion"])
def test_the_record_and_the_stage_say_how_it_ended(client, whole):
    room, _ = cast.sitting_until("published", whole=whole)
    headers = {"Accept-Language": "ko"}

    page = text_of(client.get(f"/r/{room.code}", headers=headers))
    stage = text_of(client.get(f"/stage/{room.code}", headers=headers))

    assert ("우리의 결론이 되었습니다" in page) == ("우리의 결론이 되었습니다" in stage) == (whole == 1)
    assert ("공동 결론이 없습니다" in page) == ("하나의 결론에 이르지 않았습니다" in stage) == (whole == -1)
    assert room.record.digest[:16] in page.replace(" ", "")
    assert room.record.digest[:16] in stage.replace(" ", "")
    zipped = client.get(f"/r/{room.code}/record.zip")
    assert zipped.content == bytes(room.record.data)
    assert zipped.headers["Content-Disposition"] == 'attachment; filename="record.zip"'


def test_the_page_that_checks_itself_is_only_ever_a_download(client):
    room, _ = cast.sitting_until("published", whole=1)

    page = client.get(f"/r/{room.code}/record.html")

    with zipfile.ZipFile(io.BytesIO(bytes(room.record.data))) as archive:
        assert page.content == archive.read("record.html")
    assert page.headers["Content-Disposition"] == 'attachment; filename="record.html"'
    assert f'href="/r/{room.code}/record.html"' in client.get(f"/r/{room.code}").content.decode()


def test_before_it_is_published_there_is_no_record(client):
    room, _ = cast.sitting_until("result")

    for path in ("/r/{}", "/r/{}.json", "/r/{}/record.zip", "/r/{}/record.html"):
        assert client.get(path.format(room.code)).status_code == 404


# ---- finding one's way


def test_a_code_leads_to_its_room_however_it_is_written(client):
    room = cast.conversation()
    written = f"{room.code[:3].lower()} - {room.code[3:]}"

    assert client.get("/join", {"code": written}).headers["Location"] == f"/c/{room.code}"
    assert client.get(f"/c/{room.code.lower()}").headers["Location"] == f"/c/{room.code}"


def test_a_wrong_code_stays_in_the_field(client):
    answer = client.get("/join", {"code": "zzz zzz"}, headers={"Accept-Language": "ko"})

    assert answer.status_code == 404
    assert 'value="ZZZZZZ"' in answer.content.decode()
    assert "코드를 찾지 못했어요" in answer.content.decode()


@pytest.mark.parametrize("path", ["/c/{}/mine", "/c/{}/write", "/c/{}/lines"])
def test_without_a_voice_there_is_nothing_of_ones_own(client, path):
    room = cast.conversation()

    assert client.get(path.format(room.code)).status_code == 401


def test_a_voice_of_another_conversation_is_none_here(client):
    here, there = cast.conversation(), cast.conversation()
    stranger = cast.voice(there)
    cast.phone_of(stranger, client)
    client.cookies[f"voice_{here.code}"] = client.cookies[f"voice_{there.code}"].value

    assert client.get(f"/c/{here.code}/mine").status_code == 401


@pytest.mark.parametrize("path", ["/c/{}/join", "/c/{}/vote", "/c/{}/ballot"])
def test_the_address_of_a_form_leads_to_the_room(client, path):
    room = cast.conversation()

    assert client.get(path.format(room.code)).headers["Location"] == f"/c/{room.code}"


def test_what_the_stream_would_say(client):
    room = cast.conversation()
    cast.voice(room)
    cast.open_round(room)

    answer = client.get(f"/c/{room.code}/state.json")

    told = answer.json()
    assert (told["segment"], told["round"], told["turnout"]["joined"]) == ("round", 1, 1)
    assert answer.headers["Cache-Control"] == "public, max-age=2"


# ---- the voting card


def test_jun_gets_one_card_and_the_proof_of_its_round(client):
    room = cast.conversation()
    cast.open_round(room)
    jun = cast.voice(room)
    cast.answer(jun, {1: 1})

    page = cast.phone_of(jun, client).get(f"/c/{room.code}").content.decode()

    assert cast.SEEDS[0] not in page
    assert cast.SEEDS[1] in page
    assert cast.SEEDS[2] in page
    assert 'name="round_ticket" value="1.' in page


def test_an_answer_is_taken_back_without_javascript(client):
    room = cast.conversation()
    cast.open_round(room)
    jun = cast.voice(room)
    cast.answer(jun, {1: 1})

    page = cast.phone_of(jun, client).get(f"/c/{room.code}?statement=1").content.decode()

    assert page.index(cast.SEEDS[0]) < page.index(cast.SEEDS[1])


NUMBERS_THAT_ARE_NONE = ["", "-1", "0", "999", "1.5", "²", "١", "9" * 5000, "1e3", "\x00", "None"]


@pytest.mark.parametrize("written", NUMBERS_THAT_ARE_NONE, ids=lambda w: repr(w)[:8])
def test_an_address_that_somebody_wrote_by_hand(client, written):
    room = cast.conversation()
    cast.open_round(room)

    answer = cast.phone_of(cast.voice(room), client).get(f"/c/{room.code}", {"statement": written})

    assert answer.status_code == 200


def test_an_open_round_tells_nothing_of_its_answers(client):
    room = cast.conversation()
    cast.open_round(room)
    for value in (1, 1, 1, 1, 1, -1):
        cast.answer(cast.voice(room), {1: value})

    for path in ("/c/{}/where.json", "/c/{}/where/map.json", "/stage/{}.json", "/api/v1/conversations/{}/landscape"):
        told = json.dumps(client.get(path.format(room.code)).json())
        assert '"agree' not in told


# ---- writing


def test_jun_writes_and_finds_it_among_his_own(client):
    room = cast.conversation()
    phone = cast.phone_of(cast.voice(room), client)

    answer = phone.post(f"/c/{room.code}/write", {"text": " 저녁에도 불을 켜 두자. "})

    assert answer.headers["Location"] == f"/c/{room.code}/mine"
    mine = phone.get(f"/c/{room.code}/mine", headers={"Accept-Language": "ko"}).content.decode()
    assert "저녁에도 불을 켜 두자." in mine
    assert "검토 중" in mine


@pytest.mark.parametrize(
    ("text", "language", "lang"),
    [("저녁에도 불을", "en", "ko"), ("Keep the lights on", "en", "en"), ("Keep the lights on", "ko", "en")],
)
def test_the_language_of_a_text_is_guessed_for_who_reads_it_aloud(client, text, language, lang):
    room = cast.conversation()

    cast.phone_of(cast.voice(room), client).post(
        f"/c/{room.code}/write", {"text": text}, headers={"Accept-Language": language}
    )

    assert Statement.objects.get(kind="participant").lang == lang


@pytest.mark.parametrize(
    ("text", "said"), [("", "아직 아무것도"), ("가" * 305, "5자 넘었어요"), (cast.SEEDS[0], "똑같은 의견")]
)
def test_a_text_that_is_refused_comes_back_with_the_reason(client, text, said):
    room = cast.conversation()
    phone = cast.phone_of(cast.voice(room), client)

    answer = phone.post(f"/c/{room.code}/write", {"text": text}, headers={"Accept-Language": "ko"})

    assert answer.status_code in {409, 422}
    assert said in answer.content.decode()
    assert text in answer.content.decode()


def test_markup_is_only_text(client):
    room = cast.conversation(["<b>굵게</b> & <script>alert(1)</script> {{ 7 }}"])
    cast.open_round(room)

    for path in (f"/c/{room.code}", f"/stage/{room.code}", f"/host/c/{room.code}/rules"):
        page = host_of(room, cast.phone_of(cast.voice(room), client)).get(path).content.decode()
        assert "<b>굵게" not in page
        assert "<script>alert" not in page


def test_writing_in_a_room_with_its_code_in_small_letters(client):
    room = cast.conversation()
    phone = cast.phone_of(cast.voice(room), client)

    answer = phone.post(f"/c/{room.code.lower()}/write", {"text": "저녁에도 불을 켜 두자."})

    assert answer.status_code == 302
    assert Statement.objects.filter(kind="participant").exists()


def test_jun_proposes_a_line_and_linh_says_what_is_missing(client):
    room, voices = cast.sitting_until("where")
    jun, linh = cast.phone_of(voices[0], client), cast.phone_of(voices[1], Client())
    line = {"text": "물가에 장터를 열자.", "cite": ["1", "2"]}
    assert jun.post(f"/c/{room.code}/lines", line).headers["Location"] == f"/c/{room.code}/lines"
    number = Statement.objects.get(kind="line").number
    assert (
        host_of(room, Client()).post(f"/host/c/{room.code}/statements/{number}", {"decision": "accept"}).status_code
        == 302
    )
    cast.open_round(room)
    cast.answer(voices[1], {number: -1})

    said = linh.post(f"/c/{room.code}/lines/{number}/missing", {"text": "비가 오면 어디로 가나요."})

    assert said.status_code == 302
    assert Objection.objects.get().text == "비가 오면 어디로 가나요."
    page = jun.get(f"/c/{room.code}/lines").content.decode()
    assert "비가 오면 어디로 가나요." in page
    assert str(voices[1].pk) not in page
    assert jun.post(f"/c/{room.code}/lines/{number}/redraft", {"text": "지붕 있는 장터를 열자."}).status_code == 302
    assert Statement.objects.get(number=number).state == "withdrawn"


@pytest.mark.parametrize(
    "cites", [[], ["1"], ["1", "²"], ["1", "x"], ["1", "9" * 5000], ["1", "999"]], ids=lambda c: repr(c)[:14]
)
def test_a_line_that_joins_nothing_comes_back(client, cites):
    room, voices = cast.sitting_until("where")

    answer = cast.phone_of(voices[0], client).post(f"/c/{room.code}/lines", {"text": "물가에 장터를.", "cite": cites})

    assert answer.status_code == 422
    assert "물가에 장터를." in answer.content.decode()


def test_leaving_takes_the_cookie_along(client):
    room = cast.conversation()
    phone = cast.phone_of(cast.voice(room), client)

    answer = phone.post(f"/c/{room.code}/leave")

    assert answer.headers["Location"] == "/"
    assert answer.cookies[f"voice_{room.code}"]["max-age"] == 0
    assert not Voice.objects.exists()
    assert phone.get(f"/c/{room.code}/leave").status_code == 405


# ---- registering


def form(name="Jun", **changed):
    return {
        "name": name,
        "email": f"{name.lower()}@example.kr",
        "wish": "hall",
        "idempotency_key": f"key-of-{name}-1",
        "consent_email": "1",
        **changed,
    }


def test_jun_registers_confirms_and_has_his_ticket(client, hanbit):
    answer = client.post("/e/hanbit/register", form())
    jun = Registration.objects.get()
    assert answer.headers["Location"] == f"/e/hanbit/ticket/{jun.claim}"
    assert [(m.kind, m.to, m.about) for m in Mail.objects.all()] == [("confirm", jun.email, {"claim": jun.claim})]
    assert 'class="ticket"' not in client.get(answer.headers["Location"]).content.decode()

    assert client.get(f"/e/hanbit/confirm/{jun.confirm_token}").headers["Location"] == answer.headers["Location"]

    ticket = client.get(answer.headers["Location"]).content.decode()
    assert cast.fresh(jun).first.code in ticket


def test_the_ticket_leads_to_the_conversation(client, hanbit):
    room = cast.conversation(conference=hanbit[0])
    jun = cast.confirmed(cast.register("Jun"))

    ticket = client.get(f"/e/hanbit/ticket/{jun.claim}").content.decode()

    assert f"/c/{room.code}?ticket={jun.first.code}" in ticket
    room_page = client.get(f"/c/{room.code}?ticket={jun.first.code}").content.decode()
    assert f'value="{jun.first.code}"' in room_page


def test_who_waits_sees_the_place_in_the_line_and_no_voice(client, hanbit):
    cast.conversation(conference=hanbit[0])
    for name in ("A", "B", "C"):
        cast.register(name)
    sato = cast.confirmed(cast.register("Sato"))

    page = client.get(f"/e/hanbit/ticket/{sato.claim}", headers={"Accept-Language": "ko"})

    assert "?ticket=" not in page.content.decode()
    assert "대기 2번째" in text_of(page)


@pytest.mark.parametrize("changed", [{"wish": ""}, {"idempotency_key": ""}, {"seats": "5"}, {"seats": "many"}], ids=str)
def test_a_claim_that_is_refused_comes_back_as_it_was_written(client, hanbit, changed):
    answer = client.post("/e/hanbit/register", form(**changed))

    assert answer.status_code == 422
    assert not Registration.objects.exists()
    assert 'value="Jun"' in answer.content.decode()


@pytest.mark.parametrize("changed", [{"consent_email": ""}, {"email": "jun"}, {"name": ""}], ids=str)
def test_a_wrong_letter_in_the_form_does_not_cost_the_place(client, hanbit, changed):
    answer = client.post("/e/hanbit/register", form(**changed))

    assert answer.status_code == 422
    held = Registration.objects.get()
    assert (held.place, held.name, held.email) == ("seat", "", "")
    assert f'value="{form(**changed)["email"]}"' in answer.content.decode()

    right = client.post(f"/e/hanbit/ticket/{held.claim}/form", form())

    assert right.headers["Location"] == f"/e/hanbit/ticket/{held.claim}"
    assert (cast.fresh(held).name, cast.fresh(held).seq) == ("Jun", 1)


def test_a_second_tab_shows_the_same_place(client, hanbit):
    first, second = (
        client.post("/e/hanbit/register", {"wish": "hall", "idempotency_key": f"key-of-tab-{n}"}) for n in (1, 2)
    )

    assert first.headers["Location"] == second.headers["Location"]
    assert Registration.objects.count() == 1


def test_somebody_elses_mail_program_does_not_confirm(client, hanbit):
    jun = cast.register("Jun")

    looked = client.get(f"/e/hanbit/confirm/{jun.confirm_token}")

    assert looked.status_code == 200
    assert cast.fresh(jun).confirmed_at is None
    pressed = client.post(f"/e/hanbit/confirm/{jun.confirm_token}")
    assert pressed.headers["Location"] == f"/e/hanbit/ticket/{jun.claim}"
    assert cast.fresh(jun).confirmed_by == "link"


def test_the_same_form_sent_twice_is_one_registration(client, hanbit):
    first, second = (client.post("/e/hanbit/register", form()) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert Registration.objects.count() == 1


def test_giving_a_place_up_on_the_ticket(client, hanbit):
    jun = cast.register("Jun")

    client.post(f"/e/hanbit/ticket/{jun.claim}/give-up")

    assert cast.fresh(jun).place == "given_up"
    assert client.get(f"/e/hanbit/ticket/{jun.claim}").status_code == 200
    assert client.post(f"/e/hanbit/ticket/{jun.claim}/give-up").status_code == 409


def test_a_claim_over_json(client, hanbit):
    body = {"name": "Jun", "email": "jun@example.kr", "channel": "hall"}

    def claim(key="key-of-jun", **changed):
        return client.post(
            "/api/v1/conferences/hanbit/registrations",
            {**body, **changed},
            content_type="application/json",
            headers={"Idempotency-Key": key},
        )

    first = claim().json()
    assert claim().json() == first
    assert (first["seq"], first["place"], first["seat_number"], first["confirmed"]) == (1, "seat", 1, False)
    assert claim(channel="online").json()["error"]["key"] == "key_used"
    too_many = claim("another-key", seats=5).json()["error"]
    assert (too_many["key"], too_many["field"]) == ("party", "seats")
    address = f"/api/v1/conferences/hanbit/registrations/{first['claim']}"
    assert client.get(address).json() == first
    assert read_receipt(first["receipt"], receipts().public).seq == 1
    assert client.delete(address).json()["place"] == "given_up"
    assert client.put(address).json()["error"]["key"] == "method"


# ---- the desk


def test_mina_vouches_and_gives_up_for_people(desk):
    jun, linh = cast.register("Jun"), cast.register("Linh")

    desk.post(f"/host/e/hanbit/registrations/{jun.claim}", {"act": "vouch"})
    desk.post(f"/host/e/hanbit/registrations/{linh.claim}", {"act": "give_up"})

    assert cast.fresh(jun).confirmed_by == "desk"
    assert cast.fresh(linh).place == "given_up"
    assert desk.post(f"/host/e/hanbit/registrations/{jun.claim}", {"act": "ban"}).status_code == 400
    page = desk.get("/host/e/hanbit").content.decode()
    assert "jun@example.kr" in page
    assert "linh@example.kr" in page


def test_mina_puts_a_question(desk):
    answer = desk.post("/host/e/hanbit/conversations", {"question": "강변을 어떻게 쓸까요?"})

    assert re.fullmatch(r"/host/c/[A-Z2-9]{6}/rules", answer.headers["Location"])
    assert desk.get(answer.headers["Location"]).status_code == 200
    assert desk.post("/host/e/hanbit/conversations", {"question": " "}).status_code == 422


def test_she_drafts_the_rules_and_signs_them(client):
    room = cast.conversation()
    host = host_of(room, client)
    drafted = {
        "size": "3",
        "threshold": "3/5",
        "grace_s": "30",
        "open_counts": "0",
        "seeds": "새 의견 하나\n\n새 의견 둘",
    }

    saved = host.post(f"/host/c/{room.code}/rules", drafted)
    signed = host.post(f"/host/c/{room.code}/rules", {"act": "sign"})
    too_late = host.post(f"/host/c/{room.code}/rules", {"size": "4"})

    assert saved.headers["Location"] == f"/host/c/{room.code}/rules"
    assert signed.headers["Location"] == f"/host/c/{room.code}"
    assert too_late.status_code == 409
    room = cast.fresh(room)
    assert (room.segment, room.rules["size"], room.rules["threshold"], room.rules["grace_s"]) == ("round", 3, "3/5", 30)
    assert room.statements.count() == 5


@pytest.mark.parametrize(
    "drafted",
    [
        {"size": "three"},
        {"size": "²"},
        {"size": "9" * 5000},
        {"grace_s": ""},
        {"threshold": "1/3"},
        {"vote": "lottery"},
    ],
    ids=["a word", "a power", "without end", "nothing", "too little", "lottery"],
)
def test_a_rule_that_cannot_be_comes_back(client, drafted):
    room = cast.conversation()

    answer = host_of(room, client).post(f"/host/c/{room.code}/rules", drafted)

    assert answer.status_code == 422
    assert cast.fresh(room).rules == room.rules


def test_codes_are_shown_once(client):
    room = cast.conversation()
    host = host_of(room, client)

    page = host.post(f"/host/c/{room.code}/codes", {"count": "3", "channel": "hall"}).content.decode()

    codes = set(re.findall(r"\b[A-Z2-9]{8}\b", page))
    stored = set(SeatCode.objects.values_list("digest", flat=True))
    assert len({cast.places.digest_of(c) for c in codes} & stored) == 3
    assert not any(c in host.get(f"/host/c/{room.code}").content.decode() for c in codes)


@pytest.mark.parametrize("count", ["", "0", "501", "many", "²", "9" * 5000], ids=lambda c: c[:4] or "nothing")
def test_codes_that_cannot_be(client, count):
    room = cast.conversation()

    answer = host_of(room, client).post(f"/host/c/{room.code}/codes", {"count": count, "channel": "hall"})

    assert answer.status_code == 422
    assert not SeatCode.objects.exists()


def test_the_console_goes_one_step_on_and_refuses_two(client):
    room = cast.conversation()
    host = host_of(room, client)

    assert host.post(f"/host/c/{room.code}/act", {"action": "open_round"}).headers["Location"] == f"/host/c/{room.code}"
    again = host.post(f"/host/c/{room.code}/act", {"action": "open_round"})

    assert again.status_code == 409
    assert cast.fresh(room).rounds.count() == 1
    assert host.post(f"/host/c/{room.code}/act", {"action": "abolish"}).status_code == 400


def test_the_console_shows_what_waits_and_takes_the_decision(client):
    room = cast.conversation()
    cast.phone_of(cast.voice(room), client).post(f"/c/{room.code}/write", {"text": "저녁에도 불을 켜 두자."})
    host = host_of(room, client)
    assert "저녁에도 불을 켜 두자." in host.get(f"/host/c/{room.code}").content.decode()

    assert host.post(f"/host/c/{room.code}/statements/4", {"decision": "refuse"}).status_code == 422
    assert host.post(f"/host/c/{room.code}/statements/4", {"decision": "refuse", "reason": "advert"}).status_code == 302

    assert Statement.objects.get(number=4).state == "refused"


def test_publishing_asks_who_answers_and_by_when(client):
    room, _ = cast.sitting_until("result")
    host = host_of(room, client)
    lines = cast.sitting.conclusion_of(room)
    whole = {f"addressee-{n}": "한빛시" for n in lines} | {f"due-{n}": "2199-01-01" for n in lines}

    assert host.get(f"/host/c/{room.code}/publish").status_code == 200
    without = host.post(f"/host/c/{room.code}/publish", {**whole, f"addressee-{lines[0]}": ""})
    no_day = host.post(f"/host/c/{room.code}/publish", {**whole, f"due-{lines[0]}": "soon"})
    done = host.post(f"/host/c/{room.code}/publish", whole)

    assert (without.status_code, no_day.status_code, done.status_code) == (422, 422, 302)
    assert cast.fresh(room).segment == "computing"


def test_a_program_goes_the_whole_way(client):
    room, key = cast.conversation(cast.TOPICS, key=True)
    voices = cast.crowd(room)
    headers = {"Authorization": f"Bearer {key}"}

    def act(action, **more):
        answer = client.post(
            f"/api/v1/host/conversations/{room.code}/act",
            {"action": action, **more},
            content_type="application/json",
            headers=headers,
        )
        assert answer.status_code == 200, answer.content
        return answer.json()["segment"]

    def state():
        return client.get(f"/api/v1/host/conversations/{room.code}", headers=headers).json()

    assert act("open_round") == "round"
    cast.everybody_votes(room, voices)
    assert act("close_round") == "computing"
    cast.compute(room)
    assert act("open_shortlist") == "computing"
    cast.compute(room)
    cast.ballot_round(room, voices)
    assert act("open_ratification") == "ratification"
    cast.ballot_round(room, voices, whole=1)
    named = [{"line": n, "addressee": "한빛시", "due": "2199-01-01"} for n in state()["conclusion"]]
    assert act("publish", commitments=named) == "computing"
    cast.compute(room)

    told = state()
    assert (told["segment"], told["rounds"], set(told["conclusion"])) == ("published", 3, {1, 2, 3, 4})
    assert told["record"]["digest"] == cast.fresh(room).record.digest


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"action": "abolish"}, "method"),
        ({}, "json_shape"),
        ({"action": "publish", "commitments": [{"line": 1, "addressee": "한빛시", "due": "soon"}]}, "due"),
    ],
)
def test_a_program_is_refused_by_name(client, body, key):
    room, secret = cast.conversation(key=True)

    answer = client.post(
        f"/api/v1/host/conversations/{room.code}/act",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )

    assert answer.json()["error"]["key"] == key


# ---- the first page


def test_the_sample_plays_on_when_a_visitor_asks(client, hanbit):
    room = cast.conversation(conference=hanbit[0], simulated=True)

    try:
        answer = client.post("/demo/finish")
        assert answer.status_code == 302
        assert room.code in FINISHING
    finally:
        FINISHING.discard(room.code)


def test_without_a_sample_there_is_nothing_to_play(client):
    assert client.post("/demo/finish").status_code == 404
    assert client.get("/").status_code == 200


def test_programs_find_what_is_public(client, hanbit):
    room = cast.conversation(conference=hanbit[0])

    assert client.get("/api/v1/conferences", headers={"Accept-Language": "ko"}).json()["conferences"] == [
        {"slug": "hanbit", "title": "한빛", "state": "open", "simulated": False}
    ]
    assert [c["code"] for c in client.get("/api/v1/conversations").json()["conversations"]] == [room.code]
    described = client.get("/api/v1/openapi.json").json()
    assert described["openapi"] == "3.1.0"
    assert "/api/v1/conversations/{code}/votes" in described["paths"]


def test_every_address_for_programs_is_described(client):
    ours = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/{one.pattern}") for one in api_urls.urlpatterns}
    names = re.search(r"\(([\w|]+)\)$", hot.API.pattern)[1].split("|")
    ours |= {f"/api/v1/conversations/{{code}}/{name}" for name in (*names, "mint")}

    described = client.get("/api/v1/openapi.json").json()["paths"]

    assert ours - set(described) == {"/api/v1/openapi.json"}
    shown = described["/api/v1/conversations/{code}/deck"]["get"]["responses"]["200"]["content"]["application/json"]
    assert "translation" in shown["schema"]["properties"]["statements"]["items"]["properties"]
