"""The pages of docs/method: their examples run, what they name is there, and their numbers are those of the code."""

import ast
import doctest
import importlib
import re
from fractions import Fraction
from pathlib import Path

import pytest

from onnuri.vocabulary import METHOD_VERSION

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "onnuri"
README = ROOT / "docs" / "method" / "README.md"
PAGES = sorted(page for page in README.parent.glob("*.md") if page != README)
PARTS = ("Formula", "Where", "Source", "By hand", "What it does not claim")
FILES = sorted(
    f"{folder}/{file.name}"
    for folder in ("landscape", "conclusion")
    for file in (SOURCE / folder).glob("*.py")
    if file.name != "__init__.py"
)

page_by_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def part_of(page, heading):
    """The words under a heading, without what is a heading below it."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else ""


def examples(page):
    """The page with everything but its Python blocks left blank: a failure names the page's own line."""
    kept, inside = [], False
    for line in page.read_text("utf-8").splitlines():
        if line.startswith("```"):
            inside = line == "```python"
            kept.append("")
        else:
            kept.append(line if inside else "")
    return "\n".join(kept) + "\n"


@page_by_page
def test_its_example_runs(page):
    told = []
    test = doctest.DocTestParser().get_doctest(examples(page), {}, page.stem, str(page), 0)

    doctest.DocTestRunner(verbose=False).run(test, out=told.append)

    assert test.examples != []
    assert told == []


@page_by_page
def test_no_example_stands_outside_a_block_that_runs(page):
    shown = re.findall(r"^\s*>>> ", page.read_text("utf-8"), re.MULTILINE)
    run = re.findall(r"^>>> ", examples(page), re.MULTILINE)

    assert len(shown) == len(run)


@page_by_page
def test_it_has_all_its_parts(page):
    assert [part for part in PARTS if not part_of(page, part)] == []


@page_by_page
def test_it_says_whose_formula_it_is(page):
    assert re.search(r"\b(1[89]|20)\d\d\b|RFC \d+|FIPS|[Oo]ur own", part_of(page, "Source"))


# ---- what is named is there


def named(page):
    """(file, name) of every `path.py::name`."""
    return re.findall(r"`([\w/]+\.py)::([\w.]+)`", page.read_text("utf-8"))


def defined(body):
    """Names that a module or a class gives, with those of its classes."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield node.name
            yield from (f"{node.name}.{inner}" for inner in defined(node.body))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


@page_by_page
def test_every_function_it_names_is_there(page):
    missing = [
        f"{path}::{name}"
        for path, name in named(page)
        if not (ROOT / path).exists() or name not in set(defined(ast.parse((ROOT / path).read_text("utf-8")).body))
    ]

    assert named(page) != []
    assert missing == []


@pytest.mark.parametrize("file", FILES)
def test_every_file_of_landscape_and_conclusion_is_on_some_page(file):
    assert any(file in page.read_text("utf-8") for page in PAGES)


# ---- the first page


def test_every_page_is_linked_from_the_first():
    linked = set(re.findall(r"\]\(([\w-]+\.md)\)", README.read_text("utf-8")))

    assert linked == {page.name for page in PAGES}


def test_the_first_page_is_about_todays_method():
    assert f"Version {METHOD_VERSION}." in README.read_text("utf-8")


WORK = {
    "BITS", "BLOCK", "CHUNK", "AT_ONCE", "WORTH_A_THREAD", "LARGEST_ID",  # how much at a time
    "UNKNOWN", "MISSING", "MODERATED_OUT",  # marks, not amounts
    "SCALE", "EQUAL", "FEWEST_CORNERS",  # by meaning
    "LONGEST_NAME", "MOST_AUDITORS",  # of who is named, not of what is counted
}  # fmt: skip
"""Numbers without a row: no result hangs on them."""
CONSTANTS = [
    [cell.strip().strip("`") for cell in line.strip("|").split("|")]
    for line in part_of(README, "Constants").splitlines()
    if line.startswith("| `")
]


def module_of(file):
    return importlib.import_module("onnuri." + file.removesuffix(".py").replace("/", "."))


def test_the_constants_are_read():
    assert len({name + file for name, _, file, _ in CONSTANTS}) == len(CONSTANTS) > 40


@pytest.mark.parametrize(("name", "told", "file", "why"), CONSTANTS, ids=[row[0] for row in CONSTANTS])
def test_a_constant_is_that_of_the_code_and_has_a_reason(name, told, file, why):
    found = module_of(file)
    for step in name.split("."):
        found = getattr(found, step)

    assert value_of(told) == value_of(str(found))
    assert why


def numbers_of(file):
    """Names of the constants that are a number."""
    module = module_of(file)
    written = (n for n in ast.parse((SOURCE / file).read_text("utf-8")).body if isinstance(n, ast.AnnAssign))
    return {n.target.id for n in written if type(getattr(module, n.target.id, None)) in {int, float}}


@pytest.mark.parametrize("file", FILES)
def test_every_number_of_the_method_has_a_row(file):
    rows = {name for name, _, where, _ in CONSTANTS if where == file}

    assert numbers_of(file) - rows - WORK == set()


def value_of(written):
    """A number as a page or the code writes it: 10,000, 0.15, 2e-4, 1/2, 2^-20."""
    base, _, power = written.replace(",", "").partition("^")
    return Fraction(base) ** int(power or 1)
