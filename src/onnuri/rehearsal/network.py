"""The network of a rehearsal: it loses what it is told to lose, and is cut off for a while."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import random

Fate = Literal["arrives", "never sent", "unheard"]
BACK_WITHIN_S: Final = 5.0
"""After an outage the phones of a hall find the network again over so many seconds."""


class Lost(ConnectionError):  # noqa: N818 - it is what was asked for
    """Lost on purpose."""


class Network:
    """`loss` of all requests are lost: half before the server hears them, half with the answer on its way back."""

    def __init__(self, loss: float, generator: random.Random) -> None:
        self._loss = loss
        self._generator = generator
        self.lost: Counter[str] = Counter()

    def fate(self) -> Fate:
        """What becomes of the next request."""
        draw = self._generator.random()
        if draw >= self._loss:
            return "arrives"
        return "never sent" if draw < self._loss / 2 else "unheard"

    async def lose(self, fate: Fate, silence_s: float) -> None:
        """Nothing comes back: half the time the phone is told at once, else only after so many silent seconds."""
        self.lost[fate] += 1
        if self._generator.random() < 0.5:
            await asyncio.sleep(silence_s)
        raise Lost(fate)

    def back_after(self) -> float:
        """How many seconds after the outage one phone is back."""
        return self._generator.uniform(0, BACK_WITHIN_S)
