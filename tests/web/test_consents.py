"""What is asked separately: help that tells of one's health, and a child's guardian. Nobody's age is kept."""

import pytest
from tests import cast

from onnuri.conference.models import Registration

pytestmark = pytest.mark.django_db
FORM = {"wish": "hall", "seats": "1", "idempotency_key": "key-of-jun-1", "name": "준", "email": "jun@example.kr",
        "consent_email": "1"}  # fmt: skip


def registers(client, **more):
    cast.conference()
    return client.post("/e/hanbit/register", {**FORM, **more}, headers={"Accept-Language": "ko"})


def test_a_request_for_help_needs_its_own_consent(client):
    refused = registers(client, needs="휠체어 자리")

    assert refused.status_code == 422
    assert "따로 동의해야" in refused.content.decode()
    assert not Registration.objects.exclude(needs="").exists()


def test_with_it_the_request_is_kept(client):
    registers(client, needs="휠체어 자리", consent_sensitive="1")

    own = Registration.objects.get()
    assert (own.needs, own.consents["sensitive"]) == ("휠체어 자리", True)


def test_without_a_request_nothing_more_is_asked(client):
    assert registers(client).status_code == 302


def test_a_child_needs_a_guardian(client):
    refused = registers(client, age="child")

    assert refused.status_code == 422
    assert "보호자의 동의가 필요해요" in refused.content.decode()
    assert not Registration.objects.exclude(name="").exists()


def test_of_a_child_it_is_kept_that_a_guardian_agreed_and_of_others_nothing(client):
    registers(client, age="child", consent_guardian="1")
    client.post(
        "/e/hanbit/register", {**FORM, "idempotency_key": "key-of-linh", "email": "linh@example.kr", "age": "14"}
    )

    kept = [own.consents for own in Registration.objects.order_by("seq")]
    assert kept[0]["guardian"] is True
    assert "guardian" not in kept[1]
    assert not any("age" in consents for consents in kept)


def test_counsels_words_stand_where_one_registers_and_ours_where_there_are_none(client):
    made = cast.conference()
    made.consent_email = {"ko": "한빛시 개인정보 처리방침에 따라 이름과 이메일을 받습니다."}
    made.save(update_fields=["consent_email"])

    page = {
        lang: client.get("/e/hanbit/register", headers={"Accept-Language": lang}).content.decode()
        for lang in ("ko", "vi")
    }

    for told in page.values():
        assert '<span lang="ko">한빛시 개인정보 처리방침에 따라 이름과 이메일을 받습니다.</span>' in told
    assert "입장권과 이 행사의 안내에만 쓰고" not in page["ko"]
    assert "건강이 드러날 수 있어 따로 여쭙니다" in page["ko"]


@pytest.mark.parametrize("rows", ["open", "sealed"])
def test_joining_says_what_why_until_when_and_what_if_not(client, rows):
    room = cast.conversation(policy="open")
    if rows == "sealed":
        cast.sitting.draft_rules(code=room.code, changes={"rows": "sealed", "auditors": ["감사인 (예시)"]})

    page = client.get(f"/c/{room.code}", headers={"Accept-Language": "ko"}).content.decode()

    for word in ("무엇을", "왜", "언제까지", "동의하지 않으면", "정치적 견해가 드러날 수 있어", "/privacy"):
        assert word in page
    assert ("한 줄씩 공개됩니다" in page) == (rows == "open")
    assert ("공개되는 것은 합계뿐입니다" in page) == (rows == "sealed")
