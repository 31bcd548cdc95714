"""Cards and challenges on the pages: everywhere the card, nowhere a figure of what is still open."""

import gzip
import json

import pytest
from django.test import Client
from tests import cast
from tests.conversation.test_evidence import ROOMS, doubt, published_doubt, put, vote

from onnuri.conversation import actions, citing, interludes
from onnuri.web import assets
from onnuri.web.voices import SIGNER

pytestmark = pytest.mark.django_db
KO = {"Accept-Language": "ko"}


@pytest.fixture
def room():
    return cast.conversation()


@pytest.fixture
def host(room):
    """Mina's browser."""
    client = Client(headers=KO)
    client.cookies[f"host_c_{room.pk}"] = SIGNER.host("c", room.pk)
    return client


def phone(own):
    return cast.phone_of(own, Client(headers=KO))


def told(client, room):
    return client.get(f"/c/{room.code}/evidence.json").json()


# ---- where a card is seen


def test_a_card_says_figure_source_date_and_who_put_it(client, room):
    put(room, statement=1)

    page = client.get(f"/c/{room.code}/evidence", headers=KO).content.decode()

    for text in ("61.4", "평일 저녁에 비어 있는 회의실", "공유 회의실 이용 조사", "2026년 3월, 4주", "주최자"):
        assert text in page


def test_nobody_reads_a_card_that_waits_or_whose_statement_does(client, room):
    jun = cast.voice(room)
    said = actions.write_statement(code=room.code, voice=jun.pk, text="방을 열자.", lang="ko", at=cast.MORNING)
    card = put(room, statement=said.number, voice=jun.pk)
    assert told(client, room)["things"] == []

    citing.decide_card(code=room.code, number=card.number, accept=True, reason="", source_checked=True)
    assert told(client, room)["things"] == [], "the statement itself is not read yet"

    actions.decide(code=room.code, number=said.number, accept=True, reason="", at=cast.MORNING)
    (thing,) = told(client, room)["things"]
    assert (thing["text"], thing["cards"][0]["giver"], thing["cards"][0]["source_checked"]) == (
        "방을 열자.",
        "author",
        True,
    )


def test_a_talk_shows_its_cards_once_it_was_on(client, room):
    talk = interludes.prepare(code=room.code, kind="talk", title={"ko": "빈 방 이야기"})
    put(room, talk=talk.number)
    assert told(client, room)["things"] == []

    interludes.put_on(code=room.code, number=talk.number, at=cast.MORNING)

    (thing,) = told(client, room)["things"]
    assert (thing["kind"], thing["text"], thing["cards"][0]["giver"]) == ("talk", "빈 방 이야기", "speaker")


def test_the_deck_says_how_many_cards_a_statement_has_and_nothing_where_there_are_none(room):
    put(room, statement=2)
    cast.open_round(room)

    page = phone(cast.voice(room)).get(f"/c/{room.code}")

    deck = {one["id"]: one for one in json.loads(page.context["deck"])["statements"]}
    assert deck[2]["evidence"] == 1
    assert "evidence" not in deck[1]


def test_the_page_of_one_statement_shows_its_cards_alone(client, room):
    put(room, statement=1)
    put(room, statement=2)

    page = client.get(f"/c/{room.code}/evidence?statement=2", headers=KO)

    assert [thing["number"] for thing in page.context["things"]] == [2]


def test_where_we_stand_leads_to_the_cards(client):
    room, _ = cast.sitting_until("where", people=48)
    shared = client.get(f"/c/{room.code}/where.json").json()["common"][0]
    put(room, statement=shared["id"])

    page = client.get(f"/c/{room.code}/where", headers=KO).content.decode()

    assert f"/c/{room.code}/evidence#{shared['kind']}-{shared['id']}" in page


def test_the_first_load_of_a_vote_page_with_evidence_stays_light(room):
    put(room, statement=1)
    cast.open_round(room)
    page = phone(cast.voice(room)).get(f"/c/{room.code}").content

    scripts = {name for name in ("vote-card", "live", "strip") for name in (name, *assets.imports(name))}

    assert sum(len(gzip.compress(part)) for part in (page, *(assets.script_text(s).encode() for s in scripts))) < 24_000


# ---- one's own


def test_a_card_goes_on_ones_own_statement_and_comes_back_with_what_is_wrong(room):
    jun = cast.voice(room)
    said = actions.write_statement(code=room.code, voice=jun.pk, text="방을 열자.", lang="ko", at=cast.MORNING)
    address = f"/c/{room.code}/mine/{said.number}/evidence"

    wrong = phone(jun).post(address, {**ROOMS, "source": ""})
    assert wrong.status_code == 422
    assert 'value="61.4"' in wrong.content.decode()

    right = phone(jun).post(address, ROOMS)
    assert right.headers["Location"] == f"/c/{room.code}/mine"
    assert "61.4" in phone(jun).get(f"/c/{room.code}/mine").content.decode()
    assert phone(cast.voice(room)).get(address).status_code == 404, "somebody else's statement"


def test_a_challenge_waits_is_read_and_then_stands_under_the_card(room, host):
    jun, card = cast.voice(room), put(room, statement=1)
    sent = phone(jun).post(f"/c/{room.code}/evidence", {"card": card.number, "text": "공사 중인 방도 세었습니다."})
    assert sent.status_code == 302
    assert "공사 중인 방도" not in json.dumps(told(Client(), room), ensure_ascii=False)

    host.post(f"/host/c/{room.code}/evidence", {"act": "challenge", "number": 1, "decision": "accept"})

    (challenge,) = told(Client(), room)["things"][0]["cards"][0]["challenges"]
    assert (challenge["text"], challenge["closed"], challenge["figures"]) == ("공사 중인 방도 세었습니다.", False, None)


def test_without_a_voice_one_reads_and_does_not_challenge(client, room):
    card = put(room, statement=1)

    assert client.post(f"/c/{room.code}/evidence", {"card": card.number, "text": "아닙니다."}).status_code == 401
    assert "내 이의 쓰기" not in client.get(f"/c/{room.code}/evidence", headers=KO).content.decode()


# ---- no figure of an open challenge


def test_no_door_tells_how_people_vote_on_an_open_challenge(room, host):
    voices = [cast.voice(room) for _ in range(9)]
    made = published_doubt(room, voices[0], put(room, statement=1))
    doors = [(Client(headers=KO), f"/c/{room.code}/evidence"), (Client(), f"/c/{room.code}/evidence.json")]
    doors += [(host, f"/host/c/{room.code}/evidence"), (Client(), f"/c/{room.code}/state.json")]
    vote(made, voices[:6], 1)
    vote(made, voices[6:], -1)

    for client, address in doors:
        page = client.get(address).content.decode()
        assert not any(figure in page for figure in ("67%", "33%", "9명이", '"agree_pct"')), address
    citing.close_challenge(code=room.code, number=made.number, at=cast.minutes(5))
    figures = told(Client(), room)["things"][0]["cards"][0]["challenges"][0]["figures"]
    assert (figures["agree_pct"], figures["disagree_pct"], figures["n"]) == (67, 33, 9)


def test_of_four_answers_the_outcome_is_withheld(room):
    voices = [cast.voice(room) for _ in range(4)]
    made = published_doubt(room, voices[0], put(room, statement=1))
    vote(made, voices, 1)

    citing.close_challenge(code=room.code, number=made.number, at=cast.minutes(5))

    figures = told(Client(), room)["things"][0]["cards"][0]["challenges"][0]["figures"]
    assert figures["masked"]
    assert figures["agree_pct"] is figures["n"] is None
    page = Client(headers=KO).get(f"/c/{room.code}/evidence").content.decode()
    assert "5명 미만이 답해" in page
    assert "4명이" not in page


def test_ones_own_answer_is_on_ones_own_page_alone(room):
    jun = cast.voice(room)
    made = published_doubt(room, jun, put(room, statement=1))
    vote(made, [jun], -1)

    assert phone(jun).get(f"/c/{room.code}/evidence").context["mine"] == {1: -1}
    assert "mine" not in told(phone(jun), room)


# ---- the host


def test_the_host_puts_a_card_checks_its_source_answers_and_closes(room, host):
    address = f"/host/c/{room.code}/evidence"
    jun = cast.voice(room)

    host.post(address, {"act": "attach", "on": "statement-1", **ROOMS})
    host.post(address, {"act": "check", "number": 1, "checked": "1"})
    doubt(room, jun, room.evidence.get())
    host.post(address, {"act": "challenge", "number": 1, "decision": "accept"})
    host.post(address, {"act": "reply", "number": 1, "reply": "맞습니다. 두 수를 함께 적겠습니다."})
    host.post(address, {"act": "close", "number": 1})

    (card,) = told(Client(), room)["things"][0]["cards"]
    assert (card["giver"], card["source_checked"]) == ("organiser", True)
    assert (card["challenges"][0]["reply"], card["challenges"][0]["closed"]) == (
        "맞습니다. 두 수를 함께 적겠습니다.",
        True,
    )


def test_what_the_host_typed_stays_when_it_is_refused(room, host):
    page = host.post(f"/host/c/{room.code}/evidence", {"act": "attach", "on": "statement-1", **ROOMS, "figure": "많이"})

    assert page.status_code == 422
    assert 'value="많이"' in page.content.decode()
    assert not room.evidence.exists()


def test_the_page_is_the_hosts(client, room):
    assert client.get(f"/host/c/{room.code}/evidence").status_code == 403
    assert client.post(f"/host/c/{room.code}/evidence", {"act": "attach"}).status_code == 403
