"""What one can type, set or be refused is written down, and what is written down is there."""

import argparse
import ast
import re
from pathlib import Path

import pytest

from onnuri import errors
from onnuri.cli import _parser
from onnuri.messages import MESSAGES

ROOT = Path(__file__).parents[2]
SOURCE = sorted((ROOT / "src" / "onnuri").rglob("*.py"))
GUIDE = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LAUNCHERS_OWN = {"test", "check", "bench"}


def trees():
    for file in SOURCE:
        yield file, ast.parse(file.read_text("utf-8"))


def calls():
    for file, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield file, node


# ---- commands


def commands(parser=None, path=()):
    """(name, its options) of every command: ("conference new", ["--slug", …])."""
    parser = parser or _parser()
    below = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    for action in below:
        for name, inner in action.choices.items():
            yield from commands(inner, (*path, name))
    if not below:
        options = [s for a in parser._actions for s in a.option_strings if s not in {"-h", "--help"}]
        yield " ".join(path), options


COMMANDS = dict(commands())


def rows_about(command):
    """The lines of README.md or docs/reference.md that show how a command is typed."""
    shown = re.compile(rf"\bonnuri {re.escape(command)}(?![\w-])")
    pages = [f for f in (ROOT / "README.md", ROOT / "docs" / "reference.md") if f.exists()]
    return [line for f in pages for line in f.read_text("utf-8").splitlines() if shown.search(line)]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_documented(command):
    assert rows_about(command) != []


@pytest.mark.parametrize(("command", "option"), [(c, o) for c, options in COMMANDS.items() for o in options])
def test_an_option_is_documented_beside_its_command(command, option):
    written = re.compile(rf"(?<![\w-]){re.escape(option)}(?![\w-])")

    assert any(written.search(row) for row in rows_about(command))


def test_no_command_is_documented_that_is_not_there():
    shown = re.compile(r"`(?:\./)?onnuri ([a-z]+(?: new| add| suspend| restore)?)\b")
    written = {match[1] for f in GUIDE for match in shown.finditer(f.read_text("utf-8"))}

    assert written - set(COMMANDS) - LAUNCHERS_OWN == set()


# ---- the environment


def read_from_the_environment():
    for _file, node in calls():
        called = ast.unparse(node.func)
        if called in {"os.environ.get", "os.getenv", "environ.get"}:
            yield node.args[0]
    for _file, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Subscript) and ast.unparse(node.value) in {"os.environ", "environ"}:
                yield node.slice


VARIABLES = sorted({node.value for node in read_from_the_environment() if isinstance(node, ast.Constant)})


def test_variables_are_found():
    assert {"ONNURI_DATA", "ONNURI_PORT", "DATABASE_URL"} <= set(VARIABLES)


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_variable_is_documented(variable):
    assert any(f"`{variable}`" in f.read_text("utf-8") for f in GUIDE)


def test_no_variable_is_documented_that_nobody_reads():
    written = {v for f in GUIDE for v in re.findall(r"`(ONNURI_[A-Z_]+)`", f.read_text("utf-8"))}
    elsewhere = "".join(f.read_text("utf-8") for f in (ROOT / "tests").rglob("*.py")) + (ROOT / "onnuri").read_text(
        "utf-8"
    )

    assert {v for v in written - set(VARIABLES) if v not in elsewhere} == set()


# ---- refusals

REFUSALS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.Refusal)}
REFUSALS |= {"Fault"}


def raised():
    """Every key that is written where a refusal is made."""
    for file, node in calls():
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in REFUSALS and node.args and isinstance(node.args[0], ast.Constant):
            yield node.args[0].value, f"{file.relative_to(ROOT)}:{node.lineno}"


def test_every_refusal_has_a_sentence():
    assert [(key, where) for key, where in raised() if key not in MESSAGES] == []


def test_every_sentence_is_said_somewhere():
    written = {
        node.value
        for file, tree in trees()
        if file.name != "messages.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert set(MESSAGES) - written == set()


def placeholders(sentence):
    return set(re.findall(r"\{(\w+)\}", sentence))


def test_a_sentence_gets_what_it_asks_for():
    missing = []
    for file, node in calls():
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in REFUSALS or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        given = {keyword.arg for keyword in node.keywords}
        if None not in given and not placeholders(MESSAGES.get(node.args[0].value, "")) <= given:
            missing.append(f"{file.relative_to(ROOT)}:{node.lineno} {node.args[0].value}")

    assert missing == []


# ---- links


@pytest.mark.parametrize("page", sorted({*GUIDE, *ROOT.glob("*.md")}), ids=lambda page: page.name)
def test_a_link_leads_somewhere(page):
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text("utf-8"))

    assert [t for t in targets if not (page.parent / t).exists()] == []
