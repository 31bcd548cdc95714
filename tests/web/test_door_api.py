"""The door's JSON: who may ask, what a device keeps, what a scan answers."""

import json

import pytest
from django.test import Client
from tests import cast
from tests.cast import minutes

from onnuri.conference import entrance
from onnuri.conference.models import Conference, Scan

pytestmark = pytest.mark.django_db
LIST = "/api/v1/conferences/hanbit/door.json"
SCANS = "/api/v1/conferences/hanbit/check-ins"
AT = "2026-05-02T03:19:00+09:00"


@pytest.fixture
def key():
    """Hanbit has a door."""
    cast.conference(2, starts_at=minutes(240))
    return entrance.renew_door_key("hanbit")


@pytest.fixture
def door(key):
    """A program at the door."""
    return Client(headers={"authorization": f"Bearer {key}"})


def post(client, *scans, device="north", **about):
    body = about.pop("body", {"device": device, "scans": list(scans)})
    return client.post(SCANS, json.dumps(body), content_type="application/json", **about)


def jun():
    return cast.confirmed(cast.register("Jun")).tickets.get()


# ---- who may ask


@pytest.mark.parametrize("path", [LIST, SCANS, "/door/e/hanbit", "/door/e/hanbit/release"])
def test_nobody_from_elsewhere(key, client, path):
    answer = client.get(path)

    assert answer.status_code == 403


@pytest.mark.parametrize("wrong", ["", "x", "Bearer", "Bearer ", "Bearer nonsense"])
def test_a_wrong_key_opens_nothing(key, client, wrong):
    assert client.get(LIST, headers={"authorization": wrong}).json()["error"]["key"] == "door_only"


def test_a_conference_without_a_door_has_no_key_that_fits(client):
    cast.conference()

    assert client.get(LIST, headers={"authorization": "Bearer "}).status_code == 403


def test_the_link_opens_once_and_leaves_the_address(key, client):
    entered = client.get(f"/door/e/hanbit?key={key}")

    assert (entered.status_code, entered.headers["Location"]) == (302, "/door/e/hanbit")
    assert client.get(LIST).status_code == 200


def test_a_renewed_key_shuts_out_who_came_by_the_old_one(key, client):
    client.get(f"/door/e/hanbit?key={key}")

    renewed = entrance.renew_door_key("hanbit")

    assert client.get(LIST).status_code == 403
    assert client.get(f"/door/e/hanbit?key={key}").status_code == 403
    assert client.get(f"/door/e/hanbit?key={renewed}").status_code == 302


def test_the_key_of_one_door_opens_no_other(key, client):
    cast.conference(slug="dalbit")
    entrance.renew_door_key("dalbit")

    client.get(f"/door/e/hanbit?key={key}")

    assert client.get("/api/v1/conferences/dalbit/door.json").status_code == 403


# ---- what a device keeps


def test_the_list_holds_everybody_and_no_code(door):
    ticket = jun()
    cast.register("Linh", "online")

    told = door.get(LIST).json()

    rows = [dict(zip(told["columns"], row, strict=True)) for row in told["tickets"]]
    assert [(r["name"], r["place"], r["confirmed"], r["seat"]) for r in rows] == [
        ("Jun", "seat", True, 1),
        ("Linh", "online", False, None),
    ]
    assert rows[0]["digest"] == entrance.code_digest(ticket.code, "hanbit")
    assert rows[0]["begins"] == ticket.code[:3]
    assert ticket.code not in json.dumps(told)
    assert "example.kr" not in json.dumps(told)


def test_a_list_that_did_not_change_is_not_sent_again(door):
    jun()
    version = door.get(LIST).json()["version"]

    assert door.get(f"{LIST}?version={version}").json()["tickets"] is None
    cast.confirmed(cast.register("Linh"))
    assert len(door.get(f"{LIST}?version={version}").json()["tickets"]) == 2


def test_only_scans_that_are_new_to_the_device_come_along(door):
    ticket = jun()
    post(door, {"counter": 1, "ticket": ticket.pk, "at": AT})
    (first,) = door.get(LIST).json()["scans"]
    post(door, {"counter": 2, "ticket": ticket.pk, "act": "undo", "at": AT})

    (second,) = door.get(f"{LIST}?after={first[0]}").json()["scans"]

    assert [first[1:3], second[1:3]] == [[ticket.pk, "in"], [ticket.pk, "undo"]]


# ---- what a scan answers


def test_jun_comes_in_and_the_second_door_hears_of_it(door):
    ticket = jun()

    (first,) = post(door, {"counter": 1, "code": ticket.code, "act": "in", "at": AT}).json()["scans"]
    told = post(door, {"counter": 1, "code": ticket.code, "at": AT}, device="south").json()

    assert (first["verdict"], first["name"], first["seat_number"]) == ("in", "Jun", 1)
    assert told["scans"][0]["verdict"] == "duplicate"
    assert told["scans"][0]["first"] == {"at": "2026-05-01T18:19:00.000Z", "device": "north"}
    assert told["headcount"] == {"present": 1, "seats": 1, "missing": 0, "capacity": 2, "waiting": 0}


def test_a_counter_used_twice_is_told_in_words_and_the_rest_is_taken(door):
    ticket = jun()
    post(door, {"counter": 1, "ticket": ticket.pk, "at": AT})

    other, fine = post(
        door,
        {"counter": 1, "ticket": ticket.pk, "act": "undo", "at": AT},
        {"counter": 2, "ticket": ticket.pk, "at": AT},
    ).json()["scans"]

    assert (other["verdict"], fine["verdict"]) == ("refused", "duplicate")
    assert other["message"] == "이 기기의 1번은 이미 다른 내용으로 저장됐어요. 먼저 온 것이 그대로 남아 있어요."


@pytest.mark.parametrize(
    ("body", "status", "refusal"),
    [
        ({"device": "north"}, 422, "json_shape"),
        ({"device": "north", "scans": [{"counter": 1, "code": "A", "at": "noon"}]}, 422, "json_shape"),
        ({"device": "north", "scans": [{"counter": 1, "code": "A", "at": "2026-05-02T03:19:00"}]}, 400, "scan_time"),
        ({"device": "north", "scans": [{"counter": 1, "at": AT}]}, 400, "scan_ticket"),
        ({"device": "north", "scans": [{"counter": 1, "code": "A", "ticket": 1, "at": AT}]}, 400, "scan_ticket"),
        ({"device": "north", "scans": [{"counter": -1, "code": "A", "at": AT}]}, 400, "scan_counter"),
        ({"device": "north", "scans": [{"counter": 1, "code": "A", "act": "out", "at": AT}]}, 400, "scan_act"),
        ({"device": " ", "scans": []}, 422, "text_blank"),
        ({"device": "n" * 41, "scans": []}, 422, "text_too_long"),
        ({"device": "north", "scans": [{"counter": 1, "code": "A", "at": AT}] * 201}, 422, "scan_count"),
    ],
)  # fmt: skip
def test_bad_input_gets_one_clear_error_and_stores_nothing(door, body, status, refusal):
    answer = post(door, body=body)

    assert (answer.status_code, answer.json()["error"]["key"]) == (status, refusal)
    assert Scan.objects.count() == 0


def test_another_site_is_not_heard(door):
    assert post(door, headers={"origin": "https://elsewhere.example"}).json()["error"]["key"] == "other_site"


def test_a_question_alone_gets_the_headcount(door):
    jun()

    assert post(door).json()["headcount"]["missing"] == 1


def test_the_door_is_in_the_description(client):
    cast.conference()
    paths = client.get("/api/v1/openapi.json").json()["paths"]

    schema = paths["/api/v1/conferences/{slug}/check-ins"]["post"]["requestBody"]["content"]["application/json"]
    assert schema == {"schema": {"$ref": "#/components/schemas/CheckIns"}}
    assert Conference.objects.count() == 1
