"""Who may say by which scheme and from where people came: the proxies in front, and nobody else."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

from onnuri.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCAL: Final = "127.0.0.1"


def trusted_proxies(environ: Mapping[str, str]) -> list[str]:
    """Addresses and networks whose X-Forwarded-Proto and X-Forwarded-For count; none unless they are named.

    Raises:
        BadInput: one of them is neither.

    >>> trusted_proxies({"ONNURI_PROXIES": "127.0.0.1, 10.0.0.0/8"})
    ['127.0.0.1', '10.0.0.0/8']
    >>> trusted_proxies({"ONNURI_BEHIND_PROXY": "1"}), trusted_proxies({})
    (['127.0.0.1'], [])
    """
    written = environ.get("ONNURI_PROXIES", "")
    found = [_address(part.strip()) for part in written.split(",") if part.strip()]
    if not found and environ.get("ONNURI_BEHIND_PROXY"):
        return [LOCAL]
    return found


def _address(written: str) -> str:
    try:
        return str(ipaddress.ip_network(written)) if "/" in written else str(ipaddress.ip_address(written))
    except ValueError:
        raise BadInput(
            "ONNURI_PROXIES", f"{written!r} is neither an address nor a network such as 10.0.0.0/8"
        ) from None
