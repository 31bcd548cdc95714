"""The shared words as values: votes, channels, limits. See GLOSSARY.md."""

from typing import Final, Literal

AGREE: Final = 1
PASS: Final = 0
DISAGREE: Final = -1
VOTE_VALUES: Final = (AGREE, PASS, DISAGREE)

Channel = Literal["hall", "online", "open"]
CHANNELS: Final[tuple[Channel, ...]] = ("hall", "online", "open")
"""`open` = joined without a ticket or a code: counted in a column of its own."""

GROUP_COUNT: Final = 5
"""At most five groups are told apart; each has a colour, a shape and a name."""

NOT_PLACED: Final = -1

STATEMENT_LIMIT: Final = 300
"""Graphemes after NFC."""

WHOLE: Final = 0
"""The line number that stands for the slate as a whole in a ratification."""

METHOD_VERSION: Final = "1"
"""Changes whenever the same votes may give another landscape or slate."""
