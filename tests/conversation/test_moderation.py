"""The moderator reads before others do; a refusal needs a reason, and everybody can read the log."""

import pytest
from tests import cast

from onnuri.conversation import actions
from onnuri.conversation.models import Clock, Decision
from onnuri.conversation.statement import REASONS
from onnuri.errors import Conflict, NotFound, Unprocessable
from onnuri.web.shown import REASON_NAMES, STATE_NAMES

pytestmark = pytest.mark.django_db


@pytest.fixture
def written():
    """What Jun wrote, unread."""
    room = cast.conversation()
    return actions.write_statement(
        code=room.code, voice=cast.voice(room).pk, text="저녁에도 불을 켜 두자.", lang="ko", at=cast.MORNING
    )


def decide(statement, *, accept, reason="", at=cast.MORNING):
    return actions.decide(
        code=statement.conversation.code, number=statement.number, accept=accept, reason=reason, at=at
    )


def log():
    return [(d.number, d.act, d.reason) for d in Decision.objects.all()]


def test_mina_lets_it_through(written):
    decide(written, accept=True, reason="abuse", at=cast.minutes(2))

    assert (cast.fresh(written).state, cast.fresh(written).reason) == ("accepted", "")
    assert log() == [(4, "accept", "")]
    assert Decision.objects.get().at == cast.minutes(2)


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason_is_kept_and_has_a_name(written, reason):
    decide(written, accept=False, reason=reason)

    assert (cast.fresh(written).state, cast.fresh(written).reason) == ("refused", reason)
    assert log() == [(4, "refuse", reason)]
    assert REASON_NAMES[reason]


@pytest.mark.parametrize("reason", ["", "because", "ABUSE"])
def test_no_refusal_without_a_reason(written, reason):
    with pytest.raises(Unprocessable) as refused:
        decide(written, accept=False, reason=reason)

    assert (refused.value.key, refused.value.field) == ("reason_needed", "reason")
    assert cast.fresh(written).state == "waiting"
    assert log() == []


@pytest.mark.parametrize("accept", [True, False])
def test_what_is_decided_is_decided(written, accept):
    decide(written, accept=accept, reason="advert")

    with pytest.raises(Conflict) as refused:
        decide(written, accept=not accept, reason="advert")

    assert refused.value.key == "already_decided"
    assert len(log()) == 1


def test_the_organisers_own_seeds_wait_for_nobody(written):
    seed = written.conversation.statements.get(number=1)

    with pytest.raises(Conflict) as refused:
        decide(seed, accept=False, reason="advert")

    assert refused.value.key == "already_decided"


def test_a_statement_nobody_wrote(written):
    with pytest.raises(NotFound) as refused:
        actions.decide(code=written.conversation.code, number=99, accept=True, reason="", at=cast.MORNING)

    assert (refused.value.key, refused.value.about["statement"]) == ("statement_unknown", 99)


def test_pages_hear_of_it(written):
    before = Clock.objects.get().version

    decide(written, accept=True)

    assert Clock.objects.get().version == before + 1


def test_the_log_names_no_author(written):
    decide(written, accept=False, reason="off_topic")

    author = str(written.author_id)
    assert author not in str(list(Decision.objects.values()))


def test_every_state_has_a_name():
    from onnuri.conversation.models import Statement

    assert set(STATE_NAMES) == set(Statement.State.values)
    assert set(REASON_NAMES) == set(REASONS)


def test_after_sealing_the_log_stays_as_it_was_published(written):
    type(written.conversation).objects.update(segment="published")

    with pytest.raises(Conflict) as refused:
        decide(written, accept=True)

    assert refused.value.key == "sealed"
    assert log() == []
