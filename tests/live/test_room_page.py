"""Everybody opens the room at the same moment: what the hot path gives is what Django would have drawn."""

import html
import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.journeys.voters import QUESTION, SEEDS, everybody, opinion
from tests.serving import Server

from onnuri.live.store import SqliteStore
from onnuri.live.table import Table

PEOPLE = 24
OWN = re.compile(
    r'data-deck="[^"]*"|<h1 class="vote-card-text".*?</h1>|name="statement" value="\d+"|data-evidence="\d+"'
    r'|name="id" value="[^"]+"|data-seconds="\d+">[\d:]+'
)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("rooms")) as running:
        yield running
        assert "Traceback" not in running.log


def both(server, phone, room, **headers):
    """The page from the hot path, and as Django draws it: an address with a query is never shared."""
    ours = phone.get(f"/c/{room.code}", **headers)
    theirs = phone.get(f"/c/{room.code}?x=1", **headers)
    assert (ours.status, theirs.status) == (200, 200)
    wanted = ("content-security-policy", "x-content-type-options", "content-language", "cache-control")
    assert {n: ours.headers.get(n) for n in wanted} == {n: theirs.headers.get(n) for n in wanted}
    return ours.text, theirs.text.replace("?x=1&amp;", "?").replace("?x=1", "")


def deck_of(page):
    return json.loads(html.unescape(re.search(r'data-deck="([^"]*)"', page)[1]))


def test_each_moment_looks_as_django_draws_it(server):
    room = server.conversation(question=QUESTION, seeds=SEEDS)
    stranger = server.client(accept_language="en")
    phones = everybody((server,), room, 3, statements=())

    ours, theirs = both(server, stranger, room)
    assert OWN.sub("", ours) == OWN.sub("", theirs)
    assert len(set(both(server, phones[0], room, cookie=cookies(phones[0], theme="dark", text="3")))) == 1
    server.act(room, "open_round")
    ours, theirs = both(server, phones[1], room)
    assert OWN.sub("", ours) == OWN.sub("", theirs)
    assert deck_of(ours).keys() == deck_of(theirs).keys()


def cookies(phone, **more):
    return "; ".join(f"{name}={value}" for name, value in {**phone.cookies, **more}.items())


def test_everybody_has_a_deck_of_their_own_and_the_card_is_its_first(server):
    texts = [f"의견 <b>{n}</b> & \"따옴표\" '작은'" + " 길게" * (60 * (n % 2)) for n in range(12)]
    room = server.conversation(question=QUESTION, seeds=texts, begin=True)
    phones = everybody((server,), room, PEOPLE, statements=())

    with ThreadPoolExecutor(PEOPLE) as hall:
        pages = list(hall.map(lambda phone: phone.get(f"/c/{room.code}").text, phones))

    decks = [deck_of(page) for page in pages]
    assert len({tuple(s["id"] for s in deck["statements"]) for deck in decks}) > PEOPLE / 2
    for page, deck in zip(pages, decks, strict=True):
        first = deck["statements"][0]
        heading = re.search(r'<h1 class="vote-card-text" id="statement" lang="(\w+)"( data-long)?>(.*?)</h1>', page)
        assert (heading[1], html.unescape(heading[3])) == (first["lang"], first["text"])
        assert bool(heading[2]) == (len(first["text"]) > 120)
        assert f'name="statement" value="{first["id"]}"' in page
        assert not re.search(r"OF-THIS-(CARD|PAGE)|xx-own", page)
        assert "<b>" not in heading[3]


def test_a_join_whose_answer_was_lost_is_sent_again_and_is_one_voice(server):
    room = server.conversation(question=QUESTION, seeds=SEEDS, policy="code")
    state = f"/api/v1/host/conversations/{room.code}"
    first, second = server.host(room).post(f"{state}/codes", {"channel": "hall", "count": 2}).json["codes"]
    page = server.client().get(f"/c/{room.code}").text
    fields = {"consent_count": "1", "consent_rows": "1", "id": re.search(r'name="id" value="([^"]+)"', page)[1]}

    def enter(code, **more):
        return server.client().form(f"/c/{room.code}/join", {**fields, "seat_code": code, **more})

    again = [enter(first).headers.get("set-cookie", "").partition(";")[0] for _ in range(3)]
    another = enter(second).headers["set-cookie"].partition(";")[0]
    thief = enter(first, id="another-phone-altogether")

    assert len(set(again)) == 1
    assert again[0].startswith("voice_")
    assert another != again[0]
    assert "code_used" in thief.location
    assert server.host(room).get(state).json["turnout"]["hall"]["joined"] == 2


def test_who_has_answered_sees_what_is_left(server):
    room = server.conversation(question=QUESTION, seeds=SEEDS, begin=True)
    early, done = everybody((server,), room, 1, statements=range(1, 6)), everybody((server,), room, 1)

    page, finished = early[0].get(f"/c/{room.code}").text, done[0].get(f"/c/{room.code}").text

    assert deck_of(page)["left"] == 7
    assert {s["id"] for s in deck_of(page)["statements"]} == set(range(6, 13))
    assert deck_of(finished)["statements"] == []


def test_where_we_stand_each_sees_their_own_group_and_nobody_elses(server):
    room = server.conversation(question=QUESTION, seeds=SEEDS, begin=True)
    phones = everybody((server,), room, 40)
    server.act(room, "close_round")
    server.until(room, "where")

    pages = [both(server, phone, room) for phone in phones]

    assert all(ours == theirs for ours, theirs in pages)
    assert len({ours for ours, _ in pages}) == len({opinion(p, 5) for p in range(40)})


def test_a_ballot_is_shared_until_one_has_answered(server):
    room = server.conversation(question=QUESTION, seeds=SEEDS)
    state = f"/api/v1/host/conversations/{room.code}"
    server.host(room).post(f"{state}/prepare", {"grace_s": 0})
    server.act(room, "open_round")
    phones = everybody((server,), room, 30)
    server.act(room, "close_round")
    server.until(room, "where")
    server.act(room, "open_shortlist")
    server.until(room, "shortlist")
    lines = server.host(room).get(state).json["shortlist"]
    given = {"ballots": [{"id": "1", "line": lines[0], "value": 1}]}
    phones[0].post(f"/api/v1/conversations/{room.code}/ballots", given)

    pages = [both(server, phone, room) for phone in phones]

    assert all(ours == theirs for ours, theirs in pages)
    orders = {tuple(re.findall(r'name="line-(\d+)"', ours)) for ours, _ in pages}
    assert {tuple(sorted(order)) for order in orders} == {tuple(sorted(orders.pop()))} if len(lines) > 1 else orders
    assert " checked" in pages[0][0]
    assert all(" checked" not in ours for ours, _ in pages[1:])


def test_a_page_with_a_form_of_ones_session_is_never_given_to_others(server):
    room = server.conversation(question=QUESTION, seeds=SEEDS)
    a, b = everybody((server,), room, 2, statements=())

    pages = [phone.get(f"/c/{room.code}/write") for phone in (a, b)]

    tokens = [re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.text)[1] for page in pages]
    assert tokens[0] != tokens[1]


def test_the_next_phone_speaks_from_its_first_page_on(server):
    room = server.conversation(question=QUESTION, seeds=SEEDS, begin=True)
    (first,), second = everybody((server,), room, 1, statements=()), server.client()
    # What the hot path remembered a moment before, and has not looked at again.
    before = Table(SqliteStore(str(server.database)), lambda: 0.0)
    before.refresh()
    known = before.rooms[room.code]
    (voice,) = known.voices

    address = re.search(rf"/c/{room.code}/here\?v=[^<\"]+", first.get(f"/c/{room.code}/move").text)[0]
    second.submit(html.unescape(address), {})

    assert before.speaks(known, voice, 1)
    assert not before.speaks(known, voice, 0)
    assert not before.speaks(known, voice, 2)
    before.close()
    assert deck_of(second.get(f"/c/{room.code}").text)["statements"]
    assert first.get(f"/api/v1/conversations/{room.code}/deck").json["error"]["key"] == "voice_moved"
