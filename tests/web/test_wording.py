"""The page of the organiser's words, and where people read them."""

import html
import re

import pytest
from django.test import Client
from tests import cast

from onnuri.conversation.traits import ask_traits
from onnuri.conversation.wording import wording_of

pytestmark = pytest.mark.django_db

OWN = "한빛시 조례에 따라 내 답을 세는 데 동의합니다."


@pytest.fixture
def room():
    made, key = cast.conversation(key=True)
    ask_traits(code=made.code, questions=[("누구로?", ["시민", "기업"])], lang="ko")
    made.key = key
    return made


@pytest.fixture
def desk(client, room):
    client.get(f"/host/c/{room.code}?key={room.key}")
    return client


def form_of(page):
    """What the page's fields hold."""

    told = page.content.decode()
    fields = dict(re.findall(r'<input[^>]* name="([\w-]+)" value="([^"]*)"', told))
    fields |= dict(re.findall(r'<textarea[^>]* name="([\w-]+)"[^>]*>\n([^<]*)</textarea>', told))
    return {name: html.unescape(value) for name, value in fields.items()}


def save(desk, room, **changed):
    path = f"/host/c/{room.code}/wording"
    return desk.post(path, {**form_of(desk.get(path)), **changed})


def door(room, lang):
    return html.unescape(Client().get(f"/c/{room.code}", headers={"Accept-Language": lang}).content.decode())


def test_counsels_words_are_read_at_the_door_and_ours_where_there_are_none(desk, room):
    answer = save(desk, room, consent_count_ko=OWN, question_vi="Dùng bờ sông thế nào?")

    assert answer.status_code == 302
    assert OWN in door(room, "ko")
    assert f'<span lang="ko">{OWN}</span>' in door(room, "vi")
    assert "Dùng bờ sông thế nào?" in door(room, "vi")
    assert "답에 정치적 견해가 드러날 수 있어" in door(room, "ko")


def test_counsels_words_are_on_paper_cards_too(desk, room):
    save(desk, room, consent_count_ko=OWN)

    printed = desk.post(f"/host/c/{room.code}/cards/print", {"count": "1"}).content.decode()

    assert OWN in printed
    assert "답에 정치적 견해가 드러날 수 있어" in printed


def test_the_options_go_line_by_line(desk, room):
    assert save(desk, room, **{"trait-1_en": "As whom?", "trait-1-options_en": "Citizen\n\nCompany"}).status_code == 302

    (asked,) = wording_of(cast.fresh(room)).traits
    assert asked == (
        {"ko": "누구로?", "en": "As whom?"},
        {"ko": "시민", "en": "Citizen"},
        {"ko": "기업", "en": "Company"},
    )
    assert '<option value="2">Company</option>' in door(room, "en")


def test_one_option_too_few_is_said_there_and_the_rest_stays(desk, room):
    answer = save(desk, room, consent_count_ko=OWN, **{"trait-1_en": "As whom?", "trait-1-options_en": "Citizen"})

    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert 'id="trait-1-options_en-error"' in page
    assert OWN in page
    assert wording_of(cast.fresh(room)).consents == {}


def test_a_question_about_a_candidate_is_refused_in_every_language(desk, room):
    answer = save(desk, room, question_en="Which candidate do you support?")

    assert answer.status_code == 422
    assert wording_of(cast.fresh(room)).question == room.question
    assert save(desk, room, question_en="Which candidate do you support?", is_no_poll="1").status_code == 302


def test_who_wrote_meanwhile_is_shown(desk, room):
    path = f"/host/c/{room.code}/wording"
    seen = form_of(desk.get(path))
    save(desk, room, question_en="The riverside")

    answer = desk.post(path, {**seen, "question_en": "The river"})

    page = html.unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "The riverside" in page
    assert desk.post(path, form_of(answer)).status_code == 302
    assert wording_of(cast.fresh(room)).question["en"] == "The river"


def test_after_the_signing_the_page_says_what_it_still_takes(desk, room):
    cast.open_round(room)

    assert "빠진 언어를 더할 수만 있어요" in desk.get(f"/host/c/{room.code}/wording").content.decode()
    assert save(desk, room, question_ko="다른 물음").status_code == 409
    assert save(desk, room, question_ja="川岸をどう使いますか。").status_code == 302


def test_only_the_host_writes(room):
    assert Client().get(f"/host/c/{room.code}/wording").status_code == 403
