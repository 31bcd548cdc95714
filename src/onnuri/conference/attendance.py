"""Who was there: tickets that came in at the door and did not go out again by an undo; and the proofs of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Final

from onnuri.conference.claims import new_code
from onnuri.conference.entrance import present
from onnuri.conference.models import Conference, Proof, Ticket
from onnuri.errors import Conflict, NotFound, Unprocessable
from onnuri.text import graphemes

if TYPE_CHECKING:
    from datetime import datetime

CODE_LENGTH: Final = 10
SEAL_LENGTH: Final = 8
SLICE: Final = 500


def name_on(ticket: Ticket) -> str:
    """Whose ticket it is."""
    return ticket.name or (ticket.registration.name if ticket.part == 1 else "")


# ---- proofs


def prove(ticket: Ticket, *, at: datetime) -> Proof:
    """The proof of one ticket; again gives the same one.

    Raises:
        Conflict: proof_absent - nobody came in with it; proof_nameless - no name is known.
    """
    if ticket.pk not in present(ticket.conference):
        raise Conflict("proof_absent")
    name = name_on(ticket)
    if not name:
        raise Conflict("proof_nameless")
    return _stored([ticket], at)[0]


def prove_all(conference: Conference, *, at: datetime) -> list[Proof]:
    """A proof for everybody who came in and whose name is known, in the order of their numbers."""
    arrived = present(conference)
    tickets = Ticket.objects.filter(conference=conference).select_related("registration", "conference")
    here = [t for t in tickets.order_by("registration__seq", "part") if t.pk in arrived and name_on(t)]
    return _stored(here, at)


def _stored(tickets: list[Ticket], at: datetime) -> list[Proof]:
    # Two presses at once make one proof: the second row is ignored, and the first one is read.
    conference = tickets[0].conference if tickets else None
    if conference is None:
        return []
    known = {p.ticket_id: p for p in Proof.objects.filter(conference=conference, ticket__isnull=False)}
    stale = [t for t in tickets if t.pk in known and known[t.pk].name != name_on(t)]
    for ticket in stale:  # a name that was written wrong and is corrected: the old paper stays checkable by its seal
        known[ticket.pk].name = name_on(ticket)
        known[ticket.pk].save(update_fields=["name"])
    new = [
        Proof(conference=conference, ticket=t, code=new_code(CODE_LENGTH), name=name_on(t), issued_at=at)
        for t in tickets
        if t.pk not in known
    ]
    Proof.objects.bulk_create(new, batch_size=SLICE, ignore_conflicts=True)
    known = {p.ticket_id: p for p in Proof.objects.filter(conference=conference, ticket__isnull=False)}
    return [known[t.pk] for t in tickets]


def seal(code: str, name: str, key: bytes) -> str:
    """What joins a name to its proof without storing it: it is printed on the paper alone.

    So a paper can be checked by the name on it after every name here was erased.
    """
    told = f"onnuri-proof-1\n{code}\n{' '.join(name.split())}".encode()
    return base64.b32encode(hmac.new(key, told, hashlib.sha256).digest()).decode()[:SEAL_LENGTH]


def written(proof: Proof, key: bytes) -> str:
    """The check code as the paper shows it: ABCDEFGHJK-MNPQRSTU."""
    return f"{proof.code}-{seal(proof.code, proof.name, key)}"


def checked(code: str, name: str, key: bytes) -> tuple[Proof, bool]:
    """The proof a check code names, and whether the name on the paper is the one it was given for.

    Args:
        code: as written on the paper; blanks and small letters do no harm.
        name: as the paper says it, or "".
        key: the installation's.

    Raises:
        NotFound: proof_unknown.
        Unprocessable: proof_name - the paper was given for another name.
    """
    plain = "".join(c for c in code.upper() if c.isascii() and c.isalnum())
    number, mark = plain[:CODE_LENGTH], plain[CODE_LENGTH:]
    found = Proof.objects.select_related("conference").filter(code=number).first()
    if found is None or len(mark) != SEAL_LENGTH:
        raise NotFound("proof_unknown", field="code")
    if not name.strip():
        if found.name and not hmac.compare_digest(seal(number, found.name, key), mark):
            raise NotFound("proof_unknown", field="code")
        return found, False
    if not hmac.compare_digest(seal(number, name, key), mark):
        raise Unprocessable("proof_name", field="name")
    return found, True


def masked(name: str) -> str:
    """A name that only who knows it recognises.

    >>> masked("김하나"), masked("김수"), masked("Jun"), masked("Linh Tran"), masked("")
    ('김*나', '김*', 'J*n', 'L**h T**n', '')
    """
    return " ".join(_masked_word(word) for word in name.split())


def _masked_word(word: str) -> str:
    length = graphemes(word)
    if length <= 1:
        return "*"
    last = word[-1] if length > 2 else ""  # noqa: PLR2004 - of two letters one is shown
    return word[0] + "*" * (length - 1 - len(last)) + last
