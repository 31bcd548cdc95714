"""A talk's picture over HTTP: the organiser gives it, the page of comments shows it, anybody may look at it."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.community import neighbours
from tests.conference.test_pictures import photo

from onnuri.conference.models import Picture
from onnuri.web.voices import SIGNER

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk():
    return neighbours.talk()


@pytest.fixture
def desk(client, talk):
    client.cookies[f"host_e_{talk.conference.pk}"] = SIGNER.host("e", talk.conference.pk)
    return client


def put(desk, talk, content=None, **texts):
    sent = {} if content is None else {"picture": SimpleUploadedFile("p.jpg", content, "image/jpeg")}
    path = f"/host/e/hanbit/programme/sessions/{talk.pk}/picture"
    return desk.post(path, {"act": "put", **sent, **texts})


def test_it_stands_over_the_comments_and_says_what_it_shows(desk, talk):
    assert put(desk, talk, photo(), description_ko="골목 시장", description_en="A lane market").status_code == 302

    page = desk.get(f"/e/hanbit/sessions/{talk.pk}/comments", headers={"Accept-Language": "en"}).content.decode()
    address = re.search(r'<img src="([^"]+)" width="64" height="32" alt="A lane market" lang="en"', page)[1]
    got = desk.get(address)
    assert got.headers["Content-Type"] == "image/webp"
    assert got.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert got.content == bytes(Picture.objects.get().data)
    told = desk.get(f"/e/hanbit/sessions/{talk.pk}/comments.json", headers={"Accept-Language": "en"}).json()
    assert told["under"]["picture"]["url"] == address
    for other in (address[:-1] + ("0" if address[-1] != "0" else "1"), address.replace("hanbit", "other")):
        assert desk.get(other).status_code == 404


def test_what_is_wrong_is_said_at_its_field_and_the_words_stay(desk, talk):
    answer = put(desk, talk, b"no picture", description_ko="골목 시장")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "읽을 수 없는 사진이에요" in page
    assert 'id="picture-error"' in page
    assert "골목 시장" in page


def test_the_words_may_be_changed_alone_and_the_picture_be_taken_away(desk, talk):
    put(desk, talk, photo(), description_ko="골목 시장")
    assert put(desk, talk, description_ko="골목 시장의 아침").status_code == 302
    assert Picture.objects.get().description == {"ko": "골목 시장의 아침"}

    desk.post(f"/host/e/hanbit/programme/sessions/{talk.pk}/picture", {"act": "remove"})

    assert not Picture.objects.exists()
    assert "<img" not in desk.get(f"/e/hanbit/sessions/{talk.pk}/comments").content.decode()


def test_only_an_organiser_gives_one(client, talk):
    assert put(client, talk, photo(), description_ko="골목 시장").status_code == 403
    assert not Picture.objects.exists()


def test_a_talk_people_spoke_about_is_not_removed(desk, talk):
    neighbours.comment(talk, neighbours.account("mina"))

    answer = desk.post(f"/host/e/hanbit/programme/sessions/{talk.pk}/act", {"act": "remove"})

    assert answer.status_code == 409
    assert "댓글이나 사진이 있는 세션은 빼지 않아요" in answer.content.decode()
    assert talk.comments.count() == 1
