"""What people may say of themselves: at most three questions of the organiser's, each with a few options. Optional.

So it can be said who took part and who did not. Kept with the voice, never with a name; told from twelve people on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from onnuri.conversation.actions import locked, touch
from onnuri.conversation.models import Trait
from onnuri.errors import Conflict, Unprocessable
from onnuri.text import plain_text
from onnuri.vocabulary import in_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from onnuri.conversation.models import Conversation

MOST: Final = 3
OPTIONS: Final = range(2, 9)
LABEL_LIMIT: Final = 60

Asked = list[dict[str, Any]]
"""`[{"label": {"ko": ...}, "options": [{"ko": ...}, ...]}]`."""


def ask_traits(*, code: str, questions: Sequence[tuple[str, Sequence[str]]], lang: str) -> Asked:
    """Set what is asked, while nobody has answered anything.

    Args:
        code: of the conversation.
        questions: each with its options; none = nothing is asked.
        lang: of the words.

    Raises:
        Conflict: rules_fixed - the first round was opened, or somebody has joined.
        Unprocessable: traits_many, traits_options, text_blank, text_too_long.
    """
    if len(questions) > MOST:
        raise Unprocessable("traits_many", field="traits")
    with transaction.atomic():
        conversation = locked(code)
        if conversation.rules_digest or Trait.objects.filter(voice__conversation=conversation).exists():
            raise Conflict("rules_fixed")
        known = _known(conversation.traits_asked, lang)
        asked = [_question(label, options, lang, known) for label, options in questions]
        conversation.traits_asked = asked
        conversation.save(update_fields=["traits_asked"])
        touch(conversation)
    return asked


def _known(asked: Asked, lang: str) -> dict[str, dict[str, str]]:
    """The texts that are there already, by what they say in this language: what was translated stays so."""
    texts = [text for one in asked for text in (one["label"], *one["options"])]
    return {in_language(text, lang): text for text in texts}


def _question(label: str, options: Sequence[str], lang: str, known: Mapping[str, dict[str, str]]) -> dict[str, Any]:
    kept = [plain_text(option, limit=LABEL_LIMIT, field="traits") for option in options]
    if len(kept) not in OPTIONS or len(set(kept)) != len(kept):
        raise Unprocessable("traits_options", field="traits")
    label = plain_text(label, limit=LABEL_LIMIT, field="traits")
    return {
        "label": known.get(label, {lang: label}),
        "options": [known.get(option, {lang: option}) for option in kept],
        # Results go by the words of this language, whatever is translated later.
        "lang": lang,
    }


def chosen(asked: Asked, given: Mapping[str, str]) -> list[tuple[int, int]]:
    """What somebody said: question and option, from 1; what is left open or was never asked is left out.

    >>> chosen(
    ...     [{"label": {"ko": "누구로"}, "options": [{"ko": "시민"}, {"ko": "기업"}]}], {"1": "2", "2": "1", "x": "1"}
    ... )
    [(1, 2)]
    """
    found = []
    for number, question in enumerate(asked, 1):
        value = given.get(str(number), "")
        if value.isascii() and value.isdigit() and 1 <= int(value[:3]) <= len(question["options"]):
            found.append((number, int(value[:3])))
    return found


def by_voice(conversation: Conversation) -> dict[str, dict[int, str]]:
    """Question -> voice -> option, in the words the organiser wrote them, as the landscape counts them."""
    asked = conversation.traits_asked
    found: dict[str, dict[int, str]] = {}
    for voice, name, value in Trait.objects.filter(voice__conversation=conversation).values_list(
        "voice_id", "name", "value"
    ):
        if name <= len(asked) and value <= len(asked[name - 1]["options"]):
            one = asked[name - 1]
            lang = one.get("lang", "ko")
            found.setdefault(in_language(one["label"], lang), {})[voice] = in_language(one["options"][value - 1], lang)
    return found
