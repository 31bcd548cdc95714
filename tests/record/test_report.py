"""The page a city prints: made from the sealed record alone, safe to open, honest about what nobody voted on."""

import csv
import io
import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from tests.record.sittings import sitting, sitting_without_conclusion

from onnuri.cli import main
from onnuri.landscape.export import POLIS_ATTRIBUTION, read_export
from onnuri.pipeline import export_record
from onnuri.record import drawing, report
from onnuri.record.document import seal
from onnuri.record.report import LANGUAGES, report_page
from onnuri.record.signature import fingerprint, new_key
from onnuri.record.words import OTHERS, WORDS

SCRIPT = "<script>alert('all agree')</script> & \"more\""
SHARED, DIVIDED = (1, 2, 3), range(4, 13)
PEM = new_key()


def export_folder(folder, *, people=60, answer=None, question="Buses <b>or</b> trains?"):
    """Two halves that agree on statements 1 to 3 and on nothing else; every fifth answer is missing."""
    answer = answer or grumbling(0)
    rows = [
        (60 * p + s, s, p, answer(p, s)) for p in range(1, people + 1) for s in [*SHARED, *DIVIDED] if (p + 2 * s) % 5
    ]
    write(folder / "votes.csv", ("timestamp", "comment-id", "voter-id", "vote"), [*rows, (1, 1, 1, -1), (2, 99, 1, 1)])
    texts = {1: SCRIPT, 2: "שלום", 3: "x" * 280}
    comments = [(s, 0, 0, 0, 1, texts.get(s, f"Statement {s}")) for s in [*SHARED, *DIVIDED]]
    header = ("comment-id", "author-id", "agrees", "disagrees", "moderated", "comment-body")
    write(folder / "comments.csv", header, [*comments, (99, 0, 0, 0, -1, "moderated out")])
    write(folder / "summary.csv", ("topic", question), [])
    return folder


def grumbling(people):
    """The first `people` say X to what all others share."""
    return lambda p, s: -1 if s in SHARED and p <= people else 1 if s in SHARED or (p % 2) == (s % 2) else -1


def write(path, header, rows):
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([header, *rows])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return export_folder(tmp_path_factory.mktemp("export"))


@pytest.fixture(scope="module")
def concluded(folder):
    return export_record(read_export(folder), size=3, pem=PEM)


@pytest.fixture(scope="module")
def page(concluded):
    return report_page(concluded[1])


def text_of(page):
    """What a reader sees, without tags and styles."""
    shown = re.sub(r"<style>.*?</style>|<title>.*?</title>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown))


class Elements(HTMLParser):
    """Names and attributes of every element, and whether each is closed where it should be."""

    VOID = frozenset({"meta", "br", "path", "rect", "circle", "use", "line"})

    def __init__(self, page):
        super().__init__()
        self.seen, self.open = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


# ---- safe to open -----------------------------------------------------------------------------------------


def test_a_statement_that_is_a_script_is_printed_and_never_run(page):
    assert "&lt;script&gt;alert(&#x27;all agree&#x27;)&lt;/script&gt; &amp; &quot;more&quot;" in page
    assert "<script" not in page
    assert "Buses &lt;b&gt;or&lt;/b&gt; trains?" in page


def test_the_page_asks_nobody_for_anything(page):
    elements = Elements(page).seen

    assert not re.search(r"https?://|//[a-z]|src=|@import|url\((?!#)", page)
    assert {tag for tag, _ in elements} & {"script", "link", "img", "iframe", "object", "form", "a"} == set()
    assert all(not name.startswith("on") for _, attributes in elements for name in attributes)
    assert [a["href"][:7] for tag, a in elements if tag == "use"] == ["#shape-"] * page.count("<use ")


def test_every_element_is_closed_and_every_picture_says_what_it_shows(page):
    elements = Elements(page)

    assert elements.open == []
    pictures = [a for tag, a in elements.seen if tag == "svg" and "aria-hidden" not in a]
    assert pictures
    assert all(a["role"] == "img" and a["aria-label"] for a in pictures)


def test_a_statement_keeps_its_own_direction_and_claims_no_language(page):
    assert '<p class="text" dir="auto" lang="">שלום</p>' in page


# ---- honest -----------------------------------------------------------------------------------------------


def test_an_export_is_proposed_by_rule_and_never_ratified(page):
    assert "Proposed by rule from votes, not ratified" in page
    assert ">Ratified<" not in page
    assert "An export has no ballots. Nothing on this page is called ratified." in page


def test_it_says_where_it_is_observed_and_where_imputed(concluded, page):
    coverage = concluded[0].certificate["coverage"]
    cells = coverage["people"] * len(concluded[0].certificate["candidates"])

    assert coverage["imputed_cells"] > 0
    assert page.count("observed in the votes") > 3
    assert page.count("imputed (estimated)") > 3
    assert f"{coverage['imputed_cells']:,} ballot cells of {cells:,} are imputed" in page


def test_what_is_filled_in_behind_the_lines_adds_up_to_the_certificate(concluded, page):
    found = concluded[0]
    filled = [int(n) for n in re.findall(r"(\d+) of \d+ answers behind this choice were filled in", page)]

    assert len(filled) == len(found.slate.statements)
    columns = [found.slate.ballots.lines.tolist().index(line) for line in found.slate.statements]
    assert filled == found.slate.ballots.imputed[:, columns].sum(axis=0).tolist()


def test_the_attribution_is_printed_whenever_there_is_one(concluded, page):
    assert POLIS_ATTRIBUTION in page

    head = {**sitting().content.head, "attribution": "Data by A & B."}
    assert "Data by A &amp; B." in report_page(seal(replace(sitting().content, head=head), PEM))


def test_every_figure_of_a_line_is_the_records_own(concluded, page):
    line = concluded[0].certificate["lines"][0]
    counts = line["sections"]["group 1"]
    row = re.search(r'#shape-1"/></svg>Wave</span></th>.*?</tr>', page).group()

    support = 100 * counts["agree"] // counts["n"]
    assert re.findall(r"<td>([^<]+)</td>", row) == [
        f"{support}%",
        "0%",
        f"{100 - support}%",
        str(counts["n"]),
        f"{int(counts['lower'] * 100)}%",
    ]


def test_what_was_left_out_is_told_with_its_reason(page):
    told = text_of(page)

    assert "An earlier answer of the same person to the same statement; the last one counts 1 " in told
    assert "The statement was moderated out 1 " in told


def test_who_is_not_embraced_is_told_without_anything_filled_in_as_well(tmp_path):
    folder = export_folder(tmp_path, people=120, answer=grumbling(6))

    told = text_of(report_page(export_record(read_export(folder), size=3, pem=PEM)[1]))

    assert "of 120 people who answered a line, 6 (5%) agreed with none they answered." in told


def test_fewer_than_five_are_not_counted_out_loud(tmp_path):
    folder = export_folder(tmp_path, people=120, answer=grumbling(3))

    told = text_of(report_page(export_record(read_export(folder), size=3, pem=PEM)[1]))

    assert "fewer than 5 agreed with none they answered." in told


def test_a_row_that_would_tell_of_a_few_is_withheld(concluded):
    everybody, hall, online = (
        {"agree": a, "pass": 0, "disagree": x, "lower": 0.0, "upper": 1.0} for a, x in ((50, 3), (50, 0), (0, 3))
    )
    told = {"overall": everybody, "sections": {"channel hall": hall, "channel online": online}}

    shown = text_of(report._votes_table(report._opened(concluded[1], "en"), told))

    assert "In the hall withheld: it would tell a smaller one" in shown
    assert "Online fewer than 5 answers" in shown
    assert "Everyone 94%" in shown


def test_without_a_line_the_page_says_so_and_shows_what_came_nearest(tmp_path):
    folder = export_folder(tmp_path, answer=lambda p, s: 1 if (p + s) % 3 == 0 else -1)

    page = report_page(export_record(read_export(folder), size=3, pem=PEM)[1])

    assert "No common conclusion" in page
    assert "What came nearest" in page
    assert re.search(r"At least \d+% nearly everywhere; the threshold is 50%", page)
    assert "Proposed" not in text_of(page)


def test_how_to_verify_is_on_the_page(concluded, page):
    digest = concluded[1].digest
    with zipfile.ZipFile(io.BytesIO(concluded[1].data)) as archive:
        key = re.search(r'"public_key": "([^"]+)"', archive.read("signature.json").decode()).group(1)

    assert "onnuri verify record.zip" in page
    assert " ".join(digest[i : i + 4] for i in range(0, 64, 4)) in page
    assert " ".join(fingerprint(key)[i : i + 4] for i in range(0, 16, 4)) in page
    assert "Self-selected participants, not a representative survey." in page


# ---- a sitting's record -----------------------------------------------------------------------------------


def test_a_ratified_line_alone_speaks_in_the_records_voice(page):
    ratified = report_page(seal(sitting().content, PEM))

    assert 'class="text ratified"' in ratified
    assert "Our conclusion" in ratified
    assert 'class="text ratified"' not in page


def test_nothing_is_called_ratified_where_the_whole_was_not():
    told = text_of(report_page(seal(sitting_without_conclusion().content, PEM)))

    assert "No common conclusion" in told
    assert " Ratified " not in told
    assert "reached its own thresholds; not ratified" in told


# ---- the same page ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_runs_give_the_same_bytes(folder, concluded, language):
    again = export_record(read_export(folder), size=3, pem=PEM)[1]

    assert report_page(again, language=language) == report_page(concluded[1], language=language)


def test_the_command_writes_it_in_the_language_asked_for(folder, tmp_path):
    out = tmp_path / "page.html"

    arguments = ["conclude", str(folder), "--size", "3", "--record", str(tmp_path / "r.zip"), "--html", str(out)]
    assert main([*arguments, "--lang", "ko"]) == 0

    page = out.read_text(encoding="utf-8")
    assert '<html lang="ko">' in page
    assert "답에서 규칙으로 뽑은 제안" in page
    assert "아직 담지 못한 뜻" in page


def test_all_languages_have_every_word_and_the_same_places():
    for key, (english, korean) in WORDS.items():
        told = (*english.split("|"), korean, *(words[key] for words in OTHERS.values()))
        places = [sorted(set(re.findall(r"{(\w+)", form))) for form in told]
        assert english and korean, key  # noqa: PT018 - the key is what matters
        assert all(p == places[0] for p in places), key


def test_another_language_is_refused(concluded):
    with pytest.raises(ValueError, match="fr"):
        report_page(concluded[1], language="fr")


def test_no_language_has_a_word_too_many():
    assert {language: set(words) ^ set(WORDS) for language, words in OTHERS.items()} == {
        language: set() for language in ("zh-hans", "ja", "vi")
    }


# ---- drawings ---------------------------------------------------------------------------------------------


def test_the_seal_has_a_dot_for_everybody_up_to_150():
    assert drawing.seal_ring({1: 40, 2: 20, -1: 7}, ring="closed", text="", words="w").count("<use") == 60
    assert len(drawing.dots_of({1: 900, 2: 99, 3: 1})) == 150


def test_a_map_of_many_draws_1500_of_them():
    people = [(1 + p % 3, (p % 71) / 71, (p % 67) / 67) for p in range(4000)]

    picture = drawing.opinion_map(people, {g: drawing.Name("G", "n") for g in (1, 2, 3)}, "w")

    assert picture.count("<use") == 1500
    assert picture.count('class="area"') == 3


def test_a_map_of_one_person_or_none_is_still_a_picture():
    assert drawing.opinion_map([], {}, "nobody").startswith("<svg")
    assert "<use" in drawing.opinion_map([(1, 0.0, 0.0)], {1: drawing.Name("G", "1")}, "one")
