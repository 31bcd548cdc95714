"""One idea, one word: what has a table or a rule of its own has a row in the glossary."""

import re
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "onnuri"
MODELS = [m.__name__ for m in apps.get_models() if m.__module__.startswith("onnuri.")]
FOLDERS = ("conference", "conversation", "publishing", "landscape", "conclusion", "record")
EVERY_APP = {"__init__", "apps", "models", "actions", "queries"}
NO_CONCEPT = {
    "document", "drawing", "reading", "report", "words", "importing",  # how a concept is written or read
    "agreement", "cholesky", "factorise", "fast", "grid", "mixture", "wilson",  # named for their formula
}  # fmt: skip
CONCEPTS = [
    f"{folder}/{file.stem}"
    for folder in FOLDERS
    for file in sorted((PACKAGE / folder).glob("*.py"))
    if file.stem not in EVERY_APP | NO_CONCEPT
]


LINES = [line for line in (ROOT / "GLOSSARY.md").read_text("utf-8").splitlines() if line.startswith("| `")]


def rows():
    """(terms in backticks, Korean, meaning, where) of each row."""
    for line in LINES:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert len(cells) == 4, line
        yield set(re.findall(r"`([^`]+)`", cells[0])), cells[1], cells[2], cells[3]


def terms():
    return {term for own, *_ in rows() for term in own}


def paths():
    return {path for *_, where in rows() for path in re.findall(r"`([^`]+)`", where)}


def test_the_glossary_is_read():
    assert {"Voice", "Slate", "channel"} <= terms()


@pytest.mark.parametrize("name", MODELS)
def test_a_table_has_a_row(name):
    assert name in terms()


@pytest.mark.parametrize("concept", CONCEPTS)
def test_a_concept_has_a_row(concept):
    folder, _, stem = concept.partition("/")
    words = {stem, stem.removesuffix("s"), stem.capitalize(), stem.removesuffix("s").capitalize()}

    assert words & terms() or {f"{folder}/{stem}.py", f"{stem}.py"} & paths()


def test_every_row_says_it_in_korean_and_what_it_is():
    assert [own for own, korean, meaning, _ in rows() if not re.search("[가-힣]", korean) or not meaning] == []


def test_where_it_stands_is_there():
    missing = [
        path for path in paths() if "." in path and not (PACKAGE / path).exists() and not list(PACKAGE.rglob(path))
    ]

    assert missing == []


def test_no_row_is_there_twice():
    first = [re.search(r"`([^`]+)`", line)[1] for line in LINES]

    assert sorted({term for term in first if first.count(term) > 1}) == []
