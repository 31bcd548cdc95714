"""A real conversation is voted again over HTTP, and everything arrives."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from tests.serving import Server, free_port

from onnuri.errors import BadInput
from onnuri.landscape import Votes, fit
from onnuri.landscape.document import landscape_document
from onnuri.landscape.export import Export, Statement, read_export
from onnuri.live.client import Host
from onnuri.replay import batches, differences, plan_of, replay, simulated, with_whole

BREXIT = Path(__file__).parents[3] / "shared" / "data" / "brexit-consensus"
needs_data = pytest.mark.skipif(not BREXIT.is_dir(), reason=f"no exports of real conversations at {BREXIT.parent}")


@needs_data
def test_everybody_of_a_real_conversation_votes_again_and_every_vote_arrives(tmp_path):
    export = read_export(BREXIT)
    pairs = {row[:2]: row[2] for row in export.cast}

    with Server(tmp_path) as server:
        room = server.conversation("Brexit", seeds=[], policy="code")
        link = f"{server.url}/host/c/{room.code}?key={room.key}"
        result = server.run_cli("replay", str(BREXIT), "--url", link, "--rounds", "2")
        told = server.client().get(f"/api/v1/conversations/{room.code}/landscape").json["landscape"]
        with pytest.raises(BadInput, match="somebody has voted here"):
            replay(str(BREXIT), link, rounds=1, record=None, say=print)
        with pytest.raises(BadInput, match="the key is not that of this conversation"):
            replay(str(BREXIT), link + "x", rounds=1, record=None, say=print)

    assert result["arrived"] is True
    assert (result["people"], result["pairs"], result["statements"]) == (204, 5303, 50)
    assert result["left_out"] == {}
    assert [len(r["sizes"]) for r in result["rounds"]] == [r["k"] for r in result["rounds"]]
    assert len(result["rounds"]) == told["round"] == 2
    agreed = sum(s["agree"] for s in told["by_statement"].values())
    assert (told["participants"], told["votes"]) == (204, 5303)
    assert agreed == Counter(pairs.values())[1]


def test_a_server_that_is_not_there_is_one_clear_line(tmp_path):
    (tmp_path / "votes.csv").write_text("timestamp,comment-id,voter-id,vote\n1,1,1,1\n", "utf-8")
    link = f"http://127.0.0.1:{free_port()}/host/c/ABCDEF?key=secret"

    with pytest.raises(BadInput) as told:
        replay(str(tmp_path), link, rounds=1, record=None, say=print)

    assert "cannot be reached" in str(told.value)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    "link", ["", "127.0.0.1:8000", "http://h/host/c/ABCDEF", "http://h/c/ABCDEF?key=k", "http://h:x/host/c/A?key=k"]
)
def test_what_is_not_a_hosts_link_is_refused_before_anything_is_sent(link):
    with pytest.raises(BadInput, match="not a host's link"):
        Host.of_link(link)


def test_what_is_not_voted_again_is_named_with_its_reason():
    statements = {1: Statement(1, "kept"), 2: Statement(2, "out", moderated_out=True), 3: Statement(3, " \n")}
    cast = [(7, 1, 1), (7, 2, 1), (8, 2, -1), (7, 3, 0), (7, 4, 0), (7, 1, -1)]

    plan = plan_of(Export("x", "x", "", statements, cast, has_texts=True))

    assert plan.cast == [(7, 1, 1), (7, 1, -1)]
    assert plan.texts == {1: "kept"}
    assert plan.left_out == {
        "people who have no vote left": 1,
        "statement is missing in comments.csv": 1,
        "statement was moderated out": 2,
        "statement without text": 1,
    }


def test_the_rounds_have_equally_many_votes_and_keep_the_time():
    cast = [(n, 1, 1) for n in range(10)]

    parts = plan_of(Export("x", "x", "", {}, cast, has_texts=False)).parts(3)

    assert [len(p) for p in parts] == [3, 3, 4]
    assert [row for part in parts for row in part] == cast


def test_a_batch_keeps_its_persons_order_and_is_never_too_large():
    many = [(7, n, 1) for n in range(51)]

    assert batches([(7, 1, 1), (2, 1, 0), (7, 1, -1)]) == [(7, [(1, 1), (1, -1)]), (2, [(1, 0)])]
    assert [len(batch) for _, batch in batches(many)] == [50, 1]


def test_one_vote_that_arrived_otherwise_is_found():
    sent = Votes(participant=[1, 2, 2], statement=[1, 1, 2], value=[1, -1, 0])
    there = Votes(participant=[1, 2, 2], statement=[1, 1, 2], value=[1, 1, 0])

    assert differences(sent, landscape_document(fit(sent))) == []
    assert len(differences(sent, landscape_document(fit(there)))) == 1


def test_a_simulated_ballot_keeps_ones_own_votes_and_is_always_the_same():
    crowd = np.random.Generator(np.random.PCG64(1))
    rows = [(p, s, int(crowd.integers(-1, 2))) for p in range(30) for s in range(9) if (p + s) % 9]
    rows.append((99, 0, 1))  # one vote: too little to go on
    votes = Votes(*np.array(rows).T)

    said = simulated(fit(votes), [0, 4])

    assert said == simulated(fit(votes), [0, 4])
    assert set(said) == set(range(30))
    assert all(set(own) == {0, 4} for own in said.values())
    assert all(said[p][s] == v for p, s, v in rows if s in {0, 4} and p != 99)


def test_who_agrees_with_half_of_the_lines_agrees_with_the_whole():
    assert with_whole({3: 1, 5: -1}) == {3: 1, 5: -1, 0: 1}
    assert with_whole({3: 1, 5: -1, 8: 0}) == {3: 1, 5: -1, 8: 0, 0: -1}
