"""What phones send to a poll is on disk before it is answered, counted once, changed as a whole, and never too late."""

import json
import re
import sqlite3
from contextlib import closing
from itertools import count

import pytest
from tests.serving import Server

IDS = count(1)
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
SETTLED_WITHIN_S = 10
KINDS = {
    "single": {"options_ko": "분당\n원도심\n다른 도시"},
    "multi": {"options_ko": "분당\n원도심\n다른 도시"},
    "scale": {"points": "5", "low_ko": "그대로", "high_ko": "많이"},
    "words": {"words": "2"},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("asides")) as running:
        yield running


@pytest.fixture
def hall(server):
    return Hall(server)


class Hall:
    """One conversation, its host and the phones that come."""

    def __init__(self, server):
        self.server = server
        self.room = server.conversation(seeds=["하나"])
        self.desk = f"/host/c/{self.room.code}/polls"
        self.host = server.host(self.room)
        self.made = 0

    def phone(self):
        phone = self.server.client(accept_language="ko")
        assert phone.post(f"/api/v1/conversations/{self.room.code}/join", {}).status == 200
        return phone

    def ask(self, kind="single", **fields):
        """A poll that is on; its number."""
        body = {"kind": kind, "title_ko": "물음", **KINDS[kind], **fields}
        assert self.host.submit(f"{self.desk}/new?kind={kind}", body).status == 302
        self.made += 1
        self.act(self.made, act="put_on")
        self.until(self.made, "open")
        return self.made

    def act(self, number, **fields):
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.host.get(self.desk).text)[1]
        answer = self.host.form(f"{self.desk}/{number}/act", {"csrfmiddlewaretoken": token, **fields})
        assert answer.status == 302, answer.text

    def until(self, number, standing):
        """Wait until everybody hears it; the hot path has heard it then."""
        with self.server.client().events(f"/live/{self.room.code}", timeout=SETTLED_WITHIN_S) as events:
            for event in events:
                if event.name == "segment" and event.data["interlude"] == f"{number} {standing}":
                    return

    def end(self, number):
        self.act(number, act="end")
        self.until(number, "over")

    def send(self, phone, *answers):
        return phone.post(f"/api/v1/conversations/{self.room.code}/answers", {"answers": list(answers)})

    def outcome(self, number):
        told = self.server.client(accept_language="ko").get(f"/c/{self.room.code}/polls.json").json["polls"]
        return next(poll["outcome"] for poll in told if poll["number"] == number)

    def stored(self, number):
        """Rows of a poll as they lie in the database."""
        with closing(sqlite3.connect(f"file:{self.server.database}?mode=ro", uri=True)) as connection:
            return connection.execute(
                "SELECT a.part, a.value, a.text FROM conversation_pollanswer a"
                " JOIN conversation_interlude i ON i.id = a.interlude_id"
                " JOIN conversation_conversation c ON c.id = i.conversation_id"
                " WHERE c.code = ? AND i.number = ? ORDER BY a.voice_id, a.part",
                (self.room.code, number),
            ).fetchall()


def one(poll, *choice, words=(), **more):
    return {"id": f"answer-{next(IDS)}", "poll": poll, "choice": list(choice), "words": list(words), **more}


# ---- kept


def test_an_answer_is_on_disk_when_the_phone_hears_so(hall):
    poll = hall.ask()

    assert hall.send(hall.phone(), one(poll, 2)).status == 200
    assert hall.stored(poll) == [(0, 2, "")]


@pytest.mark.parametrize("times", [2, 5])
def test_sent_again_it_is_one_answer(hall, times):
    poll, phone = hall.ask("multi"), hall.phone()
    answer = one(poll, 0, 1)

    for _ in range(times):
        assert hall.send(phone, answer).status == 200

    assert hall.stored(poll) == [(0, 1, ""), (1, 1, ""), (2, 0, "")]


@pytest.mark.parametrize(
    ("kind", "first", "then", "left"),
    [
        ("single", {"choice": [0]}, {"choice": [2]}, [(0, 2, "")]),
        ("multi", {"choice": [0, 1]}, {"choice": [2]}, [(0, 0, ""), (1, 0, ""), (2, 1, "")]),
        ("scale", {"choice": [1]}, {"choice": [5]}, [(0, 5, "")]),
        ("words", {"words": ["나무", "길"]}, {"words": ["숲"]}, [(0, 1, "숲"), (1, 0, "")]),
    ],
)
def test_a_changed_answer_replaces_the_former_as_a_whole(hall, kind, first, then, left):
    poll, phone = hall.ask(kind), hall.phone()

    assert hall.send(phone, one(poll) | first).status == 200
    assert hall.send(phone, one(poll) | then).status == 200

    assert hall.stored(poll) == left


def test_two_answers_that_waited_together_end_as_the_later_one(hall):
    poll, phone = hall.ask("words"), hall.phone()

    assert hall.send(phone, one(poll, words=["나무", "길"]), one(poll, words=["숲"])).status == 200

    assert hall.stored(poll) == [(0, 1, "숲"), (1, 0, "")]


@pytest.mark.parametrize(
    "word",
    [
        "가" * 20,
        "walk together please",
        "đường phố xanh mát!!",
        "一" * 20,
        "みんなで歩く広場をつくろうよこのまちで",
        FAMILY * 20,
    ],
)
def test_twenty_characters_go_through_in_every_language(hall, word):
    poll = hall.ask("words")

    answer = hall.send(hall.phone(), one(poll, words=[word]))

    assert answer.status == 200, answer.text
    assert hall.send(hall.phone(), one(poll, words=[f"{'가' * 20}나"])).json["error"]["key"] == "text_too_long"


def test_who_answered_is_counted_and_nothing_else_is_told(hall):
    poll = hall.ask()
    for choice in (0, 0, 1):
        assert hall.send(hall.phone(), one(poll, choice)).status == 200
    hall.phone()

    with hall.server.client().events(f"/live/{hall.room.code}") as events:
        told = {event.name: event.data for event in (next(events), next(events))}

    assert told["turnout"]["open"] == {"joined": 4, "answered": 3}
    assert set(told["turnout"]) == {"hall", "online", "open", "joined", "answered"}
    assert set(told["segment"]) == {"segment", "round", "version", "interlude", "screen", "asked"}


# ---- too late


def test_after_the_close_it_is_refused_by_name_and_nothing_changes(hall):
    poll, phone = hall.ask(), hall.phone()
    for _ in range(6):
        assert hall.send(hall.phone(), one(poll, 0)).status == 200
    hall.end(poll)
    before = hall.outcome(poll)

    late = one(poll, 1)
    refused = hall.send(phone, late)

    assert refused.status == 409
    assert refused.json["error"] == {
        "key": "poll_closed",
        "message": "설문이 닫힌 뒤에 닿아 이 답은 세지 못했어요. 다른 답은 모두 그대로예요.",
        "field": "poll",
        "id": late["id"],
    }
    assert hall.outcome(poll) == before
    assert before["people"] == 6


def test_the_one_that_is_late_is_named_and_the_other_may_come_again(hall):
    first, phone = hall.ask(), hall.phone()
    hall.end(first)
    second = hall.ask()
    late, good = one(first, 0), one(second, 1)

    refused = hall.send(phone, late, good)

    assert (refused.status, refused.json["error"]["id"]) == (409, late["id"])
    assert hall.stored(second) == []
    assert hall.send(phone, good).status == 200
    assert hall.stored(second) == [(0, 1, "")]


def test_what_comes_within_two_seconds_of_the_close_is_counted(hall):
    poll, phones = hall.ask(), [hall.phone() for _ in range(5)]

    hall.act(poll, act="end")
    for phone in phones:
        assert hall.send(phone, one(poll, 1)).status == 200
    hall.until(poll, "over")

    assert hall.outcome(poll)["people"] == 5


# ---- refused

BAD = {
    "a poll that is not there": (lambda _poll: one(99, 0), 404, "poll_unknown"),
    "a poll below zero": (lambda _poll: one(-1, 0), 404, "poll_unknown"),
    "an option that is not there": (lambda poll: one(poll, 3), 422, "poll_choice"),
    "an option beyond every number": (lambda poll: one(poll, 2**70), 422, "poll_choice"),
    "two options of one": (lambda poll: one(poll, 0, 1), 422, "poll_choice"),
    "nothing": (one, 422, "poll_choice"),
    "words where one chooses": (lambda poll: one(poll, words=["나무"]), 422, "poll_choice"),
    "a choice in words": (lambda poll: {"id": "a", "poll": poll, "choice": ["0"]}, 422, "json_shape"),
    "a half": (lambda poll: {"id": "a", "poll": poll, "choice": [0.5]}, 422, "json_shape"),
    "a choice that is no list": (lambda poll: {"id": "a", "poll": poll, "choice": 0}, 422, "json_shape"),
    "somebody else's voice": (lambda poll: one(poll, 0, voice=7), 422, "json_shape"),
    "no id": (lambda poll: {"poll": poll, "choice": [0]}, 422, "json_shape"),
    "an endless id": (lambda poll: one(poll, 0) | {"id": "x" * 65}, 422, "json_shape"),
}


@pytest.fixture(scope="module")
def asked(server):
    """A poll of each kind that is on in a conversation of its own."""
    found = {}
    for kind in ("single", "words"):
        own = Hall(server)
        found[kind] = (own, own.ask(kind), own.phone())
    return found


@pytest.mark.parametrize("name", BAD)
def test_a_bad_answer_is_refused_by_name_and_leaves_nothing(asked, name):
    hall, poll, phone = asked["single"]
    made, status, key = BAD[name]

    refused = hall.send(phone, made(poll))

    assert (refused.status, refused.json["error"]["key"]) == (status, key)
    assert hall.stored(poll) == []


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (["", " "], "text_blank"),
        (["\u200b"], "text_blank"),
        (["가" * 21], "text_too_long"),
        (["가", "나", "다"], "poll_words"),
        ([], "text_blank"),
    ],
)
def test_bad_words_are_refused_by_name(asked, words, key):
    hall, poll, phone = asked["words"]

    refused = hall.send(phone, one(poll, words=words))

    assert (refused.status, refused.json["error"]["key"]) == (422, key)
    assert hall.stored(poll) == []


@pytest.mark.parametrize(
    ("body", "status", "key"),
    [
        (b"", 400, "not_json"),
        (b'{"answers": [', 400, "not_json"),
        (b"[]", 422, "json_shape"),
        (b'{"answers": []}', 422, "vote_count"),
        (b'{"answers": [{"id": "a", "poll": 1, "words": ["\\ud800"]}]}', 400, "not_json"),
        (json.dumps({"answers": [one(1, 0)] * 51}).encode(), 422, "vote_count"),
    ],
)
def test_a_body_that_is_none_is_refused(asked, body, status, key):
    hall, poll, phone = asked["single"]

    refused = phone.post(f"/api/v1/conversations/{hall.room.code}/answers", body)

    assert (refused.status, refused.json["error"]["key"]) == (status, key)
    assert hall.stored(poll) == []


def test_only_a_voice_of_this_conversation_answers_and_only_from_this_site(asked):
    hall, poll, phone = asked["single"]
    other, _number, neighbour = asked["words"]
    path = f"/api/v1/conversations/{hall.room.code}/answers"

    assert hall.send(hall.server.client(), one(poll, 0)).status == 401
    neighbour_here = hall.server.client()
    neighbour_here.cookies = {f"voice_{hall.room.code}": neighbour.cookies[f"voice_{other.room.code}"]}
    assert hall.send(neighbour_here, one(poll, 0)).status == 401
    assert phone.post(path, {"answers": [one(poll, 0)]}, origin="https://elsewhere.example").status == 403
    assert hall.stored(poll) == []


# ---- without a script


@pytest.mark.parametrize(
    ("kind", "fields", "rows"),
    [
        ("single", [("choice", "1")], [(0, 1, "")]),
        ("multi", [("choice", "0"), ("choice", "2")], [(0, 1, ""), (1, 0, ""), (2, 1, "")]),
        ("scale", [("choice", "4")], [(0, 4, "")]),
        ("words", [("word", "나무"), ("word", "")], [(0, 1, "나무"), (1, 0, "")]),
    ],
)
def test_a_plain_form_answers_too(hall, kind, fields, rows):
    poll, phone = hall.ask(kind), hall.phone()

    answer = phone.form(f"/c/{hall.room.code}/answer", [("poll", str(poll)), *fields])

    assert (answer.status, answer.location) == (303, f"/c/{hall.room.code}?answered={poll}")
    assert hall.stored(poll) == rows


def test_a_plain_form_that_comes_too_late_is_told_on_its_page(hall):
    poll, phone = hall.ask(), hall.phone()
    hall.end(poll)

    answer = phone.form(f"/c/{hall.room.code}/answer", [("poll", str(poll)), ("choice", "0")])

    assert "refused=poll_closed" in answer.location
    assert "이 답은 세지 못했어요" in phone.get(answer.location).text
