"""Rules of what stands between rounds: talks, question time, polls, reading the map, drafting. Pure."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from onnuri.errors import Conflict, Unprocessable
from onnuri.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

KINDS: Final = ("talk", "questions", "map", "drafting", "single", "multi", "scale", "words")
POLLS: Final = frozenset({"single", "multi", "scale", "words"})
BETWEEN: Final = frozenset({"lobby", "computing", "where", "slate", "result"})
"""Segments in which no round is open, so that something else may be on."""

GRACE: Final = timedelta(seconds=2)
"""What was on its way when a poll closed still counts; only then is it counted."""

FEWEST_OPTIONS: Final = 2
MOST_OPTIONS: Final = 12
POINTS: Final = range(3, 11)
MOST_WORDS: Final = 3
OPTION_LIMIT: Final = 80
WORD_LIMIT: Final = 20
TITLE_LIMIT: Final = 160
MARKS: Final = " .,!?~\"'“”‘’·。、"
"""At the ends of a word they do not make it another; a bracket or a # may be part of it."""
UNSEEN: Final = "\u200c\u200d\ufe0e\ufe0f"
"""Joiners and the choice between a coloured and a plain picture: nobody types them."""

Standing = Literal["prepared", "open", "counting", "over"]
Row = tuple[int, int, str]
"""part, value, text of one row of an answer."""


def standing(*, opened_at: datetime | None, closed_at: datetime | None, at: datetime, counted: bool = True) -> Standing:
    """Where an interlude is in its life.

    Args:
        opened_at: when it was put on.
        closed_at: when it ended.
        at: now.
        counted: a poll that is not counted yet is still counting, however long ago it closed.
    """
    if opened_at is None:
        return "prepared"
    if closed_at is None:
        return "open"
    return "over" if counted and at >= closed_at + GRACE else "counting"


def takes_answers(*, opened_at: datetime | None, closed_at: datetime | None, at: datetime) -> bool:
    """Whether a poll takes an answer that arrives at `at`."""
    return opened_at is not None and (closed_at is None or at < closed_at + GRACE)


def require_may_come_again(kind: str, *, was_on: bool) -> None:
    """A poll is asked once; everything else may be put on again."""
    if kind in POLLS and was_on:
        raise Conflict("poll_was_asked")


def require_between(segment: str) -> None:
    """Refuse to talk into an open round."""
    if segment not in BETWEEN:
        raise Conflict("round_is_open", segment=segment)


def checked_settings(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a poll of this kind is made of, or a refusal that names the field.

    Args:
        kind: of the interlude; other than polls have no settings.
        given: `options` as a list of texts by language, or `points`, `low`, `high`, or `words`.
    """
    match kind:
        case "single" | "multi":
            return {"options": _options(given.get("options") or [])}
        case "scale":
            points = given.get("points", 5)
            if points not in POINTS:
                raise Unprocessable("poll_points", field="points", least=POINTS[0], most=POINTS[-1])
            return {"points": points, "low": _texts(given.get("low"), "low"), "high": _texts(given.get("high"), "high")}
        case "words":
            words = given.get("words", 1)
            if words not in range(1, MOST_WORDS + 1):
                raise Unprocessable("poll_words", field="words", most=MOST_WORDS)
            return {"words": words}
        case _:
            return {}


def _options(given: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    kept = [_texts(one, "options") for one in given if any(text.strip() for text in one.values())]
    if not FEWEST_OPTIONS <= len(kept) <= MOST_OPTIONS:
        raise Unprocessable("poll_options", field="options", least=FEWEST_OPTIONS, most=MOST_OPTIONS)
    for lang in sorted({lang for one in kept for lang in one}):
        said = [" ".join(one[lang].casefold().split()) for one in kept if lang in one]
        if len(set(said)) < len(said):
            raise Unprocessable("poll_same", field=f"options_{lang}")
    return kept


def _texts(given: Mapping[str, str] | None, field: str) -> dict[str, str]:
    return {
        lang: plain_text(text, limit=OPTION_LIMIT, field=f"{field}_{lang}")
        for lang, text in (given or {}).items()
        if text.strip()
    }


def answer_rows(kind: str, settings: Mapping[str, Any], choice: Sequence[int], words: Sequence[str]) -> list[Row]:
    """What is stored of an answer: every part, so that a changed answer leaves nothing of the former behind.

    >>> answer_rows("single", {"options": [{}, {}, {}]}, [2], [])
    [(0, 2, '')]
    >>> answer_rows("multi", {"options": [{}, {}, {}]}, [0, 2], [])
    [(0, 1, ''), (1, 0, ''), (2, 1, '')]
    >>> answer_rows("words", {"words": 2}, [], ["함께  걷기"])
    [(0, 1, '함께 걷기'), (1, 0, '')]
    """
    match kind:
        case "single":
            return [(0, _one_of(choice, range(len(settings["options"]))), "")]
        case "scale":
            return [(0, _one_of(choice, range(1, settings["points"] + 1)), "")]
        case "multi":
            chosen, count = set(choice), len(settings["options"])
            if not chosen or not chosen <= set(range(count)):
                raise Unprocessable("poll_choice", field="choice")
            return [(part, int(part in chosen), "") for part in range(count)]
        case _:
            return _word_rows(words, settings["words"])


def _one_of(choice: Sequence[int], possible: range) -> int:
    if len(choice) != 1 or choice[0] not in possible:
        raise Unprocessable("poll_choice", field="choice")
    return choice[0]


def _word_rows(words: Sequence[str], most: int) -> list[Row]:
    tidied = [tidy_word(word) for word in words if word.strip()]
    # The same word twice is said once.
    kept = list({folded_word(word): word for word in reversed(tidied)}.values())[::-1]
    if not kept:
        raise Unprocessable("text_blank", field="words")
    if len(kept) > most:
        raise Unprocessable("poll_words", field="words", most=most)
    return [(part, 1, kept[part]) if part < len(kept) else (part, 0, "") for part in range(most)]


def tidy_word(word: str) -> str:
    """A word as it is kept and shown: written plainly, one space, no marks at its ends; capitals stay.

    Raises:
        Unprocessable: text_blank, text_too_long, text_not_unicode.

    >>> tidy_word("  ＡＩ! "), tidy_word("함께\u3000걷기"), tidy_word("(주)나무")
    ('AI', '함께 걷기', '(주)나무')
    """
    kept = _bare(unicodedata.normalize("NFKC", plain_text(word, limit=None, field="words")))
    return plain_text(kept, limit=WORD_LIMIT, field="words")


def folded_word(word: str) -> str:
    """One key for one word: width, case, spaces and marks at its ends do not make another; a particle does.

    >>> folded_word("  Garden! "), folded_word("ＧＡＲＤＥＮ"), folded_word("나무를")
    ('garden', 'garden', '나무를')
    """
    # As Unicode's NFKC_Casefold has it: folded twice, since the first may bring what the second folds.
    once = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", word).casefold())
    twice = unicodedata.normalize("NFKC", once.casefold())
    return _bare("".join(c for c in twice if c not in UNSEEN)) or word


def _bare(text: str) -> str:
    spaced = " ".join(text.split())
    return spaced.strip(MARKS) or spaced
