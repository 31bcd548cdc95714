"""One's own data: everything that is held, and nothing of anybody else; and what goes by itself."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from tests import cast

from onnuri import privacy
from onnuri.community.models import Appeal, Block, Comment, Mark, Reaction, Report, RightsRequest
from onnuri.conference.models import Erasure, Registration, Role, Ticket
from onnuri.conversation import actions, asking
from onnuri.conversation.models import Challenge, ChallengeVote, Decision, Evidence, Interlude, PollAnswer, Trait, Voice
from onnuri.conversation.traits import ask_traits
from onnuri.errors import Conflict
from onnuri.people.models import Account, AuditEntry, Mail

pytestmark = pytest.mark.django_db
HELD_AS = {
    "Move": "moves",
    "Trait": "traits",
    "Vote": "votes",
    "BallotVote": "ballots",
    "Statement": "statements",
    "Objection": "objections",
    "Question": "questions",
    "Lift": "lifts",
    "PollAnswer": "poll_answers",
    "Evidence": "evidence",
    "Challenge": "challenges",
    "ChallengeVote": "challenge_votes",
    "Mark": "comments_supported",
}
"""Whatever points at a voice, by the name it has in one's own file."""


def someone(address="sato@example.kr", **about):
    return Account.objects.create(email=address, joined_at=cast.MORNING, **about)


def talkative():
    """Jun, who did everything one can do, and Linh, who did the same."""
    room = cast.conversation()
    asked = [("사는 곳", ["윗동네 주민", "아랫동네 주민"])]
    ask_traits(code=room.code, questions=asked, lang="ko")
    room.refresh_from_db()
    jun, linh = cast.voice(room), cast.voice(room, "online")
    cast.open_round(room)
    poll = Interlude.objects.create(conversation=room, number=1, kind="words")
    comment = Comment.objects.create(conversation=room, text="잘 읽었어요", lang="ko", at=cast.MORNING)
    for own in (jun, linh):
        word = "준의 말" if own == jun else "린의 말"  # no number: one of many digits is taken out as personal
        cast.answer(own, {1: 1, 2: -1, 3: 0})
        actions.write_statement(code=room.code, voice=own.pk, text=f"의견 {word}", lang="ko", at=cast.MORNING)
        asked = asking.ask(code=room.code, voice=own.pk, text=f"질문 {word}?", lang="ko", at=cast.MORNING)
        asked.lifts.create(voice=own, value=1)
        Trait.objects.create(voice=own, name=1, value=1 if own == jun else 2)
        PollAnswer.objects.create(interlude=poll, voice=own, part=1, value=1, text=f"낱말 {word}")
        line = room.statements.get(number=1)
        line.objections.create(voice=own, text=f"빠짐 {word}", lang="ko")
        card = Evidence.objects.create(
            conversation=room, number=own.pk, figure="61", about=f"수치 {word}", source="한빛시", dated="3월",
            lang="ko", author=own, state="waiting",
        )  # fmt: skip
        doubt = Challenge.objects.create(
            conversation=room, evidence=card, number=own.pk, text=f"이의 {word}", lang="ko", author=own, state="waiting"
        )
        ChallengeVote.objects.create(challenge=doubt, voice=own, value=-1)
        Mark.objects.create(comment=comment, voice=own)
    return room, jun, linh


# ---- a voice


def test_the_file_holds_everything_that_points_at_a_voice():
    room, jun, _ = talkative()
    jun.moves.create(conversation=room, times=2)

    held = privacy.export_of_voice(jun)

    assert {relation.related_model.__name__ for relation in Voice._meta.related_objects} == set(HELD_AS)
    empty = {name for name in HELD_AS.values() if not held[name]}
    assert empty == {"ballots"}
    assert [v["vote"] for v in held["votes"]] == [1, -1, 0]
    assert held["moves"] == [{"times": 2}]
    assert held["voice"] == {"number": jun.pk, "channel": "hall", "origin": "person"}


def test_the_ballots_are_in_it_too():
    _room, voices = cast.sitting_until("result")

    held = privacy.export_of_voice(voices[0])

    assert {b["ballot"] for b in held["ballots"]} == {"shortlist", "ratification"}
    assert len(held["ballots"]) == voices[0].ballot_votes.count()


def test_nothing_of_anybody_else_is_in_it():
    _room, jun, _linh = talkative()

    held = str(privacy.export_of_voice(jun))

    assert "준의 말" in held
    assert "린의 말" not in held
    assert "윗동네 주민" in held
    assert "아랫동네 주민" not in held


def test_the_page_counts_and_the_file_says_it_all(client):
    room, jun, _ = talkative()
    phone = cast.phone_of(jun, client)

    page = phone.get(f"/c/{room.code}/data", headers={"Accept-Language": "ko"})
    file = phone.get(f"/c/{room.code}/data/file")

    assert "나에 대해 저장된 것" in page.content.decode()
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["Cache-Control"] == "no-store"
    assert file.json()["statements"][0]["text"] == "의견 준의 말"


@pytest.mark.parametrize("path", ["data", "data/file"])
def test_without_the_voice_there_is_nothing_to_see(client, path):
    room, _, _ = talkative()

    assert client.get(f"/c/{room.code}/{path}").status_code == 401


# ---- a registration


def registered():
    cast.conference()
    return cast.confirmed(cast.register("준", email="jun@example.kr"))


def test_the_holder_of_the_link_takes_everything_along(client):
    own = registered()
    linh = cast.register("린", email="linh@example.kr")

    file = client.get(f"/e/hanbit/ticket/{own.claim}/data")

    told = file.json()
    assert told["registration"]["email"] == "jun@example.kr"
    assert {"registration", "tickets", "log", "mails", "check_ins", "proofs"} <= set(told)
    assert told["tickets"][0]["code"] == own.tickets.get().code
    assert told["log"]
    assert told["mails"]
    assert "linh@example.kr" not in file.content.decode()
    assert linh.claim not in file.content.decode()


def test_a_name_is_erased_as_soon_as_there_is_no_place(client):
    own = registered()
    with pytest.raises(Conflict, match="erase_place_first"):
        privacy.places.erase_registration(slug="hanbit", claim=own.claim)
    cast.give_up(own)

    answer = client.post(f"/e/hanbit/ticket/{own.claim}/erase")

    gone = Registration.objects.get(pk=own.pk)
    assert answer.status_code == 302
    assert (gone.name, gone.email, gone.needs, gone.consents, gone.device) == ("", "", "", {}, "")
    assert not Ticket.objects.filter(registration=own).exclude(name="").exists()
    assert not Mail.objects.filter(about__claim=own.claim).exists()
    assert not Mail.objects.filter(to="jun@example.kr").exists()
    assert gone.seq == own.seq
    assert not Erasure.objects.exists()


def test_another_site_erases_nobody(client):
    own = cast.give_up(registered())

    answer = client.post(f"/e/hanbit/ticket/{own.claim}/erase", headers={"Origin": "https://elsewhere.example"})

    assert answer.status_code == 403
    assert cast.fresh(own).name == "준"


# ---- an account


def busy_account():
    sato, other = someone(alias="사토"), someone("other@example.kr", alias="다른 사람")
    room, conference = cast.conversation(), cast.conference()
    said = Comment.objects.create(conversation=room, author=sato, text="사토의 댓글", lang="ko", at=cast.MORNING)
    theirs = Comment.objects.create(conversation=room, author=other, text="남의 댓글", lang="ko", at=cast.MORNING)
    Reaction.objects.create(comment=theirs, account=sato)
    Report.objects.create(comment=theirs, account=sato, reason="사토의 까닭", at=cast.MORNING)
    Block.objects.create(account=sato, blocked=other)
    Role.objects.create(conference=conference, account=sato, kind="moderator", given_at=cast.MORNING)
    AuditEntry.objects.create(at=cast.MORNING, account=sato, who="사토", act="refuse", topic=f"c/{room.code}")
    Decision.objects.create(
        conversation=room, at=cast.MORNING, act="hide", kind="comments", number=said.pk, text=said.text, reason="abuse"
    )
    return sato, said


def test_an_account_takes_everything_along(client):
    sato, said = busy_account()
    client.force_login(sato)

    told = client.get("/account/data/file").json()

    assert told["account"]["email"] == "sato@example.kr"
    assert [(one["number"], one["under"], one["text"]) for one in told["comments"]] == [
        (said.pk, f"/r/{said.conversation.code}/comments", "사토의 댓글")
    ]
    assert [r["reason"] for r in told["reports"]] == ["사토의 까닭"]
    assert (len(told["roles"]), len(told["reactions"]), len(told["blocks"]), len(told["acts"])) == (1, 1, 1, 1)
    assert "남의 댓글" not in str(told)


def test_the_account_goes_with_what_it_wrote_and_asks_first(client):
    sato, said = busy_account()
    client.force_login(sato)

    asked = client.post("/account/data/", {})
    gone = client.post("/account/data/", {"sure": "1"})

    assert (asked.status_code, gone.status_code) == (422, 302)
    assert not Account.objects.filter(email="sato@example.kr").exists()
    left = cast.fresh(said)
    assert (left.text, left.state, left.author_id) == ("", "deleted", None)
    assert not Reaction.objects.exists()
    assert not Report.objects.exists()
    assert Decision.objects.get().text == ""
    assert AuditEntry.objects.get().account_id is None
    assert client.get("/account/data/").status_code == 302


@pytest.mark.parametrize("path", ["/account/data/", "/account/data/file"])
def test_nobody_signed_in_sees_nothing(client, path):
    assert client.get(path).headers["Location"].startswith("/account/login/")


# ---- what goes by itself


def test_what_is_settled_loses_its_names_after_its_days_and_not_before():
    room, sato = cast.conversation(), someone()
    comment = Comment.objects.create(conversation=room, author=sato, text="말", lang="ko", at=cast.MORNING)
    request = RightsRequest.objects.create(
        conversation=room, kind="comments", number=comment.pk, key="k", name="가람", email="garam@example.kr",
        right="privacy", why="내 이름이 있어요", at=cast.MORNING, decided_at=cast.MORNING, state="refused",
    )  # fmt: skip
    open_one = RightsRequest.objects.create(
        conversation=room, kind="comments", number=comment.pk, key="l", name="나래", email="narae@example.kr",
        right="privacy", why="아직", at=cast.MORNING,
    )  # fmt: skip
    Report.objects.create(comment=comment, account=sato, reason="욕설", at=cast.MORNING, settled_at=cast.MORNING)
    Appeal.objects.create(
        conversation=room, kind="statements", number=1, text="다시", at=cast.MORNING, decided_at=cast.MORNING
    )
    almost = cast.MORNING + timedelta(days=privacy.SETTLED_DAYS) - timedelta(seconds=1)

    assert privacy.erase_due(almost) == {}
    assert privacy.erase_due(almost + timedelta(seconds=1)) == {"requests": 1, "reports": 1, "appeals": 1}
    assert privacy.erase_due(almost + timedelta(seconds=1)) == {}

    assert (cast.fresh(request).name, cast.fresh(request).email, cast.fresh(request).why) == ("", "", "")
    assert cast.fresh(request).state == "refused"
    assert cast.fresh(open_one).email == "narae@example.kr"


def test_who_used_which_right_is_kept_for_a_year():
    AuditEntry.objects.create(at=cast.MORNING, act="refuse", topic="c/AAAAAA")
    year = cast.MORNING + timedelta(days=privacy.AUDIT_DAYS)

    privacy.erase_due(year - timedelta(seconds=1))
    assert AuditEntry.objects.exists()
    privacy.erase_due(year)
    assert not AuditEntry.objects.exists()


def test_a_session_that_is_over_is_not_kept():
    Session.objects.create(session_key="old", session_data="", expire_date=cast.MORNING)
    Session.objects.create(session_key="new", session_data="", expire_date=cast.MORNING + timedelta(days=9))

    privacy.erase_due(cast.MORNING)

    assert [s.session_key for s in Session.objects.all()] == ["new"]


# ---- the page that says so


def test_the_page_says_the_days_that_are_in_force(client):
    made = cast.conference()
    type(made).objects.filter(pk=made.pk).update(retention_days=33, ends_at=cast.MORNING)

    told = client.get("/privacy.json", headers={"Accept-Language": "ko"}).json()
    page = client.get("/privacy", headers={"Accept-Language": "ko"}).content.decode()

    untils = " ".join(span["until"] for span in told["spans"])
    assert f"{privacy.AUDIT_DAYS}일" in untils
    assert f"{privacy.SETTLED_DAYS}일" in untils
    assert [(c["days"], c["url"]) for c in told["conferences"]] == [(33, "/e/hanbit")]
    assert "33일" in page
    assert {"voice_…", "account"} <= {c["name"] for c in told["cookies"]}
