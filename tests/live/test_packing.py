"""Packed in pieces, unpacked whole: what a phone reads is what was drawn."""

import asyncio
import gzip

from hypothesis import given
from hypothesis import strategies as st
from tests.journeys.voters import QUESTION, SEEDS, everybody
from tests.serving import Server

from onnuri.live.drawing import Drawn
from onnuri.live.packing import EACH, accepts, joined, piece


@given(parts=st.lists(st.binary(max_size=2000), max_size=8))
def test_pieces_make_the_body(parts):
    body = b"".join(parts)

    assert gzip.decompress(joined([piece(part, 1 + n % 9) for n, part in enumerate(parts)], body)) == body


@given(
    own=st.lists(st.text(max_size=60), min_size=2, max_size=2),
    around=st.lists(st.text(max_size=900), min_size=3, max_size=3),
)
def test_packed_or_not_the_page_is_the_same(own, around):
    places = {b"DECK-OF-THIS-PAGE": own[0].encode(), b"ID-OF-THIS-CARD": own[1].encode()}
    first, second = places
    body = b"".join((around[0].encode(), first, around[1].encode(), second, around[2].encode(), first))
    drawn = Drawn(0.0, 200, [(b"Vary", b"Cookie")], body)

    plain, packed = (asyncio.run(sent(drawn, places, packed=p)) for p in (False, True))

    encoded = any(name == b"content-encoding" for name, _ in packed["headers"])
    assert (gzip.decompress(packed["body"]) if encoded else packed["body"]) == plain["body"]
    assert dict(packed["headers"])[b"content-length"] == b"%d" % len(packed["body"])


async def sent(drawn, places, *, packed):
    told = {}

    async def send(message):
        told.update(message)

    await drawn.send(send, places, packed=packed)
    return told


def test_only_who_can_unpack_gets_it_packed():
    assert accepts({"headers": [(b"accept-encoding", b"br, gzip")]})
    assert not accepts({"headers": [(b"accept-encoding", b"identity")]})
    assert not accepts({"headers": []})


def test_pages_and_scripts_come_packed_and_unpack_to_the_same(tmp_path):
    with Server(tmp_path) as server:
        room = server.conversation(question=QUESTION, seeds=SEEDS)
        (phone,) = everybody((server,), room, 1, statements=())
        for path in (
            f"/c/{room.code}",
            "/",
            f"/c/{room.code}/mine",
            "/static/js/vote-card.js",
            "/static/css/bundle/stage.css",
        ):
            plain, packed = phone.get(path), phone.get(path, accept_encoding="gzip")

            assert "content-encoding" not in plain.headers
            assert packed.headers["content-encoding"] == "gzip"
            assert len(packed.body) < len(plain.body) / 2
            assert gzip.decompress(packed.body) == plain.body or "csrf" in plain.text
            assert packed.headers["content-type"] == plain.headers["content-type"]
        again = phone.get(
            "/static/js/vote-card.js", accept_encoding="gzip", if_none_match=plain.headers.get("etag", '"x"')
        )
        assert again.status in {200, 304}
        assert "Traceback" not in server.log


def test_a_short_text_is_not_worth_it():
    assert len(joined([piece(b"ok", EACH)], b"ok")) > len(b"ok")
