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

from onnuri.landscape.landscape import SEEN_BY, TESTED_SHARE
from onnuri.landscape.wilson import wilson
from onnuri.masking import SMALLEST_CELL, SMALLEST_TRAIT, hidden_among, hidden_channels, withheld
from onnuri.record import drawing
from onnuri.record.document import SIGNATURE
from onnuri.record.reading import OpenRecord
from onnuri.record.signature import fingerprint
from onnuri.record.words import WORDS, said_in
from onnuri.vocabulary import AGREE, NOT_PLACED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from onnuri.record.document import Sealed

Counts = dict[str, Any]
LANGUAGES: Final = ("en", "ko", "zh-hans", "ja", "vi")
SHOWN: Final = 5
"""So many statements of common ground and of divides are printed; the record has them all."""
NEAREST: Final = 3
FAVOURITES: Final = 2
LONGEST_FRACTION: Final = 11
DIGEST_LENGTH: Final = 64
OF_A_SITTING: Final = frozenset(
    {"ratify_overall", "ratify_group", "quorum", "grace_s", "vote", "open_counts", "post", "ballot"}
)
"""Rules that an export, which has neither ballots nor tickets, has no use for."""


def report_page(sealed: Sealed, *, language: str = "en") -> str:
    """The record as a self-contained page to read, print and hand on.

    Args:
        sealed: the finished record.
        language: of the labels, one of `LANGUAGES`; statements stay in their own.

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

    language: str

    def __call__(self, key: str, **values: object) -> str:
        """A label; "one|other" where English needs both, chosen by `n`.

        >>> Words("en")("people", n=1), Words("en")("people", n=1204), Words("ko")("people", n=3)
        ('1 person', '1,204 people', '3명')
        """
        forms = said_in(self.language, key).split("|")
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
        say=Words(language),
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
    foot = [_weakest_words(page, line), _floor_words(page, line["id"]), _tickets_words(page, line)]
    foot.append(_basis_words(page, line))
    if not page.verdicts:
        foot.append(f'<span class="whole">{_bought(page, line)}</span>')
    return (
        f"<li><div>{_quoted(page, line['id'], 'p', 'text ratified' if ratified else 'text')}"
        f"{_votes_table(page, line)}"
        f'<p class="foot">{"".join(foot)}</p>{_verdict(page, line["id"])}{_objection(page, line)}'
        f"{_promise(page, line['id'])}</div></li>"
    )


def _votes_table(page: _Page, told: Mapping[str, Any]) -> str:
    """O, not sure, X, n and the lower bound of everybody, each group, those without one, and each channel."""
    say, sections = page.say, told["sections"]
    groups = [(g, sections[f"group {g['id']}"]) for g in page.groups if f"group {g['id']}" in sections]
    rest = _rest(told["overall"], [counts for _, counts in groups])
    hidden = _hidden_groups(groups, rest, told["overall"])
    rows = [(say("everyone"), say("everyone"), told["overall"], False)]
    for group, counts in groups:
        tag = "" if group["tested"] else f'<span class="tag">{say("not_tested")}</span>'
        name = page.group(group["id"])
        rows.append((page.group_mark(group["id"]) + tag, name, counts, str(group["id"]) in hidden))
    if groups and sum(rest.values()):
        rows.append((say("not_placed"), say("not_placed"), rest, "" in hidden))
    channels = {name.split(" ", 1)[1]: counts for name, counts in sections.items() if name.startswith("channel ")}
    hidden = hidden_channels(channels, told["overall"])
    if len(channels) > 1:
        rows.extend((label, label, channels[c], c in hidden) for c in channels for label in [_channel(page, c)])
    body = "".join(_votes_row(page, *row) for row in rows)
    heads = "".join(f'<th scope="col">{say(k)}</th>' for k in ("agree", "unsure", "disagree", "n", "lower"))
    return (
        f'<table class="votes"><thead><tr><th scope="col"><span class="unseen">{say("whom")}</span></th>'
        f'<th scope="col" class="picture"><span class="unseen">{say("bar")}</span></th>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _hidden_groups(groups: Iterable[tuple[Mapping[str, Any], Counts]], rest: Counts, overall: Counts) -> frozenset[str]:
    """Rows whose figures are not said: "" is that of the not yet placed."""
    cells = {str(group["id"]): counts for group, counts in groups}
    return hidden_among({**cells, "": rest} if cells and sum(rest.values()) else cells, overall)


def _rest(overall: Counts, parts: Iterable[Counts]) -> Counts:
    known = list(parts)
    return {key: overall[key] - sum(part[key] for part in known) for key in ("agree", "pass", "disagree")}


def _votes_row(page: _Page, name: str, words: str, counts: Counts, hidden: bool = False) -> str:
    say = page.say
    n = _n(counts)
    light = "" if name.startswith("<") or words == say("everyone") else ' class="light"'
    head = f'<tr{light}><th scope="row">{name}</th>'
    if n < SMALLEST_CELL:
        return f'{head}<td class="few" colspan="6">{say("few" if n else "no_answers", n=SMALLEST_CELL)}</td></tr>'
    if hidden:
        return f'{head}<td class="few" colspan="6">{say("withheld")}</td></tr>'
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
    if page.landscape["k"] == 1 or _hides_tested(page, told):
        return ""
    name, percent, counts = _weakest(page, told)
    key = "weakest" if page.tested else "weakest_none"
    return f"<span>{page.say(key)} {name} <b>{percent}%</b> {page.say('n_of', n=_n(counts))}</span>"


def _hides_tested(page: _Page, told: Mapping[str, Any]) -> bool:
    """Whether the lowest group's support would say what its row does not."""
    groups = [(g, told["sections"][name]) for g in page.groups if (name := f"group {g['id']}") in told["sections"]]
    rest = _rest(told["overall"], [counts for _, counts in groups])
    return bool(_hidden_groups(groups, rest, told["overall"]) & {str(group) for group in page.tested})


def _floor_words(page: _Page, statement: int) -> str:
    return f"<span>{page.say('floor')} <b>{_down(page.statement(statement)['floor'])}%</b></span>"


def _tickets_words(page: _Page, line: Mapping[str, Any]) -> str:
    """What ticket-holders said, where they have a floor of their own; records of earlier methods know none."""
    told = line.get("ticket_holders")
    if not told:
        return ""
    own = page.say("own", p=_percent(told["support"]), n=told["n"])
    return f"<span>{page.say('tickets_own', own=f'<b>{own}</b>', floor=_down(told['floor']))}</span>"


def _objection(page: _Page, line: Mapping[str, Any]) -> str:
    told = line.get("ticket_holders")
    if not told or not told["objection"]:
        return ""
    needed = _percent(page.head["rules"]["threshold"])
    return _why(page.say("objection", floor=_down(told["floor"]), needed=needed))


def _basis_words(page: _Page, line: Mapping[str, Any]) -> str:
    basis = "balloted" if page.verdicts and line["basis"] != "simulated" else line["basis"]
    return f"<span>{page.say('figures')} {_chip(page.say(f'basis_{basis}'))}</span>"


def _bought(page: _Page, line: Mapping[str, Any]) -> str:
    """How the rules came to this line, and how much of that rests on guesses."""
    say, people = page.say, page.proof["coverage"]["people"]
    bought = say("by_leximin" if line["bought_by"] == "leximin" else "by_phragmen")
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
    hidden = withheld({str(_group_key(row)): row["people"] for row in told["by_group"]})
    refusing = withheld({str(group): refused for group, (_, refused) in page.refusals.items()})
    rows = "".join(
        _not_embraced_row(page, row, hidden, refusing)
        for row in told["by_group"]
        if row["of"] or _group_key(row) in page.refusals
    )
    basis = _chip(say(f"basis_{page.proof['basis']}"), "warn" if page.proof["basis"] == "imputed" else "")
    return f"<p>{_none_of(page, told['people'], told['of'], 'embrace_all')} {basis}</p>{_observed_none(page)}{rows}"


def _group_key(row: Mapping[str, Any]) -> int:
    return NOT_PLACED if row["group"] is None else int(row["group"])


def _none_of(page: _Page, people: int, of: int, key: str, *, hidden: bool = False) -> str:
    """How many agree with none; fewer than five are not counted out loud, nor what would tell those."""
    if of < SMALLEST_CELL:
        return page.say("few", n=SMALLEST_CELL)
    if 0 < people < SMALLEST_CELL:
        return page.say(f"{key}_few", few=SMALLEST_CELL, of=of)
    if hidden:
        return page.say("withheld")
    return page.say(key, n=people, of=of, p=_round(people, of))


def _observed_none(page: _Page) -> str:
    """The same without anything imputed, for everybody."""
    if not page.refusals:
        return ""
    answered, refused = (sum(column) for column in zip(*page.refusals.values(), strict=True))
    basis = _chip(page.say("basis_observed"))
    return f'<p class="para">{_none_of(page, refused, answered, "refuse_all")} {basis}</p>'


def _not_embraced_row(page: _Page, row: Mapping[str, Any], hidden: frozenset[str], refusing: frozenset[str]) -> str:
    """`hidden`, `refusing`: groups whose count of those who agree with none is not said, with and without imputing."""
    say, group = page.say, _group_key(row)
    told = [say("not_asked")]
    if row["of"]:
        told = [_none_of(page, row["people"], row["of"], "embrace", hidden=str(group) in hidden)]
    if group in page.refusals:
        answered, refused = page.refusals[group]
        told.append(_none_of(page, refused, answered, "refuse", hidden=str(group) in refusing))
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
        f"</tr></thead><tbody>{rows}</tbody></table>{_traits(page)}"
    )


def _traits(page: _Page) -> str:
    """How many people said what of themselves; a record that says nothing of it has no such table."""
    say, traits = page.say, page.proof["took_part"].get("traits", {})
    tables = "".join(
        f'<table class="table para"><thead><tr><th scope="col">{escape(str(trait))}</th>'
        f'<th scope="col" class="figure">{say("f_people")}</th></tr></thead>'
        f"<tbody>{''.join(_trait_row(page, str(value), n) for value, n in values.items())}</tbody></table>"
        for trait, values in traits.items()
    )
    return f'<p class="para">{say("traits_why", n=SMALLEST_TRAIT)}</p>{tables}' if tables else ""


def _trait_row(page: _Page, value: str, people: int | None) -> str:
    told = page.say("trait_withheld") if people is None else f"{people:,} ({_of_all(page, people)})"
    return f'<tr><th scope="row">{escape(value)}</th><td class="figure">{told}</td></tr>'


def _of_all(page: _Page, people: int) -> str:
    return page.say("of_all", p=_round(people, page.landscape["participants"]))


# ---- the certificate -----------------------------------------------------------------------------------------


def _certificate(page: _Page) -> str:
    proof = page.proof
    findings = [_everywhere(page), _fair(page), *_embracing(page), *_ratification(page), _tested_words(page)]
    findings += _objections(page)
    findings += _otherwise(page)
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
    detail += _silent(page)
    return _finding(page, None, f"{say('tested')}: {', '.join(names) or say('all_as_one')}", detail)


def _silent(page: _Page) -> str:
    """Groups of which nobody balloted drop out of the test: that is said."""
    asked = (("shortlist", page.proof["took_part"]), ("ratification", page.proof["ratification"] or {}))
    return "".join(
        " " + page.say(f"silent_{ballot}", groups=", ".join(page.group_mark(g) for g in silent))
        for ballot, told in asked
        if (silent := told.get("silent_groups"))
    )


def _objections(page: _Page) -> list[str]:
    """Whether the ticket-holders' own floor objects to a line: a flag, never a veto."""
    told = {line["id"]: line["ticket_holders"] for line in page.lines if line.get("ticket_holders")}
    if not told:
        return []
    flagged = [line for line, own in told.items() if own["objection"]]
    detail = page.say("tickets_object", lines=_numbers(flagged)) if flagged else page.say("tickets_agree")
    return [_finding(page, None, page.say("tickets"), f"{detail} {page.say('tickets_why')}")]


def _otherwise(page: _Page) -> list[str]:
    """What the slate would be otherwise; a record of an earlier method says nothing of it."""
    told = page.proof.get("robustness")
    if not told or not page.lines:
        return []
    basis = page.proof["basis"]
    return [*_optimum(page, told, basis), *_variants(page, told), _blocs(page, told), *_set_apart(page)]


def _optimum(page: _Page, told: Mapping[str, Any], basis: str) -> list[str]:
    if not (found := told["optimum"]):
        return []
    own, best = (_percent(found[which]["lowest"]) for which in ("chosen", "best"))
    return [_finding(page, None, page.say("optimum"), page.say("optimum_why", own=own, best=best), basis)]


def _variants(page: _Page, told: Mapping[str, Any]) -> list[str]:
    if not (found := told["variants"]):
        return []
    say = page.say
    others = [v for v in found if not v["same"]]
    same = ", ".join(_variant_name(page, v["name"]) for v in found if v["same"])
    detail = [say("variants_same", names=same)] if same else []
    none = say("variant_none")
    detail += [
        say(
            "variant_other",
            name=_variant_name(page, v["name"]),
            lost=_numbers(v["lost"]) or none,
            new=_numbers(v["new"]) or none,
        )
        for v in others
    ]
    return [_finding(page, None, say("variants"), " ".join(detail))]


def _variant_name(page: _Page, name: str) -> str:
    kind, _, k = name.partition(" ")
    if kind == "groups":
        return page.say("variant groups", n=int(k))
    return page.say(f"variant {name}") if f"variant {name}" in WORDS else escape(name)


def _blocs(page: _Page, told: Mapping[str, Any]) -> str:
    say, found = page.say, told["blocs"]
    detail = [
        say(f"bloc_{what}", people=change["people"], lines=_numbers(change[what]))
        for change in found["changes"]
        for what in ("falls", "rises")
        if change[what]
    ]
    steady = say("blocs_steady", n=found["of"])
    return _finding(page, None, say("blocs"), " ".join(detail) or steady)


def _set_apart(page: _Page) -> list[str]:
    if not (found := page.proof.get("set_apart")):
        return []
    detail = " ".join(page.say("apart_one", line=f"#{c['line']}", like=f"#{c['like']}") for c in found)
    return [_finding(page, None, page.say("apart"), detail)]


def _numbers(lines: Sequence[int]) -> str:
    return ", ".join(f"#{line}" for line in lines)


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
