"""Every public page has a JSON twin that says the same, and nothing that is somebody's own."""

import json

import pytest
from django.urls import get_resolver
from tests import cast

from onnuri.publishing.models import PublishedLandscape
from onnuri.web import page as pages
from onnuri.web import shown

pytestmark = pytest.mark.django_db

DOTS = {"dots", "former"}
ONE_S_OWN = {
    "/c/{}/settings": {"groups", "voice", "secure"},
    "/c/{}/where": {"me"},
    "/c/{}/where/map": {"me", *DOTS},
    "/c/{}/evidence": {"mine", "own_challenges", "text", "source", "about"},
    "/stage/{}": DOTS,
    "/c/{}/questions": {"lifted", "own", "mine", "may_ask", "text", "asked", "voice", "stays"},
}
"""What only the page shows: one's own place and answers, and everybody's dots, which are in the record as rows."""
PUBLIC = {
    "/": "/index.json",
    "/e/hanbit": "/e/hanbit.json",
    "/r/{}": "/r/{}.json",
    "/stage/{}": "/stage/{}.json",
    "/stage/{}?view=map": "/stage/{}.json?view=map",
    "/c/{}/where": "/c/{}/where.json",
    "/c/{}/where/map": "/c/{}/where/map.json",
    "/c/{}/evidence": "/c/{}/evidence.json",
    "/c/{}/rules": "/c/{}/rules.json",
    "/c/{}/settings": "/c/{}/settings.json",
    "/c/{}/questions": "/c/{}/questions.json",
    "/c/{}/polls": "/c/{}/polls.json",
    "/c/{}/log": "/c/{}/log.json",
}


@pytest.fixture(autouse=True)
def content(monkeypatch):
    """What the last page was rendered from; the clock stands still."""
    told, really = {}, pages.render

    def render(request, template, content, status):
        told.clear()
        told.update(content)
        return really(request, template, content, status=status)

    monkeypatch.setattr(pages, "render", render)
    monkeypatch.setattr(shown, "now", lambda: cast.minutes(60))
    return told


def normal(value):
    return json.loads(json.dumps(value))


def both(client, content, path, code):
    """(what the page was made of, what its twin says) in the same moment."""
    page = client.get(path.format(code))
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8"), path
    twin = client.get(PUBLIC[path].format(code))
    assert twin.status_code == 200, PUBLIC[path]
    return dict(content), twin.json()


def test_every_address_that_ends_in_json_is_known_here():
    addresses = {
        "/" + str(pattern.pattern)
        for group in get_resolver().url_patterns
        for pattern in group.url_patterns
        if str(pattern.pattern).endswith(".json")
    }
    known = {
        twin.partition("?")[0].replace("{}", "<str:code>").replace("hanbit", "<slug:slug>") for twin in PUBLIC.values()
    }

    assert addresses - known == {
        "/c/<str:code>/state.json",
        "/api/v1/openapi.json",
        "/host/c/<str:code>/health.json",  # for the host alone
        "/api/v1/conferences/<slug:slug>/door.json",  # for the door alone
        "/e/<slug:slug>/order.json",  # the log itself
        "/s/<slug:slug>.json",  # has a story of its own beside its page
    }


def test_at_every_moment_a_page_and_its_twin_say_the_same(client, content):
    conference = cast.conference()
    for room, voices in cast.whole_sitting(people=48, conference=conference):
        phone = cast.phone_of(voices[0], client)
        for path in PUBLIC:
            if path.startswith("/r/") and room.segment != "published":
                continue
            page, twin = both(phone, content, path, room.code)
            own = ONE_S_OWN.get(path.partition("?")[0], set()) | ({"sample"} if path == "/" else set())
            hidden = pages.ONLY_FOR_PAGES | own
            told = {name: pages._plain(value) for name, value in page.items() if name not in hidden}
            assert twin == {"ok": True, **normal(told)}, (path, room.segment)


def test_after_a_close_the_twins_have_something_to_say(client):
    room, _ = cast.sitting_until("where", people=48)

    where = client.get(f"/c/{room.code}/where.json").json()
    drawn = client.get(f"/c/{room.code}/where/map.json").json()

    assert where["landscape"]["participants"] == 48
    assert [s["text"] for s in where["common"]]
    assert len(where["groups"]) == len(drawn["groups"]) == 2
    assert drawn["shown_variance_pct"] > 0


def test_the_twin_is_the_same_for_everybody(client):
    room, voices = cast.sitting_until("where", people=48)
    twins = [twin.format(room.code) for page, twin in PUBLIC.items() if not page.startswith("/r/")]
    for_anybody = {address: client.get(address).json() for address in twins if "hanbit" not in address}

    for own in (voices[0], voices[1]):
        phone = cast.phone_of(own, client)
        assert {address: phone.get(address).json() for address in for_anybody} == for_anybody
    assert not any(str(own.pk) in json.dumps(for_anybody) for own in voices)


def test_ones_own_group_is_on_ones_own_page(client, content):
    room, voices = cast.sitting_until("where", people=48)

    cast.phone_of(voices[0], client).get(f"/c/{room.code}/where")

    assert content["me"]["group"] or content["me"]["near"]


def test_the_record_and_its_twin_name_nobody(client):
    conference = cast.conference(capacity=40)
    jun = cast.confirmed(cast.register("Jun", email="jun.of.the.river@example.kr"))
    room, _ = cast.sitting_until("published", conference=conference)

    for address in (f"/r/{room.code}", f"/r/{room.code}.json", "/e/hanbit.json", "/e/hanbit", "/", "/index.json"):
        told = client.get(address).content.decode()
        for secret in (jun.name, jun.email, jun.claim, jun.first.code, room.host_key_digest):
            assert secret not in told, address


# ---- few people


def few_online(room):
    """A landscape in which three people came online, all against, and three make a group of their own."""
    few, hall = {"agree": 0, "pass": 0, "disagree": 3}, {"agree": 20, "pass": 1, "disagree": 0}
    bounds = {"lower": 0.0, "upper": 0.5}
    return {
        "participants": 24,
        "statements": 1,
        "votes": 24,
        "round": 1,
        "k": 2,
        "loose": False,
        "placed": 24,
        "shown_variance": 0.5,
        "digest": "sha256:x",
        "groups": [
            {"id": 1, "name": "Wave", "size": 21, "tested": True},
            {"id": 2, "name": "Rock", "size": 3, "tested": False},
        ],
        "common_ground": [1],
        "divisive": [],
        "needs_votes": [],
        "people": {"id": [1], "group": [1], "x": [0.0], "y": [0.0]},
        "by_statement": {
            "1": {
                "agree": 20,
                "pass": 1,
                "disagree": 3,
                **bounds,
                "floor": 0.5,
                "weakest": 0.0,
                "by_group": {"1": {**hall, **bounds}, "2": {**few, **bounds}},
                "by_channel": {"hall": hall, "online": few},
                "outside": few,
            },
            "2": {
                **few,
                **bounds,
                "floor": 0.0,
                "weakest": 0.0,
                "by_group": {"1": {**few, **bounds}, "2": {**few, **bounds}},
                "by_channel": {"hall": few, "online": {"agree": 0, "pass": 0, "disagree": 0}},
                "outside": few,
            },
        },
    }


@pytest.fixture
def published():
    """The landscape of few people, published as of a close."""
    room = cast.conversation()
    opened = cast.open_round(room)
    PublishedLandscape.objects.create(
        round=opened, document=few_online(room), digest="sha256:x", published_at=cast.MORNING
    )
    type(room).objects.update(segment="where")
    return cast.fresh(room)


def cells(value):
    """Everything that counts answers, wherever it stands."""
    if isinstance(value, dict):
        if "agree" in value or "agree_pct" in value:
            yield value
        for inner in value.values():
            yield from cells(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from cells(inner)


def test_of_three_people_no_page_says_how_they_answered(client, published):
    found = list(cells(client.get(f"/c/{published.code}/where.json").json()))

    few = [f for f in found if f["masked"]]
    assert len(few) == 4, "group and channel of three, and the others, which would tell them"
    assert all(f[name] is None for f in few for name in ("agree_pct", "pass_pct", "disagree_pct", "n"))
    assert all(f["n"] >= 5 for f in found if not f["masked"] and f["n"])


@pytest.mark.parametrize("path", ["/c/{}/where.json", "/c/{}/where/map.json", "/stage/{}.json?view=map"])
def test_neither_a_group_of_three_nor_the_only_other_says_its_size(client, published, path):
    told = client.get(path.format(published.code)).json()

    assert [(g["id"], g["size"], g["masked"]) for g in told["groups"]] == [(1, None, True), (2, None, True)]
    assert {dot["group"] for dot in told.get("dots", [])} <= {0}, "dots can be counted"


PARTS = ("by_group", "by_channel", "outside")


def test_programs_are_told_no_more_than_people(client, published):
    told = client.get(f"/api/v1/conversations/{published.code}/landscape").json()["landscape"]

    for cell in cells([statement[name] for statement in told["by_statement"].values() for name in PARTS]):
        said = [cell[name] for name in ("agree", "pass", "disagree")]
        assert said == [None] * 3 or sum(said) in {0, *range(5, 99)}, cell
    assert [(g["id"], g["size"]) for g in told["groups"]] == [(1, None), (2, None)]
    assert "people" not in told


def test_programs_get_the_landscape_of_the_last_close(client):
    room = cast.conversation()
    assert client.get(f"/api/v1/conversations/{room.code}/landscape").json() == {"ok": True, "landscape": None}

    room, voices = cast.sitting_until("where")
    told = client.get(f"/api/v1/conversations/{room.code}/landscape").json()

    assert told["landscape"]["participants"] == told["participants"] == len(voices)
    assert not any(str(own.pk) in json.dumps(told) for own in voices)
