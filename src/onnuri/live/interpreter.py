"""One thread has statements translated, where a host switched it on. Voting never waits for it.

It keeps nothing that matters: what is missing is asked of the database each time, so a restart goes on where it was.
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.db import connection

from onnuri.conversation import translating
from onnuri.conversation.translation import digest_of_text
from onnuri.live.translators import Unavailable, Unusable, translated
from onnuri.vocabulary import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from onnuri.conversation.models import Conversation, Statement
    from onnuri.live.locks import Locks
    from onnuri.live.translators import Translator

LOG = logging.getLogger("onnuri.interpreter")
LOOK_AGAIN_S: Final = 2.0
FIRST_PAUSE_S: Final = 15.0
LONGEST_PAUSE_S: Final = 600.0
AT_ONCE: Final = 20
"""Texts in one request: small enough that a slow service answers in time."""
TRANSLATION: Final = -1
"""The number of the lock whose owner translates; those above zero are conversations'."""


@dataclass
class Said:
    """What the host's page tells of the service."""

    trouble: str = ""
    useless: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Language -> digests of texts whose answers could not be used; people translate those."""


SAID: Final = Said()


class Interpreter:
    """Looks for what is missing, a batch at a time."""

    def __init__(self, translator: Translator, locks: Locks, said: Said = SAID) -> None:
        self._translator = translator
        self._locks = locks
        self._said = said
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="interpreter", daemon=True)
        self._failed_in_a_row = 0
        self._at_once = AT_ONCE

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Give up what is on its way: it is still missing, so it is asked for again."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2)

    def work(self, wait: Callable[[float], object]) -> int:
        """Have one batch translated; the answer is how many were asked for."""
        for conversation in translating.sent_outside():
            for lang in LANGUAGES:
                if batch := self._batch(conversation, lang):
                    self._translate(conversation, lang, batch, wait)
                    return len(batch)
        return 0

    def _batch(self, conversation: Conversation, lang: str) -> list[Statement]:
        """Texts of one language: a service is told which it translates from."""
        waiting = translating.wanted(conversation, lang, besides=self._said.useless[lang])
        return [s for s in waiting if s.lang == waiting[0].lang][: self._at_once]

    def _translate(
        self, conversation: Conversation, lang: str, batch: list[Statement], wait: Callable[[float], object]
    ) -> None:
        answers = self._answers(batch, lang, wait)
        made = {s.number: (s.text, answer) for s, answer in zip(batch, answers, strict=True) if answer is not None}
        useless = [s for s in batch if s.number not in made]
        self._said.useless[lang] |= {digest_of_text(s.text) for s in useless}
        if useless:
            LOG.warning("translations into %s that cannot be used: %d of %d", lang, len(useless), len(batch))
        # Asked again: the host may have switched it off while the service was at it.
        if translating.is_sent_outside(conversation):
            translating.keep_machines(code=conversation.code, lang=lang, provider=self._translator.id, texts=made)

    def _answers(self, batch: list[Statement], lang: str, wait: Callable[[float], object]) -> list[str | None]:
        """One text that a service cannot answer must not keep the others waiting: then they go one by one."""
        try:
            answers = translated(self._translator, [s.text for s in batch], batch[0].lang, lang, wait=wait)
        except Unusable:
            if len(batch) > 1:
                self._at_once = 1
                raise
            return [None]
        self._at_once = AT_ONCE
        return answers

    # ---- the thread

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._stopping.wait(self._step())
        finally:
            connection.close()

    def _step(self) -> float:
        """Do what there is; seconds until it is worth looking again."""
        try:
            if not self._locks.take(TRANSLATION):
                return LOOK_AGAIN_S
            done = self.work(self._stopping.wait)
        except (Unavailable, Unusable) as trouble:
            return self._pause(str(trouble))
        except Exception:
            LOG.exception("no translations for a moment")
            connection.close()
            return self._pause("")
        self._failed_in_a_row, self._said.trouble = 0, ""
        return 0.0 if done else LOOK_AGAIN_S

    def _pause(self, reason: str) -> float:
        self._said.trouble = reason or "database"
        LOG.warning("the service does not translate: %s", self._said.trouble)
        pause = min(FIRST_PAUSE_S * 2.0 ** min(self._failed_in_a_row, 10), LONGEST_PAUSE_S)
        self._failed_in_a_row += 1
        return float(pause)
