"""How a poll is shown on phone, stage and desk: its question, and its outcome once it is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from onnuri.conversation import tally
from onnuri.conversation.interlude import POLLS, WORD_LIMIT
from onnuri.vocabulary import CHANNELS, in_language, language_of
from onnuri.web import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from onnuri.conversation.models import Conversation, Interlude

Content = dict[str, Any]


def poll_shown(poll: Interlude) -> Content:
    """A poll as every page names it; `outcome` is None until it is counted."""
    return {**shown.interlude_shown(poll), "question": _question(poll), "outcome": outcome_shown(poll)}


def counted_polls(conversation: Conversation, *, but: Interlude | None = None) -> list[Interlude]:
    """Polls with an outcome, the last one first."""
    found = conversation.interludes.filter(kind__in=POLLS, result__isnull=False).order_by("-opened_at", "-number")
    return [poll for poll in found.prefetch_related("words") if but is None or poll.pk != but.pk]


def _question(poll: Interlude) -> Content:
    """What one answers: options, or points and the names of their ends, or how many words."""
    told, language = poll.settings, shown.language()
    return {
        "options": [
            {"number": number, "text": in_language(one, language), "lang": language_of(one, language)}
            for number, one in enumerate(told.get("options", []))
        ],
        "points": [_point(told, point) for point in range(1, told.get("points", 0) + 1)],
        "low": in_language(told.get("low"), language),
        "high": in_language(told.get("high"), language),
        "words": list(range(1, told.get("words", 0) + 1)),
        "limit": WORD_LIMIT,
    }


def _point(told: Mapping[str, Any], point: int) -> Content:
    ends = {1: told.get("low"), told["points"]: told.get("high")}
    return {"number": point, "of": told["points"], "end": in_language(ends.get(point), shown.language())}


# ---- the outcome


def outcome_shown(poll: Interlude) -> Content | None:
    """The figures of a counted poll: people, and of each option, point or accepted word how many."""
    result = poll.result
    if result is None:
        return None
    few = tally.is_few(result)
    apart = [] if few or poll.kind == "words" else _channels(result)
    several = not few and poll.kind != "words" and len(result["channels"]) > 1
    return {
        "people": None if few else result["people"],
        "masked": few,
        "channels": apart,
        "channels_masked": several and len(apart) < len(result["channels"]),
        "rows": _rows(poll, result, apart, few=few),
        "middle": _middle_text(result) if poll.kind == "scale" and not few else "",
        "words": _words(poll, result, few=few) if poll.kind == "words" else [],
    }


def _channels(result: Mapping[str, Any]) -> list[Content]:
    told = tally.channels_apart(result)
    return [
        {"key": channel, "name": _(shown.CHANNEL_NAMES[channel]), "n": result["channels"][channel]}
        for channel in CHANNELS
        if channel in told
    ]


def _rows(poll: Interlude, result: Mapping[str, Any], apart: Sequence[Content], *, few: bool) -> list[Content]:
    """One a choice, in the order in which it was asked."""
    rows = _choices(poll)
    counts = [tally.people_of(result, row["key"]) for row in rows]
    return [
        {
            **row,
            "n": None if few else n,
            "pct": None if few else tally.share(n, result["people"]),
            "most": not few and n > 0 and n == max(counts),
            "apart": [{"name": one["name"], "pct": _part_of(result, row["key"], one)} for one in apart],
        }
        for row, n in zip(rows, counts, strict=True)
    ]


def _part_of(result: Mapping[str, Any], key: str, channel: Content) -> int:
    return tally.share(result["parts"].get(key, {}).get(channel["key"], 0), channel["n"])


def _choices(poll: Interlude) -> list[Content]:
    asked = _question(poll)
    if poll.kind == "scale":
        return [
            {**point, "key": str(point["number"]), "text": str(point["number"]), "lang": shown.language()}
            for point in asked["points"]
        ]
    return [{**one, "key": str(one["number"]), "end": ""} for one in asked["options"]]


def _middle_text(result: Mapping[str, Any]) -> str:
    found = tally.middle(result)
    if found is None:
        return ""
    low, high = found
    if low == high:
        return _("가운데 값은 %(n)s점이에요.") % {"n": low}
    return _("가운데 값은 %(low)s점과 %(high)s점 사이예요.") % {"low": low, "high": high}


def _words(poll: Interlude, result: Mapping[str, Any], *, few: bool) -> list[Content]:
    """Words that were let on, as of now; where few answered, without how many said each."""
    accepted = {one.text for one in poll.words.all() if one.accepted}
    words = tally.read_words(result, accepted)
    if few:
        return [{"text": text, "n": None} for text, _n in sorted(words)]
    return [{"text": text, "n": n} for text, n in words]
