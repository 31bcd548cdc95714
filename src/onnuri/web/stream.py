"""The stream of a conference: how its address is shown, and what the browser is allowed to load for it.

Nothing is asked of the other host before somebody presses the button that names it.
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from onnuri.conference.programme import host_of_address

Content = dict[str, Any]

FILES: Final = {".m3u8": "application/vnd.apple.mpegurl", ".mp4": "video/mp4", ".webm": "video/webm"}
YOUTUBE: Final = re.compile(r"(?:www\.|m\.)?youtube(?:-nocookie)?\.com")
YOUTUBE_PATH: Final = re.compile(r"/(?:live|embed|shorts|v)/([\w-]{6,20})")
VIMEO_PATH: Final = re.compile(r"/(?:event/)?(\d{4,20})(?:/(\w+))?/?")


def stream_shown(address: str, *, asked: bool = False) -> Content | None:
    """What the page needs; None without a stream.

    Args:
        address: as the organiser wrote it.
        asked: the visitor has pressed the button and sees it at once.
    """
    if not address:
        return None
    source, media = embedded(address), media_type(address)
    return {
        "url": address,
        "embed_url": source,
        "host": host_of_address(source),
        "kind": "video" if media else "frame",
        "media_type": media,
        "open": asked,
    }


def policy_for(address: str) -> str:
    """The one more line of the content security policy: exactly this host, for a player or for a file.

    >>> policy_for("https://youtu.be/abcdefghijk")
    'frame-src https://www.youtube-nocookie.com'
    """
    directive = "media-src" if media_type(address) else "frame-src"
    return f"{directive} https://{host_of_address(embedded(address))}"


def media_type(address: str) -> str | None:
    """The type of a file that a <video> plays by itself; None for a page with a player."""
    path = urlsplit(address).path.lower()
    return next((kind for ending, kind in FILES.items() if path.endswith(ending)), None)


def embedded(address: str) -> str:
    """The address a frame loads: the players of YouTube without cookies and of Vimeo, anything else as it is.

    >>> embedded("https://www.youtube.com/watch?v=abcdefghijk&t=3")
    'https://www.youtube-nocookie.com/embed/abcdefghijk'
    >>> embedded("https://vimeo.com/123456789")
    'https://player.vimeo.com/video/123456789'
    """
    parts = urlsplit(address)
    if YOUTUBE.fullmatch(parts.netloc) or parts.netloc == "youtu.be":
        video = _youtube_video(parts.netloc, parts.path, parts.query)
        return f"https://www.youtube-nocookie.com/embed/{video}" if video else address
    if parts.netloc in {"vimeo.com", "www.vimeo.com"} and (found := VIMEO_PATH.fullmatch(parts.path)):
        if parts.path.startswith("/event/"):
            return f"https://vimeo.com/event/{found[1]}/embed"
        return f"https://player.vimeo.com/video/{found[1]}" + (f"?h={found[2]}" if found[2] else "")
    return address


def _youtube_video(host: str, path: str, query: str) -> str | None:
    written = path[1:] if host == "youtu.be" else (parse_qs(query).get("v") or [""])[0]
    if (found := YOUTUBE_PATH.fullmatch(path)) is not None:
        written = found[1]
    return written if re.fullmatch(r"[\w-]{6,20}", written, re.ASCII) else None
