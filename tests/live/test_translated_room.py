"""A whole server with a translation service beside it: decks carry translations, and nobody waits for them."""

import html
import json
import re
import time

import pytest
from tests.interpreting import interpreting, said
from tests.journeys.voters import everybody
from tests.serving import Server

SEEDS = ["강변에 나무를 더 심자.", "장터를 다시 열자." + " 길게" * 60, "밤 11시까지 버스를 다니게 하자."]


@pytest.fixture(scope="module")
def service():
    with interpreting() as one:
        yield one


@pytest.fixture(scope="module")
def server(tmp_path_factory, service):
    environment = {"ONNURI_TRANSLATE": "libretranslate", "ONNURI_TRANSLATE_URL": service.url}
    with Server(tmp_path_factory.mktemp("translated"), environment=environment) as running:
        yield running
        assert "Traceback" not in running.log


def switch_on(server, room):
    host = server.client()
    host.get(f"/host/c/{room.code}?key={room.key}")
    answer = host.submit(f"/host/c/{room.code}/translations", {"act": "switch", "on": "1"})
    assert answer.status == 302


def deck(phone, room, language):
    answer = phone.get(f"/api/v1/conversations/{room.code}/deck", accept_language=language)
    return {one["id"]: one for one in answer.json["statements"]}


def wait_for(server, phone, room, language):
    until = time.monotonic() + 60
    while not all("translation" in one for one in deck(phone, room, language).values()):
        assert time.monotonic() < until, server.log[-2000:]
        time.sleep(0.1)


def test_everybody_reads_their_own_language_and_the_page_is_the_one_django_draws(server):
    room = server.conversation(seeds=SEEDS, begin=True)
    phones = everybody((server,), room, 6, statements=())
    assert not any("translation" in one for one in deck(phones[0], room, "en").values())

    switch_on(server, room)
    wait_for(server, phones[0], room, "en")

    for phone in phones:
        ours = phone.get(f"/c/{room.code}", accept_language="en").text
        first = json.loads(html.unescape(re.search(r'data-deck="([^"]*)"', ours)[1]))["statements"][0]
        heading = re.search(r'id="statement" lang="(\w+)"( data-long)?>(.*?)</h1>', ours)
        original = re.search(r"data-original><summary>.*?</summary><p lang=\"(\w+)\">(.*?)</p>", ours)
        assert (heading[1], html.unescape(heading[3])) == ("en", said(first["text"], "en"))
        assert bool(heading[2]) == (len(said(first["text"], "en")) > 120)
        assert (original[1], html.unescape(original[2])) == ("ko", first["text"])
        assert not re.search(r"OF-THIS-(CARD|PAGE)|xx-own|yy-own", ours)
        korean = phone.get(f"/c/{room.code}", accept_language="ko").text
        assert said("", "en") not in html.unescape(korean)
        assert "data-original hidden" in korean


def test_votes_go_on_while_the_service_is_slow_and_away(server, service):
    service.moods = ["slow", "503", "503", "503"]
    room = server.conversation(seeds=SEEDS, begin=True)
    switch_on(server, room)

    phones = everybody((server,), room, 6, statements=(1, 2, 3))

    answered = server.host(room).get(f"/api/v1/host/conversations/{room.code}").json["turnout"]["answered"]
    assert answered == len(phones)
