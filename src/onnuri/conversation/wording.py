"""The organiser's own words in five languages: the question, what one consents to, what one may say of oneself.

Everything may be written anew until the rules are signed or somebody joins: then people have read what is there, and a
language that was missing may be added, nothing else.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from onnuri.conversation.actions import locked, touch
from onnuri.conversation.traits import LABEL_LIMIT
from onnuri.errors import Conflict, Unprocessable
from onnuri.text import plain_text
from onnuri.vocabulary import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from onnuri.conversation.models import Conversation

QUESTION: Final = {"question": 300}
CONSENTS: Final = {
    "count": 500, "sensitive": 500, "rows": 500, "what": 500, "why": 500, "until": 500, "without": 500,
    "guardian": 500,
}  # fmt: skip
"""What is said where people consent, and how long it may be: the two consents, why they are asked apart, the items,
the purpose, the period, what follows from a no, and who needs a guardian."""

Texts = dict[str, str]
"""Language -> words."""


@dataclass(frozen=True)
class Wording:
    """All of it. `traits`: for each question asked its label, then its options."""

    question: Texts
    consents: dict[str, Texts] = field(default_factory=dict)
    traits: tuple[tuple[Texts, ...], ...] = ()


def wording_of(conversation: Conversation) -> Wording:
    """What is stored."""
    asked = tuple((one["label"], *one["options"]) for one in conversation.traits_asked)
    return Wording(conversation.question, conversation.consents, asked)


def stamp_of(wording: Wording) -> str:
    """Changes with every word."""
    told = [wording.question, wording.consents, wording.traits]
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def change_wording(*, code: str, written: Wording, stamp: str) -> None:
    """Store it all.

    Args:
        code: of the conversation.
        written: every language; a blank one takes the words away. `traits` in the order they are asked.
        stamp: of what the organiser was shown.

    Raises:
        Conflict: edited_meanwhile, words_fixed - words that people have read; sealed.
        Unprocessable: text_blank - the question in no language; text_too_long; traits_untranslated -
            a question about people that is translated in parts; traits_options - two options alike.
    """
    question = _checked(written.question, QUESTION["question"], "question")
    if not question:
        raise Unprocessable("text_blank", field="question_ko")
    consents = {
        name: told
        for name, limit in CONSENTS.items()
        if (told := _checked(written.consents.get(name, {}), limit, f"consent_{name}"))
    }
    with transaction.atomic():
        conversation = locked(code)
        if conversation.segment == "published":
            raise Conflict("sealed")
        before = wording_of(conversation)
        if stamp != stamp_of(before):
            raise Conflict("edited_meanwhile")
        traits = _checked_traits(written.traits, before.traits)
        now = Wording(question, consents, traits)
        if is_read(conversation):
            _require_only_added(before, now)
        conversation.question, conversation.consents = question, consents
        conversation.traits_asked = [
            {**asked, "label": label, "options": list(options)}
            for asked, (label, *options) in zip(conversation.traits_asked, traits, strict=True)
        ]
        conversation.save(update_fields=["question", "consents", "traits_asked"])
        touch(conversation)


def is_read(conversation: Conversation) -> bool:
    """Whether people have gone by these words: the rules are signed, or somebody has joined."""
    return bool(conversation.rules_digest) or conversation.voices.exists()


def _checked(texts: Mapping[str, str], limit: int, name: str) -> Texts:
    return {
        language: plain_text(texts[language], limit=limit, field=f"{name}_{language}")
        for language in LANGUAGES
        if texts.get(language, "").strip()
    }


def _checked_traits(
    written: Sequence[Sequence[Texts]], before: Sequence[Sequence[Texts]]
) -> tuple[tuple[Texts, ...], ...]:
    """Translated whole or not at all: an option that only some can read would be chosen by only some."""
    if [len(one) for one in written] != [len(one) for one in before]:
        raise Conflict("edited_meanwhile")
    found = []
    for number, parts in enumerate(written, 1):
        told = [_checked(part, LABEL_LIMIT, f"trait-{number}") for part in parts]
        for language in LANGUAGES:
            there = [language in part for part in told]
            if any(there) and not all(there):
                raise Unprocessable("traits_untranslated", field=f"trait-{number}_{language}")
            options = [part[language] for part in told[1:] if language in part]
            if len(set(options)) != len(options):
                raise Unprocessable("traits_options", field=f"trait-{number}-options_{language}")
        if not told[0]:
            raise Unprocessable("text_blank", field=f"trait-{number}_ko")
        found.append(tuple(told))
    return tuple(found)


def _require_only_added(before: Wording, now: Wording) -> None:
    pairs: list[tuple[Mapping[str, Any], Mapping[str, Any], str]] = [(before.question, now.question, "question")]
    for name in CONSENTS:
        # A consent in the words of the installation was read in every language.
        if name in now.consents and name not in before.consents:
            raise Conflict("words_fixed", field=f"consent_{name}_ko")
        pairs.append((before.consents.get(name, {}), now.consents.get(name, {}), f"consent_{name}"))
    for number, (old, new) in enumerate(zip(before.traits, now.traits, strict=True), 1):
        pairs += [(a, b, f"trait-{number}") for a, b in zip(old, new, strict=True)]
    for old_texts, new_texts, name in pairs:
        for language, words in old_texts.items():
            if new_texts.get(language) != words:
                raise Conflict("words_fixed", field=f"{name}_{language}")
