"""A rehearsal from its copy to its record: rounds, an outage, both ballots, and the proof at the end."""

from __future__ import annotations

import asyncio
import random
import resource
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from onnuri.errors import BadInput
from onnuri.rehearsal.hall import Hall
from onnuri.rehearsal.network import Network
from onnuri.rehearsal.phone import Phone
from onnuri.rehearsal.proof import proved
from onnuri.rehearsal.report import report_of
from onnuri.rehearsal.screen import Screen
from onnuri.rehearsal.wire import Site

if TYPE_CHECKING:
    from onnuri.live.client import Host
    from onnuri.rehearsal.plan import Plan

Say = Callable[[str], None]
ARRIVE_A_SECOND: Final = 50
COMPUTED_WITHIN_S: Final = 600.0
SEEN_WITHIN_S: Final = 120.0
SENT_WITHIN_S: Final = 120.0
LOOK_S: Final = 0.1
TELL_EVERY_S: Final = 5.0
FILES_EACH: Final = 3
"""Connections a phone has at most at once: its stream, its answers, and a page."""
FILES_BESIDE: Final = 200
ADDRESSEE: Final = "(rehearsal)"
ANSWER_WITHIN: Final = timedelta(days=30)


async def rehearse(plan: Plan, copy: Host, say: Say) -> dict[str, Any]:
    """Play the plan on a copy; the answer is the report, see `report.py`.

    Args:
        plan: who comes and what goes wrong.
        copy: the host of the copy; its answers are thrown away afterwards, so it must be nothing real.
        say: told what happens.

    Raises:
        BadInput: the server does not answer, refuses, or a step did not come.
    """
    plan.require_possible()
    require_files(FILES_EACH * (plan.hall + plan.online) + FILES_BESIDE)
    try:
        return await Sitting(plan, copy, say).play()
    except BaseExceptionGroup as found:
        raise first_of(found) from found


def first_of(found: BaseExceptionGroup[BaseException]) -> BaseException:
    """What really happened, out of the groups around it."""
    inner = found.exceptions[0]
    return first_of(inner) if isinstance(inner, BaseExceptionGroup) else inner


def require_files(wanted: int) -> None:
    """Raise this process's limit of open files.

    Raises:
        BadInput: the system does not allow as many.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted and hard != resource.RLIM_INFINITY and hard < wanted:
        raise BadInput("--hall, --online", f"so many phones need {wanted:,} open files, the limit is {hard:,}")
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Sitting:
    """One rehearsal."""

    def __init__(self, plan: Plan, copy: Host, say: Say) -> None:
        self._plan = plan
        self._copy = copy
        self._say = say
        self._one_at_a_time = asyncio.Lock()
        self._codes: dict[str, list[str]] = {"hall": [], "online": []}
        generator = random.Random(plan.seed)
        self.hall = Hall(
            site=Site.of(copy.address),
            code=copy.code,
            manners=plan.manners,
            network=Network(plan.loss, generator),
            generator=generator,
            code_for=self._code_for,
            rounds_left=plan.rounds,
            round_s=plan.round_s,
        )
        self.screen = Screen(self.hall)
        channels = ["hall"] * plan.hall + ["online"] * plan.online
        self.phones = [Phone(number, channel, self.hall) for number, channel in enumerate(channels)]

    async def play(self) -> dict[str, Any]:
        """From the lobby to the record."""
        began = self.hall.clock()
        await self._host(self._copy.prepare, "", grace_s=self._plan.grace_s, say=self._say)
        for channel, count in (("hall", self._plan.hall), ("online", self._plan.online)):
            self._codes[channel] = await self._host(self._copy.codes, count, channel, origin="simulated")
        async with self._everybody():
            for number in range(1, self._plan.rounds + 1):
                await self._round(number)
            await self._ballots()
            await self._publish()
        record = await self._host(self._copy.record)
        seconds = self.hall.clock() - began
        return report_of(self._plan, self.hall, proved(self.hall.diary, record), seconds=seconds)

    @asynccontextmanager
    async def _everybody(self) -> AsyncIterator[None]:
        """The hall fills; a fault of a phone ends the rehearsal, its end sends everybody home."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self.screen.follow()), group.create_task(self._tell())]
            for phone in self.phones:
                tasks.append(group.create_task(phone.live()))
                await asyncio.sleep(1 / ARRIVE_A_SECOND)
            await self._joined()
            yield
            for task in tasks:
                task.cancel()
        await asyncio.sleep(0)  # so that the loop closes what the phones have let go

    async def _joined(self) -> None:
        await self._until(lambda: all(phone.voice for phone in self.phones), SEEN_WITHIN_S)
        here = len(self.hall.diary.voices)
        self._say(f"joined: {here:,} of {len(self.phones):,}")
        if here < len(self.phones):
            raise BadInput(self.hall.site.origin, f"only {here:,} of {len(self.phones):,} phones could join in time")

    # ---- rounds -----------------------------------------------------------------------------------------------

    async def _round(self, number: int) -> None:
        notes = self.hall.diary.round(number, "vote")
        self.hall.rounds_left = self._plan.rounds - number + 1
        await self._host(self._copy.act, "open_round")
        if number == 1 and self._plan.outage_s and self._plan.hall:
            await asyncio.sleep(self._plan.round_s / 3)
            await self._outage()
            await asyncio.sleep(self._plan.round_s * 2 / 3)
        else:
            await asyncio.sleep(self._plan.round_s)
        await self._close(notes.number, "where")

    async def _outage(self) -> None:
        """All phones of the hall are cut off, go on answering, and come back one by one."""
        cut = [phone for phone in self.phones if phone.channel == "hall"]
        self._say(f"outage: {len(cut):,} phones in the hall are cut off for {self._plan.outage_s:g} s")
        for phone in cut:
            phone.lose_network()
        await asyncio.sleep(self._plan.outage_s)
        self.hall.outage_ended = self.hall.clock()
        waiting = sum(len(phone.queue.items) for phone in cut)
        self._say(f"outage over: {waiting:,} answers wait on the phones")
        for phone in cut:
            asyncio.get_running_loop().call_later(self.hall.network.back_after(), phone.find_network)

    async def _close(self, number: int, *leads_to: str) -> str:
        notes = self.hall.diary.round(number)
        closing = self.hall.clock()
        await self._host(self._copy.act, "close_round")
        segment = await self.screen.until(*leads_to, within_s=COMPUTED_WITHIN_S)
        shown = self.hall.diary.shown[segment, number]
        await self._until(lambda: len(shown) == len(self.phones), SEEN_WITHIN_S)
        notes.closed, notes.shown = closing, dict(shown)
        made = f"{len(notes.made):,} answers made, {notes.stored:,} stored"
        self._say(
            f"{notes.kind} {number} closed: {made}; {len(shown):,} of {len(self.phones):,} screens show {segment}"
        )
        return segment

    # ---- ballots and record -----------------------------------------------------------------------------------

    async def _ballots(self) -> None:
        number = self._plan.rounds + 1
        self.hall.diary.round(number, "shortlist")
        await self._host(self._copy.act, "open_shortlist")
        await self.screen.until("shortlist", within_s=COMPUTED_WITHIN_S)
        await self._balloted(number)
        if await self._close(number, "slate", "result") == "slate":
            self.hall.diary.round(number + 1, "ratification")
            await self._host(self._copy.act, "open_ratification")
            await self._balloted(number + 1)
            await self._close(number + 1, "result")

    async def _balloted(self, number: int) -> None:
        """Until everybody has gone through the ballot and sent it; a phone that cannot does not hold up the hall."""
        done = await self._until(
            lambda: all(phone.finished == number and not phone.queue.items for phone in self.phones),
            self._plan.round_s + SENT_WITHIN_S,
        )
        if not done:
            self._say("closing although not every phone has sent its ballot")

    async def _publish(self) -> None:
        if not await self._until(lambda: not any(phone.queue.items for phone in self.phones), SENT_WITHIN_S):
            self._say("publishing although answers still wait on phones")
        due = (datetime.now(tz=UTC).date() + ANSWER_WITHIN).isoformat()
        lines = (await self._host(self._copy.state))["conclusion"]
        named = [{"line": n, "addressee": ADDRESSEE, "due": due} for n in lines]
        await self._host(self._copy.act, "publish", commitments=named)
        await self.screen.until("published", within_s=COMPUTED_WITHIN_S)
        self._say(f"published (simulated): {len(lines)} lines" if lines else "published (simulated): no conclusion")

    # ---- the little in between --------------------------------------------------------------------------------

    async def _code_for(self, channel: str) -> str:
        """The next code; beyond those made beforehand the desk makes one."""
        if not self._codes[channel]:
            self._codes[channel] = await self._host(self._copy.codes, 1, channel, origin="simulated")
        return self._codes[channel].pop()

    async def _host(self, act: Callable[..., Any], *about: Any, **more: Any) -> Any:  # noqa: ANN401 - whatever it is
        async with self._one_at_a_time:
            return await asyncio.to_thread(act, *about, **more)

    async def _until(self, so: Callable[[], bool], within_s: float) -> bool:
        give_up = self.hall.clock() + within_s
        while not so():
            if self.hall.clock() > give_up:
                return False
            await asyncio.sleep(LOOK_S)
        return True

    async def _tell(self) -> None:
        """How it goes, every few seconds."""
        while True:
            await asyncio.sleep(TELL_EVERY_S)
            rounds = self.hall.diary.rounds.values()
            made, stored = sum(len(r.made) for r in rounds), sum(r.stored for r in rounds)
            voices = len(self.hall.diary.voices)
            self._say(f"{self.screen.segment}: {voices:,} joined, {made:,} answers made, {stored:,} stored")
