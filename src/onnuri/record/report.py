"""The printed face of a record: one HTML file without script or request, made from nothing but the sealed files.

Read top-down: the page, then its sections in the order they are printed, then small helpers, and last the words in
English and Korean. Every text of a person or an export is escaped where it enters.
"""

from __future__ import annotations

import csv
import io
import math
import zipfile
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Any, Final

from onnuri.landscape.document import SMALLEST_CELL
from onnuri.landscape.export import NO_TEXT, OUT, RE_VOTE
from onnuri.landscape.landscape import SEEN_BY, TESTED_SHARE
from onnuri.landscape.wilson import wilson
from onnuri.record import drawing
from onnuri.record.document import SIGNATURE
from onnuri.record.reading import OpenRecord
from onnuri.record.signature import fingerprint
from onnuri.vocabulary import AGREE, NOT_PLACED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from onnuri.record.document import Sealed

Counts = dict[str, Any]
LANGUAGES: Final = ("en", "ko")
SHOWN: Final = 5
"""So many statements of common ground and of divides are printed; the record has them all."""
NEAREST: Final = 3
FAVOURITES: Final = 2
LONGEST_FRACTION: Final = 11
DIGEST_LENGTH: Final = 64
OF_A_SITTING: Final = frozenset({"ratify_overall", "ratify_group", "quorum", "grace_s", "vote", "open_counts"})
"""Rules that an export, which has neither ballots nor tickets, has no use for."""


def report_page(sealed: Sealed, *, language: str = "en") -> str:
    """The record as a self-contained page to read, print and hand on.

    Args:
        sealed: the finished record.
        language: of the labels, "en" or "ko"; statements stay in their own.

    Raises:
        ValueError: another language.
    """
    page = _opened(sealed, language)
    say = page.say
    body = "".join(
        (
            _head(page),
            _section(_lines_title(page), _lines(page) if page.lines else _nearest(page)),
            _section(say("not_embraced"), _not_embraced(page)),
            _section(say("common"), _common_ground(page)),
            _section(say("differ"), _divisive(page)),
            _section(say("map"), _map(page) + _group_table(page)),
            _section(say("who"), _who(page)),
            _section(say("certificate"), _certificate(page)),
            _section(say("left_out"), _left_out(page)),
            _section(say("rules"), _rules(page)),
            _section(say("verify"), _verify(page)),
            _foot(page),
        )
    )
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(page.question)} · {say('record')}</title>\n"
        f"<style>{drawing.STYLE}{_running_foot(page)}</style>\n</head>\n<body>\n"
        f"{drawing.symbols()}\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


@dataclass(frozen=True)
class Words:
    """The labels of one language."""

    column: int

    def __call__(self, key: str, **values: object) -> str:
        """A label; "one|other" where English needs both, chosen by `n`.

        >>> Words(0)("people", n=1), Words(0)("people", n=1204), Words(1)("people", n=3)
        ('1 person', '1,204 people', '3명')
        """
        forms = WORDS[key][self.column].split("|")
        return (forms[0] if values.get("n") == 1 else forms[-1]).format(**values)


@dataclass(frozen=True, eq=False)
class _Page:
    """What the sections read: the files of the record, its digest, its words.

    `refusals`: by group id, who answered a line and how many of them agreed with none; empty where people balloted.
    """

    say: Words
    language: str
    digest: str
    key: str
    head: dict[str, Any]
    landscape: dict[str, Any]
    texts: dict[int, tuple[str, str]]
    refusals: dict[int, tuple[int, int]]

    @property
    def proof(self) -> dict[str, Any]:
        found: dict[str, Any] = self.head["certificate"]
        return found

    @property
    def lines(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.proof["lines"]
        return found

    @property
    def verdicts(self) -> dict[int, dict[str, Any]]:
        """The ratification of each line; empty where nothing was ratified, as in every export."""
        ratification = self.proof["ratification"]
        return {v["line"]: v for v in ratification["lines"]} if ratification else {}

    @property
    def groups(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.landscape["groups"]
        return found

    @property
    def tested(self) -> list[int]:
        """Ids of the groups that are asked; without any, everybody is asked as one."""
        return [g["id"] for g in self.groups if g["tested"]] if self.landscape["k"] > 1 else []

    @property
    def not_placed(self) -> int:
        return int(self.landscape["participants"]) - int(self.landscape["placed"])

    @property
    def question(self) -> str:
        own: str = (self.head.get("questions") or {}).get(self.language, "")
        return own or str(self.head["question"])

    @property
    def question_lang(self) -> str:
        return self.language if (self.head.get("questions") or {}).get(self.language) else str(self.head["lang"])

    def statement(self, number: int) -> dict[str, Any]:
        """The landscape's figures of a statement."""
        found: dict[str, Any] = self.landscape["by_statement"][str(number)]
        return found

    def group(self, number: int | None) -> str:
        """A group's name in words."""
        if number is None or number == NOT_PLACED:
            return self.say("not_placed")
        return self.say(f"group_{number}") if self.landscape["k"] > 1 else self.say("placed")

    def group_mark(self, number: int | None) -> str:
        """Shape and name."""
        mark = drawing.shape(number) if number and number != NOT_PLACED else ""
        return f'<span class="group">{mark}{self.group(number)}</span>'


def _opened(sealed: Sealed, language: str) -> _Page:
    if language not in LANGUAGES:
        raise ValueError(language)
    with zipfile.ZipFile(io.BytesIO(sealed.data)) as archive:
        record = OpenRecord({name: archive.read(name) for name in archive.namelist()})
    head, landscape = record.json("record.json"), record.json("landscape.json")
    imputed = head["certificate"]["basis"] == "imputed"
    return _Page(
        say=Words(LANGUAGES.index(language)),
        language=language,
        digest=sealed.digest,
        key=fingerprint(record.json(SIGNATURE)["public_key"]),
        head=head,
        landscape=landscape,
        texts={int(r["statement"]): (r["text"], r["lang"]) for r in record.rows("statements.csv")},
        refusals=_refusals(record.files["votes.csv"], head, landscape["people"]) if imputed else {},
    )


def _refusals(
    votes_csv: bytes, head: Mapping[str, Any], people: Mapping[str, Sequence[int | None]]
) -> dict[int, tuple[int, int]]:
    """By group: people who answered at least one line, and those of them who agreed with none. Nothing imputed."""
    lines = {str(line["id"]) for line in head["certificate"]["lines"]}
    agreed: dict[int, bool] = {}
    # Read row by row: the votes of a large export would not fit as a list.
    for row in csv.DictReader(io.TextIOWrapper(io.BytesIO(votes_csv), "utf-8", newline="")):
        if row["statement"] in lines:
            person = int(row["participant"])
            agreed[person] = agreed.get(person, False) or int(row["vote"]) == AGREE
    found: dict[int, tuple[int, int]] = {}
    for identity, own in zip(people["id"], people["group"], strict=True):
        if identity in agreed:
            group = NOT_PLACED if own is None else own
            answered, refused = found.get(group, (0, 0))
            found[group] = answered + 1, refused + (not agreed[identity])
    return found


# ---- the head ------------------------------------------------------------------------------------------------


def _head(page: _Page) -> str:
    say = page.say
    source = _source(page)
    return (
        f'<div class="brand">{drawing.mark()}<span translate="no">{say("onnuri")}</span>'
        f"<span>{say('record')}</span></div>\n"
        f'<header class="head"><div><p class="chips">{_outcome_chip(page)}{_simulated_chip(page)}'
        f'<span class="muted small">{source}</span></p>'
        f"<h1{_tongue(page.question_lang)}>{escape(page.question)}</h1>"
        f'<p class="lead">{_outcome_sentence(page)}</p>'
        f'<p class="muted small">{_seal_words(page)}</p></div>{_seal(page)}</header>\n'
        f"{_facts(page)}"
    )


def _source(page: _Page) -> str:
    title = (page.head.get("conference") or {}).get(page.language) or page.head.get("source", "")
    return " · ".join(escape(str(part)) for part in (title, page.head.get("published", "")) if part)


def _outcome_chip(page: _Page) -> str:
    if not page.verdicts and page.lines:
        return _chip(page.say("proposed"), "accent")
    if page.head["outcome"] == "conclusion" and page.verdicts:
        return _chip(page.say("ratified"), "good")
    return _chip(page.say("none"), "accent")


def _simulated_chip(page: _Page) -> str:
    return _chip(page.say("simulated"), "warn") if page.head["simulated"] else ""


def _outcome_sentence(page: _Page) -> str:
    say, told = page.say, page.proof["took_part"]
    if page.lines and not page.verdicts:
        return say("proposed_why", n=len(page.lines), people=say("people", n=told["voted"]))
    if page.head["outcome"] == "conclusion":
        kept = len(page.head["conclusion"])
        return say("ratified_why", n=kept, people=say("people", n=page.proof["ratification"]["balloted"]))
    reasons = page.proof["ratification"]["reasons"] if page.verdicts else ["no_candidate"]
    threshold = _percent(page.head["rules"]["threshold"])
    return say("none_why") + " " + " ".join(say(f"reason_{r}", p=threshold, seen=SEEN_BY) for r in reasons)


def _seal(page: _Page) -> str:
    sizes = {g["id"]: g["size"] for g in page.groups}
    text = f"{page.landscape['participants']:,}"
    ring: drawing.Ring = "apart"
    if page.lines and (not page.verdicts or page.head["outcome"] == "conclusion"):
        ring = "closed" if page.verdicts else "open"
        text = f"{_weakest_of_all(page)}%"
    return drawing.seal_ring({**sizes, NOT_PLACED: page.not_placed}, ring=ring, text=text, words=_seal_words(page))


def _weakest_of_all(page: _Page) -> int:
    """The lowest support of any line in any tested group (or of all, where none is tested), rounded down."""
    return min((_weakest(page, line)[1] for line in _told_lines(page)), default=0)


def _seal_words(page: _Page) -> str:
    say = page.say
    people = int(page.landscape["participants"])
    dots = say("one_dot") if people <= drawing.MOST_IN_SEAL else say("many_dots", people=say("people", n=people))
    if page.lines and not page.verdicts:
        return f"{say('seal_weakest', p=_weakest_of_all(page))} {say('seal_open')} {dots}"
    if page.head["outcome"] == "conclusion":
        return f"{say('seal_weakest', p=_weakest_of_all(page))} {dots}"
    return f"{say('seal_apart')} {dots}"


def _facts(page: _Page) -> str:
    say, told = page.say, page.landscape
    answers = say("answers_each", each=f"{told['votes'] / max(told['participants'], 1):.1f}")
    groups = f"{told['k']:,}" if told["k"] > 1 else say("no_groups")
    return _fact_list(
        (
            (say("f_people"), f"{told['participants']:,}", say("placed_of", n=told["placed"])),
            (say("f_statements"), f"{told['statements']:,}", _needed(page)),
            (say("f_answers"), f"{told['votes']:,}", answers),
            (say("f_groups"), groups, say("loose") if told["loose"] else ""),
        )
    )


def _needed(page: _Page) -> str:
    few = len(page.landscape["needs_votes"])
    return page.say("needs_votes", n=few) if few else ""


# ---- the lines, or the nearest to one ------------------------------------------------------------------------


def _lines_title(page: _Page) -> str:
    if not page.lines:
        return page.say("nearest")
    if not page.verdicts:
        return page.say("lines")
    return page.say("conclusion" if page.head["outcome"] == "conclusion" else "not_concluded")


def _lines(page: _Page) -> str:
    basis = page.say(f"basis_{page.proof['basis']}_why")
    items = "".join(_line(page, line) for line in _told_lines(page))
    return f'{_note(basis)}{_how_to_read(page)}<ol class="lines">{items}</ol>'


def _told_lines(page: _Page) -> list[dict[str, Any]]:
    """Each line with its counts; where people ratified, those of the ratification."""
    return [
        {**line, "overall": verdict["overall"], "sections": verdict["sections"]}
        if (verdict := page.verdicts.get(line["id"]))
        else line
        for line in page.lines
    ]


def _line(page: _Page, line: Mapping[str, Any]) -> str:
    ratified = line["id"] in page.head["conclusion"]
    foot = [_weakest_words(page, line), _floor_words(page, line["id"]), _basis_words(page, line)]
    if not page.verdicts:
        foot.append(f'<span class="whole">{_bought(page, line)}</span>')
    return (
        f"<li><div>{_quoted(page, line['id'], 'p', 'text ratified' if ratified else 'text')}"
        f"{_votes_table(page, line)}"
        f'<p class="foot">{"".join(foot)}</p>{_verdict(page, line["id"])}{_promise(page, line["id"])}</div></li>'
    )


def _votes_table(page: _Page, told: Mapping[str, Any]) -> str:
    """O, not sure, X, n and the lower bound of everybody, each group, those without one, and each channel."""
    say, sections = page.say, told["sections"]
    groups = [(g, sections[f"group {g['id']}"]) for g in page.groups if f"group {g['id']}" in sections]
    rows = [(say("everyone"), say("everyone"), told["overall"])]
    for group, counts in groups:
        tag = "" if group["tested"] else f'<span class="tag">{say("not_tested")}</span>'
        rows.append((page.group_mark(group["id"]) + tag, page.group(group["id"]), counts))
    rest = _rest(told["overall"], [counts for _, counts in groups])
    if groups and sum(rest.values()):
        rows.append((say("not_placed"), say("not_placed"), rest))
    channels = [name for name in sections if name.startswith("channel ")]
    if len(channels) > 1:
        rows.extend((label, label, sections[c]) for c in channels for label in [_channel(page, c.split(" ", 1)[1])])
    body = "".join(_votes_row(page, *row) for row in rows)
    heads = "".join(f'<th scope="col">{say(k)}</th>' for k in ("agree", "unsure", "disagree", "n", "lower"))
    return (
        f'<table class="votes"><thead><tr><th scope="col"><span class="unseen">{say("whom")}</span></th>'
        f'<th scope="col" class="picture"><span class="unseen">{say("bar")}</span></th>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _rest(overall: Counts, parts: Iterable[Counts]) -> Counts:
    known = list(parts)
    return {key: overall[key] - sum(part[key] for part in known) for key in ("agree", "pass", "disagree")}


def _votes_row(page: _Page, name: str, words: str, counts: Counts) -> str:
    say = page.say
    n = _n(counts)
    light = "" if name.startswith("<") or words == say("everyone") else ' class="light"'
    head = f'<tr{light}><th scope="row">{name}</th>'
    if n < SMALLEST_CELL:
        return f'{head}<td class="few" colspan="6">{say("few" if n else "no_answers", n=SMALLEST_CELL)}</td></tr>'
    agree, unsure, disagree = _parts(counts)
    spoken = f"{words}: " + say("spoken", a=agree, p=unsure, x=disagree, n=n)
    return (
        f'{head}<td class="picture">{drawing.bar(agree, unsure, disagree, spoken)}</td><td>{agree}%</td>'
        f"<td>{unsure}%</td><td>{disagree}%</td><td>{n:,}</td><td>{_down(_lower(counts))}%</td></tr>"
    )


def _weakest(page: _Page, told: Mapping[str, Any]) -> tuple[str, int, Counts]:
    """The tested group with the least support: its name, the percent rounded down, its counts."""
    asked = {g: told["sections"][f"group {g}"] for g in page.tested if f"group {g}" in told["sections"]}
    if not asked:
        return page.say("everyone"), _percent(_share(told["overall"])), told["overall"]
    worst = min(asked, key=lambda g: (_share(asked[g]), g))
    return page.group_mark(worst), _percent(_share(asked[worst])), asked[worst]


def _weakest_words(page: _Page, told: Mapping[str, Any]) -> str:
    if page.landscape["k"] == 1:
        return ""
    name, percent, counts = _weakest(page, told)
    key = "weakest" if page.tested else "weakest_none"
    return f"<span>{page.say(key)} {name} <b>{percent}%</b> {page.say('n_of', n=_n(counts))}</span>"


def _floor_words(page: _Page, statement: int) -> str:
    return f"<span>{page.say('floor')} <b>{_down(page.statement(statement)['floor'])}%</b></span>"


def _basis_words(page: _Page, line: Mapping[str, Any]) -> str:
    basis = "balloted" if page.verdicts and line["basis"] != "simulated" else line["basis"]
    return f"<span>{page.say('figures')} {_chip(page.say(f'basis_{basis}'))}</span>"


def _bought(page: _Page, line: Mapping[str, Any]) -> str:
    """How the rules came to this line, and how much of that rests on guesses."""
    say, people = page.say, page.proof["coverage"]["people"]
    bought = say("by_phragmen")
    if line["bought_by"] == "equal shares":
        held = Fraction(page.head["rules"]["size"], max(people, 1))
        bought = say("by_shares", price=_written(Fraction(line["price"])), held=_written(held))
    if page.proof["basis"] != "imputed":
        return f"{bought} {_chip(say('basis_' + page.proof['basis']))}"
    observed = sum(_n(counts) for counts in page.statement(line["id"])["by_group"].values())
    guessed = say("guessed", n=people - observed, people=people)
    return f"{bought} {_chip(say('basis_imputed'), 'warn')} {guessed}"


def _verdict(page: _Page, line: int) -> str:
    verdict = page.verdicts.get(line)
    if verdict is None:
        return ""
    if verdict["ratified"]:
        # A line may reach its thresholds while the whole, or the quorum, does not: then nothing is ratified.
        kept = line in page.head["conclusion"]
        chip = _chip(page.say("ratified"), "good") if kept else _chip(page.say("line_reached"))
        return f'<p class="foot"><span>{chip}</span></p>'
    misses = [
        page.say("miss", where=_place(page, m["where"]), p=_percent(m["support"]), needed=m["needed"])
        for m in verdict["misses"]
    ]
    return _why(page.say("not_ratified") + (": " + "; ".join(misses) if misses else ""))


def _promise(page: _Page, line: int) -> str:
    found = next((c for c in page.head["commitments"] if c["line"] == line), None)
    if found is None:
        return ""
    say = page.say
    addressee, due = escape(str(found["addressee"])), escape(str(found["due"]))
    return (
        f'<p class="foot"><span>{say("addressee")} <b>{addressee}</b></span><span>{say("due")} <b>{due}</b></span></p>'
    )


def _nearest(page: _Page) -> str:
    """Without a line: the candidates, or else the statements, that came closest, and what each lacks."""
    say = page.say
    standings = page.proof["candidates"][:NEAREST] or [_as_standing(page, s) for s in _by_floor(page)[:NEAREST]]
    if not standings:
        return f'<p class="muted">{say("nothing_near")}</p>'
    items = "".join(
        f"<li><div>{_quoted(page, s['id'], 'p', 'text')}{_votes_table(page, s)}"
        f'<p class="foot">{_weakest_words(page, s)}{_floor_words(page, s["id"])}{_basis_words(page, s)}</p>'
        f"{''.join(_why(reason) for reason in _lacks(page, s))}</div></li>"
        for s in standings
    )
    return f'{_note(say("nearest_why"))}{_how_to_read(page)}<ol class="lines">{items}</ol>'


def _by_floor(page: _Page) -> list[int]:
    """Statements that enough people saw, best floor first."""
    few = set(page.landscape["needs_votes"])
    numbers = [int(s) for s in page.landscape["by_statement"]]
    return sorted(numbers, key=lambda s: (s in few, -page.statement(s)["floor"], -page.statement(s)["weakest"], s))


def _as_standing(page: _Page, statement: int) -> dict[str, Any]:
    """A statement's observed counts in the form of a candidate's."""
    told = page.statement(statement)
    sections = {f"group {g}": counts for g, counts in told["by_group"].items()}
    sections.update({f"channel {c}": counts for c, counts in told["by_channel"].items()})
    return {"id": statement, "basis": "observed", "overall": told, "sections": sections, "fails_in": None}


def _lacks(page: _Page, standing: Mapping[str, Any]) -> list[str]:
    """What keeps it from being common ground, or a line."""
    say, told = page.say, page.statement(standing["id"])
    needed = page.landscape["threshold"]
    percent = _percent(page.head["rules"]["threshold"])
    reasons = []
    if told["floor"] < needed:
        reasons.append(say("lacks_floor", p=_down(told["floor"]), needed=percent))
    if told["weakest"] < needed:
        reasons.append(say("lacks_weakest", p=_down(told["weakest"]), needed=percent))
    if standing["id"] in page.landscape["needs_votes"]:
        reasons.append(say("lacks_votes", n=SEEN_BY))
    if standing["fails_in"]:
        place, support = _place(page, standing["fails_in"]), _percent(standing["weakest"])
        reasons.append(say("miss", where=place, p=support, needed=page.head["rules"]["threshold"]))
    return reasons


def _place(page: _Page, where: str) -> str:
    """A section's name in words."""
    kind, _, name = where.partition(" ")
    if kind == "group":
        return page.group(int(name))
    return _channel(page, name) if kind == "channel" else page.say("everyone")


def _channel(page: _Page, name: str) -> str:
    return page.say(f"channel_{name}") if f"channel_{name}" in WORDS else escape(name)


# ---- who is not embraced -------------------------------------------------------------------------------------


def _not_embraced(page: _Page) -> str:
    say, told = page.say, page.proof["not_embraced"]
    if not page.lines:
        return f"<p>{say('no_line_to_embrace')}</p>"
    rows = "".join(
        _not_embraced_row(page, row) for row in told["by_group"] if row["of"] or _group_key(row) in page.refusals
    )
    basis = _chip(say(f"basis_{page.proof['basis']}"), "warn" if page.proof["basis"] == "imputed" else "")
    return f"<p>{_none_of(page, told['people'], told['of'], 'embrace_all')} {basis}</p>{_observed_none(page)}{rows}"


def _group_key(row: Mapping[str, Any]) -> int:
    return NOT_PLACED if row["group"] is None else int(row["group"])


def _none_of(page: _Page, people: int, of: int, key: str) -> str:
    """How many agree with none; fewer than five are not counted out loud."""
    if of < SMALLEST_CELL:
        return page.say("few", n=SMALLEST_CELL)
    if 0 < people < SMALLEST_CELL:
        return page.say(f"{key}_few", few=SMALLEST_CELL, of=of)
    return page.say(key, n=people, of=of, p=_round(people, of))


def _observed_none(page: _Page) -> str:
    """The same without anything imputed, for everybody."""
    if not page.refusals:
        return ""
    answered, refused = (sum(column) for column in zip(*page.refusals.values(), strict=True))
    basis = _chip(page.say("basis_observed"))
    return f'<p class="para">{_none_of(page, refused, answered, "refuse_all")} {basis}</p>'


def _not_embraced_row(page: _Page, row: Mapping[str, Any]) -> str:
    say, group = page.say, _group_key(row)
    told = [_none_of(page, row["people"], row["of"], "embrace") if row["of"] else say("not_asked")]
    if group in page.refusals:
        answered, refused = page.refusals[group]
        told.append(_none_of(page, refused, answered, "refuse"))
    tone = f' data-group="{group}"' if group != NOT_PLACED else ""
    return (
        f'<div class="dissent"{tone}><p>{page.group_mark(group)}'
        f"{''.join(f'<span>{part}</span>' for part in told)}</p>{_minority_note(page, row)}</div>"
    )


def _minority_note(page: _Page, row: Mapping[str, Any]) -> str:
    """What those who agree with none agree with most, unless so few would be pointed at."""
    if row["people"] < SMALLEST_CELL:
        return ""
    if row["note"] is None:
        return f'<p class="muted small">{page.say("no_note")}</p>'
    quote = _quoted(page, row["note"], "blockquote", "")
    return f'<p class="muted small">{page.say("minority_note")}</p>{quote}'


# ---- what all share, where they differ -----------------------------------------------------------------------


def _common_ground(page: _Page) -> str:
    say, found = page.say, page.landscape["common_ground"]
    if not found:
        return f"<p>{say('no_common')}</p>"
    items = "".join(_shared(page, number) for number in found[:SHOWN])
    return (
        f'<p class="after">{say("common_count", n=len(found))} {_first_of(page, found)}</p>'
        f'<ol class="lines lines-plain">{items}</ol>'
    )


def _shared(page: _Page, number: int) -> str:
    told = _as_standing(page, number)
    everyone = _votes_row(page, page.say("everyone"), page.say("everyone"), told["overall"])
    place = next((i for i, line in enumerate(page.lines, start=1) if line["id"] == number), None)
    chip = f"<span>{_chip(page.say('is_line', i=place), 'accent')}</span>" if place else ""
    return (
        f"<li><div>{_quoted(page, number, 'p', 'text')}"
        f'<table class="votes"><tbody>{everyone}</tbody></table>'
        f'<p class="foot">{_floor_words(page, number)}{_weakest_words(page, told)}{chip}</p></div></li>'
    )


def _divisive(page: _Page) -> str:
    say, found = page.say, page.landscape["divisive"]
    if page.landscape["k"] == 1:
        return f"<p>{say('no_groups')}. {say('no_groups_why')}</p>"
    if len(page.tested) < 2:  # noqa: PLR2004 - it takes two to differ
        return f"<p>{say('one_tested')}</p>"
    if not found:
        return f"<p>{say('no_divide')}</p>"
    items = "".join(
        f"<li><div>{_quoted(page, s, 'p', 'text')}{_votes_table(page, _as_standing(page, s))}"
        f'<p class="foot"><span>{_widest_gap(page, s)}</span></p></div></li>'
        for s in found[:SHOWN]
    )
    return (
        f'<p class="after">{say("divisive_count", n=len(found))} {_first_of(page, found)}</p>{_legend(page)}'
        f'<ol class="lines lines-plain">{items}</ol>'
    )


def _first_of(page: _Page, found: Sequence[int]) -> str:
    return page.say("first_of", n=SHOWN) if len(found) > SHOWN else ""


def _widest_gap(page: _Page, statement: int) -> str:
    """The two tested groups that stand furthest apart, by their cautious bounds."""
    told = page.statement(statement)["by_group"]
    seen = [g for g in page.tested if _n(told[str(g)]) >= SEEN_BY]
    one, two = max(
        ((a, b) for a in seen for b in seen if a != b),
        key=lambda pair: (told[str(pair[0])]["lower"] - told[str(pair[1])]["upper"], -pair[0]),
    )
    return page.say(
        "gap",
        one=page.group_mark(one),
        low=_down(told[str(one)]["lower"]),
        two=page.group_mark(two),
        high=_up(told[str(two)]["upper"]),
    )


# ---- the map and its twin in words ---------------------------------------------------------------------------


def _map(page: _Page) -> str:
    say, told = page.say, page.landscape.get("people")
    if not told:
        return ""
    people = [
        (NOT_PLACED if group is None else int(group), x, y)
        for group, x, y in zip(told["group"], told["x"], told["y"], strict=True)
    ]
    names = {
        g["id"]: drawing.Name(page.group(g["id"]), say("people", n=g["size"]))
        for g in page.groups
        if page.landscape["k"] > 1
    }
    drawn = min(len(people), drawing.MOST_ON_MAP)
    notes = [say("map_how")]
    if drawn < len(people):
        notes.append(say("map_thinned", n=drawn, of=len(people)))
    if page.not_placed:
        notes.append(say("map_rest", n=page.not_placed))
    notes.append(say("map_shown", p=_round(page.landscape["shown_variance"], 1)))
    picture = drawing.opinion_map(people, names, say("map_words", n=len(people), k=page.landscape["k"]))
    return f'<p class="muted small after">{" ".join(notes)}</p>{picture}'


def _group_table(page: _Page) -> str:
    say = page.say
    beyond = say("beyond") if page.landscape["k"] > 1 else say("most")
    rows = "".join(_group_row(page, group) for group in page.groups)
    if page.not_placed:
        rows += (
            f'<tr><th scope="row">{say("not_placed")}</th><td class="figure">{say("people", n=page.not_placed)}</td>'
            f"<td>{say('not_placed_why')}</td></tr>"
        )
    return (
        f'<table class="table stacked"><thead><tr><th scope="col">{say("group")}</th>'
        f'<th scope="col" class="figure">{say("f_people")}</th><th scope="col">{beyond}</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _group_row(page: _Page, group: Mapping[str, Any]) -> str:
    say, number = page.say, group["id"]
    tag = "" if group["tested"] else f'<br><span class="muted">{say("not_tested")}</span>'
    told = "".join(f"<li>{_favourite(page, number, s)}</li>" for s in _favourites(page, number))
    return (
        f'<tr><th scope="row">{page.group_mark(number)}</th>'
        f'<td class="figure">{say("people", n=group["size"])}{tag}</td>'
        f"<td>{f'<ul>{told}</ul>' if told else say('nothing_beyond')}</td></tr>"
    )


def _favourites(page: _Page, group: int) -> list[int]:
    """What this group supports most beyond every other: its lower bound above all others' upper bounds."""
    gaps = []
    for number in page.landscape["by_statement"]:
        told = page.statement(number)["by_group"]
        if all(_n(counts) >= SEEN_BY for counts in told.values()):
            others = max((c["upper"] for g, c in told.items() if g != str(group)), default=0.0)
            gaps.append((others - told[str(group)]["lower"], int(number)))
    return [number for gap, number in sorted(gaps) if gap < 0][:FAVOURITES]


def _favourite(page: _Page, group: int, statement: int) -> str:
    told = page.statement(statement)["by_group"]
    own = told[str(group)]
    figures = page.say("own", p=_percent(_share(own)), n=_n(own))
    others = [c for g, c in told.items() if g != str(group)]
    if others:
        highest = max(others, key=_share)
        figures += page.say("others", p=_percent(_share(highest)), n=_n(highest))
    return f'{_quoted(page, statement, "span", "")} <span class="muted">{figures}</span>'


# ---- who took part -------------------------------------------------------------------------------------------


def _who(page: _Page) -> str:
    say, told = page.say, page.proof["took_part"]
    rows = "".join(
        f'<tr><th scope="row">{_channel(page, name)}</th><td class="figure">{counts["voted"]:,}</td>'
        f'<td class="figure">{counts["balloted"]:,}</td></tr>'
        for name, counts in sorted(told["channels"].items())
    )
    groups = tuple((page.group_mark(g["id"]), f"{g['size']:,}", _of_all(page, g["size"])) for g in page.groups)
    rest = (say("not_placed"), f"{page.not_placed:,}", _of_all(page, page.not_placed))
    issued = say("issued", n=told["tickets"]) if told["tickets"] is not None else ""
    facts = _fact_list(((say("f_people"), f"{told['voted']:,}", issued), *groups, rest))
    return (
        f"<p>{say('not_a_survey')}</p>{facts}"
        f'<table class="table para"><thead><tr><th scope="col">{say("channel")}</th>'
        f'<th scope="col" class="figure">{say("voted")}</th><th scope="col" class="figure">{say("balloted")}</th>'
        f"</tr></thead><tbody>{rows}</tbody></table>"
    )


def _of_all(page: _Page, people: int) -> str:
    return page.say("of_all", p=_round(people, page.landscape["participants"]))


# ---- the certificate -----------------------------------------------------------------------------------------


def _certificate(page: _Page) -> str:
    proof = page.proof
    findings = [_everywhere(page), _fair(page), *_embracing(page), *_ratification(page), _tested_words(page)]
    if proof["coverage"]["imputed_cells"]:
        findings.append(_imputed(page))
    guarantee = page.say("guarantee")
    if proof["guarantee"] != WORDS["guarantee"][0]:
        guarantee = escape(str(proof["guarantee"]))
    scope = f'<p class="muted small para">{page.say("guarantee_is")} {guarantee}.</p>'
    return f'<ul class="status">{"".join(findings)}</ul>{scope}'


def _finding(page: _Page, holds: bool | None, name: str, detail: str, basis: str = "") -> str:
    """One finding: `holds` None = told, neither holds nor fails."""
    kind = "told" if holds is None else "holds" if holds else "fails"
    chip = " " + _chip(page.say(f"basis_{basis}"), "warn" if basis == "imputed" else "") if basis else ""
    return (
        f'<li class="{kind}">{drawing.icon(kind)}<span>{name}{chip}<small>{detail}</small></span>'
        f"<b>{page.say(kind)}</b></li>"
    )


def _everywhere(page: _Page) -> str:
    say, name = page.say, page.say("everywhere", p=_percent(page.head["rules"]["threshold"]))
    if not page.lines:
        return _finding(page, None, name, say("nothing_to_test"))
    worst = min(_percent(line["weakest"]) for line in page.lines)
    holds = all(line["passes"] for line in page.lines)
    return _finding(page, holds, name, say("everywhere_why", p=worst), page.lines[0]["basis"])


def _fair(page: _Page) -> str:
    say, told = page.say, page.proof["ejr_plus"]
    detail = f"{say('fair_why')} {say('fair_over', n=told['people'])}"
    if page.proof["basis"] == "imputed":
        detail += f" {say('fair_imputed')}"
    if not page.lines and told["holds"]:
        return _finding(page, None, say("fair"), say("nothing_to_test"))
    broken = "".join(
        " " + say("fair_broken", n=v["people"], level=v["level"], line=v["candidate"]) for v in told["violations"]
    )
    return _finding(page, told["holds"], say("fair"), detail + broken, page.proof["basis"])


def _embracing(page: _Page) -> list[str]:
    say, told = page.say, page.proof["coverage"]
    if not page.lines:
        return []
    shares = {k: _round(told[k], told["people"]) for k in ("at_least_one", "at_least_half", "all")}
    detail = say("half_why", n=told["people"], **shares)
    return [_finding(page, told["at_least_half"] * 2 >= told["people"], say("half"), detail, page.proof["basis"])]


def _ratification(page: _Page) -> list[str]:
    say, told = page.say, page.proof["ratification"]
    if told is None:
        return [_finding(page, None, say("ratification"), say("ratification_absent"))]
    quorum = say("quorum_why", n=told["balloted"], of=told["entitled"])
    whole = told["whole"]
    support = say("whole_why", p=_percent(whole["overall"]["support"]), n=whole["overall"]["n"])
    return [
        _finding(page, told["quorum_met"], say("quorum"), quorum),
        _finding(page, whole["ratified"], say("whole"), support),
    ]


def _tested_words(page: _Page) -> str:
    say = page.say
    least = max(SEEN_BY, math.ceil(TESTED_SHARE * page.landscape["placed"]))
    names = [page.group_mark(g) for g in page.tested]
    left = [page.group_mark(g["id"]) for g in page.groups if g["id"] not in page.tested]
    detail = say("tested_why", n=least)
    if page.landscape["k"] > 1 and left:
        detail += " " + say("untested", groups=", ".join(left))
    return _finding(page, None, f"{say('tested')}: {', '.join(names) or say('all_as_one')}", detail)


def _imputed(page: _Page) -> str:
    cells = page.proof["coverage"]["imputed_cells"]
    of = page.proof["coverage"]["people"] * len(page.proof["candidates"])
    name = page.say("cells", n=cells, of=of, p=_round(cells, of))
    return _finding(page, None, name, page.say("cells_why"), "imputed")


# ---- what it was made from, and how to check it --------------------------------------------------------------


def _left_out(page: _Page) -> str:
    left: dict[str, int] = page.head.get("left_out") or {}
    if not left:
        return f"<p>{page.say('left_nothing')}</p>"
    rows = "".join(
        f'<tr><th scope="row">{_reason(page, reason)}</th><td class="figure">{n:,}</td></tr>'
        for reason, n in left.items()
    )
    return (
        f'<p class="after">{page.say("left_why", n=page.landscape["votes"])}</p><table class="table"><thead><tr>'
        f'<th scope="col">{page.say("reason")}</th><th scope="col" class="figure">{page.say("f_answers")}</th>'
        f"</tr></thead><tbody>{rows}</tbody></table>"
    )


def _reason(page: _Page, reason: str) -> str:
    return page.say(f"left {reason}") if f"left {reason}" in WORDS else escape(reason)


def _rules(page: _Page) -> str:
    say = page.say
    rules: dict[str, Any] = page.head["rules"]
    pairs = "".join(
        f"<div><dt>{say(f'rule_{name}') if f'rule_{name}' in WORDS else escape(name)}</dt>"
        f"<dd>{_rule_value(page, name, value)}</dd></div>"
        for name, value in sorted(rules.items(), key=lambda rule: _rule_place(rule[0]))
        if value != ""
    )
    note = say("rules_export") if page.head["mode"] == "export" else say("rules_sitting")
    return (
        f'<p class="after">{note}</p><dl class="pairs">{pairs}</dl>'
        f'<p class="muted small para">{say("rules_digest")}</p>'
        f'<p class="hash" translate="no">{_quads(page.head["rules_digest"])}</p>'
    )


def _rule_place(name: str) -> int:
    """The order of the words below; a rule of another version comes last."""
    keys = list(WORDS)
    return keys.index(f"rule_{name}") if f"rule_{name}" in WORDS else len(keys)


def _rule_value(page: _Page, name: str, value: object) -> str:
    if page.head["mode"] == "export" and name in OF_A_SITTING:
        return f'<span class="muted">{page.say("not_used")}</span>'
    if isinstance(value, bool):
        return page.say("yes" if value else "no")
    key = f"value_{value}"
    if key in WORDS:
        return page.say(key)
    text = str(value)
    return escape(text) if len(text) < DIGEST_LENGTH else f"{_quads(text[:16])} …"


def _verify(page: _Page) -> str:
    say = page.say
    proofs = (
        (say("digest"), page.digest),
        (say("key"), page.key),
        (say("chain"), page.head["chain"][-1]["digest"] if page.head["chain"] else ""),
        (say("landscape"), str(page.landscape["digest"]).removeprefix("sha256:")),
    )
    rows = "".join(f'<dt>{name}</dt><dd class="hash" translate="no">{_quads(value)}</dd>' for name, value in proofs)
    version = say("version", version=escape(str(page.head["onnuri"])), method=escape(str(page.head["rules"]["method"])))
    return (
        f'<div class="proof"><p>{say("verify_why")}</p><pre translate="no">onnuri verify record.zip</pre>'
        f'<p class="small">{say("verify_files")}</p><dl>{rows}</dl><p class="muted small para">{version}</p></div>'
    )


def _foot(page: _Page) -> str:
    attribution = page.head.get("attribution")
    source = (
        f"<p><b>{page.say('attribution')}</b> <span{_tongue('')}>{escape(str(attribution))}</span></p>"
        if attribution
        else ""
    )
    return f'<footer>{source}<p class="muted">{page.say("not_a_survey")} {page.say("made_by")}</p></footer>'


def _running_foot(page: _Page) -> str:
    """On every printed page: which record it belongs to, and its number."""
    small = "font:8pt sans-serif;color:#586172"
    return (
        f'@page{{@bottom-left{{content:"{page.say("onnuri")} · SHA-256 {_quads(page.digest[:16])}";{small}}}'
        f'@bottom-right{{content:counter(page) " / " counter(pages);{small}}}}}\n'
    )


# ---- small helpers -------------------------------------------------------------------------------------------


def _section(title: str, body: str) -> str:
    return f"\n<section><h2>{title}</h2>{body}</section>"


def _quoted(page: _Page, statement: int, tag: str, css: str) -> str:
    """A person's sentence: escaped, in its own direction, and in its language where that is known."""
    text, lang = page.texts.get(statement, ("", ""))
    attribute = f' class="{css}"' if css else ""
    shown = escape(text.strip()) or page.say("no_text", number=statement)
    return f"<{tag}{attribute}{_tongue(lang)}>{shown}</{tag}>"


def _tongue(lang: str) -> str:
    """An empty `lang` says "unknown": better than claiming the page's own."""
    known = {"zh-hans": "zh-Hans"}.get(lang, lang)
    return f' dir="auto" lang="{escape(known)}"'


def _chip(text: str, kind: str = "") -> str:
    return f'<span class="chip{f" chip-{kind}" if kind else ""}">{text}</span>'


def _why(text: str) -> str:
    return f'<p class="why">{drawing.icon("fails")}<span>{text}</span></p>'


def _note(text: str) -> str:
    return f'<p class="muted small after">{text}</p>'


def _how_to_read(page: _Page) -> str:
    """What n, "at least" and "nearly everywhere" mean, once, where they first appear."""
    return _note(f"{page.say('lower_why')} {page.say('floor_why')}") + _legend(page)


def _legend(page: _Page) -> str:
    kinds = (("o", "O", "agree"), ("p", "△", "unsure"), ("x", "X", "disagree"))
    marks = "".join(
        f'<span>{drawing.swatch(kind)}<span aria-hidden="true">{glyph}</span> {page.say(word)}</span>'
        for kind, glyph, word in kinds
    )
    return f'<p class="legend">{marks}</p>'


def _fact_list(facts: Iterable[tuple[str, str, str]]) -> str:
    rows = "".join(
        f"<div><dt>{name}</dt><dd>{value}{f'<small>{note}</small>' if note else ''}</dd></div>"
        for name, value, note in facts
    )
    return f'<dl class="facts">{rows}</dl>'


def _n(counts: Counts) -> int:
    return int(counts["agree"] + counts["pass"] + counts["disagree"])


def _share(counts: Counts) -> Fraction:
    n = _n(counts)
    return Fraction(counts["agree"], n) if n else Fraction(0)


def _lower(counts: Counts) -> float:
    return float(counts["lower"] if "lower" in counts else wilson([counts["agree"]], [_n(counts)])[0][0])


def _parts(counts: Counts) -> tuple[int, int, int]:
    """Percent of O, not sure and X that add up to 100; O rounded down, as everywhere here.

    >>> _parts({"agree": 17, "pass": 3, "disagree": 1}), _parts({"agree": 1, "pass": 0, "disagree": 7})
    ((80, 15, 5), (12, 0, 88))
    """
    agree = _percent(_share(counts))
    disagree = 100 - agree
    if counts["pass"]:
        disagree = min(_round(counts["disagree"], _n(counts)), 100 - agree)
    return agree, 100 - agree - disagree, disagree


def _round(count: float, n: float) -> int:
    """Percent, half up."""
    return int(100 * count / n + 0.5) if n else 0


def _percent(share: str | Fraction) -> int:
    """An exact share in percent, rounded down, so that no page says more than holds."""
    exact = Fraction(share)
    return 100 * exact.numerator // exact.denominator


def _down(share: float) -> int:
    """A bound rounded down; shares of records have four digits."""
    return round(share * 10_000) // 100


def _up(share: float) -> int:
    return -(-round(share * 10_000) // 100)


def _written(share: Fraction) -> str:
    """A fraction where it is short, else four digits."""
    return text if len(text := str(share)) <= LONGEST_FRACTION else f"{float(share):.4f}"


def _quads(digest: str) -> str:
    clean = escape(digest)
    return " ".join(clean[start : start + 4] for start in range(0, len(clean), 4))


# ---- the words: English, Korean ------------------------------------------------------------------------------

WORDS: Final[dict[str, tuple[str, str]]] = {
    "onnuri": ("Onnuri", "온누리"),
    "record": ("Public record", "공개 기록"),
    # groups, channels, votes
    "group": ("Group", "그룹"),
    "group_1": ("Wave", "물결"),
    "group_2": ("Rock", "바위"),
    "group_3": ("Leaf", "새잎"),
    "group_4": ("Dusk", "노을"),
    "group_5": ("Star", "별빛"),
    "placed": ("Placed", "자리가 정해짐"),
    "not_placed": ("Not yet placed", "아직 그룹 없음"),
    "everyone": ("Everyone", "모두"),
    "channel": ("Channel", "통로"),
    "channel_hall": ("In the hall", "현장"),
    "channel_online": ("Online", "온라인"),
    "channel_open": ("Open join, no ticket", "입장권 없는 참여"),
    "agree": ("Agree", "찬성"),
    "unsure": ("Not sure", "모르겠어요"),
    "disagree": ("Disagree", "반대"),
    "n": ("n", "답(n)"),
    "lower": ("at least", "하한"),
    "lower_why": (
        "n: people who answered. At least: the lower bound of support (Wilson, one-sided 90%).",
        "n: 답한 사람. 하한: 지지의 아래 경계(윌슨, 한쪽 90%).",
    ),
    "whom": ("Who", "누가"),
    "bar": ("Bar", "막대"),
    "spoken": (
        "agree {a}%, not sure {p}%, disagree {x}%, {n:,} answered",
        "찬성 {a}%, 모르겠어요 {p}%, 반대 {x}%, {n:,}명이 답함",
    ),
    "few": ("fewer than {n} answers", "{n}명 미만"),
    "no_answers": ("no answers", "답 없음"),
    "not_tested": ("too few to test, shown only", "사람이 적어 보여만 줌"),
    "people": ("{n:,} person|{n:,} people", "{n:,}명"),
    # the outcome
    "proposed": ("Proposed by rule from votes, not ratified", "답에서 규칙으로 뽑은 제안 · 추인되지 않음"),
    "proposed_why": (
        (
            "{n} line was chosen by rule from the votes of {people}. "
            "Nobody has balloted on it: it is a proposal, not a conclusion.|"
            "{n} lines were chosen by rule from the votes of {people}. "
            "Nobody has balloted on them: they are a proposal, not a conclusion."
        ),
        (
            "{people}의 답에서 규칙이 문안 {n}개를 뽑았습니다. "
            "이 문안에 투표한 사람은 없습니다. 결론이 아니라 제안입니다."
        ),
    ),
    "ratified": ("Ratified", "추인됨"),
    "line_reached": ("reached its own thresholds; not ratified", "이 문안의 기준에는 이름 · 추인되지 않음"),
    "not_ratified": ("Not ratified", "추인되지 않음"),
    "ratified_why": (
        "{n} line was ratified by {people}.|{n} lines were ratified by {people}.",
        "{people}의 투표로 문안 {n}개가 추인되었습니다.",
    ),
    "none": ("No common conclusion", "공동 결론 없음"),
    "none_why": (
        "There is no common conclusion, and that is a result.",
        "공동 결론이 없습니다. 이것도 하나의 결과입니다.",
    ),
    "reason_no_candidate": (
        "No statement reached {p}% nearly everywhere and in every tested group, with at least {seen} answers in each.",
        "거의 어디서나, 그리고 시험한 모든 그룹에서 {p}%에 이르고 그룹마다 {seen}명 이상이 답한 의견이 없었습니다.",
    ),
    "reason_no_line_ratified": ("No line reached the ratification thresholds.", "추인 기준에 이른 문안이 없었습니다."),
    "reason_quorum": ("The quorum was not met.", "추인 투표가 정족수에 이르지 못했습니다."),
    "reason_whole_not_ratified": (
        "The draft conclusion as a whole did not reach the ratification thresholds.",
        "결론안 전체가 추인 기준에 이르지 못했습니다.",
    ),
    "simulated": ("Simulated people", "시뮬레이션"),
    "seal_weakest": (
        "{p}% in the ring: the lowest support any line has in a tested group.",
        "고리 안의 {p}%: 어느 문안이든 시험한 그룹에서 받은 가장 낮은 지지입니다.",
    ),
    "seal_open": (
        "The ring stays open: only ratification closes it.",
        "고리는 열려 있습니다. 추인만이 고리를 닫습니다.",
    ),
    "seal_apart": (
        "The arcs do not meet; the number is the people who answered.",
        "호들은 서로 만나지 않습니다. 수는 답한 사람입니다.",
    ),
    "one_dot": ("One dot is one person.", "점 하나가 한 사람입니다."),
    "many_dots": ("The 150 dots stand for {people}.", "점 150개가 {people}을 나타냅니다."),
    "f_people": ("People", "사람"),
    "f_statements": ("Statements", "의견"),
    "f_answers": ("Answers", "답"),
    "f_groups": ("Opinion groups", "의견 그룹"),
    "placed_of": ("{n:,} placed in the space of opinions", "{n:,}명의 자리가 정해짐"),
    "needs_votes": ("{n:,} needs more answers|{n:,} need more answers", "{n:,}개는 답이 더 필요함"),
    "answers_each": ("{each} a person on average", "한 사람에 평균 {each}개"),
    "no_groups": ("No separate groups found", "뚜렷이 갈린 그룹이 없음"),
    "loose": ("loosely separated", "느슨하게 나뉨"),
    # the lines
    "lines": ("Proposed lines", "제안된 문안"),
    "conclusion": ("Our conclusion", "우리의 결론"),
    "not_concluded": ("The draft conclusion, not ratified", "추인되지 않은 결론안"),
    "basis_observed": ("observed in the votes", "답에서 관측"),
    "basis_imputed": ("imputed (estimated)", "추정해 채움"),
    "basis_balloted": ("balloted", "투표로 확인"),
    "basis_simulated": ("simulated", "모의"),
    "basis_imputed_why": (
        (
            "The figures of each line are observed in the votes: counted, never estimated. The choice of the lines is "
            "imputed: where a placed person had not answered a candidate, the likelier answer was filled in."
        ),
        (
            "문안마다의 수는 답에서 관측한 값으로, 세기만 하고 추정하지 않았습니다. "
            "문안을 뽑는 데에는 추정이 들어갔습니다. "
            "자리가 정해진 사람이 답하지 않은 후보 문안에는 더 그럴듯한 답을 채웠습니다."
        ),
    ),
    "basis_balloted_why": (
        "The figures of each line come from ballots people cast.",
        "문안마다의 수는 사람들이 한 투표에서 나왔습니다.",
    ),
    "basis_observed_why": ("All figures are observed in the votes.", "모든 값은 답에서 관측한 것입니다."),
    "basis_simulated_why": (
        "The votes are real; the ballots are simulated from them.",
        "의견의 답은 실제 답이고, 투표는 그 답에서 모의로 만든 것입니다.",
    ),
    "figures": (
        "Figures:",
        "값의 근거:",
    ),
    "weakest": ("Weakest tested group:", "시험한 그룹 가운데 가장 약한 지지:"),
    "weakest_none": ("No group is tested;", "시험한 그룹 없음,"),
    "n_of": ("(n {n:,})", "(n {n:,})"),
    "floor": ("Nearly everywhere at least", "거의 어디서나 적어도"),
    "by_shares": (
        "Bought by equal shares: each supporter paid at most {price} of a place, of the {held} everybody held.",
        "균등 몫 방법(equal shares)으로 뽑힘: 모두가 가진 {held}자리 몫에서 찬성한 사람마다 많아야 {price}을 냄.",
    ),
    "by_phragmen": (
        "Bought by Phragmén's method, which fills the places equal shares leave open.",
        "프라그멘(Phragmén) 방법으로 뽑힘: 균등 몫 방법이 남긴 자리를 채움.",
    ),
    "guessed": (
        "{n:,} of {people:,} answers behind this choice were filled in.",
        "이 선택에 쓰인 답 {people:,}개 가운데 {n:,}개를 채움.",
    ),
    "miss": ("{where}: {p}%, needed {needed}", "{where}: {p}%, 기준 {needed}"),
    "addressee": ("Addressee", "받는 곳"),
    "due": ("Answer due", "답할 날"),
    "nearest": ("What came nearest", "가장 가까이 간 의견"),
    "nearest_why": (
        "These statements came nearest to being a line. Beside each stands what it lacks.",
        "문안에 가장 가까이 간 의견입니다. 무엇이 모자랐는지 함께 적습니다.",
    ),
    "nothing_near": ("Nobody answered any statement.", "답이 있는 의견이 없습니다."),
    "lacks_floor": (
        "At least {p}% nearly everywhere; the threshold is {needed}%",
        "거의 어디서나 적어도 {p}%, 기준선은 {needed}%",
    ),
    "lacks_weakest": ("Weakest support {p}%; the threshold is {needed}%", "가장 약한 지지 {p}%, 기준선은 {needed}%"),
    "lacks_votes": (
        "Answered by fewer than {n} people in a tested group",
        "시험한 그룹 가운데 답한 사람이 {n}명에 못 미치는 곳이 있음",
    ),
    # not embraced
    "not_embraced": ("Not embraced yet", "아직 담지 못한 뜻"),
    "embrace_all": (
        (
            "{n:,} of {of:,} people ({p}%) agrees with none of the lines.|"
            "{n:,} of {of:,} people ({p}%) agree with none of the lines."
        ),
        "{of:,}명 가운데 {n:,}명({p}%)이 어느 문안에도 찬성하지 않습니다.",
    ),
    "embrace_all_few": (
        "Fewer than {few} of {of:,} people agree with none of the lines.",
        "{of:,}명 가운데 {few}명 미만이 어느 문안에도 찬성하지 않습니다.",
    ),
    "embrace": (
        "agree with none: {n:,} of {of:,} ({p}%)",
        "찬성한 문안 없음: {of:,}명 가운데 {n:,}명 ({p}%)",
    ),
    "embrace_few": (
        "agree with none: fewer than {few} of {of:,}",
        "찬성한 문안 없음: {of:,}명 가운데 {few}명 미만",
    ),
    "refuse_all": (
        (
            "Without anything filled in: of {of:,} people who answered a line, "
            "{n:,} ({p}%) agreed with none they answered."
        ),
        "채운 것 없이: 문안에 답한 {of:,}명 가운데 {n:,}명({p}%)은 답한 어느 문안에도 찬성하지 않았습니다.",
    ),
    "refuse_all_few": (
        (
            "Without anything filled in: of {of:,} people who answered a line, "
            "fewer than {few} agreed with none they answered."
        ),
        "채운 것 없이: 문안에 답한 {of:,}명 가운데 {few}명 미만은 답한 어느 문안에도 찬성하지 않았습니다.",
    ),
    "refuse": (
        "without anything filled in: {n:,} of the {of:,} who answered a line ({p}%)",
        "채운 것 없이: 문안에 답한 {of:,}명 가운데 {n:,}명 ({p}%)",
    ),
    "refuse_few": (
        "without anything filled in: fewer than {few} of the {of:,} who answered a line",
        "채운 것 없이: 문안에 답한 {of:,}명 가운데 {few}명 미만",
    ),
    "not_asked": ("too few answers to fill in", "답이 적어 채우지 않음"),
    "minority_note": ("Minority note: what most of them agree with", "소수 의견: 이 사람들이 가장 많이 찬성한 것"),
    "no_note": (
        "No minority note: no candidate has their agreement either.",
        "소수 의견 없음: 찬성한 후보 문안이 없습니다.",
    ),
    "no_line_to_embrace": (
        (
            "There is no line, so nobody is embraced and nobody left out. "
            "Each group's own voice stands in the table under the map."
        ),
        "문안이 없으므로 담긴 사람도 빠진 사람도 없습니다. 그룹마다의 뜻은 지도 아래 표에 있습니다.",
    ),
    # what is shared, where people differ
    "common": ("What all groups share", "모든 그룹이 함께하는 것"),
    "no_common": (
        (
            "No statement is common ground by the rules: support reaches the threshold nearly everywhere and in every "
            "tested group for none."
        ),
        "규칙에 따른 공감대가 없습니다. 거의 어디서나, 그리고 시험한 모든 그룹에서 기준선에 이른 의견이 없습니다.",
    ),
    "common_count": ("{n} statement is common ground.|{n} statements are common ground.", "공감대는 의견 {n}개입니다."),
    "first_of": ("The first {n} follow.", "앞의 {n}개를 싣습니다."),
    "floor_why": (
        (
            "“Nearly everywhere” (the neighbourhood floor): for 95 of 100 people, "
            "at least this share of those who answer most like them agrees. A cautious estimate."
        ),
        (
            "“거의 어디서나”(이웃 바닥값): 100명 가운데 95명은, "
            "가장 비슷하게 답한 사람들의 찬성이 이 값 이상입니다. 조심스럽게 낮춰 잡은 값입니다."
        ),
    ),
    "is_line": ("line {i}", "문안 {i}"),
    "differ": ("Where we differ", "생각이 갈리는 곳"),
    "no_groups_why": (
        "Where nobody stands apart as a group, nothing is called divisive.",
        "따로 선 그룹이 없으면 어떤 것도 쟁점이라고 부르지 않습니다.",
    ),
    "one_tested": (
        "Only one group is large enough to be tested, so no difference between groups is called certain.",
        "시험할 만큼 큰 그룹이 하나뿐이어서 그룹 사이의 차이를 확실하다고 말하지 않습니다.",
    ),
    "no_divide": (
        "There is no statement on which two tested groups stand apart beyond doubt.",
        "시험한 두 그룹이 확실하게 갈라선 의견이 없습니다.",
    ),
    "divisive_count": (
        (
            "On {n} statement tested groups stand apart beyond doubt.|"
            "On {n} statements tested groups stand apart beyond doubt."
        ),
        "시험한 그룹들이 확실하게 갈라선 의견은 {n}개입니다.",
    ),
    "gap": (
        "{one} at least <b>{low}%</b>, {two} at most <b>{high}%</b>",
        "{one} 적어도 <b>{low}%</b>, {two} 많아야 <b>{high}%</b>",
    ),
    # the map
    "map": ("Where we stand", "우리가 선 자리"),
    "map_how": (
        "One dot is one person. Nearer means more alike. Directions mean nothing.",
        "점 하나가 한 사람입니다. 가까울수록 답이 비슷합니다. 방향에는 뜻이 없습니다.",
    ),
    "map_thinned": (
        "{n:,} of {of:,} people are drawn, evenly chosen.",
        "{of:,}명 가운데 고르게 뽑은 {n:,}명을 그렸습니다.",
    ),
    "map_rest": (
        "The small grey dot is {n:,} person not yet placed.|Small grey dots are people not yet placed ({n:,}).",
        "작은 회색 점은 아직 그룹이 없는 사람({n:,}명)입니다.",
    ),
    "map_shown": (
        "The picture shows {p}% of the spread of opinions that was found.",
        "그림은 찾아낸 의견의 퍼짐 가운데 {p}%를 보입니다.",
    ),
    "map_words": (
        "Map of opinions: {n:,} people, groups: {k}. The table below says the same in words.",
        "의견 지도: {n:,}명, 그룹 {k}개. 아래 표가 같은 것을 글로 말합니다.",
    ),
    "beyond": ("What this group supports most beyond the others", "다른 그룹보다 두드러지게 지지하는 것"),
    "most": ("What has most support", "가장 지지받은 것"),
    "nothing_beyond": ("Nothing beyond doubt", "확실히 두드러지는 것이 없음"),
    "own": ("{p}% (n {n:,})", "{p}% (n {n:,})"),
    "others": ("; highest elsewhere {p}% (n {n:,})", "; 다른 곳에서 가장 높은 값 {p}% (n {n:,})"),
    "not_placed_why": ("Too few answers, or between the groups", "답이 적거나 그룹 사이에 있음"),
    # who took part
    "who": ("Who took part", "누가 함께했나"),
    "not_a_survey": (
        "Self-selected participants, not a representative survey.",
        "스스로 참여한 사람들의 뜻이며, 시민 전체를 대표하는 여론조사가 아닙니다.",
    ),
    "issued": ("tickets and codes issued: {n:,}", "나간 입장권과 코드 {n:,}장"),
    "of_all": ("{p}% of all", "모두의 {p}%"),
    "voted": ("Answered statements", "의견에 답함"),
    "balloted": ("Balloted", "투표함"),
    # the certificate
    "certificate": ("Certificate", "증명서"),
    "holds": ("holds", "지켜짐"),
    "fails": ("does not hold", "지켜지지 않음"),
    "told": ("for information", "알림"),
    "everywhere": (
        "Every line has at least {p}% support in every tested group and channel",
        "모든 문안이 시험한 모든 그룹과 통로에서 {p}% 이상",
    ),
    "everywhere_why": ("Lowest anywhere tested: {p}%", "시험한 곳 가운데 가장 낮은 지지 {p}%"),
    "nothing_to_test": (
        "Nothing to test: no candidate reached the threshold.",
        "시험할 것이 없음: 기준선에 이른 후보 문안이 없습니다.",
    ),
    "fair": ("Everybody's fair share of the lines (EJR+)", "몫에 맞는 대표 (EJR+)"),
    "fair_why": (
        (
            "Whenever people numerous enough for a number of lines agree on a candidate left out, "
            "at least one of them agrees with that many of the chosen lines."
        ),
        (
            "어떤 수의 문안을 받을 만큼 많은 사람이 빠진 후보 문안에 함께 찬성하면, "
            "그 가운데 적어도 한 사람은 뽑힌 문안 가운데 그 수만큼에 찬성합니다."
        ),
    ),
    "fair_over": (
        (
            "Checked over the ballots of {n:,} person on the admissible candidates.|"
            "Checked over the ballots of {n:,} people on the admissible candidates."
        ),
        "기준선에 이른 후보 문안에 대한 {n:,}명의 투표에서 확인했습니다.",
    ),
    "fair_imputed": (
        "Nobody balloted: answers stand in for ballots, and gaps are filled in.",
        "투표한 사람은 없습니다. 답을 투표로 보고 빈 곳은 채웠습니다.",
    ),
    "fair_broken": (
        (
            "{n:,} supporter of statement {line} deserves {level}.|"
            "{n:,} supporters of statement {line} deserve {level} each."
        ),
        "의견 {line}에 찬성한 {n:,}명은 {level}개를 받아야 합니다.",
    ),
    "half": ("Most people agree with at least half of the lines", "문안 절반 이상에 찬성한 사람이 절반 이상"),
    "half_why": (
        (
            "Of {n:,} people {at_least_one}% agree with at least one line, "
            "{at_least_half}% with at least half, {all}% with all."
        ),
        "{n:,}명 가운데 {at_least_one}%가 하나 이상, {at_least_half}%가 절반 이상, {all}%가 모두에 찬성.",
    ),
    "ratification": ("Ratification", "추인"),
    "ratification_absent": (
        "An export has no ballots. Nothing on this page is called ratified.",
        "내보낸 자료에는 투표가 없습니다. 이 기록에서 추인되었다고 부르는 것은 없습니다.",
    ),
    "quorum": ("Quorum", "정족수"),
    "quorum_why": ("{n:,} balloted of {of:,} who voted", "답한 {of:,}명 가운데 {n:,}명이 투표"),
    "whole": ("Ratification of the whole", "결론안 전체의 추인"),
    "whole_why": ("{p}% of {n:,}", "{n:,}명 가운데 {p}%"),
    "tested": ("Groups tested", "시험한 그룹"),
    "tested_why": ("A group is tested from {n:,} people on.", "{n:,}명부터 시험합니다."),
    "untested": ("Reported, not tested: {groups}.", "보여만 주고 시험하지 않음: {groups}."),
    "all_as_one": ("everyone as one", "모두를 하나로"),
    "cells": (
        "{n:,} ballot cell of {of:,} is imputed ({p}%)|{n:,} ballot cells of {of:,} are imputed ({p}%)",
        "후보 문안의 칸 {of:,}개 가운데 {n:,}개({p}%)를 추정해 채움",
    ),
    "cells_why": (
        "They decide which admissible lines are chosen; no count on this page contains one.",
        "기준선에 이른 문안 가운데 무엇이 뽑히는지에만 쓰였고, 이 기록의 어떤 수에도 들어 있지 않습니다.",
    ),
    "guarantee_is": ("What this certificate speaks for:", "이 증명서가 말하는 범위:"),
    "guarantee": (
        "for those who balloted and the groups as published; nothing is said about people absent",
        "투표한 사람과 공개된 그룹에 대한 것이며, 함께하지 않은 사람에 대해서는 아무것도 말하지 않습니다",
    ),
    # what it was made from
    "left_out": ("Left out while reading", "읽으면서 뺀 것"),
    "left_nothing": ("Nothing was left out: every answer counts.", "뺀 것이 없습니다. 모든 답을 세었습니다."),
    "left_why": (
        "{n:,} answer counts; these do not.|{n:,} answers count; these do not.",
        "답 {n:,}개를 세었고, 다음은 세지 않았습니다.",
    ),
    "reason": ("Why", "까닭"),
    f"left {RE_VOTE}": (
        "An earlier answer of the same person to the same statement; the last one counts",
        "같은 사람이 같은 의견에 앞서 한 답 (마지막 답을 셈)",
    ),
    f"left {OUT}": ("The statement was moderated out", "내려진 의견에 한 답"),
    f"left {NO_TEXT}": ("The statement is missing in the list of statements", "의견 목록에 없는 의견에 한 답"),
    "rules": ("Rules", "규칙"),
    "rules_export": (
        "The defaults of this version and the size asked for, fixed before the file was read. Nobody picked a line.",
        "자료를 읽기 전에 정해진 이 판의 기본값과 요청한 문안 수입니다. 문안을 고른 사람은 없습니다.",
    ),
    "rules_sitting": (
        "Fixed and signed before opening. Nobody picked a line.",
        "열기 전에 정하고 서명했습니다. 문안을 고른 사람은 없습니다.",
    ),
    "rules_digest": ("Digest of the rules (SHA-256)", "규칙의 지문 (SHA-256)"),
    "rule_size": ("Lines at most", "문안 수(최대)"),
    "rule_shortlist": ("Candidates at most", "후보 문안 수(최대)"),
    "rule_threshold": ("Threshold: floor and every tested group", "기준선: 바닥값과 시험한 모든 그룹"),
    "rule_ratify_overall": ("Ratification overall", "추인: 전체"),
    "rule_ratify_group": ("Ratification in each tested group and channel", "추인: 시험한 그룹과 통로마다"),
    "rule_quorum": ("Quorum, of those who voted", "정족수(답한 사람 가운데)"),
    "rule_grace_s": ("Grace time in seconds", "유예(초)"),
    "rule_vote": ("Voting with", "투표 자격"),
    "rule_open_counts": ("Open voices decide", "입장권 없는 참여도 결정에 셈"),
    "rule_rows": ("Rows of answers", "답의 행"),
    "rule_seeds": ("Digest of the starter statements", "첫 의견의 지문"),
    "rule_method": ("Method version", "방법의 판"),
    "not_used": ("not used here", "여기에는 쓰이지 않음"),
    "value_open": ("open", "공개"),
    "value_sealed": ("sealed", "봉인"),
    "value_code": ("code", "코드"),
    "value_ticket": ("ticket", "입장권"),
    "yes": ("yes", "예"),
    "no": ("no", "아니요"),
    # how to check it
    "verify": ("Verify", "검증하기"),
    "verify_why": (
        "This command computes everything on this page again from the votes in the record, on anybody's computer.",
        "이 명령이 기록 속의 답에서 이 기록의 모든 것을 누구의 컴퓨터에서든 다시 계산합니다.",
    ),
    "verify_files": (
        "The record (record.zip) holds the rules, every statement, every answer by row and every figure printed here.",
        "기록(record.zip)에는 규칙, 모든 의견, 한 줄씩의 답, 여기 실린 모든 수가 들어 있습니다.",
    ),
    "digest": ("Digest of the record (SHA-256)", "기록의 지문 (SHA-256)"),
    "key": ("Fingerprint of the signing key (Ed25519)", "서명 열쇠의 지문 (Ed25519)"),
    "chain": ("End of the chain", "사슬의 끝"),
    "landscape": ("Digest of the opinion landscape", "의견 지형의 지문"),
    "version": ("Onnuri {version}, method {method}", "온누리 {version}, 방법 {method}"),
    "attribution": ("Data:", "자료:"),
    "made_by": ("Made by Onnuri from the sealed record alone.", "온누리가 봉인된 기록만으로 만들었습니다."),
    "no_text": ("Statement {number} (its text is not in the record)", "의견 {number} (기록에 글이 없음)"),
}
"""Key -> (English, Korean). "one|other" where English needs both forms; `{n}` chooses."""
