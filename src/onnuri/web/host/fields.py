"""Forms of the organiser's desk: texts in five languages and moments in the installation's time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone, translation

from onnuri.errors import Unprocessable
from onnuri.vocabulary import LANGUAGES
from onnuri.web import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Content = dict[str, Any]
LANGUAGE_NAMES: Final = {"ko": "한국어", "en": "English", "zh-hans": "简体中文", "ja": "日本語", "vi": "Tiếng Việt"}
LONG: Final = 500
"""From so many characters on a text is written in several lines."""
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


# ---- reading


def texts_of(form: Mapping[str, str], names: Mapping[str, int]) -> dict[str, dict[str, str]]:
    """Field -> language -> what was written, from fields like "title_en"."""
    return {name: {language: form.get(f"{name}_{language}", "") for language in LANGUAGES} for name in names}


def moment_of(form: Mapping[str, str], field: str) -> datetime | None:
    """A moment as a datetime-local field writes it, in the installation's time zone; None when blank.

    Raises:
        Unprocessable: moment; also for one that the clocks skip.
    """
    written = form.get(field, "").strip()
    if not written:
        return None
    try:
        read = datetime.fromisoformat(written)
        moment = read if read.tzinfo is not None else timezone.make_aware(read)
        same = timezone.localtime(moment.astimezone(UTC)).replace(tzinfo=None) == read or read.tzinfo is not None
    except (ValueError, OverflowError):
        raise Unprocessable("moment", field=field) from None
    if not same or not EARLIEST <= moment < LATEST:
        raise Unprocessable("moment", field=field)
    return moment.astimezone(UTC)


# ---- showing


def moment_text(moment: datetime | None) -> str:
    """As a datetime-local field wants it."""
    return "" if moment is None else f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def form_of(thing: Any, names: Mapping[str, int]) -> dict[str, str]:  # noqa: ANN401 - a row with texts
    """The stored texts as a form has them."""
    return {
        f"{name}_{language}": (getattr(thing, name) or {}).get(language, "") for name in names for language in LANGUAGES
    }


def languages_shown(
    form: Mapping[str, str],
    stored: Mapping[str, str] | None,
    names: Mapping[str, int],
    labels: Mapping[str, str],
    *,
    wrong: str | None = None,
    defaults: Mapping[str, Callable[[], str]] | None = None,
) -> list[Content]:
    """Every language with its fields, and how many texts it lacks that another language has.

    Args:
        form: what the fields hold.
        stored: what somebody else has stored meanwhile, shown where it differs; None = nothing of the kind.
        names: fields and how long they may be.
        labels: what people read over them.
        wrong: the field that was refused; its language is unfolded.
        defaults: what stands there while a field is blank, said in the language that is on.
    """
    written = {name: [code for code in LANGUAGES if form.get(f"{name}_{code}", "").strip()] for name in names}
    found = []
    for code in LANGUAGES:
        fields = [_field(form, stored, f"{name}_{code}", labels[name], limit) for name, limit in names.items()]
        for name, one in zip(names, fields, strict=True):
            one["default"] = _said_in(code, (defaults or {}).get(name))
        to_see = any(field["name"] == wrong or field["theirs"] is not None for field in fields)
        found.append(
            {
                "code": code,
                "name": LANGUAGE_NAMES[code],
                "missing": sum(bool(told) and code not in told for told in written.values()),
                "open": to_see or code in {"ko", shown.language()},
                "fields": fields,
            }
        )
    return found


def _said_in(language: str, default: Callable[[], str] | None) -> str:
    if default is None:
        return ""
    with translation.override(language):
        return default()


def _field(form: Mapping[str, str], stored: Mapping[str, str] | None, name: str, label: str, limit: int) -> Content:
    return {
        "name": name,
        "label": label,
        "value": form.get(name, ""),
        "long": limit >= LONG,
        "theirs": theirs(form, stored, name),
    }


def theirs(form: Mapping[str, str], stored: Mapping[str, str] | None, name: str) -> str | None:
    """What somebody else has stored in this field, if it is not what is written here."""
    if stored is None or stored.get(name, "") == form.get(name, "").replace("\r\n", "\n").strip():
        return None
    return stored.get(name, "")


def missing_languages(thing: Any, names: Mapping[str, int]) -> list[str]:  # noqa: ANN401 - a row with texts
    """Names of the languages that lack a text which another has."""
    texts = [told for name in names if (told := getattr(thing, name))]
    return [LANGUAGE_NAMES[code] for code in LANGUAGES if any(not told.get(code) for told in texts)]
