"""The election guard: questions about candidates and parties are refused in five languages, of policy they are not."""

from datetime import date, timedelta

import pytest
from tests import cast

from onnuri.conversation.election import asks_of_an_election, election_near, elections_of, require_no_election
from onnuri.conversation.models import Conversation, Interlude
from onnuri.errors import BadInput, Unprocessable
from onnuri.web.voices import SIGNER

REFUSED = {
    "ko": "다음 시장 후보 가운데 누구를 지지하십니까?",
    "ko party": "어느 정당에 투표하시겠습니까?",
    "ko mayor": "한빛시장으로 누가 적합합니까?",
    "en": "Which candidate would you vote for?",
    "en mayor": "Do you approve of the mayor and support his re-election?",
    "zh": "您支持哪位候选人？",
    "ja": "どの政党を支持しますか？",
    "vi": "Bạn ủng hộ ứng cử viên nào?",
}
WELCOME = [
    "강변을 어떻게 쓸까요?",
    "전통시장을 어떻게 살리면 좋을까요?",
    "후보 문안 가운데 무엇을 지지합니까?",
    "후보지 세 곳 가운데 어디를 선호하십니까?",
    "국회의원 수를 늘려야 할까요?",
    "선거 연령을 낮출까요?",
    "Should the mayor publish the minutes?",
    "Which park do you prefer?",
    "公园应该怎么用？",
    "市長室を公開すべきですか？",
    "Công viên nên dùng thế nào?",
]


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_a_question_for_or_against_somebody_who_stands_is_refused(text):
    with pytest.raises(Unprocessable, match="election_question"):
        require_no_election([text], is_no_poll=False, field="question")


@pytest.mark.parametrize("text", WELCOME)
def test_a_question_of_policy_is_welcome(text):
    assert asks_of_an_election(text) is None


def test_the_organiser_can_say_that_it_is_no_poll():
    require_no_election(REFUSED.values(), is_no_poll=True, field="question")


def test_it_is_refused_in_whichever_language_it_stands():
    with pytest.raises(Unprocessable):
        require_no_election([WELCOME[0], REFUSED["vi"]], is_no_poll=False, field="question")


# ---- the sixty days


@pytest.mark.parametrize(("before", "warned"), [(61, False), (60, True), (1, True), (0, True), (-1, False)])
def test_the_warning_stands_from_sixty_days_before_until_the_day(before, warned):
    day = date(2026, 6, 3)

    assert (election_near([day], day - timedelta(days=before)) == day) is warned


@pytest.mark.parametrize("written", ["soon", "2026-13-01", "2026-06-03;2027-01-01"])
def test_what_is_no_day_is_told_at_the_start(written):
    with pytest.raises(BadInput, match="ONNURI_ELECTIONS"):
        elections_of({"ONNURI_ELECTIONS": written})


# ---- on the organiser's pages


@pytest.fixture
def mina(client):
    made = cast.conference()
    client.cookies[f"host_e_{made.pk}"] = SIGNER.host("e", made.pk)
    return client


@pytest.mark.django_db
def test_a_conversation_about_candidates_needs_a_word_of_the_organiser(mina):
    asked = {"question": REFUSED["ko"]}

    refused = mina.post("/host/e/hanbit/conversations", asked, headers={"Accept-Language": "ko"})
    made = mina.post("/host/e/hanbit/conversations", {**asked, "is_no_poll": "1"})

    assert refused.status_code == 422
    assert "선거 여론조사가 아닙니다" in refused.content.decode()
    assert REFUSED["ko"] in refused.content.decode()
    assert made.status_code == 302
    assert Conversation.objects.count() == 1


@pytest.mark.django_db
def test_a_poll_of_parties_needs_it_too(mina):
    room = cast.conversation()
    mina.cookies[f"host_c_{room.pk}"] = SIGNER.host("c", room.pk)
    form = {"kind": "single", "title_ko": "누구를 지지합니까?", "options_ko": "여당\n야당"}

    refused = mina.post(f"/host/c/{room.code}/polls/new", form, headers={"Accept-Language": "ko"})
    made = mina.post(f"/host/c/{room.code}/polls/new", {**form, "is_no_poll": "1"})

    assert (refused.status_code, made.status_code) == (422, 302)
    assert "이것은 선거 여론조사가 아닙니다" in refused.content.decode()
    assert Interlude.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "warned"), [(30, True), (200, False)])
def test_before_an_election_the_rules_page_warns(mina, settings, monkeypatch, days, warned):
    from onnuri.web import shown

    room = cast.conversation()
    mina.cookies[f"host_c_{room.pk}"] = SIGNER.host("c", room.pk)
    monkeypatch.setattr(shown, "now", lambda: cast.MORNING)
    settings.ELECTIONS = (cast.MORNING.date() + timedelta(days=days),)

    page = mina.get(f"/host/c/{room.code}/rules", headers={"Accept-Language": "ko"}).content.decode()

    assert ("선거의 60일 앞" in page) is warned
