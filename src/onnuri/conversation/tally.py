"""What a poll comes to: its rows counted, shares, the middle of a scale, words that were read. Pure.

A poll is never part of the landscape or of the conclusion, and nothing of it is said before it is counted.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from onnuri.conversation.interlude import folded_word
from onnuri.masking import SMALLEST_CELL, withheld

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    Counted = Mapping[str, Any]

AnswerRow = tuple[int, str, int, int, str]
"""voice, channel, part, value, text of one row of an answer."""

WHOLE: Final = 100


def tally(kind: str, rows: Iterable[AnswerRow]) -> dict[str, Any]:
    """Count a poll.

    Args:
        kind: single, multi, scale or words.
        rows: every row of every answer, a voice at most once a part.

    Returns: `people` who answered, by `channels` too; `parts`: key -> channel -> people, where the key is the option's
        number, the point, or the folded word; `spelled`: folded word -> how most people wrote it.

    >>> tally("single", [(7, "hall", 0, 2, ""), (8, "online", 0, 2, ""), (9, "hall", 0, 0, "")])["parts"]
    {'0': {'hall': 1}, '2': {'hall': 1, 'online': 1}}
    >>> tally("words", [(7, "hall", 0, 1, "AI"), (8, "hall", 0, 1, "AI"), (9, "hall", 0, 1, "ai")])["spelled"]
    {'ai': 'AI'}
    """
    people: dict[int, str] = {}
    parts: dict[str, Counter[str]] = {}
    spellings: dict[str, Counter[str]] = {}
    for voice, channel, part, value, text in rows:
        if kind in {"multi", "words"} and value == 0:
            continue
        people[voice] = channel
        key = folded_word(text) if kind == "words" else str(part if kind == "multi" else value)
        parts.setdefault(key, Counter())[channel] += 1
        spellings.setdefault(key, Counter())[text] += 1
    found: dict[str, Any] = {
        "people": len(people),
        "channels": dict(Counter(people.values())),
        "parts": {key: dict(counts) for key, counts in sorted(parts.items())},
    }
    if kind == "words":
        found["spelled"] = {key: _most_written(spellings[key]) for key in sorted(spellings)}
    return found


def _most_written(spellings: Counter[str]) -> str:
    """The spelling of most people; of equals the first of the alphabet, so that nobody's turn decides."""
    return min(spellings, key=lambda text: (-spellings[text], text))


def people_of(result: Counted, key: str) -> int:
    """How many chose an option or a point, or said a word."""
    return sum(result["parts"].get(key, {}).values())


def is_few(result: Counted) -> bool:
    """Whether so few answered that how they did is not said."""
    return 0 < int(result["people"]) < SMALLEST_CELL


def channels_apart(result: Counted) -> list[str]:
    """Channels that may be told apart: none that is small, nor one that would tell of a small one.

    >>> channels_apart({"channels": {"hall": 40, "online": 9}}), channels_apart({"channels": {"hall": 40, "online": 3}})
    (['hall', 'online'], [])
    """
    people = result["channels"]
    hidden = withheld(people)
    told = [channel for channel in sorted(people) if channel not in hidden]
    # One alone beside nobody says the whole again.
    return told if len(people) > 1 else []


def share(count: int, people: int) -> int:
    """One percentage, rounded half up; n stands beside it. Equal counts have equal shares, so they need not add to 100.

    >>> share(1, 8), share(0, 0)
    (13, 0)
    """
    return (2 * WHOLE * count + people) // (2 * people) if people else 0


def middle(result: Counted) -> tuple[int, int] | None:
    """The median of a scale: twice the same point, or the two it lies between; None where nobody answered.

    >>> middle({"parts": {"2": {"hall": 1}, "4": {"hall": 2}}}), middle({"parts": {"2": {"hall": 1}, "4": {"hall": 1}}})
    ((4, 4), (2, 4))
    """
    said = sorted(int(point) for point, counts in result["parts"].items() for _ in range(sum(counts.values())))
    return (said[(len(said) - 1) // 2], said[len(said) // 2]) if said else None


def read_words(result: Counted, accepted: Collection[str]) -> list[tuple[str, int]]:
    """Words a moderator let on, with how many people said each, most first; of equals in the order of the alphabet.

    Args:
        result: what was counted.
        accepted: folded words that were let on, as of now.
    """
    spelled = result.get("spelled", {})
    found = [(spelled.get(key, key), people_of(result, key)) for key in accepted if key in result["parts"]]
    return sorted(found, key=lambda one: (-one[1], one[0]))


def side_by_side(words: Iterable[str]) -> list[list[str]]:
    """Words in the order of the alphabet, those together that differ only by case, spaces and marks.

    >>> side_by_side(["함께걷기", "나무", "함께 걷기", "AI", "ai"])
    [['AI', 'ai'], ['나무'], ['함께 걷기', '함께걷기']]
    """
    near: dict[str, list[str]] = {}
    for word in sorted(set(words)):
        folded = folded_word(word)
        near.setdefault("".join(c for c in folded if c.isalnum()) or folded, []).append(word)
    return [near[key] for key in sorted(near)]
