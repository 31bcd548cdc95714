"""The moderation desk as plain forms: what waits, what is done with it, and what everybody may read of that."""

import pytest
from django.test import Client
from tests import cast

from onnuri.community import actions as comments
from onnuri.community import rights
from onnuri.conference.models import Role
from onnuri.conversation import actions
from onnuri.people.models import Account
from onnuri.web.links import SIGNER

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return cast.conversation()


@pytest.fixture
def desk(client, room):
    """Mina's browser: she came by the host's link and told her name."""
    client.cookies[f"host_c_{room.pk}"] = SIGNER.host("c", room.pk)
    client.cookies["host_who"] = "Mina"
    return client


@pytest.fixture
def jun(room):
    return cast.voice(room)


def written(jun, text="불을 켜 두자."):
    return actions.write_statement(
        code=jun.conversation.code, voice=jun.pk, text=text, lang="ko", at=cast.MORNING
    ).number


def page_of(desk, room, query=""):
    return desk.get(f"/host/c/{room.code}/desk{query}").content.decode()


def press(desk, room, act, number=4, kind="statements", **more):
    form = {"act": act, "kind": kind, "number": number, "code": room.code, "who": "Mina", **more}
    return desk.post(f"/host/c/{room.code}/desk/act", form)


def state(room, number=4):
    return room.statements.get(number=number).state


def test_the_desk_is_for_moderators(client, room):
    assert client.get(f"/host/c/{room.code}/desk").status_code == 403
    assert client.post(f"/host/c/{room.code}/desk/act", {"act": "accept"}).status_code == 403


def test_an_account_with_the_role_moderates_without_any_link(client):
    conference = cast.conference()
    room = cast.conversation(conference=conference)
    haru = Account.objects.create(email="haru@example.kr", alias="Haru")
    client.force_login(haru, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(f"/host/c/{room.code}/desk").status_code == 403

    Role.objects.create(conference=conference, account=haru, kind="moderator", given_at=cast.MORNING)

    written(cast.voice(room))
    assert client.get(f"/host/c/{room.code}/desk").status_code == 200
    assert press(client, room, "accept").status_code == 302
    assert room.decisions.get(act="accept").who == f"#{haru.pk} Haru"


def test_the_oldest_is_first_and_the_title_counts(desk, room, jun):
    written(jun, "첫째 글.")
    written(jun, "둘째 글.")

    html = page_of(desk, room)

    assert "<title>(2) 검토" in html
    assert html.index("첫째 글.") < html.index("둘째 글.")
    assert "data-late" in html


@pytest.mark.parametrize(("act", "after"), [("accept", "accepted"), ("hold", "held")])
def test_one_key_one_act(desk, room, jun, act, after):
    written(jun)

    press(desk, room, act)

    assert state(room) == after


def test_a_refusal_wants_a_reason_and_says_so_beside_the_reasons(desk, room, jun):
    written(jun)

    answer = press(desk, room, "refuse", item=f"{room.code}-statements-4")

    assert answer.status_code == 422
    assert 'id="reason-error"' in answer.content.decode()
    assert state(room) == "waiting"


def test_the_nearest_statement_stands_beside_it_and_takes_it_in(desk, room, jun):
    written(jun, "나무를 더 많이 심자.")
    assert 'value="merge:3"' in page_of(desk, room)

    press(desk, room, "merge:3")

    assert room.statements.get(number=4).merged_into.number == 3


def test_personal_data_is_pointed_at(desk, room, jun):
    written(jun, "문의는 kim@example.org 로 주세요.")

    assert "<mark" in page_of(desk, room)
    assert state(room) == "waiting"


def test_jun_takes_the_wording_that_was_suggested(desk, room, jun, client):
    written(jun, "불좀 켜라!!")
    press(desk, room, "suggest", text="저녁에도 불을 켜 두자.")
    phone = cast.phone_of(jun, client)
    assert "저녁에도 불을 켜 두자." in phone.get(f"/c/{room.code}/mine").content.decode()

    phone.post(f"/c/{room.code}/mine/4/suggestion", {"answer": "take"})

    found = room.statements.get(number=4)
    assert (found.text, found.state) == ("저녁에도 불을 켜 두자.", "accepted")


def test_a_wrong_key_is_taken_back(desk, room, jun):
    written(jun)
    press(desk, room, "refuse", reason="advert")

    answer = press(desk, room, "undo")

    assert answer.url.endswith(f"?item={room.code}-statements-4")
    assert state(room) == "waiting"


def test_every_kind_waits_in_the_same_list(desk, room, jun):
    from onnuri.conversation import asking, citing

    written(jun, "첫째 글.")
    asking.ask(code=room.code, voice=jun.pk, text="어디서 신청하나요?", lang="ko", at=cast.MORNING)
    card = {"figure": "61", "unit": "%", "about": "공실률", "source": "시청", "url": "", "dated": "2025", "note": ""}
    citing.attach(code=room.code, card=card, lang="ko", at=cast.MORNING, statement=4, voice=jun.pk)

    html = page_of(desk, room)

    assert all(text in html for text in ("첫째 글.", "어디서 신청하나요?", "공실률: 61 %"))
    assert "(3)" in html


def test_what_is_sealed_waits_for_nobody(desk, room, jun):
    written(jun)
    room.segment = "published"
    room.save(update_fields=["segment"])

    assert "불을 켜 두자." not in page_of(desk, room)
    assert "불을 켜 두자." not in desk.get(f"/host/c/{room.code}").content.decode()


def test_the_log_shows_refused_texts_in_words_but_not_the_personal_ones(desk, room, jun):
    written(jun, "싸게 팝니다.")
    written(jun, "김아무개를 부르자.")
    press(desk, room, "refuse", reason="advert")
    press(desk, room, "refuse", number=5, reason="personal")

    lines = desk.get(f"/c/{room.code}/log.json").json()["lines"]

    assert [(one["number"], one["reason"], one["text"]) for one in lines] == [
        (5, "personal", None),
        (4, "advert", "싸게 팝니다."),
    ]


def test_the_log_names_no_moderator(desk, room, jun):
    written(jun)
    press(desk, room, "refuse", reason="advert")

    assert room.decisions.get(act="refuse").who == "Mina"
    for address in (f"/c/{room.code}/log", f"/c/{room.code}/log.json"):
        assert "Mina" not in desk.get(address).content.decode()


def test_what_was_put_aside_is_in_no_log(desk, room, jun):
    written(jun)
    press(desk, room, "hold")

    assert desk.get(f"/c/{room.code}/log.json").json()["lines"] == []


def test_jun_asks_for_a_second_look_and_the_log_says_so(desk, room, jun, client):
    written(jun)
    press(desk, room, "refuse", reason="advert")
    phone = cast.phone_of(jun, client)

    phone.post(f"/c/{room.code}/mine/4/appeal", {"text": "광고가 아니에요."})

    assert "광고가 아니에요." in page_of(desk, room)
    assert press(desk, room, "grant", kind="appeals").status_code == 403
    press(desk, room, "grant", kind="appeals", who="Haru")
    assert state(room) == "accepted"
    (line,) = [one for one in desk.get(f"/c/{room.code}/log.json").json()["lines"] if one["act"] == "refuse"]
    assert (line["appeal"], line["appeal_text"]) == ("granted", "광고가 아니에요.")


def test_two_people_take_down_what_was_answered_and_the_result_is_printed_both_ways(desk, client):
    conference = cast.conference()
    room = cast.conversation(seeds=cast.TOPICS, conference=conference)
    cast.vote_round(room, cast.crowd(room))
    client.cookies[f"host_c_{room.pk}"] = SIGNER.host("c", room.pk)
    press(client, room, "remove", number=1, reason="off_topic")
    assert state(room, 1) == "accepted"
    assert press(client, room, "second", number=1, kind="removals").status_code == 403
    haru = Account.objects.create(email="haru@example.kr", alias="Haru")
    client.force_login(haru, backend="allauth.account.auth_backends.AuthenticationBackend")

    press(client, room, "second", number=1, kind="removals")

    assert state(room, 1) == "removed"
    (line,) = client.get(f"/c/{room.code}/log.json").json()["lines"]
    told = line["figures"]
    assert 1 in told["with"]["candidates"]
    assert sorted(told["without"]["candidates"]) == sorted(set(told["with"]["candidates"]) - {1})
    assert cast.TOPICS[0] not in client.get(f"/c/{room.code}/where").content.decode()


def test_a_hidden_text_is_nowhere_but_its_place_is(desk, room, jun, client):
    written(jun, "골목 어귀 그 집은 안 돼요.")
    press(desk, room, "accept")
    asked = desk.post(
        "/rights",
        {
            "kind": "statements",
            "number": "4",
            "code": room.code,
            "name": "가게 주인",
            "email": "shop@example.kr",
            "right": "reputation",
            "why": "알아볼 수 있어요.",
            "consent": "1",
        },
    )
    assert asked.status_code == 302
    own_page = asked.url
    assert "골목 어귀" in page_of(desk, room)

    press(desk, room, "hide", number=rights.RightsRequest.objects.get().pk, kind="rights")

    assert state(room) == "hidden"
    assert "저절로 다시 보" in desk.get(own_page).content.decode()
    phone = cast.phone_of(jun, client)
    assert "임시로 가려져" in phone.get(f"/c/{room.code}/mine").content.decode()
    phone.post(f"/c/{room.code}/mine/4/objection", {"text": "겪은 일이에요."})
    assert "겪은 일이에요." in page_of(desk, room)


def test_why_somebody_asked_is_told_to_nobody_else(desk, room, jun, client):
    written(jun)
    press(desk, room, "accept")
    asked = rights.ask(
        kind="statements",
        number=4,
        conversation=room,
        name="가게 주인",
        email="shop@example.kr",
        language="ko",
        right="privacy",
        why="비밀 이야기",
        evidence="",
        at=cast.MORNING,
    )
    rights.hide(request=asked.pk, who="Mina", at=cast.MORNING)

    phone = cast.phone_of(jun, client)
    for address in (f"/c/{room.code}/mine", f"/c/{room.code}/log", f"/c/{room.code}/log.json"):
        page = phone.get(address).content.decode()
        assert "비밀 이야기" not in page
        assert "가게 주인" not in page


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"kind": "statements", "number": "99"}, 404),
        ({"kind": "comments", "number": "99"}, 404),
        ({"kind": "nothing", "number": "1"}, 404),
    ],
)
def test_a_request_about_nothing(desk, room, form, status):
    assert desk.get("/rights", {**form, "code": room.code}).status_code == status


def test_an_unknown_link_opens_nothing(client):
    assert client.get("/rights/no-such-key").status_code == 404


@pytest.fixture
def reported():
    """Under a talk of Mina's conference Jun said something that Haru reported."""
    conference = cast.conference()
    talk = conference.sessions.create(order=1, kind="talk", title={"ko": "빈 상가"})
    jun, haru = (
        Account.objects.create(email=f"{n}@example.kr", alias=n, confirmed_by="email") for n in ("jun", "haru")
    )
    said = comments.write(under=talk, account=jun, text="세금 낭비일 뿐.", lang="ko", at=cast.MORNING)
    comments.report(pk=said.pk, account=haru, reason="비방이에요", at=cast.MORNING)
    return conference, said


def asked_about(said, right, why):
    """A shop's keeper says that a comment infringes their rights."""
    return rights.ask(
        kind="comments", number=said.pk, conversation=None, name="가게 주인", email="shop@example.kr", language="ko",
        right=right, why=why, evidence="", at=cast.MORNING,
    )  # fmt: skip


def conference_press(client, conference, act, number, kind="reports", **more):
    form = {"act": act, "kind": kind, "number": number, "who": "Mina", **more}
    return client.post(f"/host/e/{conference.slug}/desk/act", form)


def test_a_report_waits_on_the_conferences_desk_and_hides_nothing(client, reported):
    conference, said = reported
    client.cookies[f"host_e_{conference.pk}"] = SIGNER.host("e", conference.pk)

    html = client.get(f"/host/e/{conference.slug}/desk").content.decode()

    assert "세금 낭비일 뿐." in html
    assert "비방이에요" in html
    assert cast.fresh(said).state == "shown"


@pytest.mark.parametrize(("act", "after"), [("accept", "shown"), ("hide", "hidden"), ("refuse", "removed")])
def test_a_person_decides_on_it(client, reported, act, after):
    conference, said = reported
    client.cookies[f"host_e_{conference.pk}"] = SIGNER.host("e", conference.pk)

    assert conference_press(client, conference, act, said.pk, reason="abuse").status_code == 302

    assert cast.fresh(said).state == after
    assert "세금 낭비일 뿐." not in client.get(f"/host/e/{conference.slug}/desk").content.decode()


def test_the_author_of_a_comment_that_was_put_away_appeals_and_another_moderator_looks(client, reported):
    conference, said = reported
    client.cookies[f"host_e_{conference.pk}"] = SIGNER.host("e", conference.pk)
    conference_press(client, conference, "refuse", said.pk, reason="abuse")
    jun, comments_of_it = Client(), f"/e/hanbit/sessions/{said.session_id}/comments"
    jun.force_login(said.author, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert f"/comments/{said.pk}/appeal" in jun.get(comments_of_it).content.decode()
    assert f"/comments/{said.pk}/appeal" not in Client().get(comments_of_it).content.decode()
    assert jun.post(f"/comments/{said.pk}/appeal", {"text": ""}).status_code == 422
    jun.post(f"/comments/{said.pk}/appeal", {"text": "비방이 아니라 제 걱정이에요."})
    assert "다시 보는 중" in jun.get(comments_of_it).content.decode()

    told = client.get(f"/host/e/{conference.slug}/desk").content.decode()
    assert "비방이 아니라 제 걱정이에요." in told
    assert conference_press(client, conference, "grant", said.pk, kind="comment-appeals").status_code == 403
    assert conference_press(client, conference, "burn", said.pk, kind="comment-appeals", who="Haru").status_code == 400
    assert conference_press(client, conference, "grant", said.pk, kind="comment-appeals", who="Haru").status_code == 302
    assert cast.fresh(said).state == "shown"


def test_nobody_decides_on_another_conferences_comments(client, reported, desk, room):
    _conference, said = reported
    elsewhere = cast.conference(slug="elsewhere")
    client.cookies[f"host_e_{elsewhere.pk}"] = SIGNER.host("e", elsewhere.pk)

    assert conference_press(client, elsewhere, "refuse", said.pk, reason="abuse").status_code == 404
    assert press(desk, room, "refuse", number=said.pk, kind="reports", reason="abuse").status_code == 404
    assert cast.fresh(said).state == "shown"


def test_the_author_of_a_hidden_comment_objects_and_hears_nothing_of_who_asked(client, reported):
    conference, said = reported
    asked = asked_about(said, "reputation", "비밀 이야기")
    client.cookies[f"host_e_{conference.pk}"] = SIGNER.host("e", conference.pk)
    conference_press(client, conference, "hide", asked.pk, kind="rights")
    assert cast.fresh(said).state == "hidden"
    assert client.get(f"/rights/of/{asked.pk}").status_code == 404

    client.force_login(said.author, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(f"/rights/of/{asked.pk}").content.decode()
    assert "비밀 이야기" not in page
    assert "가게 주인" not in page
    client.post(f"/rights/of/{asked.pk}", {"text": "겪은 일이에요."})

    assert cast.fresh(asked).objection == "겪은 일이에요."


def test_the_edge_of_thirty_days_is_kept_when_the_page_is_read(client, reported):
    _conference, said = reported
    asked = asked_about(said, "privacy", "왜냐하면")
    # Hidden in the spring: its thirty days are long over on the server's clock.
    rights.hide(request=asked.pk, who="Mina", at=cast.MORNING)

    assert "다시 보임" in client.get(f"/rights/{asked.key}").content.decode()
    assert cast.fresh(said).state == "shown"
