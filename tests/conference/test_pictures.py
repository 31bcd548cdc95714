"""Pictures of talks: whatever is sent becomes a small clean picture, or a clear no."""

import io
import struct
import zlib

import pytest
from PIL import Image
from tests import cast

from onnuri.conference import editing, pictures
from onnuri.conference.models import Picture
from onnuri.errors import Conflict, NotFound, TooLarge, Unprocessable

LEFT, RIGHT = (190, 40, 40), (40, 60, 190)
SHOWS = {"ko": "골목 시장의 아침", "en": "A lane market in the morning"}


def photo(width=64, height=32, kind="JPEG", **how):
    """Red on the left, blue on the right."""
    made = Image.new("RGB", (width, height), LEFT)
    made.paste(RIGHT, (width // 2, 0, width, height))
    kept = io.BytesIO()
    made.save(kept, kind, **how)
    return kept.getvalue()


def opened(drawn):
    return Image.open(io.BytesIO(drawn.data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_of_each_kind_is_the_same_picture(kind):
    drawn = pictures.drawn_small(photo(kind=kind))

    found = opened(drawn)
    assert (found.format, found.size, drawn.width, drawn.height) == ("WEBP", (64, 32), 64, 32)
    for at, wanted in (((8, 16), LEFT), ((56, 16), RIGHT)):
        assert all(abs(a - b) < 24 for a, b in zip(found.convert("RGB").getpixel(at), wanted, strict=True))


def test_a_large_one_fits_a_screen_and_keeps_its_shape():
    drawn = pictures.drawn_small(photo(4000, 1000))

    assert (drawn.width, drawn.height) == (1600, 400)


def test_where_and_by_whom_it_was_taken_is_not_stored_and_it_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # held on its side
    exif[0x013B] = "Photographer of the example"
    sent = photo(exif=exif.tobytes())
    assert b"Photographer" in sent

    drawn = pictures.drawn_small(sent)

    assert (drawn.width, drawn.height) == (32, 64)
    assert b"Photographer" not in drawn.data
    assert not opened(drawn).getexif()


def test_what_is_see_through_stays_so():
    kept = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(kept, "PNG")

    assert opened(pictures.drawn_small(kept.getvalue())).convert("RGBA").getpixel((4, 4))[3] == 0


def bomb(width=30_000, height=30_000):
    """A PNG of a few bytes that says it is huge."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        (b"", "picture_unknown"),
        (b"no picture at all", "picture_unknown"),
        (SCRIPT, "picture_unknown"),
        (b"GIF89a" + bytes(50), "picture_unknown"),
        (photo(kind="PNG")[:60], "picture_unknown"),
        (photo(600, 600)[:400], "picture_unknown"),
        (bomb(4_000, 5_000), "picture_pixels"),
        (bomb(), "picture_unknown"),
        (bytes(pictures.LARGEST_FILE + 1), "too_large"),
    ],
)
def test_what_is_no_picture_is_refused(sent, key):
    with pytest.raises((Unprocessable, TooLarge)) as refused:
        pictures.drawn_small(sent)

    assert (refused.value.key, refused.value.field) == (key, "picture")


# ---- given to a session


@pytest.fixture
def talk(db):
    conference = cast.conference()
    return conference.sessions.create(order=1, kind="talk", title={"ko": "작은 가게"})


def test_it_is_given_described_changed_and_taken_away(talk):
    first = pictures.put_picture("hanbit", talk.pk, photo(), SHOWS)
    described = pictures.put_picture("hanbit", talk.pk, None, {"ko": "시장"})
    second = pictures.put_picture("hanbit", talk.pk, photo(32, 64), {"ko": "시장"})

    assert (first.description, described.description) == (SHOWS, {"ko": "시장"})
    assert described.digest == first.digest != second.digest
    assert Picture.objects.count() == 1
    pictures.take_picture_away("hanbit", talk.pk)
    assert not Picture.objects.exists()


def test_without_words_or_without_a_picture_nothing_is_stored(talk):
    for content, texts, key in (
        (photo(), {"ko": "  "}, "description_needed"),
        (None, SHOWS, "picture_none"),
        (photo(), {"ko": "가" * 301}, "text_too_long"),
    ):
        with pytest.raises(Unprocessable) as refused:
            pictures.put_picture("hanbit", talk.pk, content, texts)
        assert refused.value.key == key
    with pytest.raises(NotFound):
        pictures.put_picture("hanbit", talk.pk + 1, photo(), SHOWS)
    assert not Picture.objects.exists()


def test_a_session_with_a_picture_is_cancelled_and_not_removed(talk):
    pictures.put_picture("hanbit", talk.pk, photo(), SHOWS)

    with pytest.raises(Conflict) as refused:
        editing.remove_session("hanbit", talk.pk)

    assert refused.value.key == "session_talked_about"
    assert Picture.objects.exists()
    pictures.take_picture_away("hanbit", talk.pk)
    editing.remove_session("hanbit", talk.pk)
