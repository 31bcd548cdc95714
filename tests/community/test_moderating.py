"""Reports raise a comment in the queue and fold it at three; a person decides, and it is written down."""

import pytest
from tests import cast
from tests.community import neighbours

from onnuri.community import actions, queries
from onnuri.community.reporting import folded
from onnuri.conversation.models import Decision
from onnuri.errors import Conflict, Unprocessable
from onnuri.people.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def conference():
    return cast.conference()


@pytest.fixture
def room(conference):
    return cast.conversation(conference=conference)


@pytest.fixture
def mina():
    return neighbours.account("mina")


@pytest.fixture
def people():
    return [neighbours.account(f"person-{n}") for n in range(4)]


def folds(one):
    return folded(queries.in_full([one.pk])[0].reported)


def test_two_reports_fold_nothing_and_the_third_does(room, mina, people):
    said = neighbours.comment(room, mina)
    told = []
    for who in people[:3]:
        neighbours.report(said, who)
        told.append(folds(said))

    assert told == [False, False, True]
    assert (cast.fresh(said).state, cast.fresh(said).text) == ("shown", neighbours.WORDS)
    assert queries.count_under(room, cast.MORNING) == 1


def test_the_queue_has_the_folded_first_and_then_the_longest_reported(conference, room, mina, people):
    talk = conference.sessions.create(order=1, kind="talk")
    early, late, below_talk = (
        neighbours.comment(under, mina, text) for under, text in ((room, "하나"), (room, "둘"), (talk, "셋"))
    )
    neighbours.comment(room, mina, "아무도 신고하지 않은 말")
    neighbours.report(early, people[0], "먼저 본 사람", cast.minutes(1))
    neighbours.report(below_talk, people[0], at=cast.minutes(2))
    for minute, who in enumerate(people[:3], start=3):
        neighbours.report(late, who, f"{minute}분", cast.minutes(minute))

    assert queries.reported(conference) == [late, early, below_talk]
    assert queries.reported(room) == [late, early]
    first = queries.reported(room)[0]
    assert (first.people, first.reported_at) == (3, cast.minutes(3))
    assert queries.reasons_of(first) == ["3분", "4분", "5분"]


def test_what_a_moderator_keeps_is_unfolded_and_three_others_fold_it_again(room, mina, people):
    said = neighbours.comment(room, mina)
    for who in people[:3]:
        neighbours.report(said, who)

    assert actions.settle_reports(pk=said.pk, at=cast.minutes(9)) == 3

    assert not folds(said)
    assert queries.reported(room) == []
    neighbours.report(said, people[3])
    assert [one.people for one in queries.reported(room)] == [1]
    assert not folds(said)


@pytest.mark.parametrize("act", ["hide", "remove"])
def test_a_decision_settles_the_reports_and_is_in_the_log_of_the_conversation(room, mina, people, act):
    said = neighbours.comment(room, mina)
    neighbours.report(said, people[0])
    about = {"pk": said.pk, "reason": "abuse", "at": cast.minutes(5), "who": "sato"}

    if act == "hide":
        actions.hide_comment(until=cast.minutes(500), **about)
    else:
        actions.remove_comment(**about)

    assert queries.reported(room) == []
    log = Decision.objects.get()
    assert (log.conversation, log.kind, log.number, log.act, log.reason) == (room, "comments", said.pk, act, "abuse")
    assert (log.who, log.text, log.at) == ("sato", neighbours.WORDS, cast.minutes(5))


def test_below_a_talk_a_decision_is_in_the_audit_of_the_conference(conference, mina):
    said = neighbours.comment(conference.sessions.create(order=1, kind="talk"), mina)

    actions.hide_comment(pk=said.pk, reason="advert", until=None, at=cast.MORNING, who="sato")
    actions.restore_comment(pk=said.pk, at=cast.MORNING, who="sato")

    entries = [(one.act, one.topic, one.about) for one in AuditEntry.objects.order_by("pk")]
    assert entries == [
        ("comment_hide", "e/hanbit", {"comment": said.pk, "reason": "advert"}),
        ("comment_restore", "e/hanbit", {"comment": said.pk, "reason": ""}),
    ]
    assert Decision.objects.count() == 0


def test_hiding_needs_one_of_the_fixed_reasons(room, mina):
    said = neighbours.comment(room, mina)

    with pytest.raises(Unprocessable):
        actions.hide_comment(pk=said.pk, reason="untrue", until=None, at=cast.MORNING, who="sato")
    assert cast.fresh(said).state == "shown"


def test_what_is_shown_needs_no_restoring(room, mina):
    with pytest.raises(Conflict):
        actions.restore_comment(pk=neighbours.comment(room, mina).pk, at=cast.MORNING, who="sato")
