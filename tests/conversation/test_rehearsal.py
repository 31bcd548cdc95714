"""A copy to rehearse on: the question, the rules and the seeds, and nothing of the real log."""

import pytest
from tests import cast

from onnuri.conversation import actions
from onnuri.conversation.models import Conversation, Voice, Vote
from onnuri.conversation.rehearsal import delete_rehearsal, is_rehearsal, make_rehearsal
from onnuri.errors import Conflict
from onnuri.publishing.models import Link

pytestmark = pytest.mark.django_db


@pytest.fixture
def real():
    return cast.conversation()


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


def test_a_copy_has_the_question_rules_and_seeds_and_a_key_of_its_own(real):
    copy, key = make_rehearsal(code=real.code, at=cast.MORNING)

    texts = [list(c.statements.values_list("number", "text", "kind", "state")) for c in (copy, real)]
    assert texts[0] == [row for row in texts[1] if row[2:] == ("seed", "accepted")]
    assert copy.question["ko"] == f"예행연습 · {real.question['ko']}"
    assert (copy.simulated, copy.conference, copy.rules_digest, copy.segment) == (True, None, "", "lobby")
    assert {copy.code, copy.host_key_digest}.isdisjoint({real.code, real.host_key_digest})
    assert key not in str(Conversation.objects.values())


def test_a_copy_is_deleted_with_everything_and_the_real_one_cannot_be(real):
    before = Conversation.objects.filter(pk=real.pk).values().get()
    copy, _ = make_rehearsal(code=real.code, at=cast.MORNING)
    cast.vote_round(copy, cast.crowd(copy))

    delete_rehearsal(code=copy.code)

    assert list(Conversation.objects.values()) == [before]
    assert (Vote.objects.count(), Voice.objects.count(), Link.objects.count()) == (0, 0, 0)
    with pytest.raises(Conflict, match="not_rehearsal"):
        delete_rehearsal(code=real.code)
    assert not is_rehearsal(real)


def test_a_conversation_without_seeds_has_nothing_to_rehearse():
    empty, _ = actions.create_conversation(question={"ko": "무엇부터?"}, rules={}, seeds=(), at=cast.MORNING)

    with pytest.raises(Conflict, match="no_statements"):
        make_rehearsal(code=empty.code, at=cast.MORNING)


def test_a_copy_of_a_copy_is_not_marked_twice(real):
    copy, _ = make_rehearsal(code=real.code, at=cast.MORNING)

    again, _ = make_rehearsal(code=copy.code, at=cast.MORNING)

    assert again.question == copy.question


def test_only_the_host_makes_a_copy_and_only_the_copys_key_deletes_it(client):
    real, key = cast.conversation(key=True)
    path = f"/api/v1/conversations/{real.code}/rehearsals"

    refused = client.post(path, {}, content_type="application/json")
    made = client.post(path, {}, content_type="application/json", headers=bearer(key)).json()

    assert (refused.status_code, refused.json()["error"]["key"]) == (403, "host_only")
    assert made["simulated"] is True
    own = f"/api/v1/host/conversations/{made['code']}"
    assert client.delete(own, headers=bearer(key)).status_code == 403
    assert client.get(made["host"], follow=True).status_code == 200
    assert client.delete(f"/api/v1/host/conversations/{real.code}", headers=bearer(key)).status_code == 409
    assert client.delete(own, headers=bearer(made["key"])).json() == {"ok": True}
    assert list(Conversation.objects.values_list("code", flat=True)) == [real.code]


def test_nobody_finds_a_copy_in_a_list(client, real):
    copy, _ = make_rehearsal(code=real.code, at=cast.MORNING)

    listed = client.get("/api/v1/conversations").json()["conversations"]

    assert [c["code"] for c in listed] == [real.code]
    assert copy.code not in client.get("/").content.decode()
    page = client.get(f"/c/{copy.code}", headers={"Accept-Language": "ko"}).content.decode()
    assert "예행연습이에요. 답은 모두 모의 참여자가 했어요" in page
    assert "지어낸" not in page


def test_the_host_of_a_copy_deletes_it_on_its_console(client, real):
    copy, key = make_rehearsal(code=real.code, at=cast.MORNING)
    page = client.get(f"/host/c/{copy.code}?key={key}", follow=True, headers={"Accept-Language": "ko"}).content.decode()

    answer = client.post(f"/host/c/{copy.code}/rehearsal/delete", headers={"Origin": "http://testserver"})

    assert "예행연습 지우기" in page
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert [c.pk for c in Conversation.objects.all()] == [real.pk]


def test_the_console_of_a_real_conversation_offers_no_such_key(client):
    room, key = cast.conversation(key=True)
    page = client.get(f"/host/c/{room.code}?key={key}", follow=True, headers={"Accept-Language": "ko"}).content.decode()

    answer = client.post(f"/host/c/{room.code}/rehearsal/delete", headers={"Origin": "http://testserver"})

    assert "예행연습 지우기" not in page
    assert "예행연습해 보기" in page
    assert answer.status_code == 409
    assert Conversation.objects.filter(pk=room.pk).exists()
