"""Rows by key: stored twice they are stored once, and what counted is not taken back by what comes too late."""

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from onnuri.conversation import models
from onnuri.live import store
from onnuri.live.store import VOTES, SqliteStore, Upsert

KINDS = [store.VOTES, store.BALLOTS, store.POLL_ANSWERS, store.LIFTS, store.CHALLENGE_VOTES]
MODELS = [models.Vote, models.BallotVote, models.PollAnswer, models.Lift, models.ChallengeVote]
ROWS = st.lists(
    st.tuples(st.integers(1, 2), st.integers(1, 3), st.integers(1, 2), st.sampled_from((-1, 0, 1)), st.booleans())
)


def test_the_columns_are_those_of_the_tables():
    for kind, model in zip(KINDS, MODELS, strict=True):
        fields = {f.column for f in model._meta.concrete_fields if f.column}
        assert (kind.table, set(kind.columns)) == (model._meta.db_table, fields)
        assert len(kind.types) == len(kind.columns)


@given(rows=ROWS)
def test_taken_together_the_rows_end_as_if_stored_one_by_one(rows):
    once = VOTES.one_a_key(rows)

    assert ended(VOTES, once) == ended(VOTES, rows)
    assert [row[:3] for row in once] == sorted({row[:3] for row in rows})


def ended(kind: Upsert, rows):
    with sqlite3.connect(":memory:") as connection:
        key = ", ".join(kind.key)
        connection.execute(f"CREATE TABLE {kind.table} ({', '.join(kind.columns)}, PRIMARY KEY ({key}))")
        connection.executemany(kind.on_sqlite, rows)
        return connection.execute(f"SELECT * FROM {kind.table} ORDER BY {key}").fetchall()


def test_a_vote_that_counted_is_not_taken_back_by_a_late_one():
    assert VOTES.one_a_key([(1, 5, 2, 1, False), (1, 5, 2, -1, True)]) == [(1, 5, 2, 1, False)]
    assert VOTES.one_a_key([(1, 5, 2, 1, True), (1, 5, 2, -1, False)]) == [(1, 5, 2, -1, False)]


def test_a_member_of_a_document_is_read_without_the_rest(tmp_path):
    found = SqliteStore(str(tmp_path / "one.sqlite3"))
    connection = found.connect()
    connection.execute("CREATE TABLE l (document)")
    connection.execute("INSERT INTO l VALUES (?)", ('{"routing": {"3": 0.5}, "people": [1, 2]}',))

    ((part,),) = connection.execute(f"SELECT {found.part_of('document', 'routing')} FROM l")
    connection.close()

    assert store.decoded(part) == {"3": 0.5}
