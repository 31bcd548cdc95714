"""The picture of a session: read with care, made small, and stored with what it shows."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction
from PIL import Image, ImageOps

from onnuri.conference.book import locked
from onnuri.conference.editing import checked_text
from onnuri.conference.models import Picture
from onnuri.errors import NotFound, TooLarge, Unprocessable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from onnuri.conference.models import Session

LARGEST_FILE: Final = 6 * 1024 * 1024
"""What stays in memory: a larger one would lie in the system's temporary folder, with all that the camera noted."""
MOST_PIXELS: Final = {"JPEG": 50_000_000, "PNG": 16_000_000, "WEBP": 16_000_000}
"""A small file may unfold into a picture that fills the memory: it is asked for its size before it is unfolded. A JPEG
is read small from the start."""
LONGEST_SIDE: Final = 1600
QUALITY: Final = 82
FORMATS: Final = ("JPEG", "PNG", "WEBP")
DESCRIPTION: Final = {"description": 300}
"""The texts of a picture and how long they may be."""


@dataclass(frozen=True)
class Drawn:
    """A picture as it is stored: WebP, with nothing in it but the picture."""

    data: bytes
    width: int
    height: int


def drawn_small(content: bytes) -> Drawn:
    """A picture as somebody sent it, made to be shown: upright, small enough for a screen, and without metadata.

    Raises:
        TooLarge: too_large, picture_pixels.
        Unprocessable: picture_unknown - no JPEG, PNG or WebP, or a broken one.
    """
    if len(content) > LARGEST_FILE:
        raise TooLarge("too_large", field="picture", limit=LARGEST_FILE)
    found = _read(lambda: Image.open(io.BytesIO(content), formats=FORMATS))
    most = MOST_PIXELS[found.format or "PNG"]
    if found.width * found.height > most:
        raise TooLarge("picture_pixels", field="picture", limit=most // 1_000_000)
    upright = _read(lambda: _upright(found))
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    kept = io.BytesIO()
    upright.save(kept, "WEBP", quality=QUALITY)
    return Drawn(kept.getvalue(), upright.width, upright.height)


def _read(reading: Callable[[], Image.Image]) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is asked by ourselves
            return reading()
    except Exception:  # noqa: BLE001 - a broken file breaks its reader in many ways, and is no picture in each of them
        raise Unprocessable("picture_unknown", field="picture") from None


def _upright(found: Image.Image) -> Image.Image:
    found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    found.load()
    ImageOps.exif_transpose(found, in_place=True)
    return found.convert("RGBA" if found.has_transparency_data else "RGB")


def put_picture(slug: str, number: int, content: bytes | None, texts: Mapping[str, str]) -> Picture:
    """Give a session its picture, or a new description where none is sent along.

    Raises:
        Unprocessable: picture_none, picture_unknown, description_needed.
    """
    description = checked_text(texts, DESCRIPTION["description"], "description")
    if not description:
        raise Unprocessable("description_needed", field="description_ko")
    drawn = drawn_small(content) if content is not None else None
    with transaction.atomic():
        own = _session(slug, number)
        if drawn is not None:
            stored = Picture(
                session=own,
                data=drawn.data,
                digest=hashlib.sha256(drawn.data).hexdigest()[:16],
                width=drawn.width,
                height=drawn.height,
            )
        elif (there := Picture.objects.filter(session=own).first()) is not None:
            stored = there
        else:
            raise Unprocessable("picture_none", field="picture")
        stored.description = description
        stored.save()
    return stored


def take_picture_away(slug: str, number: int) -> None:
    """The session is without a picture."""
    with transaction.atomic():
        Picture.objects.filter(session=_session(slug, number)).delete()


def _session(slug: str, number: int) -> Session:
    own = locked(slug).sessions.filter(pk=number).first()
    if own is None:
        raise NotFound("session_unknown")
    return own
