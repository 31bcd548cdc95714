"""PostgreSQL lays rows down as they come; a close lays them anew, so that tickets and voices tell nothing together."""

import random

import pytest
from tests.live import attacker
from tests.live.test_minting import Person, codes
from tests.serving import Server

from onnuri import blind

pytestmark = pytest.mark.postgres
PEOPLE = 16


@pytest.fixture(scope="module")
def sitting(cluster, tmp_path_factory):
    folder = tmp_path_factory.mktemp("order")
    with Server(folder, environment={"DATABASE_URL": cluster.create("rows")}) as server:
        room = server.conversation(seeds=["물가를 걷게 하자.", "나무를 더 심자."], begin=True, policy="code")
        given = codes(server, room, PEOPLE)
        truth = {}
        for code in random.Random(5).sample(given, len(given)):
            person = Person(server, room, code)
            token = person.token()
            person.join(token)
            truth[person.digest()] = blind.voice_of(room.code, token.prefix)
        before = laid(cluster)
        server.act(room, "close_round")
        server.until(room, "where", within=60)
        server.stop()  # whatever the close began is done
        yield truth, before, laid(cluster), cluster


def laid(cluster):
    """Used codes and voices as they lie, and in the order of the transactions that wrote them."""
    used = "SELECT digest FROM conversation_seatcode WHERE used ORDER BY"
    voices = "SELECT id FROM conversation_voice ORDER BY"
    return [
        [[row[0] for row in cluster.ask("rows", f"{asked} {order}")] for order in ("ctid", "xmin::text::bigint, ctid")]
        for asked in (used, voices)
    ]


def test_before_the_close_the_order_would_tell_who_is_who(sitting):
    truth, (codes_then, voices_then), _after, _cluster = sitting

    assert attacker.best_guess(truth, codes_then, voices_then) >= PEOPLE * 0.8


def test_after_it_the_order_is_that_of_random_numbers(sitting):
    truth, _before, (codes_now, voices_now), cluster = sitting

    assert voices_now == [sorted(truth.values())] * 2
    assert cluster.ask("rows", "SELECT count(DISTINCT xmin::text) FROM conversation_voice") == [(1,)]
    assert cluster.ask("rows", "SELECT count(DISTINCT xmin::text) FROM conversation_seatcode") == [(1,)]
    assert attacker.best_guess(truth, codes_now, voices_now) <= attacker.by_chance(truth, 8)
