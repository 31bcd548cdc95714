"""How a phone's page behaves: the numbers of static/js/queue.js, live.js and vote-card.js."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Manners:
    """Seconds, but for `most_at_once` (answers in a request), `few_left` (a deck asks for more) and `polls`.

    `longest_thought_s`: nobody thinks longer about one statement; who has less time thinks faster.
    """

    timeout_s: float = 8.0
    page_timeout_s: float = 60.0
    first_wait_s: float = 1.0
    longest_wait_s: float = 15.0
    most_at_once: int = 50
    few_left: int = 5
    look_again_s: float = 20.0
    reload_jitter_s: float = 0.8
    reconnect_s: float = 2.0
    poll_s: float = 5.0
    polls: int = 12
    longest_thought_s: float = 8.0
