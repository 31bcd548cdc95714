"""The map of a hall and of a city: dots while they can be read, densities beyond, and nobody told by either."""

import gzip
import random
import re
from collections import Counter

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import cast

from onnuri.conversation import actions, interludes
from onnuri.publishing.models import PublishedLandscape
from onnuri.web.density import FEWEST, NARROWEST, STEPS, WIDEST, bins, row_height, told, width_for
from onnuri.web.opinion_map import BOX, MOST_DOTS, density, on_box

KO = {"Accept-Language": "ko"}
MOST_BYTES = 60_000
SHARES = (0.38, 0.27, 0.2, 0.1)
CENTRES = ((-0.5, 0.35), (0.45, 0.4), (0.05, -0.5), (0.6, -0.45))
thoroughly = settings(max_examples=120, deadline=None, derandomize=True, database=None)
places = st.tuples(st.floats(0, BOX), st.floats(0, BOX))
crowds = st.lists(st.sampled_from([(60.0, 60.0), (61.5, 60.0), (200.0, 190.0), (20.0, 380.0)]) | places, max_size=120)
widths = st.sampled_from(range(NARROWEST, WIDEST + 1, 2))


def crowd(people, seed, spread):
    """(group or none, x, y) of as many people, in groups that overlap at their rims."""
    chance = random.Random(seed)
    for _ in range(people):
        drawn = chance.random()
        group = next((g for g, _ in enumerate(SHARES, 1) if drawn < sum(SHARES[:g])), None)
        x, y = CENTRES[group - 1] if group else (0.0, 0.0)
        yield group, *(max(-1.0, min(1.0, chance.gauss(at, spread))) for at in (x, y))


def landscape(people, seed=1, spread=0.22):
    """A landscape of so many people, with what the pages read of it."""
    rows = list(crowd(people, seed, spread))
    sizes = Counter(group for group, _, _ in rows if group is not None)
    return {
        "participants": people,
        "statements": 3,
        "votes": 3 * people,
        "round": 1,
        "k": len(sizes),
        "loose": False,
        "placed": sum(sizes.values()),
        "shown_variance": 0.6,
        "digest": f"sha256:{people}-{seed}-{spread}",
        "groups": [{"id": g, "name": str(g), "size": sizes[g], "tested": True} for g in sorted(sizes)],
        "common_ground": [],
        "divisive": [],
        "needs_votes": [],
        "by_statement": {},
        "people": {
            "id": [2**62 + n for n in range(people)],
            "group": [group for group, _, _ in rows],
            "x": [round(x, 4) for _, x, _ in rows],
            "y": [round(y, 4) for _, _, y in rows],
        },
    }


def published(room, document):
    opened = cast.open_round(room)
    PublishedLandscape.objects.create(
        round=opened, document=document, digest=document["digest"], published_at=cast.MORNING
    )
    type(opened).objects.filter(pk=opened.pk).update(closed_at=cast.MORNING, done_at=cast.MORNING)
    type(room).objects.filter(pk=room.pk).update(segment="where")
    return cast.fresh(room)


def drawn(html):
    """(shapes of people, grey dots) on a map page."""
    people = re.findall(r'<g class="map-people".*?</g>', html, re.DOTALL)
    rest = re.findall(r'<g class="map-rest".*?</g>', html, re.DOTALL)
    return "".join(people).count("<use"), "".join(rest).count("<circle")


# ---- counting into the honeycomb


@given(crowds, widths)
@thoroughly
def test_no_cell_of_one_or_two_is_told_and_none_says_more_than_is_there(points, width):
    found = bins(points, width=width)

    assert all(cell.people in STEPS and cell.people >= FEWEST for cell in found)
    assert sum(cell.people for cell in found) <= len(points)
    assert len({(cell.x, cell.y) for cell in found}) == len(found)


@given(st.integers(1, 200_000))
@thoroughly
def test_what_is_said_of_a_cell_is_a_step_not_far_below_its_count(count):
    said = told(count)

    assert said <= count
    assert said == 0 if count < FEWEST else said * 2.5 > count or said == STEPS[-1]


@given(crowds, widths)
@thoroughly
def test_everybody_stands_within_the_cell_that_counts_them(points, width):
    """Counted one by one, nobody is lost: each point is nearer to its cell's middle than a cell is wide."""
    for x, y in points:
        (cell,) = bins([(x, y)] * FEWEST, width=width)
        assert (cell.x - x) ** 2 + (cell.y - y) ** 2 <= (width / 1.7) ** 2
        assert (cell.x - (cell.y // row_height(width)) % 2 * width // 2) % width == 0


@given(crowds, widths)
@thoroughly
def test_the_order_of_people_leaves_no_trace(points, width):
    assert bins(points, width=width) == bins(reversed(points), width=width)


@given(st.integers(MOST_DOTS, 200_000), st.integers(MOST_DOTS, 200_000))
@thoroughly
def test_more_people_never_stand_in_wider_cells(one, other):
    assert width_for(max(one, other)) <= width_for(min(one, other))
    assert NARROWEST <= width_for(one) <= WIDEST


def test_of_a_crowd_nearly_everybody_is_in_a_cell_that_is_drawn():
    document = landscape(20_000)

    said = sum(row["people"] * len(row["at"]) for row in density(document))

    assert 0.5 * 20_000 < said < 20_000


# ---- the pages


@pytest.mark.django_db
@pytest.mark.parametrize("people", [MOST_DOTS, MOST_DOTS + 1])
def test_a_thousand_are_dots_and_one_more_is_a_density(client, people):
    room = published(cast.conversation(), landscape(people))

    page = client.get(f"/c/{room.code}/where/map", headers=KO).content.decode()

    assert sum(drawn(page)) == (people if people == MOST_DOTS else 0)
    assert ('class="map-crowd"' in page) == (people > MOST_DOTS)


@pytest.mark.django_db
@pytest.mark.parametrize("people", [60, 150, 400])
def test_where_rows_are_sealed_nobodys_place_is_drawn_however_few_they_are(client, people):
    room = cast.conversation()
    room.rules = {**room.rules, "rows": "sealed", "auditors": ["시의회 감사관실"]}
    room.save(update_fields=["rules"])
    document = landscape(people)
    published(published(room, landscape(people, seed=2)), document)
    places = {f"{x:g} {y:g}" for x, y in map(on_box, document["people"]["x"], document["people"]["y"])}

    for path in (f"/c/{room.code}/where/map", f"/stage/{room.code}?view=map"):
        page = client.get(path, headers=KO).content.decode()
        assert sum(drawn(page)) == 0
        assert 'data-former="' not in page
        assert 'class="map-crowd"' in page
        outlines = re.findall(r'class="map-hull" d="([^"]+)"', page)
        assert outlines
        for outline in outlines:
            assert len(places & set(re.split("[MLZ]", outline))) <= 1  # by chance


@pytest.mark.django_db
@pytest.mark.parametrize("spread", [0.22, 0.6], ids=["groups apart", "everybody everywhere"])
def test_the_map_of_a_hundred_thousand_people_is_light(client, spread):
    room = published(cast.conversation(), landscape(100_000, spread=spread))

    for path in (f"/c/{room.code}/where/map", f"/stage/{room.code}?view=map"):
        answer = client.get(path, headers=KO)
        assert 'class="map-crowd"' in answer.content.decode()
        assert len(gzip.compress(answer.content)) < MOST_BYTES


@pytest.mark.django_db
def test_a_thousand_dots_are_light_too_with_those_of_the_round_before(client):
    room = published(published(cast.conversation(), landscape(MOST_DOTS)), landscape(MOST_DOTS, seed=2))

    answer = client.get(f"/c/{room.code}/where/map", headers=KO)

    assert len(re.findall(r'data-former="\d', answer.content.decode())) == len(SHARES) + 1
    assert len(gzip.compress(answer.content)) < MOST_BYTES


@pytest.mark.django_db
def test_the_order_of_dots_does_not_follow_anybody_from_round_to_round(client):
    document = landscape(60)
    shuffled = {**document, "people": {name: column[::-1] for name, column in document["people"].items()}}
    rooms = [published(cast.conversation(), one) for one in (document, shuffled)]

    pages = [client.get(f"/c/{room.code}/where/map").content.decode().replace(room.code, "") for room in rooms]

    dots = [re.findall(r"<(?:use|circle) [^>]*>", page) for page in pages]
    assert dots[0] == dots[1]
    assert not any(str(number) in pages[0] for number in document["people"]["id"])


@pytest.mark.django_db
def test_ones_own_ring_is_on_ones_own_page_alone_at_any_size():
    room = cast.conversation()
    jun = cast.voice(room)
    document = landscape(MOST_DOTS + 500)
    document["people"]["id"][7] = jun.pk
    published(room, document)
    address = f"/c/{room.code}/where/map"

    assert 'class="map-you"' in cast.phone_of(jun, Client()).get(address).content.decode()
    assert 'class="map-you"' not in Client().get(address).content.decode()
    twin = cast.phone_of(jun, Client()).get(f"{address}.json").json()
    assert not {"me", "dots", "former"} & twin.keys()
    assert all(cell["people"] >= FEWEST for cell in twin["density"])


# ---- small halls


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/c/{}/where/map", "/stage/{}?view=map"])
def test_a_group_of_three_has_no_place_on_the_map_and_its_dots_are_like_those_of_nobodys(client, path):
    document = landscape(24)
    groups = [1] * 12 + [2] * 9 + [3] * 3
    document["people"]["group"] = groups
    document |= {"k": 3, "placed": 24}
    document["groups"] = [{"id": g, "name": str(g), "size": groups.count(g), "tested": g < 3} for g in (1, 2, 3)]
    room = published(cast.conversation(), document)

    page = client.get(path.format(room.code), headers=KO).content.decode()

    # The nine are withheld with the three: whoever takes the others from the whole would know the three.
    assert drawn(page) == (12, 12)
    assert page.count('class="map-hull"') == page.count('class="map-name"') == page.count('class="map-count"') == 1
    assert re.findall(r'<g class="map-people" data-group="(\d)"', page) == ["1"]


# ---- reading and drafting on the big screen


@pytest.mark.django_db
def test_beside_the_map_stands_what_all_share_and_then_where_they_differ(client):
    room, _ = cast.sitting_until("where", people=48)

    page = client.get(f"/stage/{room.code}?view=map", headers=KO)

    chips = [one["chip"] for one in page.context["sentences"]]
    assert chips == sorted(chips)
    assert set(chips) == {"common", "divisive"}
    assert len(chips) <= 6
    told_by_twin = client.get(f"/stage/{room.code}.json?view=map").json()["sentences"]
    assert [one["text"] for one in told_by_twin] == [one["text"] for one in page.context["sentences"]]


@pytest.mark.django_db
def test_while_lines_are_drafted_the_wall_shows_those_of_now_and_whom_they_reach(client):
    room, voices = cast.sitting_until("where", people=48)
    one = a_line(room, voices[0], "함께 걷고 함께 심자.", cites=[1, 5], accept=True)
    a_line(room, voices[1], "아직 아무도 읽지 않은 문안이다.", cites=[1, 2], accept=False)
    interludes.choose_screen(code=room.code, screen="drafting")

    page = client.get(f"/stage/{room.code}", headers=KO)

    (draft,) = page.context["drafts"]
    assert (draft["number"], draft["joins"]) == (one.number, 2)
    assert [group["id"] for group in draft["reached"]] == [1, 2]
    assert page.context["drafts_waiting"] == 1
    assert "아직 아무도 읽지 않은" not in page.content.decode()


@pytest.mark.django_db
def test_a_line_that_was_voted_on_is_no_longer_new(client):
    room, voices = cast.sitting_until("where", people=48)
    a_line(room, voices[0], "함께 걷고 함께 심자.", cites=[1, 5], accept=True)
    cast.vote_round(room, voices)
    interludes.choose_screen(code=room.code, screen="drafting")

    assert client.get(f"/stage/{room.code}").context["drafts"] == []


def a_line(room, own, text, *, cites, accept):
    made = actions.propose_line(code=room.code, voice=own.pk, text=text, lang="ko", cites=cites, at=cast.MORNING)
    return (
        actions.decide(code=room.code, number=made.number, accept=True, reason="", at=cast.MORNING) if accept else made
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "heading"), [("map", "우리가 선 자리"), ("drafting", "함께 설 수 있는 한 문장")])
def test_the_phones_one_address_is_the_map_while_it_is_read_and_the_lines_while_they_are_drafted(kind, heading):
    room, voices = cast.sitting_until("where", people=48)
    made = interludes.prepare(code=room.code, kind=kind, title={})
    interludes.put_on(code=room.code, number=made.number, at=cast.MORNING)

    page = cast.phone_of(voices[0], Client()).get(f"/c/{room.code}", headers=KO).content.decode()

    (follows,) = re.findall(r"<live-room [^>]*>", page)
    assert heading in page
    assert f'data-on="{made.number} open"' in follows
    assert "data-reload" not in follows, "it goes on with the room"
    own = cast.phone_of(voices[0], Client()).get(f"/c/{room.code}/{'where/map' if kind == 'map' else 'lines'}")
    assert "data-reload" in own.content.decode()


@pytest.mark.django_db
def test_before_there_is_a_landscape_the_wall_does_not_read_one(client):
    room = cast.conversation()
    made = interludes.prepare(code=room.code, kind="map", title={})
    interludes.put_on(code=room.code, number=made.number, at=cast.MORNING)

    assert client.get(f"/stage/{room.code}").context["view"] == "join"
