"""What all phones of a rehearsal share."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from onnuri.rehearsal.diary import Diary

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable, Callable

    from onnuri.rehearsal.manners import Manners
    from onnuri.rehearsal.network import Network
    from onnuri.rehearsal.wire import Site


@dataclass
class Hall:
    """`code_for` gives a one-time code of a channel; `rounds_left` and `round_s` set the pace of everybody."""

    site: Site
    code: str
    manners: Manners
    network: Network
    generator: random.Random
    code_for: Callable[[str], Awaitable[str]]
    rounds_left: int
    round_s: float
    outage_ended: float | None = None
    texts: dict[int, str] = field(default_factory=dict)
    diary: Diary = field(default_factory=Diary)

    def clock(self) -> float:
        """Seconds of the loop's clock."""
        return asyncio.get_running_loop().time()

    def quota(self, left: int) -> int:
        """How many of the statements somebody has left they answer in this round: each round gets its part."""
        return -(-left // max(1, self.rounds_left))

    def thought(self, *, quota: int) -> float:
        """Seconds somebody thinks about one statement, so that the round is long enough for all."""
        return self.generator.uniform(0.5, 1.5) * min(self.manners.longest_thought_s, self.round_s / (quota + 2))

    def reconnected(self, since: float) -> None:
        """A phone follows again; `since` it has found the network."""
        now = self.clock()
        self.diary.reconnected_s.append(now - since)
        if self.outage_ended is not None:
            self.diary.after_outage_s.append(now - self.outage_ended)
