"""Imports point down, and so do the tables: nothing below knows what stands on it."""

import subprocess
import sys
import tomllib
from pathlib import Path

from django.apps import apps

from onnuri.conference.models import Registration, Ticket
from onnuri.conversation.models import (
    BallotVote,
    Challenge,
    ChallengeVote,
    Conversation,
    Evidence,
    Interlude,
    Lift,
    Objection,
    PollAnswer,
    Question,
    SeatCode,
    Statement,
    Voice,
    Vote,
)

ROOT = Path(__file__).parents[2]
LAYERS = ["people", "conference", "conversation", "community", "publishing"]
"""From the lowest up, as in pyproject.toml."""
OURS = [model for model in apps.get_models() if model.__module__.startswith("onnuri.")]

ONE_UP = """
[tool.importlinter]
root_packages = ["onnuri"]

[[tool.importlinter.contracts]]
id = "one"
name = "Nobody uses the words"
type = "forbidden"
source_modules = ["onnuri.web"]
forbidden_modules = ["onnuri.vocabulary"]
"""


def linted(*options):
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", *options],
        cwd=ROOT, env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_every_contract_is_kept():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]

    done = linted()

    assert done.returncode == 0, done.stdout
    assert f"Contracts: {len(contracts)} kept, 0 broken." in done.stdout


def test_a_broken_contract_would_be_noticed(tmp_path):
    config = tmp_path / "contracts.toml"
    config.write_text(ONE_UP, "utf-8")

    done = linted("--config", str(config))

    assert done.returncode == 1
    assert "0 kept, 1 broken" in done.stdout


# ---- the tables


def relations(model):
    """The tables a table points at by its own columns."""
    return {field.related_model for field in model._meta.get_fields() if field.is_relation and field.concrete}


def layer(model):
    return LAYERS.index(model._meta.app_label)


def of_one_row(model):
    """The same without what a conversation shows everybody at the moment: that says nothing of any one row in it."""
    now_on = {Interlude, Question} if model is Conversation else set()
    return relations(model) - now_on


def reachable(model, seen=frozenset()):
    """Every table one comes to from a table by its columns, and theirs."""
    found = set()
    for other in of_one_row(model) - seen:
        found |= {other} | reachable(other, seen | {other})
    return found


def test_every_table_is_in_a_layer():
    assert {model._meta.app_label for model in OURS} == set(LAYERS)


def test_a_table_points_only_down_or_at_its_own_layer():
    upwards = [
        f"{model.__name__} -> {other.__name__}"
        for model in OURS
        for other in relations(model)
        if other in OURS and layer(other) > layer(model)
    ]

    assert upwards == []


def test_no_table_of_ours_hangs_on_somebody_elses():
    assert {other for model in OURS for other in relations(model)} <= set(OURS)


# ---- who somebody is, and what somebody says

BY_NAME = {Registration, Ticket, SeatCode}
BY_VOICE = {
    Voice, Vote, BallotVote, Objection, Statement, PollAnswer, Question, Lift, Evidence, Challenge, ChallengeVote,
}  # fmt: skip


def test_nothing_joins_a_ticket_or_a_code_to_a_voice():
    for model in BY_VOICE:
        assert reachable(model) & BY_NAME == set(), model.__name__
    for model in BY_NAME:
        assert reachable(model) & BY_VOICE == set(), model.__name__


def test_no_table_knows_both():
    both = [model.__name__ for model in OURS if reachable(model) & BY_NAME and reachable(model) & BY_VOICE]

    assert both == []
