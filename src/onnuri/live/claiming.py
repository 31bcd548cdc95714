"""What claims look like from outside: the JSON body, the page's form, and the answer with its receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from onnuri.conference.claims import Ask, Person, checked_person, digest_of
from onnuri.errors import Unprocessable
from onnuri.live.http import decoded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onnuri.conference.ledger import Receipt, Receipts
    from onnuri.conference.models import Registration

MOST_DIGITS: Final = 5


class NewRegistration(msgspec.Struct, forbid_unknown_fields=True):
    """A claim to a place; who it is may follow later by the form."""

    channel: str
    name: str = ""
    email: str = ""
    seats: int = 1
    invitation: str = ""
    companions: list[str] = []
    needs: str = ""


BODY: Final = msgspec.json.Decoder(NewRegistration)


def ask_of_body(body: bytes | NewRegistration, key: str, language: str, device: str = "") -> Ask:
    """The claim of a JSON body.

    Raises:
        BadRequest, Unprocessable: it is none.
    """
    told: NewRegistration = body if isinstance(body, NewRegistration) else decoded(BODY, body)
    person = None
    if told.name.strip() or told.email.strip():
        person = checked_person(
            Person(told.name, told.email, told.needs, {"email": True}, tuple(told.companions)), told.seats
        )
    return Ask(
        key=key,
        wish=told.channel,
        seats=told.seats,
        person=person,
        device=digest_of(device) if device else "",
        invitation=told.invitation,
        language=language,
        source="api",
    )


def ask_of_form(form: Mapping[str, str], device: str, language: str) -> Ask:
    """The claim a form makes, without the person: a wrong letter in an address must not cost the place."""
    seats = form.get("seats") or "1"
    plain = seats.isascii() and seats.isdecimal() and len(seats) <= MOST_DIGITS
    return Ask(
        key=form.get("idempotency_key", ""),
        wish=form.get("wish", ""),
        seats=int(seats) if plain else 0,
        device=digest_of(device),
        invitation=form.get("invitation", ""),
        language=language,
    )


def has_person(form: Mapping[str, str]) -> bool:
    """Whether the form says whose claim it is."""
    return bool(form.get("name", "").strip() or form.get("email", "").strip())


def person_of_form(form: Mapping[str, str]) -> Person:
    """The person a form names; nothing of it is kept without consent.

    Raises:
        Unprocessable: consent_place, consent_sensitive, guardian_needed.
    """
    if not form.get("consent_email"):
        raise Unprocessable("consent_place", field="consent_email")
    consents = {name: bool(form.get(f"consent_{name}")) for name in ("email", "sensitive", "news")}
    if form.get("needs", "").strip() and not consents["sensitive"]:
        raise Unprocessable("consent_sensitive", field="consent_sensitive")
    if form.get("age") == "child":
        # Only of a child is it kept that a guardian agreed; nobody's age is.
        consents["guardian"] = bool(form.get("consent_guardian"))
        if not consents["guardian"]:
            raise Unprocessable("guardian_needed", field="consent_guardian")
    parts = sorted(int(n[10:]) for n in form if n.startswith("companion_") and n[10:].isdecimal() and len(n) < 13)  # noqa: PLR2004 - companion_ and two digits
    companions = tuple(form.get(f"companion_{n}", "") for n in parts)
    return Person(form.get("name", ""), form.get("email", ""), form.get("needs", ""), consents, companions)


def claim_answer(
    own: Registration, position: int | None, receipt: Receipt | None, receipts: Receipts
) -> dict[str, Any]:
    """Where a claim stands, for programs. An offered seat is a seat that waits to be taken until `offer_until`."""
    found: dict[str, Any] = {
        "ok": True,
        "claim": own.claim,
        "seq": own.seq,
        "place": "seat" if own.place == "offered" else own.place,
        "seats": own.seats,
        "confirmed": own.confirmed_at is not None,
        "receipt": receipts.sign(receipt) if receipt is not None else "",
    }
    if position is not None:
        found["position"] = position
    if own.place in {"seat", "offered"}:
        found["seat_number"] = own.seat_number
    if own.hold_until is not None:
        found["offer_until" if own.place == "offered" else "hold_until"] = own.hold_until.isoformat()
    return found
