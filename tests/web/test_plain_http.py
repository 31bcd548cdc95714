"""What is off without https is said on the page where somebody would look for it."""

import pytest
from tests import cast

pytestmark = pytest.mark.django_db
OFF = "문에서 카메라를 켤 수 없고"


@pytest.fixture
def mina(client):
    """(the host's browser, her console)."""
    room, key = cast.conversation(key=True)
    client.get(f"/host/c/{room.code}?key={key}")
    return client, f"/host/c/{room.code}"


@pytest.mark.parametrize(
    ("host", "secure", "said"),
    [("192.168.0.7:8000", False, True), ("hall.example", True, False), ("127.0.0.1:8000", False, False)],
    ids=["the hall's plain address", "https", "this very machine"],
)
def test_the_console_says_it_where_phones_come_without_https(mina, host, secure, said):
    client, path = mina

    page = client.get(path, secure=secure, headers={"Accept-Language": "ko", "Host": host}).content.decode()

    assert (OFF in page) is said


def test_whoever_makes_a_door_link_is_told(client):
    _, key = cast.places.create_conference(slug="hanbit", title={"ko": "한빛"}, capacity=2, at=cast.MORNING)
    client.get(f"/host/e/hanbit?key={key}")

    page = client.post("/host/e/hanbit/door", headers={"Accept-Language": "ko"}).content.decode()

    assert OFF in page
