"""What is rehearsed: who comes, and what goes wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from onnuri.errors import BadInput
from onnuri.rehearsal.manners import Manners


@dataclass(frozen=True)
class Plan:
    """Who comes and what goes wrong. `loss`: share of all requests; `round_s`: how long a round of voting lasts.

    A rehearsal closes its ballots when every phone has sent: nobody waits out a hall's grace, so `grace_s` is
    enough.
    """

    hall: int
    online: int
    loss: float = 0.0
    outage_s: float = 0.0
    rounds: int = 2
    round_s: float = 120.0
    grace_s: int = 2
    seed: int = 1
    manners: Manners = field(default_factory=Manners)

    def require_possible(self) -> None:
        """Refuse what cannot be rehearsed.

        Raises:
            BadInput: names the option.
        """
        if self.hall < 0 or self.online < 0 or not self.hall + self.online:
            raise BadInput("--hall, --online", "at least one person must come")
        if not 0 <= self.loss <= 0.9:
            raise BadInput("--loss", "a share from 0 to 0.9")
        if not 0 <= self.outage_s <= 3600:
            raise BadInput("--outage", "0 s to 3600 s")
        if not 1 <= self.rounds <= 10:
            raise BadInput("--rounds", "1 to 10")
        if not 1 <= self.round_s <= 3600:
            raise BadInput("--minutes", "how long a round lasts: a second to an hour")
