"""A conversation as the hot path knows it, in memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from onnuri.conversation import interlude as rules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from onnuri.conversation.interlude import Standing


@dataclass(frozen=True)
class HotRound:
    """One round as the hot path needs it."""

    id: int
    number: int
    kind: str
    closed_at: datetime | None
    final_at: datetime | None
    closes_at: datetime | None
    done: bool


@dataclass(frozen=True)
class HotStatement:
    """One accepted statement."""

    id: int
    number: int
    text: str
    lang: str
    kind: str
    evidence: int = 0
    """How many cards stand on it."""
    translations: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    """Language -> how it reads, and whether a machine made it and nobody read it yet."""

    def shown(self, language: str = "") -> dict[str, Any]:
        """As a deck carries it to a reader of this language."""
        told: dict[str, Any] = {"id": self.number, "text": self.text, "lang": self.lang}
        if self.evidence:
            told["evidence"] = self.evidence
        if language != self.lang and (found := self.translations.get(language)) is not None:
            told["translation"] = {"text": found[0], "lang": language, "machine": found[1]}
        return told


@dataclass(frozen=True)
class HotInterlude:
    """What is or was on between rounds."""

    id: int
    number: int
    kind: str
    settings: dict[str, Any]
    opened_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    counted: bool

    def standing(self, at: datetime) -> Standing:
        """Where it is in its life."""
        counted = self.counted or self.kind not in rules.POLLS
        return rules.standing(opened_at=self.opened_at, closed_at=self.closed_at, at=at, counted=counted)


@dataclass
class News:
    """Who joined and who answered here since other processes were told."""

    joined: list[tuple[int, str]] = field(default_factory=list)
    answered: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class Room:
    """One conversation in memory."""

    id: int
    code: str
    segment: str
    version: int
    policy: str
    open_rows: bool
    """Whether each person's answers are published as a row, which everybody must agree to."""
    simulated: bool
    conference: int | None
    screen: str
    rounds: dict[int, HotRound]
    statements: dict[int, HotStatement]
    gone: set[int]
    candidates: set[int]
    slate: set[int]
    wanted: dict[int, float]
    on: int | None
    """The number of the interlude that is on."""
    asked: int | None
    """The number of the question that is being answered."""
    interludes: dict[int, HotInterlude]
    questions: dict[int, int]
    """Number -> id of questions that may be lifted."""
    challenges: dict[int, int]
    """Number -> id of challenges that are open."""
    post: str = "open"
    """Which voices may write (conversation/entitled.py)."""
    ballot: str = "open"
    """Which may ballot."""
    voices: dict[int, str] = field(default_factory=dict)
    answered_in: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Voices by the round they answered in; a poll's stand under its number below zero."""
    answers: dict[int, set[int]] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)
    """Voices that went on to another phone, and how often."""
    voice_keys: dict[str, str] = field(default_factory=dict)
    """The public keys that sign voices, by channel."""
    traits_asked: list[dict[str, Any]] = field(default_factory=list)
    """What people may say of themselves when they join."""
    news: News | None = None
    """For other processes, where there may be some."""

    @property
    def open_round(self) -> HotRound | None:
        """The round that takes answers now."""
        last = self.rounds.get(len(self.rounds))
        return last if last is not None and last.closed_at is None else None

    @property
    def interlude(self) -> HotInterlude | None:
        """What is on between rounds."""
        return None if self.on is None else self.interludes.get(self.on)

    def lines(self, kind: str) -> set[int]:
        """What may be balloted on: the candidates, or the slate and the whole (0)."""
        return self.candidates if kind == "shortlist" else self.slate | {0}

    def joined(self, voice: int, channel: str) -> None:
        """Somebody new is here."""
        self.voices[voice] = channel
        self.answers.setdefault(voice, set())
        if self.news is not None:
            self.news.joined.append((voice, channel))

    def answered(self, what: int, voice: int) -> None:
        """Somebody answered in a round, or (below zero) in a poll."""
        here = self.answered_in[what]
        if voice not in here:
            here.add(voice)
            if self.news is not None:
                self.news.answered.append((what, voice))

    def turnout(self) -> dict[str, dict[str, int] | int]:
        """Who joined and who answered in what is on: the only figures of an open round that leave the server."""
        joined = Counter(self.voices.values())
        answered = Counter(self.voices.get(v, "open") for v in self.answered_in.get(self._asked_now, ()))
        found: dict[str, dict[str, int] | int] = {
            c: {"joined": joined[c], "answered": answered[c]} for c in ("hall", "online", "open")
        }
        return {**found, "joined": joined.total(), "answered": answered.total()}

    @property
    def _asked_now(self) -> int:
        on = self.interlude
        return -on.number if on is not None and on.kind in rules.POLLS else len(self.rounds)
