"""What can be refused, and why.

Refusal                 somebody asked for what the rules do not allow; each has a key that every language translates
├── BadInput            a file that cannot be read: names file, row and reason, for the command line
├── BadRequest   400
├── NotSignedIn  401
├── Forbidden    403
├── NotFound     404
├── Conflict     409
├── TooLarge     413
├── Unprocessable 422
├── TooMany      429
└── Busy         503

Anything else that is raised is a fault of ours and is logged.
"""

from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """An anticipated no. `key` names the message, `about` fills its placeholders, `field` the form field."""

    status: ClassVar[int] = 422

    def __init__(self, key: str, *, field: str | None = None, **about: object) -> None:
        super().__init__(key)
        self.key = key
        self.field = field
        self.about = about


class BadRequest(Refusal):
    """The request itself cannot be understood."""

    status = 400


class NotSignedIn(Refusal):
    """No voice came with the request."""

    status = 401


class Forbidden(Refusal):
    """The voice is known, the act is not allowed."""

    status = 403


class NotFound(Refusal):
    """There is no such thing here."""

    status = 404


class Conflict(Refusal):
    """It was possible once, or for somebody else; now it is not."""

    status = 409


class TooLarge(Refusal):
    """More than we take in one piece."""

    status = 413


class Unprocessable(Refusal):
    """Well formed, but against a rule."""

    status = 422


class TooMany(Refusal):
    """More often than one person or one device needs."""

    status = 429


class Busy(Refusal):
    """Too many at once; the same request will be welcome in a moment."""

    status = 503


class BadInput(Exception):  # noqa: N818 - see Refusal
    """A file that cannot be read. The message is one line: file, row, reason."""

    def __init__(self, file: str, reason: str, row: int | None = None) -> None:
        where = file if row is None else f"{file}, row {row}"
        super().__init__(" ".join(f"{where}: {reason}".split()))
