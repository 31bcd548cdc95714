"""The rules of a conversation, fixed and signed before it opens. Nobody picks the slate: these do."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from typing import Any, Final, Self

from onnuri.vocabulary import METHOD_VERSION

PER_ACT: Final = ("post", "ballot")
MOST_AUDITORS: Final = 5
LONGEST_NAME: Final = 80
SHARE: Final = re.compile(r"[0-9]{1,4}(/[0-9]{1,4}|\.[0-9]{1,4})?")


@dataclass(frozen=True)
class Rules:
    """Every number that decides and may differ. Shares are exact fractions written "2/3".

    `size`: lines in the conclusion. `threshold`: support every tested group must reach. `ratify_overall`,
    `ratify_group`: O / (O + pass + X) a line needs in all and in each tested group and channel. `quorum`: share of
    the voices that voted who must ballot. `grace_s`: how long late ballots still count. `open_counts`: whether
    voices without ticket or code decide. `rows`: whether everybody's row is published ("open") or goes only to the
    `auditors` named here ("sealed"). `seeds`: digest of the organiser's first statements. `post`, `ballot`: who may
    write and who may ballot, "" = whoever may vote. What stands in the document only where it says something leaves
    the digest of rules without it what it was.
    """

    size: int = 5
    shortlist: int = 20
    threshold: str = "1/2"
    ratify_overall: str = "2/3"
    ratify_group: str = "1/2"
    quorum: str = "1/2"
    grace_s: int = 120
    vote: str = "code"
    open_counts: bool = False
    rows: str = "open"
    post: str = ""
    ballot: str = ""
    seeds: str = ""
    method: str = METHOD_VERSION
    auditors: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError naming the field that cannot be a rule."""
        if not 1 <= self.size <= 20:  # noqa: PLR2004 - a shortlist has at most 20
            raise ValueError("size")
        if not self.size <= self.shortlist <= 20:  # noqa: PLR2004
            raise ValueError("shortlist")
        for name, least in (
            ("threshold", Fraction(1, 2)),
            ("ratify_overall", Fraction(1, 2)),
            ("ratify_group", Fraction(1, 2)),
            ("quorum", Fraction(0)),
        ):
            if not least <= _share(name, getattr(self, name)) <= 1:
                raise ValueError(name)
        if not 0 <= self.grace_s <= 86_400:  # noqa: PLR2004 - a day
            raise ValueError("grace_s")
        if self.vote not in {"open", "code", "ticket"}:
            raise ValueError("vote")
        self._require_acts()
        self._require_rows()

    def _require_rows(self) -> None:
        if self.rows not in {"open", "sealed"}:
            raise ValueError("rows")
        # A list comes out of JSON; what is compared and signed is always the same.
        object.__setattr__(self, "auditors", tuple(self.auditors))
        named = [one for one in map(str, self.auditors) if one.strip() == one and 0 < len(one) <= LONGEST_NAME]
        if len(named) != len(self.auditors) or len(set(named)) != len(named) or len(named) > MOST_AUDITORS:
            raise ValueError("auditors")
        if (self.rows == "sealed") != bool(self.auditors):
            raise ValueError("auditors")

    def _require_acts(self) -> None:
        for name in PER_ACT:
            if getattr(self, name) not in {"", "open", "code", "ticket"}:
                raise ValueError(name)
        if self.open_counts and self.ballot in {"code", "ticket"}:
            # Who decides must be able to ballot: the quorum counts them.
            raise ValueError("ballot")

    def share(self, name: str) -> Fraction:
        """One of the shares as an exact fraction."""
        return _share(name, getattr(self, name))

    def document(self) -> dict[str, Any]:
        """Plain values, by name. Without auditors or acts of their own, rules read as before there were any."""
        told = {**asdict(self), "auditors": list(self.auditors)}
        return {name: value for name, value in told.items() if value or name not in {*PER_ACT, "auditors"}}

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """The rules of a document; unknown names are refused.

        Raises:
            ValueError: names the field.
        """
        known = {f.name for f in fields(cls)}
        if strange := sorted(set(document) - known):
            raise ValueError(strange[0])
        return cls(**document)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical document: signed, printed on the stage, kept in the record.

        >>> Rules().digest == Rules(size=5).digest != Rules(size=4).digest
        True
        """
        text = json.dumps(self.document(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _share(name: str, written: str) -> Fraction:
    # Short by form: a number with a huge exponent would be computed for ever.
    if not SHARE.fullmatch(str(written)):
        raise ValueError(name)
    try:
        return Fraction(written)
    except ZeroDivisionError:
        raise ValueError(name) from None
