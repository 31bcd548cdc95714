"""The name others see: chosen once, of at most forty characters, nobody else's; and one to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from onnuri.errors import Conflict
from onnuri.people.models import Account
from onnuri.text import plain_text

if TYPE_CHECKING:
    import random

LONGEST: Final = 40
TREES_AND_BIRDS: Final = (
    gettext_noop("버드나무"),
    gettext_noop("은행나무"),
    gettext_noop("소나무"),
    gettext_noop("느티나무"),
    gettext_noop("자작나무"),
    gettext_noop("단풍나무"),
    gettext_noop("제비"),
    gettext_noop("참새"),
    gettext_noop("까치"),
    gettext_noop("두루미"),
    gettext_noop("종달새"),
    gettext_noop("동박새"),
)
"""No word of a group of opinion is among them."""


def suggested(dice: random.Random) -> str:
    """A pleasant name in the reader's language: a tree or a bird, and a number."""
    return f"{_(dice.choice(TREES_AND_BIRDS))} {dice.randrange(100, 1000)}"


def choose(account: Account, written: str) -> str:
    """Take a name; refused when somebody else has it, or it is blank or too long."""
    kept = " ".join(plain_text(written, limit=LONGEST, field="alias").split())
    with transaction.atomic():
        if Account.objects.filter(alias__iexact=kept).exclude(pk=account.pk).exists():
            raise Conflict("alias_taken", field="alias")
        account.alias = kept
        account.save(update_fields=["alias"])
    return kept
