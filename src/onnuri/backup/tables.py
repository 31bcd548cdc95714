"""What a backup says it holds: rows of the tables that matter, and the migrations its database has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Ask = Callable[[str], Sequence[tuple[Any, ...]]]

COUNTED: Final = {
    "conferences": "conference_conference",
    "registrations": "conference_registration",
    "conversations": "conversation_conversation",
    "statements": "conversation_statement",
    "voices": "conversation_voice",
    "votes": "conversation_vote",
    "ballots": "conversation_ballotvote",
    "records": "publishing_record",
    "letters": "people_mail",
}
OWN: Final = ("people", "conference", "conversation", "publishing")


def counts(ask: Ask) -> dict[str, int]:
    """Rows by what they are."""
    return {what: int(ask(f"SELECT count(*) FROM {table}")[0][0]) for what, table in COUNTED.items()}  # noqa: S608 - fixed names


def applied(ask: Ask) -> list[str]:
    """Migrations of our own that the database has: "conversation.0001_initial"."""
    rows = ask("SELECT app, name FROM django_migrations")
    return sorted(f"{app}.{name}" for app, name in rows if app in OWN)


def known() -> set[str]:
    """Migrations that this program brings. Squashed or not, a name that is not here is of a newer one."""
    here = Path(__file__).parents[1]
    return {f"{app}.{file.stem}" for app in OWN for file in (here / app / "migrations").glob("[0-9]*.py")}
