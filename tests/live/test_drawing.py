"""A page for many is drawn once, and never one that is somebody's own."""

import asyncio

import pytest

from onnuri.live import drawing
from onnuri.live.drawing import Drawings, look_of


class Site:
    """A site that says how often it was asked, and by whom."""

    def __init__(self, body=b"<p>KEY</p>", status=200, headers=()):
        self.body, self.status, self.headers = body, status, list(headers)
        self.asked = []

    async def __call__(self, scope, receive, send):
        self.asked.append(dict(scope["headers"])[b"cookie"].decode())
        await asyncio.sleep(0.01)
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


def scope(cookie=b"", **headers):
    sent = [(b"host", b"onnuri"), (b"cookie", cookie), *((n.encode(), v) for n, v in headers.items())]
    return {"type": "http", "path": "/c/ABC234", "headers": sent}


async def got(drawings, key, one):
    return await drawings.get(key, one, {"shared": "1"})


def test_a_thousand_who_come_at_once_are_one_drawing():
    async def story():
        site = Site()
        drawings = Drawings(site)
        await asyncio.gather(*(got(drawings, "lobby", scope()) for _ in range(1000)))
        return len(site.asked)

    assert asyncio.run(story()) == 1


def test_who_reads_otherwise_has_a_page_of_their_own():
    async def story():
        site = Site()
        drawings = Drawings(site)
        for cookie in (b"", b"theme=dark", b"lang=en", b"text=3; motion=off", b"theme=<script>", b"voice_X=1.secret"):
            await got(drawings, "lobby", scope(cookie))
        return site.asked

    asked = asyncio.run(story())

    assert len(asked) == 4
    assert not any("secret" in cookie or "script" in cookie for cookie in asked)


@pytest.mark.parametrize(
    ("site", "kept"),
    [
        (Site(b"<input name=csrfmiddlewaretoken>"), b""),
        (Site(headers=[(b"Set-Cookie", b"a=b")]), b""),
        (Site(b"not here", status=404), b"not here" * 3),
    ],
    ids=["a form", "a cookie", "a refusal"],
)
def test_what_is_somebodys_own_is_not_kept(site, kept):
    async def story():
        drawings = Drawings(site)
        pages = [await got(drawings, "x", scope()) for _ in range(3)]
        return [page.is_for_many for page in pages], b"".join(page.body for page in pages), len(site.asked)

    assert asyncio.run(story()) == ([False] * 3, kept, 1)


def test_a_page_drawn_for_another_name_of_the_server_is_not_given():
    async def story():
        site = Site()
        drawings = Drawings(site)
        for host in (b"onnuri", b"evil.example", b"onnuri"):
            await got(drawings, "lobby", {**scope(), "headers": [(b"host", host)]})
        await got(drawings, "lobby", {**scope(), "scheme": "https"})
        return len(site.asked)

    assert asyncio.run(story()) == 3


def test_a_page_grows_old(monkeypatch):
    async def story():
        site = Site()
        drawings = Drawings(site)
        await got(drawings, "x", scope())
        await got(drawings, "x", scope())
        monkeypatch.setattr(drawing, "FRESH_S", -1.0)
        await got(drawings, "x", scope())
        return len(site.asked)

    assert asyncio.run(story()) == 2


def test_each_gets_their_own_in_the_open_place():
    async def story():
        drawn = await got(Drawings(Site()), "x", scope())
        sent = []

        async def send(message):
            sent.append(message)

        await drawn.send(send, {b"KEY": b"mine"})
        return sent

    start, body = asyncio.run(story())

    assert body["body"] == b"<p>mine</p>"
    assert dict(start["headers"])[b"content-length"] == b"11"


def test_an_unknown_look_is_the_plain_one():
    assert look_of(scope(b"theme=neon; text=9; contrast=more")) == {
        "lang": "ko", "text": "1", "theme": "", "contrast": "more", "motion": "", "keys": "",
    }  # fmt: skip
