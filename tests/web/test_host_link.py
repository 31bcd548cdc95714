"""The host's secret link: it sets a cookie once, leaves the address bar, and opens nothing else."""

import pytest
from tests import cast

from onnuri.web.voices import SIGNER

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    """(conversation, its host's key)."""
    return cast.conversation(key=True)


def cookies(answer):
    return {name: morsel.value for name, morsel in answer.cookies.items() if name.startswith("host_")}


def test_mina_opens_her_link_and_the_key_leaves_the_address_bar(client, room):
    made, key = room

    answer = client.get(f"/host/c/{made.code}?key={key}")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/host/c/{made.code}")
    cookie = answer.cookies[f"host_c_{made.pk}"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert key not in cookie.value
    assert client.get(answer.headers["Location"]).status_code == 200


def test_over_https_the_cookie_goes_nowhere_else(client, room):
    made, key = room

    answer = client.get(f"/host/c/{made.code}?key={key}", secure=True)

    assert answer.cookies[f"host_c_{made.pk}"]["secure"]


@pytest.mark.parametrize("key", ["", "wrong", "0" * 32, "%00", "열쇠", "' OR 1=1"])
def test_a_wrong_key_opens_nothing(client, room, key):
    made, _ = room

    answer = client.get(f"/host/c/{made.code}", {"key": key})

    assert answer.status_code == 403
    assert cookies(answer) == {}


def test_without_the_key_there_is_no_console(client, room):
    made, _ = room

    answer = client.get(f"/host/c/{made.code}", headers={"Accept-Language": "ko"})

    assert answer.status_code == 403
    assert "진행자 링크" in answer.content.decode()


def test_a_wrong_key_takes_nothing_from_who_is_already_in(client, room):
    made, key = room
    client.get(f"/host/c/{made.code}?key={key}")

    client.get(f"/host/c/{made.code}?key=wrong")

    assert client.get(f"/host/c/{made.code}").status_code == 200


def test_the_key_of_one_conversation_opens_no_other(client, room):
    made, key = room
    other = cast.conversation()

    client.get(f"/host/c/{made.code}?key={key}")

    assert client.get(f"/host/c/{other.code}?key={key}").status_code == 403
    assert client.get(f"/host/c/{other.code}").status_code == 403


def test_a_cookie_moved_to_another_conversation_opens_nothing(client, room):
    made, key = room
    other = cast.conversation()
    own = cookies(client.get(f"/host/c/{made.code}?key={key}"))[f"host_c_{made.pk}"]

    client.cookies[f"host_c_{other.pk}"] = own

    assert client.get(f"/host/c/{other.code}").status_code == 403


@pytest.mark.parametrize(
    "forged",
    [
        lambda room, own: own[:-1] + ("A" if own[-1] != "A" else "B"),
        lambda room, own: f"{room.pk}.",
        lambda room, own: str(room.pk),
        lambda room, own: SIGNER.voice(room.pk, room.pk),
        lambda room, own: SIGNER.round_ticket(room.pk, room.pk),
        lambda room, own: SIGNER.host("e", room.pk),
    ],
    ids=["one letter", "no proof", "a number", "a voice's", "a round's", "a conference's"],
)
def test_a_forged_cookie_opens_nothing(client, room, forged):
    made, _ = room

    client.cookies[f"host_c_{made.pk}"] = forged(made, SIGNER.host("c", made.pk))

    assert client.get(f"/host/c/{made.code}").status_code == 403


KEYS = [
    ("/host/c/{}/act", {"action": "open_round"}),
    ("/host/c/{}/statements/1", {"decision": "accept"}),
    ("/host/c/{}/codes", {"count": "3", "channel": "hall"}),
    ("/host/c/{}/rules", {"size": "3"}),
    ("/host/c/{}/publish", {}),
]


@pytest.mark.parametrize(("path", "form"), KEYS, ids=[path for path, _ in KEYS])
def test_a_participant_presses_none_of_the_hosts_keys(client, room, path, form):
    made, _ = room
    before = type(made).objects.values().get()

    answer = cast.phone_of(cast.voice(made), client).post(path.format(made.code), form)

    assert answer.status_code == 403
    assert type(made).objects.values().get() == before


PROGRAM = [
    ("get", "/api/v1/host/conversations/{}", None),
    ("post", "/api/v1/host/conversations/{}/act", {"action": "open_round"}),
    ("post", "/api/v1/host/conversations/{}/codes", {"count": 1}),
    ("post", "/api/v1/host/conversations/{}/statements/1", {"decision": "accept"}),
]


@pytest.mark.parametrize(("method", "path", "body"), PROGRAM, ids=[path for _, path, _ in PROGRAM])
@pytest.mark.parametrize("bearer", [None, "Bearer ", "Bearer wrong", "Basic wrong"])
def test_a_program_needs_the_key_too(client, room, method, path, body, bearer):
    made, _ = room
    headers = {"Authorization": bearer} if bearer else {}

    answer = getattr(client, method)(path.format(made.code), body, content_type="application/json", headers=headers)

    assert (answer.status_code, answer.json()["error"]["key"]) == (403, "host_only")


def test_a_program_with_the_key_is_the_host(client, room):
    made, key = room

    answer = client.post(
        f"/api/v1/host/conversations/{made.code}/act",
        {"action": "open_round"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )

    assert answer.json() == {"ok": True, "segment": "round"}


def test_the_conferences_desk_has_a_link_of_its_own(client):
    conference, key = cast.places.create_conference(slug="hanbit", title={"ko": "한빛"}, capacity=2, at=cast.MORNING)

    assert client.get("/host/e/hanbit").status_code == 403
    assert client.get(f"/host/e/hanbit?key={key}").headers["Location"] == "/host/e/hanbit"
    assert client.get("/host/e/hanbit").status_code == 200
    assert f"host_e_{conference.pk}" in client.cookies


def test_names_and_addresses_are_seen_by_the_organiser_alone(client):
    _, key = cast.places.create_conference(slug="hanbit", title={"ko": "한빛"}, capacity=2, at=cast.MORNING)
    cast.register("Jun", email="jun@example.kr")

    assert "jun@example.kr" not in client.get("/e/hanbit").content.decode()
    assert "jun@example.kr" not in client.get("/host/e/hanbit").content.decode()
    client.get(f"/host/e/hanbit?key={key}")
    assert "jun@example.kr" in client.get("/host/e/hanbit").content.decode()


# ---- the sample's key, for whoever sits at the machine itself


@pytest.fixture
def sample(settings):
    """A sample conversation whose key the data folder remembers."""
    made, key = cast.conversation(key=True, conference=cast.conference(), simulated=True)
    settings.FOLDER.keep_sample({"code": made.code, "key": key, "slug": "hanbit"})
    yield key
    (settings.FOLDER.path / "sample.json").unlink()


def test_at_the_machine_itself_the_first_page_opens_the_desk(client, sample):
    assert sample in client.get("/", REMOTE_ADDR="127.0.0.1").content.decode()


def test_from_elsewhere_it_does_not(client, sample):
    assert sample not in client.get("/", REMOTE_ADDR="192.0.2.7").content.decode()


@pytest.mark.parametrize(
    "headers",
    [{"X-Forwarded-For": "192.0.2.7"}, {"Forwarded": "for=192.0.2.7"}, {"X-Real-IP": "192.0.2.7"}],
    ids=lambda headers: next(iter(headers)),
)
def test_nor_through_a_proxy_on_the_same_machine(client, sample, headers):
    answer = client.get("/", REMOTE_ADDR="127.0.0.1", headers=headers)

    assert sample not in answer.content.decode()
