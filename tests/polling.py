"""Polls in a story: Mina prepares one and puts it on, people answer as the hot path stores it, the clock counts it."""

from datetime import timedelta

from django.db import connection
from tests import cast

from onnuri.conversation import interludes
from onnuri.conversation.interlude import GRACE, answer_rows
from onnuri.live.store import POLL_ANSWERS

ASKED_AT = cast.minutes(10)
CLOSED_AT = cast.minutes(12)
PLACES = ({"ko": "분당", "en": "Bundang"}, {"ko": "원도심", "en": "Old town"}, {"ko": "다른 도시", "en": "Elsewhere"})
SETTINGS = {
    "single": {"options": list(PLACES)},
    "multi": {"options": list(PLACES)},
    "scale": {"points": 5, "low": {"ko": "그대로"}, "high": {"ko": "많이"}},
    "words": {"words": 2},
}


def prepared(room, kind="single", title="어디에서 오셨나요?", **settings):
    return interludes.prepare(code=room.code, kind=kind, title={"ko": title}, settings={**SETTINGS[kind], **settings})


def asked(room, kind="single", at=ASKED_AT, **about):
    """A poll that is on."""
    return interludes.put_on(code=room.code, number=prepared(room, kind, **about).number, at=at)


def answer(own, poll, *choice, words=()):
    with connection.cursor() as cursor:
        for row in answer_rows(poll.kind, poll.settings, choice, words):
            cursor.execute(POLL_ANSWERS.on_sqlite.replace("?", "%s"), [poll.pk, own.pk, *row])


def ended(poll, at=CLOSED_AT):
    """Off the air and counted."""
    interludes.take_off(code=poll.conversation.code, at=at)
    return interludes.count(code=poll.conversation.code, number=poll.number, at=at + GRACE)


def people(room, count, channel="hall"):
    return [cast.voice(room, channel) for _ in range(count)]


def just_before_counting():
    return CLOSED_AT + GRACE - timedelta(microseconds=1)
