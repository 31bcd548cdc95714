"""Where writing or balloting needs a ticket, whoever came by the open link still answers, and is told why no more."""

import asyncio
import re

import pytest
from tests.serving import Server

from onnuri.errors import Forbidden
from onnuri.live.intake import Ballots, OneBallot, take_ballots
from onnuri.live.rooms import HotRound, Room
from onnuri.live.token import Signer


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("entitled")) as running:
        yield running


def rules_of(server, room):
    return {rule["key"]: rule["name"] for rule in server.client().get(f"/c/{room.code}/rules.json").json["rules"]}


def test_a_public_body_takes_its_defaults_by_one_button_and_the_open_link_only_answers(server):
    room = server.conversation(seeds=["하나"])
    host = server.host(room)
    page = f"/host/c/{room.code}/rules"

    assert host.submit(page, {"act": "public_body"}).status == 302
    assert host.submit(page, {"act": "sign"}).status == 302

    passer_by = server.client(accept_language="ko")
    passer_by.post(f"/api/v1/conversations/{room.code}/join", {})
    votes = {"votes": [{"id": "one", "statement": 1, "value": 1}]}
    assert passer_by.post(f"/api/v1/conversations/{room.code}/votes", votes).status == 200
    assert "여기서는 입장권이나" in passer_by.get(f"/c/{room.code}/write").text
    refused = passer_by.submit(f"/c/{room.code}/write", {"text": "강변에 의자를 놓자."})
    assert refused.status == 403
    assert "여기서는 입장권이나 좌석 코드로 들어온 사람이 글을 써요" in refused.text
    assert "강변에 의자를 놓자." in refused.text

    code = host.post(f"/api/v1/host/conversations/{room.code}/codes", {"count": 1}).json["codes"][0]
    seen_at_the_desk = server.client(accept_language="ko")
    seen_at_the_desk.post(f"/api/v1/conversations/{room.code}/join", {"seat_code": code})
    assert seen_at_the_desk.submit(f"/c/{room.code}/write", {"text": "강변에 의자를 놓자."}).status == 302


def test_words_for_all_to_read_are_writing_too(server):
    room = server.conversation(seeds=["하나"])
    host = server.host(room)
    host.submit(f"/host/c/{room.code}/rules", {"act": "public_body"})
    desk = f"/host/c/{room.code}/polls"
    poll = {"kind": "words", "title_ko": "한 낱말로", "words": "2"}
    assert host.submit(f"{desk}/new?kind=words", poll).status == 302
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', host.get(desk).text)[1]
    host.form(f"{desk}/1/act", {"csrfmiddlewaretoken": token, "act": "put_on"})
    passer_by = server.client(accept_language="ko")
    passer_by.post(f"/api/v1/conversations/{room.code}/join", {})
    with passer_by.events(f"/live/{room.code}") as events:
        next(e for e in events if e.name == "segment" and e.data["interlude"] == "1 open")

    answer = {"answers": [{"id": "a", "poll": 1, "choice": [], "words": ["나무"]}]}
    refused = passer_by.post(f"/api/v1/conversations/{room.code}/answers", answer)

    assert (refused.status, refused.json["error"]["key"]) == (403, "post_by_ticket")


def test_without_a_ticket_nobody_ballots_where_balloting_needs_one():
    now_open = HotRound(id=1, number=1, kind="shortlist", closed_at=None, final_at=None, closes_at=None, done=False)
    room = Room(
        id=1, code="QRSTUV", segment="shortlist", version=1, policy="open", open_rows=True, simulated=False,
        conference=None, screen="", rounds={1: now_open}, statements={}, gone=set(), candidates={7}, slate=set(),
        wanted={}, on=None, asked=None, interludes={}, questions={}, challenges={}, ballot="ticket",
        voices={1: "open", 2: "hall"},
    )  # fmt: skip
    body = Ballots(ballots=[OneBallot(id="a", line=8, value=1)])

    with pytest.raises(Forbidden, match="ballot_by_ticket"):
        asyncio.run(take_ballots(room, 1, body, Signer(b"a key"), None))
    # With a ticket the next question is asked: whether there is such a line.
    with pytest.raises(Exception, match="line_unknown"):
        asyncio.run(take_ballots(room, 2, body, Signer(b"a key"), None))
