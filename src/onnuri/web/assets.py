"""Style sheets and scripts as the pages link them: inlined for phones, linked with a digest for the rest."""

import hashlib
import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
IMPORTED = re.compile(r'^import\s[^"]*"\./([a-z-]+)\.js"', re.MULTILINE)


@cache
def bundle_text(audience: str) -> str:
    """Give the exact text between ``<style>`` and ``</style>``: the server hashes this for its CSP."""
    return bundle_path(audience).read_text(encoding="utf-8")


def bundle_path(audience: str) -> Path:
    """Give the bundle that ``tools/bundle_css.py`` wrote for an audience."""
    return STATIC / "css" / "bundle" / f"{audience}.css"


@cache
def bundle_digest(audience: str) -> str:
    """Give the short digest that makes a linked bundle's address change with its text."""
    return short_digest(bundle_text(audience))


@cache
def script_digest(name: str) -> str:
    """Give the short digest of a module and of all it imports."""
    texts = [script_text(one) for one in (name, *imports(name))]
    return short_digest("\0".join(texts))


@cache
def imports(name: str) -> tuple[str, ...]:
    """Give every module that ``name`` imports, near or far, in the order met and each one once."""
    found: dict[str, None] = {}
    for direct in IMPORTED.findall(script_text(name)):
        found.setdefault(direct)
        found |= dict.fromkeys(imports(direct))
    return tuple(found)


def script_text(name: str) -> str:
    """Read a module of ``static/js``."""
    return (STATIC / "js" / f"{name}.js").read_text(encoding="utf-8")


def short_digest(text: str) -> str:
    """Shorten a SHA-256.

    >>> short_digest("onnuri")
    '72f3ea54'
    """
    return hashlib.sha256(text.encode()).hexdigest()[:8]
