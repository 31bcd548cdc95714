"""The rules are drafted by the organiser, signed once when the first round opens, and fixed after that."""

from hashlib import sha256

import pytest
from django.conf import settings
from tests import cast

from onnuri.conclusion.rules import Rules
from onnuri.conversation.models import Conversation
from onnuri.errors import Conflict, NotFound, Unprocessable
from onnuri.publishing import sitting
from onnuri.record.signature import holds

pytestmark = pytest.mark.django_db


def draft(room, **changes):
    return sitting.draft_rules(code=room.code, changes=changes)


def test_mina_drafts_them():
    room = cast.conversation()

    drafted = draft(room, size=3, threshold="3/5")

    assert (drafted.size, drafted.threshold) == (3, "3/5")
    assert sitting.rules_of(cast.fresh(room)) == drafted
    assert cast.fresh(room).rules_digest == ""


def test_one_change_leaves_the_others():
    room = cast.conversation()
    draft(room, size=3)

    assert draft(room, quorum="1/3") == Rules(vote="code", grace_s=0, size=3, quorum="1/3")


NOT_A_RULE = {
    "no line": ({"size": 0}, "size"),
    "too many lines": ({"size": 21}, "size"),
    "fewer candidates than lines": ({"size": 9, "shortlist": 8}, "shortlist"),
    "less than half is no common ground": ({"threshold": "49/100"}, "threshold"),
    "more than all": ({"threshold": "3/2"}, "threshold"),
    "a share of nothing": ({"quorum": "1/0"}, "quorum"),
    "a word": ({"ratify_overall": "most"}, "ratify_overall"),
    "nothing": ({"ratify_group": ""}, "ratify_group"),
    "not a number": ({"quorum": "nan"}, "quorum"),
    "less than nothing": ({"grace_s": -1}, "grace_s"),
    "more than a day": ({"grace_s": 86_401}, "grace_s"),
    "a policy that is not there": ({"vote": "lottery"}, "vote"),
    "closed rows": ({"rows": "closed"}, "rows"),
    "an invented rule": ({"veto": "Mina"}, "veto"),
}


@pytest.mark.parametrize(("changes", "field"), NOT_A_RULE.values(), ids=NOT_A_RULE)
def test_what_cannot_be_a_rule(changes, field):
    room = cast.conversation()

    with pytest.raises(Unprocessable) as refused:
        draft(room, **changes)

    assert (refused.value.key, refused.value.field) == ("rule", field)
    assert sitting.rules_of(cast.fresh(room)) == Rules(vote="code", grace_s=0)


def test_a_number_without_end_is_no_rule():
    room = cast.conversation()

    # With more digits than these, reading it as a fraction would never end.
    with pytest.raises(Unprocessable) as refused:
        draft(room, quorum="1e-9999")

    assert (refused.value.key, refused.value.field) == ("rule", "quorum")


def test_opening_signs_them():
    room = cast.conversation()
    draft(room, size=3)

    cast.open_round(room, at=cast.minutes(3))

    room = cast.fresh(room)
    assert room.rules_digest == sitting.rules_of(room).digest
    assert holds(room.rules_signature, room.rules_digest)
    assert not holds(room.rules_signature, Rules(size=4).digest)
    assert room.opened_at == cast.minutes(3)


def test_the_seeds_are_signed_with_them():
    room = cast.conversation()

    cast.open_round(room)

    told = sha256("\n".join(cast.SEEDS).encode()).hexdigest()
    assert sitting.rules_of(cast.fresh(room)).seeds == told


def test_after_opening_nothing_changes_any_more():
    room = cast.conversation()
    cast.open_round(room)
    signed = cast.fresh(room)

    with pytest.raises(Conflict) as refused:
        draft(room, threshold="2/3")

    assert refused.value.key == "rules_fixed"
    assert cast.fresh(room).rules == signed.rules
    assert cast.fresh(room).rules_signature == signed.rules_signature


def test_a_second_round_signs_nothing_anew():
    room = cast.conversation()
    cast.open_round(room)
    signed = cast.fresh(room)
    cast.answer(cast.voice(room), {1: 1})
    cast.close(room)

    cast.open_round(room, at=cast.minutes(30))

    assert (cast.fresh(room).rules_digest, cast.fresh(room).opened_at) == (signed.rules_digest, cast.MORNING)
    assert cast.fresh(room).rules_signature == signed.rules_signature


def test_an_opening_that_is_refused_signs_nothing():
    room = cast.conversation([])

    with pytest.raises(Conflict) as refused:
        cast.open_round(room)

    assert refused.value.key == "no_statements"
    found = Conversation.objects.get()
    assert (found.rules_digest, found.rules_signature, found.opened_at) == ("", None, None)
    assert not found.links.exists()
    assert draft(room, size=2).size == 2


def test_rules_of_a_conversation_that_is_not_there():
    with pytest.raises(NotFound):
        sitting.draft_rules(code="ZZZZZZ", changes={})


def test_the_key_stays_in_its_folder():
    room = cast.conversation()

    cast.open_round(room)

    assert "PRIVATE" in settings.FOLDER.signing_key.decode()
    assert "PRIVATE" not in str(Conversation.objects.values().get())
