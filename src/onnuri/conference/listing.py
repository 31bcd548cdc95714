"""The organiser's list: who has registered, searched as people remember each other, filtered and sorted."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import F, Q

from onnuri.conference.book import line
from onnuri.conference.models import Conference, Entry, Registration, Ticket
from onnuri.conference.pass_code import CODE_LENGTH
from onnuri.people.models import Mail

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

INITIALS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
FIRST_SYLLABLE: Final = 0xAC00
SYLLABLES_AN_INITIAL: Final = 588
SYLLABLES: Final = 11_172
SOURCES: Final = ("page", "api", "import", "desk")
SORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "seq": ("seq",),
    "-seq": ("-seq",),
    "name": ("name", "seq"),
    "line": ("rank", "seq"),
    "-claimed": ("-claimed_at", "-seq"),
}


@dataclass(frozen=True)
class Filters:
    """What is asked of the list; "" asks nothing."""

    q: str = ""
    place: str = ""
    confirmed: str = ""
    channel: str = ""
    needs: str = ""
    party: str = ""
    source: str = ""
    sort: str = "seq"

    @staticmethod
    def of(told: Mapping[str, str]) -> Filters:
        """From an address; what is not known asks nothing."""
        known = {
            "place": Registration.Place.values,
            "confirmed": ("yes", "no"),
            "channel": ("hall", "online"),
            "needs": ("yes",),
            "party": ("one", "more"),
            "source": SOURCES,
            "sort": tuple(SORTS),
        }
        chosen = {name: told[name] for name, values in known.items() if told.get(name) in values}
        return Filters(q=" ".join(told.get("q", "")[:100].split()), **chosen)

    @property
    def ask(self) -> bool:
        """Whether anything is asked, sorting apart."""
        return self != Filters(sort=self.sort)


def listed(conference: Conference, filters: Filters) -> QuerySet[Registration]:
    """The registrations that fit, in order."""
    found = searched(conference, filters.q)
    if filters.place:
        found = found.filter(place=filters.place)
    if filters.confirmed:
        found = found.filter(confirmed_at__isnull=filters.confirmed == "no")
    if filters.channel:
        found = found.filter(CHANNELS[filters.channel])
    if filters.needs:
        found = found.exclude(needs="")
    if filters.party:
        found = found.filter(seats__gt=1) if filters.party == "more" else found.filter(seats=1)
    if filters.source:
        found = found.filter(source=filters.source)
    return found.order_by(*SORTS[filters.sort])


CHANNELS: Final[Mapping[str, Q]] = {
    "hall": Q(place__in=("seat", "offered")),
    "online": Q(place="online") | Q(place__in=("waiting", "offered"), wish="hall_or_online"),
}


def searched(conference: Conference, q: str) -> QuerySet[Registration]:
    """By name (its initials too), companion, address, ticket's code or number."""
    found = conference.registrations.all()
    q = unicodedata.normalize("NFC", q)
    if not q:
        return found
    if (number := q.removeprefix("#")).isascii() and number.isdecimal() and len(number) < 10:  # noqa: PLR2004
        return found.filter(seq=int(number))
    if is_initials(q):
        return found.filter(pk__in=_with_initials(conference, q))
    fits = Q(name__icontains=q) | Q(email__icontains=q) | Q(tickets__name__icontains=q)
    code = "".join(c for c in q.upper() if c.isalnum())
    if len(code) == CODE_LENGTH and code.isascii():
        fits |= Q(tickets__code=code)
    return found.filter(pk__in=found.filter(fits).values("pk"))


def is_initials(q: str) -> bool:
    """Whether somebody types Hangul initials alone.

    >>> is_initials("ㄱㅅ"), is_initials("김ㅅ"), is_initials("")
    (True, False, False)
    """
    letters = q.replace(" ", "")
    return bool(letters) and all(c in INITIALS for c in letters)


def _with_initials(conference: Conference, q: str) -> set[int]:
    wanted = q.replace(" ", "")
    people = conference.registrations.exclude(name="").values_list("pk", "name")
    companions = Ticket.objects.filter(conference=conference).exclude(name="").values_list("registration_id", "name")
    return {pk for pk, name in (*people, *companions) if wanted in initials(name)}


def initials(name: str) -> str:
    """The first letters of its syllables; other letters stay.

    >>> initials("김하나"), initials("Jun 박")
    ('ㄱㅎㄴ', 'JUNㅂ')
    """
    return "".join(_initial(c) for c in unicodedata.normalize("NFC", name).upper() if not c.isspace())


def _initial(letter: str) -> str:
    place = ord(letter) - FIRST_SYLLABLE
    return INITIALS[place // SYLLABLES_AN_INITIAL] if 0 <= place < SYLLABLES else letter


def positions(conference: Conference) -> dict[int, int]:
    """Everybody's place in the line, from 1, in one question."""
    return {pk: at for at, pk in enumerate(line(conference).values_list("pk", flat=True), 1)}


def waiting_parties(conference: Conference) -> list[tuple[int, str, int]]:
    """(number, name, seats) of the line, in its order."""
    return list(line(conference).values_list("seq", "name", "seats"))


def history(own: Registration) -> list[Entry]:
    """What the log says of one registration, under every number it has had."""
    numbers, entries = {own.seq}, Entry.objects.filter(conference=own.conference)
    while True:
        late = entries.filter(act="claim", seq__in=numbers).values_list("details", flat=True)
        earlier = {details["before"] for details in late if "before" in details} - numbers
        if not earlier:
            return list(entries.filter(seq__in=numbers).order_by("number"))
        numbers |= earlier


def letters(own: Registration) -> list[Mail]:
    """The letters of one registration, the newest first."""
    of = Mail.objects.filter(topic=f"e/{own.conference.slug}", about__claim=own.claim)
    return list(of.order_by(F("queued_at").desc(), "-pk"))
