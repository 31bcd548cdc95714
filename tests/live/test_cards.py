"""A card is the same voice wherever it comes: at the kiosk, on a phone, on paper. And nobody else's."""

import re
import sqlite3
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from tests.serving import Server

SEEDS = ["첫째", "둘째", "셋째"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("cards")) as running:
        yield running


@pytest.fixture
def sitting(server):
    return Sitting(server)


def hidden_of(page, card):
    """What the form of a paper carries unseen."""
    found = dict(re.findall(r'type="hidden" name="(round_ticket|desk)" value="([^"]+)"', page))
    return {"seat_code": card, **found}


class Sitting:
    """A round is open; the desk has made cards and set up a kiosk."""

    def __init__(self, server, seeds=SEEDS):
        self.server = server
        self.room = server.conversation(seeds=seeds, policy="code", begin=True)
        self.code = self.room.code
        self.desk = server.client()
        self.desk.get(f"/host/c/{self.code}?key={self.room.key}")

    def cards(self, count):
        made = self.desk.submit_to(f"/host/c/{self.code}/cards", f"/host/c/{self.code}/cards/print", count=count)
        return re.findall(r'aria-label="(\w{8})"', made.text)

    def kiosk(self):
        link = re.search(r'value="([^"]*/kiosk/[^"]*)"', self.desk.get(f"/host/c/{self.code}/cards").text)[1]
        found = urlsplit(link.replace("&amp;", "&"))
        tablet = self.server.client()
        tablet.get(f"{found.path}?{found.query}")
        return tablet

    def start(self, tablet, card):
        path = f"/kiosk/{self.code}"
        answer = tablet.form(f"{path}/start", {"seat_code": card})
        if "kiosk_card_" in answer.headers.get("set-cookie", "") and tablet.cookies.get(f"kiosk_card_{self.code}"):
            both = {"consents": "1", "consent_count": "yes", "consent_rows": "yes"}
            answer = tablet.form(f"{path}/start", both)
        assert answer.location == path
        return tablet.get(path).text

    def say(self, tablet, value, page=None):
        """Answer the card that stands on the page; the answer is its number."""
        page = page or tablet.get(f"/kiosk/{self.code}").text
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.partition("data-answer")[2]))
        assert tablet.form(f"/kiosk/{self.code}/answer", {**fields, "value": value}).location == f"/kiosk/{self.code}"
        return int(fields["number"])

    def next(self, tablet):
        assert tablet.form(f"/kiosk/{self.code}/next", {}).status == 303

    def paper(self, card, answers, **more):
        page = self.desk.submit(f"/host/c/{self.code}/cards", {"seat_code": card}).text
        fields = {f"a-{number}": value for number, value in answers.items()}
        return page, self.desk.form(f"/host/c/{self.code}/cards/enter", {**hidden_of(page, card), **more, **fields})

    def texts_balloted(self):
        """The words of every line that was answered on a ballot."""
        sql = (
            "SELECT s.text FROM conversation_ballotvote b JOIN conversation_round r ON r.id = b.round_id"
            " JOIN conversation_conversation c ON c.id = r.conversation_id"
            " JOIN conversation_statement s ON s.conversation_id = c.id AND s.number = b.line WHERE c.code = ?"
        )
        with closing(sqlite3.connect(f"file:{self.server.database}?mode=ro", uri=True)) as connection:
            return [text for (text,) in connection.execute(sql, (self.code,))]

    def votes(self):
        """voice -> {statement: value}, as they lie on the disk."""
        sql = (
            "SELECT v.voice_id, s.number, v.value FROM conversation_vote v"
            " JOIN conversation_statement s ON s.id = v.statement_id"
            " JOIN conversation_conversation c ON c.id = s.conversation_id WHERE c.code = ?"
        )
        found = {}
        with closing(sqlite3.connect(f"file:{self.server.database}?mode=ro", uri=True)) as connection:
            for voice, number, value in connection.execute(sql, (self.code,)):
                found.setdefault(voice, {})[number] = value
        return found

    def voices(self):
        return self._count("FROM conversation_voice v JOIN conversation_conversation c ON c.id = v.conversation_id")

    def who_balloted(self):
        return self._count(
            "FROM conversation_ballotvote v JOIN conversation_round r ON r.id = v.round_id"
            " JOIN conversation_conversation c ON c.id = r.conversation_id",
            "v.voice_id",
        )

    def _count(self, of, what="v.id"):
        sql = f"SELECT count(DISTINCT {what}) {of} WHERE c.code = ?"
        with closing(sqlite3.connect(f"file:{self.server.database}?mode=ro", uri=True)) as connection:
            return connection.execute(sql, (self.code,)).fetchone()[0]


# ---- the kiosk


def test_two_people_one_after_the_other_are_two_voices(sitting):
    first, second = sitting.cards(2)
    tablet = sitting.kiosk()

    sitting.start(tablet, first)
    said = {sitting.say(tablet, 1): 1, sitting.say(tablet, -1): -1}
    sitting.next(tablet)
    sitting.start(tablet, second)
    said_then = {sitting.say(tablet, 0): 0}

    assert sorted(map(sorted, (v.items() for v in sitting.votes().values()))) == sorted(
        [sorted(said.items()), sorted(said_then.items())]
    )


def test_the_next_person_sees_nothing_of_the_last(sitting):
    (card,) = sitting.cards(1)
    tablet = sitting.kiosk()
    before = tablet.get(f"/kiosk/{sitting.code}")

    page = sitting.start(tablet, card)
    sitting.say(tablet, 1)
    tablet.get(f"/kiosk/{sitting.code}?lang=en")
    sitting.next(tablet)
    after = tablet.get(f"/kiosk/{sitting.code}")

    assert 'data-state="answer"' in page
    assert after.text == before.text
    assert after.headers["cache-control"] == "no-store"
    assert {name: value for name, value in tablet.cookies.items() if value and name != "served"} == {
        name: value for name, value in tablet.cookies.items() if re.fullmatch(r"kiosk_\d+", name)
    }


def test_the_same_card_comes_back_as_the_same_voice_also_on_a_phone(sitting):
    (card,) = sitting.cards(1)
    tablet, phone = sitting.kiosk(), sitting.server.client()
    sitting.start(tablet, card)
    first = sitting.say(tablet, 1)
    sitting.next(tablet)

    again = sitting.start(tablet, card)
    phone.post(f"/api/v1/conversations/{sitting.code}/join", {"seat_code": card.lower()})
    deck = phone.get(f"/api/v1/conversations/{sitting.code}/deck").json

    assert "2</span> / 3" in again
    assert first not in [s["id"] for s in deck["statements"]]
    assert list(sitting.votes()) == [int(phone.cookies[f"voice_{sitting.code}"].partition(".")[0])]


def test_a_card_is_remembered_after_the_server_was_started_anew(sitting):
    (card,) = sitting.cards(1)
    tablet = sitting.kiosk()
    sitting.start(tablet, card)
    sitting.say(tablet, 1)
    sitting.next(tablet)

    sitting.server.restart()

    assert "2</span> / 3" in sitting.start(tablet, card)


def test_an_answer_that_comes_late_is_still_the_first_persons(sitting):
    first, second = sitting.cards(2)
    tablet = sitting.kiosk()
    kept = sitting.start(tablet, first)
    sitting.next(tablet)
    sitting.start(tablet, second)
    own = {sitting.say(tablet, -1)}

    late = sitting.say(tablet, 1, kept)

    assert sorted(map(list, (v.items() for v in sitting.votes().values()))) == sorted(
        [[(late, 1)], [(number, -1) for number in own]]
    )


def test_a_new_card_is_asked_for_both_consents_and_an_old_one_is_not(sitting):
    (card,) = sitting.cards(1)
    tablet = sitting.kiosk()
    path = f"/kiosk/{sitting.code}"

    tablet.form(f"{path}/start", {"seat_code": card})
    asked = tablet.get(path).text
    refused = tablet.form(f"{path}/start", {"consents": "1", "consent_count": "yes"})

    assert 'data-state="consent"' in asked
    assert refused.location == f"{path}?refused=consent_needed"
    assert sitting.voices() == 0
    sitting.start(tablet, card)
    sitting.next(tablet)
    tablet.form(f"{path}/start", {"seat_code": card})
    assert 'data-state="answer"' in tablet.get(path).text


def test_a_code_that_is_no_card_is_sent_to_the_desk(sitting):
    made = sitting.desk.submit_to(f"/host/c/{sitting.code}", f"/host/c/{sitting.code}/codes", count=1, channel="hall")
    (once,) = re.findall(r'<li class="mono">(\w{8})</li>', made.text)
    tablet = sitting.kiosk()
    path = f"/kiosk/{sitting.code}"

    assert tablet.form(f"{path}/start", {"seat_code": once}).location == f"{path}?refused=card_needed"
    assert tablet.form(f"{path}/start", {"seat_code": "ZZZZ9999"}).location == f"{path}?refused=seat_code_unknown"
    phone = sitting.server.client()
    assert phone.post(f"/api/v1/conversations/{sitting.code}/join", {"seat_code": once}).status == 200


def test_a_tablet_without_the_desks_link_is_no_kiosk(sitting):
    (card,) = sitting.cards(1)
    stranger = sitting.server.client()
    path = f"/kiosk/{sitting.code}"

    assert stranger.get(path).status == 403
    assert stranger.get(f"{path}?key=1.forged").status == 403
    assert stranger.form(f"{path}/start", {"seat_code": card}).location == f"{path}?refused=kiosk_only"


@pytest.mark.parametrize("who", ["", "1", "1.forged", "x.y", "281474976710656."])
def test_an_answer_without_a_proof_is_nobodys(sitting, who):
    tablet = sitting.kiosk()
    said = {"who": who, "kind": "vote", "number": 1, "value": 1, "id": "a"}

    assert tablet.post(f"/kiosk/{sitting.code}/answer", said).status == 401
    assert sitting.votes() == {}


def test_another_site_can_neither_answer_nor_end(sitting):
    tablet = sitting.kiosk()

    told = tablet.form(f"/kiosk/{sitting.code}/next", {}, origin="https://elsewhere.example")

    assert told.location == f"/kiosk/{sitting.code}?refused=other_site"


def test_an_usher_counts_people_and_keeps_nothing_else(sitting):
    first, second = sitting.cards(2)
    tablet = sitting.kiosk()
    for card in (first, second):
        sitting.start(tablet, card)
        sitting.next(tablet)
    sitting.next(tablet)

    assert tablet.cookies["served"] == "2"
    assert "2명이 답했어요" in tablet.get(f"/kiosk/{sitting.code}?usher=1", accept_language="ko").text


def test_a_ballot_is_answered_by_card_too(sitting):
    cards = sitting.cards(12)
    for place, card in enumerate(cards):
        sitting.paper(card, {1: 1, 2: (-1) ** place, 3: 1}, consent="yes")
    server, room = sitting.server, sitting.room
    server.act(room, "close_round")
    server.until(room, "where", within=200)
    server.act(room, "open_shortlist")
    server.until(room, "shortlist")
    tablet = sitting.kiosk()

    page = sitting.start(tablet, cards[0])
    sitting.say(tablet, 1)
    paper, entered = sitting.paper(cards[1], {1: 1})

    assert 'name="kind" value="ballot"' in page
    assert entered.location.endswith("saved=1"), paper
    assert sitting.who_balloted() == 2


def test_what_is_stored_of_a_ballot_is_the_line_that_was_shown(server):
    """Each voice sees the candidates in its own order, and not every statement is one."""
    sitting = Sitting(server, seeds=("첫째 제안", "둘째 제안", "셋째 제안", "넷째 제안", "다섯째 제안"))
    cards = sitting.cards(14)
    for place, card in enumerate(cards):
        sitting.paper(card, {1: -1, 2: 1, 3: -1 if place % 2 else 1, 4: 1, 5: 1}, consent="yes")
    server.act(sitting.room, "close_round")
    server.until(sitting.room, "where", within=200)
    server.act(sitting.room, "open_shortlist")
    server.until(sitting.room, "shortlist")
    tablet, shown = sitting.kiosk(), []

    for card in cards[:6]:
        page = sitting.start(tablet, card)
        text = re.search(r'id="statement" lang="ko">([^<]+)<', page)[1]
        sitting.say(tablet, 1, page)
        shown.append(text)
        tablet.form(f"/kiosk/{sitting.code}/next", {})

    assert sorted(sitting.texts_balloted()) == sorted(shown)
    assert len(set(shown)) > 1


# ---- paper


def test_a_paper_is_entered_for_its_card_and_counted(sitting):
    (card,) = sitting.cards(1)

    page, entered = sitting.paper(card, {1: 1, 2: 0, 3: -1}, consent="yes")

    assert "종이의 두 동의" in page
    assert entered.location == f"/host/c/{sitting.code}/cards?saved=3"
    assert list(sitting.votes().values()) == [{1: 1, 2: 0, 3: -1}]
    assert sitting.desk.cookies["papers"] == "1"


def test_paper_and_kiosk_are_one_voice(sitting):
    (card,) = sitting.cards(1)
    tablet = sitting.kiosk()
    sitting.start(tablet, card)
    own = sitting.say(tablet, 1)

    page, refused = sitting.paper(card, {own: -1})
    _, replaced = sitting.paper(card, {own: -1}, replace="yes")

    assert "이미 1개 답했어요" in page
    assert refused.location == f"/host/c/{sitting.code}/cards?refused=card_answered"
    assert replaced.location.endswith("saved=1")
    assert list(sitting.votes().values()) == [{own: -1}]


def test_a_paper_without_its_consents_is_not_entered(sitting):
    (card,) = sitting.cards(1)

    _, refused = sitting.paper(card, {1: 1})

    assert refused.location.endswith("refused=consent_needed")
    assert sitting.votes() == {}


@pytest.mark.parametrize("answers", [{}, {1: 5}, {99: 1}, {1: "O"}])
def test_what_cannot_be_on_a_paper_is_refused(sitting, answers):
    (card,) = sitting.cards(1)

    _, refused = sitting.paper(card, answers, consent="yes")

    assert "refused=" in refused.location
    assert sitting.votes() == {}


def test_only_the_desk_enters_papers(sitting):
    (card,) = sitting.cards(1)
    stranger = sitting.server.client()
    path = f"/host/c/{sitting.code}/cards"

    assert stranger.get(path).status == 403
    assert stranger.get(f"{path}/print").status == 403
    told = stranger.form(f"{path}/enter", {"seat_code": card, "a-1": 1, "consent": "yes"})
    assert told.location == f"{path}?refused=host_only"


def test_who_has_the_desk_by_a_role_enters_papers_and_a_form_of_another_desk_is_none(server, sitting):
    told = server.run_cli("organiser", "add", "mina@example.kr")
    mina = server.client(accept_language="ko")
    mina.submit(mina.get(urlsplit(told["link"]).path).location, {"password1": "강변의 버드나무 그늘"})
    mina.submit("/account/name/", {"alias": "미나", "next": "/account/"})
    mina.submit_to("/account/", "/account/conferences/", title="한빛", slug="by-role", seats="10")
    made = server.conversation(seeds=SEEDS, policy="code", begin=True, conference="by-role")
    path = f"/host/c/{made.code}/cards"
    mina.cookies = {name: value for name, value in mina.cookies.items() if not name.startswith("host_")}
    printed = mina.submit_to(path, f"{path}/print", count=1)
    card = re.search(r'aria-label="(\w{8})"', printed.text)[1]

    fields = hidden_of(mina.submit(path, {"seat_code": card}).text, card)
    elsewhere = {**fields, "desk": "4000000000.x", "a-1": 1, "consent": "yes"}
    assert mina.form(f"{path}/enter", elsewhere).location == f"{path}?refused=host_only"
    assert mina.form(f"{path}/enter", {**fields, "a-1": 1, "consent": "yes"}).location == f"{path}?saved=1"
    assert server.host(made).get(f"/c/{made.code}/state.json").json["turnout"]["answered"] == 1


# ---- what is kept


def test_what_is_stored_joins_no_card_to_a_voice(sitting):
    (card,) = sitting.cards(1)
    tablet = sitting.kiosk()
    sitting.start(tablet, card)
    sitting.say(tablet, 1)
    (voice,) = sitting.votes()

    with closing(sqlite3.connect(f"file:{sitting.server.database}?mode=ro", uri=True)) as connection:
        dump = "\n".join(connection.iterdump())

    assert card not in dump
    assert not [row for row in dump.splitlines() if str(voice) in row and "seatcode" in row]
