"""One thread empties the outbox: takes what is due, has it written now, hands it over, notes what became of it.

At least once: a letter that was on its way when the server died goes out again, with the same Message-ID.
"""

from __future__ import annotations

import logging
import random
import threading
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction
from django.db.models import F

from onnuri.live.letter import one_line
from onnuri.live.smtp import PER_MINUTE, Returned, Unreached
from onnuri.people.models import Mail

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from onnuri.live.letter import Letter
    from onnuri.live.smtp import Carrier

    Write = Callable[[Mail, datetime], Letter | None]

LOG = logging.getLogger("onnuri.postman")
LOOK_AGAIN: Final = timedelta(seconds=0.5)
ON_THE_WAY: Final = timedelta(minutes=2)
"""Longer than a mail server is waited for: what is still on the way then was cut off."""
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)
MOST_ATTEMPTS: Final = 12
FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(minutes=5)
MINUTE: Final = timedelta(minutes=1)
State = Mail.State
WAITING: Final = (State.QUEUED, State.RETRY)


class Postman:
    """Empties the outbox, in its order, no more than `per_minute` letters in any minute."""

    def __init__(
        self,
        write: Write,
        carrier: Carrier,
        *,
        per_minute: int = PER_MINUTE,
        now: Callable[[], datetime] = lambda: datetime.now(tz=UTC),
        dice: random.Random | None = None,
    ) -> None:
        self._write = write
        self._carrier = carrier
        self._per_minute = per_minute
        self._gone: deque[datetime] = deque()
        self._now = now
        self._dice = dice or random.Random()  # noqa: S311 - only spreads repeats
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="postman", daemon=True)
        self._resumes: datetime | None = None
        self._failed_in_a_row = 0
        self._looked_after: datetime | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the letter in hand and end."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def deliver(self, at: datetime) -> timedelta:
        """Send what may go at this moment; the answer is how long there is nothing more to do."""
        self._look_after(at)
        if (wait := self._may_go_in(at)) > timedelta():
            if wait > FIRST_PAUSE:
                self._carrier.rest()
            return wait
        taken = _taken(at, min(self._carrier.at_once, self._per_minute - len(self._gone)))
        if not taken:
            self._carrier.rest()
            return LOOK_AGAIN
        for mail in taken:
            self._send(mail, at)
        _note(taken, at)
        return timedelta()

    # ---- the thread

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._stopping.wait(self._delivered().total_seconds())
        finally:
            self._carrier.rest()
            connection.close()

    def _delivered(self) -> timedelta:
        try:
            return min(self.deliver(self._now()), FIRST_PAUSE)
        except Exception:
            # The database is away or busy; the letters wait in it.
            LOG.exception("no letters for a moment")
            connection.close()
            return FIRST_PAUSE

    # ---- when

    def _may_go_in(self, at: datetime) -> timedelta:
        """Zero, or how long the server's trouble or the limit a minute still lasts."""
        if self._resumes is not None and at < self._resumes:
            return self._resumes - at
        while self._gone and self._gone[0] <= at - MINUTE:
            self._gone.popleft()
        return self._gone[0] + MINUTE - at if len(self._gone) >= self._per_minute else timedelta()

    def _look_after(self, at: datetime) -> None:
        """Once a minute: what was cut off on its way goes again, unless it is cut off every time."""
        if self._looked_after is not None and at - self._looked_after < MINUTE:
            return
        self._looked_after = at
        lost = Mail.objects.filter(state=State.SENDING, due_at__lte=at)
        if lost.exists():
            lost.filter(attempts__gte=MOST_ATTEMPTS).update(state=State.FAILED, problem="cut off every time")
            lost.update(state=State.RETRY)

    # ---- one letter

    def _send(self, mail: Mail, at: datetime) -> None:
        try:
            letter = self._write(mail, at)
            if letter is None:
                mail.state, mail.problem, mail.attempts = State.DROPPED, "", mail.attempts - 1
                return
            self._gone.append(at)
            self._carrier.carry(letter, mail, at)
        except Unreached as trouble:
            self._pause(mail, at, str(trouble))
        except Returned as answer:
            self._came_back(mail, at, str(answer), for_good=answer.for_good)
        except Exception as problem:
            LOG.exception("letter %s %s cannot be written", mail.kind, mail.pk)
            self._came_back(mail, at, f"{type(problem).__name__}: {problem}", for_good=False)
        else:
            self._failed_in_a_row = 0
            mail.state, mail.sent_at, mail.problem = State.SENT, at, ""

    def _pause(self, mail: Mail, at: datetime, reason: str) -> None:
        """The server takes nothing: all letters wait, and this one keeps its turn and its attempts."""
        if self._failed_in_a_row == 0:
            LOG.warning("the mail server takes no letters: %s", reason)
        self._resumes = at + self._spread(FIRST_PAUSE, LONGEST_PAUSE, self._failed_in_a_row)
        self._failed_in_a_row += 1
        mail.state, mail.problem, mail.attempts, mail.due_at = State.RETRY, reason, mail.attempts - 1, mail.queued_at

    def _came_back(self, mail: Mail, at: datetime, reason: str, *, for_good: bool) -> None:
        self._failed_in_a_row = 0
        mail.problem = one_line(reason)
        mail.state = State.FAILED if for_good or mail.attempts >= MOST_ATTEMPTS else State.RETRY
        mail.due_at = at + self._spread(FIRST_WAIT, LONGEST_WAIT, mail.attempts - 1)

    def _spread(self, first: timedelta, longest: timedelta, times: int) -> timedelta:
        """Twice as long each time, and never all at the same moment: 0.8 to 1.2 of it."""
        longer: timedelta = min(longest, first * 2 ** min(times, 30))
        return longer * self._dice.uniform(0.8, 1.2)


def again(letters: QuerySet[Mail], at: datetime) -> int:
    """Queue those of these letters that failed once more; the answer is how many."""
    return letters.filter(state=State.FAILED).update(state=State.QUEUED, attempts=0, due_at=at, problem="")


def _due(at: datetime) -> QuerySet[Mail]:
    return Mail.objects.filter(state__in=WAITING, due_at__lte=at).order_by("due_at", "pk")


def _taken(at: datetime, most: int) -> list[Mail]:
    """The next letters, marked as on the way; no other process takes them too."""
    # Asked without a lock first: an empty outbox must not hold the file twice a second.
    if not _due(at).exists():
        return []
    with transaction.atomic():
        taken = list(_due(at).select_for_update(skip_locked=True)[:most])
        Mail.objects.filter(pk__in=[m.pk for m in taken]).update(
            state=State.SENDING, attempts=F("attempts") + 1, due_at=at + ON_THE_WAY
        )
    for mail in taken:
        mail.attempts += 1
    return taken


def _note(taken: list[Mail], at: datetime) -> None:
    with transaction.atomic():
        for mail in taken:
            # Only if it is still ours: one that was given up for lost belongs to whoever sends it again.
            Mail.objects.filter(pk=mail.pk, state=State.SENDING, due_at=at + ON_THE_WAY).update(
                state=mail.state,
                attempts=mail.attempts,
                due_at=mail.due_at,
                sent_at=mail.sent_at,
                problem=mail.problem,
            )
