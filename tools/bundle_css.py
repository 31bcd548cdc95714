"""Join the style sheets into one per audience; ``--check`` only says whether they are stale."""

import re
import sys
from pathlib import Path

CSS = Path(__file__).resolve().parent.parent / "src" / "onnuri" / "web" / "static" / "css"
LAYERS = "@layer tokens, base, parts, states;\n"

SHARED = ["top", "reader", "button", "card", "form", "error"]
PARTS = {
    "attend": [
        *SHARED,
        *["vote", "now", "seats", "round", "tabs", "groups", "map"],
        *["slate", "shortlist", "mine", "draft", "similar", "evidence", "rules", "question", "poll", "attend"],
    ],
    "public": [
        *SHARED,
        *["vote", "now", "seats", "round", "groups", "map", "slate", "ticket", "qr", "landing", "first-run"],
        *["conference", "register", "record", "record-open", "rooms", "programme", "account"],
        *["tabs", "dialog", "comment", "picture", "moderate"],
    ],
    "settings": [*SHARED, "settings"],
    "kiosk": [*SHARED, "vote", "kiosk"],
    "stage": [
        *[
            "top",
            "button",
            "ticket",
            "qr",
            "seats",
            "groups",
            "map",
            "stage",
            "stage-views",
            "stage-questions",
            "stage-poll",
        ]
    ],
    "host": [
        *SHARED,
        *["round", "seats", "groups", "slate", "evidence", "console", "queue", "running", "rules"],
        *["record", "record-open", "dialog", "rooms", "desk", "outbox", "programme", "door", "organise", "cards"],
        *["poll", "polls", "picture", "moderate"],
    ],
}

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
LAYER_LINE = re.compile(r"^@layer [\w, ]+;$", re.MULTILINE)
SPACE = re.compile(r"\s+")
AROUND = re.compile(r"\s*([{};,])\s*")


def main(arguments: list[str]) -> int:
    """Write every bundle, or with ``--check`` name the stale ones and answer 1."""
    stale = [audience for audience in PARTS if read(target(audience)) != bundle(audience)]
    if "--check" in arguments:
        sys.stdout.writelines(f"stale: {target(audience)}\n" for audience in stale)
        return 1 if stale else 0
    for audience in stale:
        target(audience).parent.mkdir(exist_ok=True)
        target(audience).write_text(bundle(audience), encoding="utf-8")
    return 0


def bundle(audience: str) -> str:
    """Join tokens, base and the parts of an audience under one layer line."""
    parts = [CSS / "parts" / f"{part}.css" for part in PARTS[audience]]
    files = [CSS / "tokens.css", CSS / "base.css", *parts]
    return LAYERS + "\n".join(shorten(path.read_text(encoding="utf-8")) for path in files) + "\n"


def shorten(text: str) -> str:
    """Take out comments, the layer line and spaces that mean nothing.

    >>> shorten("/* why */ .a { color: red; }")
    '.a{color: red}'
    """
    text = LAYER_LINE.sub("", COMMENT.sub("", text))
    return AROUND.sub(r"\1", SPACE.sub(" ", text)).replace(";}", "}").strip()


def target(audience: str) -> Path:
    """Name the bundle of an audience."""
    return CSS / "bundle" / f"{audience}.css"


def read(path: Path) -> str:
    """Read a bundle, or nothing where it was never written."""
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
