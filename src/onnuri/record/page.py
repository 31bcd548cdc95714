"""record.html: the record as one file that checks itself, opened from disk, without network or server.

page = template + one data block. The template is a second checker in plain JavaScript with its style, and the question
and outcome for who reads without JavaScript. The block holds every other file of the record, so the page stands outside
SHA256SUMS; `record.json` has the SHA-256 of the template, and `verify` compares the block with the files.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from onnuri.record import drawing
from onnuri.vocabulary import NOT_PLACED, in_language, language_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAGE: Final = "record.html"
LARGEST: Final = 24 * 2**20
"""Bytes of the other files. What no phone would open gets no page."""

CHECKER: Final = Path(__file__).parent / "checker"
SCRIPTS: Final = (
    "digest", "signature", "tables", "figures", "shares", "ballots", "conclusion", "checks",
    "words", "words_zh_hans", "words_ja", "words_vi", "show",
)  # fmt: skip
"""In the order in which they are read: each uses only what stands before it."""
PLACE: Final = re.compile(r"\{\{ (\w+) \}\}")
OPENING: Final = '<script type="application/json" id="record">'
CLOSING: Final = "</script>"
ESCAPED: Final = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
"""What could end the block, or begin something else, is written by its number."""


def template_of(head: Mapping[str, Any], landscape: Mapping[str, Any], statements: Sequence[Sequence[object]]) -> str:
    """The page without its data.

    Args:
        head: what becomes record.json.
        landscape: what becomes landscape.json; its groups are drawn as the seal.
        statements: rows of statements.csv: number, text, language, ...
    """
    language = head["lang"] if head["lang"] in WORDS else "en"
    script, style = _script(), _style()
    policy = (
        f"default-src 'none'; script-src {_source(script)}; style-src {_source(style)}; "
        "base-uri 'none'; form-action 'none'"
    )
    parts = {
        "language": language,
        "policy": policy,
        "title": f"{escape(_question(head, language)[0])} · {WORDS[language]['record']}",
        "style": style,
        "symbols": drawing.symbols(),
        "mark": drawing.mark(),
        "onnuri": WORDS[language]["onnuri"],
        "record": WORDS[language]["record"],
        "summary": _summary(head, landscape, statements, language),
        "unread": WORDS[language]["unread"],
        "data": OPENING + CLOSING,
        "script": script,
    }
    written = (CHECKER / "page.html").read_text(encoding="utf-8")
    return PLACE.sub(lambda place: parts[place[1]], written)


def digest_of(template: str) -> str:
    """What record.json says of the page."""
    return hashlib.sha256(template.encode("utf-8", "surrogateescape")).hexdigest()


def filled(template: str, files: Mapping[str, bytes]) -> bytes:
    """The page with the files in its block."""
    before, after = template.split(OPENING)
    return f"{before}{OPENING}{block_of(files)}{after}".encode("utf-8", "surrogateescape")


def block_of(files: Mapping[str, bytes]) -> str:
    r"""The files as JSON that cannot end the element it stands in.

    >>> block_of({"a.csv": b"x</script>\n"})
    '{"a.csv":"x\\u003c/script\\u003e\\n"}'
    """
    # Files that somebody broke are compared here too: their bytes must not be lost on the way.
    texts = {name: files[name].decode("utf-8", "surrogateescape") for name in sorted(files)}
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":")).translate(ESCAPED)


def parted(page: bytes) -> tuple[str, str] | None:
    """The template and the block of a page; None where there is no block."""
    before, opening, rest = page.decode("utf-8", "surrogateescape").partition(OPENING)
    block, closing, after = rest.partition(CLOSING)
    return (before + opening + closing + after, block) if closing else None


@lru_cache(maxsize=1)
def _script() -> str:
    return "".join((CHECKER / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)


@lru_cache(maxsize=1)
def _style() -> str:
    return drawing.STYLE + (CHECKER / "page.css").read_text(encoding="utf-8")


def _source(content: str) -> str:
    """How a policy names the one script, or style, that may run."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


# ---- for who reads without JavaScript ------------------------------------------------------------------------


def _summary(
    head: Mapping[str, Any],
    landscape: Mapping[str, Any],
    statements: Sequence[Sequence[object]],
    language: str,
) -> str:
    words, (question, spoken), outcome = WORDS[language], _question(head, language), outcome_of(head)
    numbers = head["conclusion"] if outcome == "ratified" else head.get("proposed", ())
    texts = {int(str(row[0])): (str(row[1]), str(row[2])) for row in statements}
    css = "text ratified" if outcome == "ratified" else "text"
    lines = "".join(
        f'<li><div><p class="{css}" dir="auto" lang="{escape(lang)}">{escape(text)}</p></div></li>'
        for number in numbers
        for text, lang in [texts.get(number, ("", ""))]
    )
    simulated = f'<span class="chip chip-warn">{words["simulated"]}</span>' if head["simulated"] else ""
    chip = "chip-good" if outcome == "ratified" else "chip-accent"
    return (
        f'<header class="head"><div><p class="chips"><span class="chip {chip}">{words[outcome]}</span>{simulated}</p>'
        f'<h1 dir="auto" lang="{escape(spoken)}">{escape(question)}</h1></div>'
        f'{_seal(landscape, outcome, words)}</header>\n<ol class="lines">{lines}</ol>'
    )


def _question(head: Mapping[str, Any], language: str) -> tuple[str, str]:
    """The question and its language: the wanted one where it was put in several."""
    if questions := head.get("questions"):
        return in_language(questions, language), language_of(questions, language)
    return head["question"], head["lang"]


def outcome_of(head: Mapping[str, Any]) -> str:
    """ratified, proposed (an export's lines, which nobody balloted on) or none."""
    if head["mode"] == "export":
        return "proposed" if head.get("proposed") else "none"
    return "ratified" if head["outcome"] == "conclusion" else "none"


def _seal(landscape: Mapping[str, Any], outcome: str, words: Mapping[str, str]) -> str:
    """Everybody as a ring of dots; only ratification closes it."""
    people = int(landscape["participants"])
    # Where rows are sealed a small group has no size: its people stand among the not yet placed.
    sizes = {int(g["id"]): int(g["size"] or 0) for g in landscape["groups"]}
    rings: dict[str, drawing.Ring] = {"ratified": "closed", "proposed": "open", "none": "apart"}
    return drawing.seal_ring(
        {**sizes, NOT_PLACED: people - sum(sizes.values())},
        ring=rings[outcome],
        text=f"{people:,}",
        words=words["people"].format(n=people),
    )


WORDS: Final[dict[str, dict[str, str]]] = {
    "ko": {
        "onnuri": "온누리",
        "record": "공개 기록",
        "ratified": "추인됨",
        "proposed": "답에서 규칙으로 뽑은 제안 · 추인되지 않음",
        "none": "공동 결론 없음",
        "simulated": "시뮬레이션",
        "people": "함께한 사람 {n:,}명",
        "unread": (
            "이 파일은 스스로를 검증하지만 그러려면 JavaScript가 필요합니다. 지금은 아무것도 검증하지 않았습니다. "
            "터미널의 <code>onnuri verify record.zip</code>은 JavaScript 없이 모두 확인합니다."
        ),
    },
    "en": {
        "onnuri": "Onnuri",
        "record": "Public record",
        "ratified": "Ratified",
        "proposed": "Proposed by rule from votes, not ratified",
        "none": "No common conclusion",
        "simulated": "Simulated people",
        "people": "{n:,} people took part",
        "unread": (
            "This file checks itself, and needs JavaScript to do so. Nothing has been checked here. "
            "<code>onnuri verify record.zip</code> in a terminal checks everything without JavaScript."
        ),
    },
    "zh-hans": {
        "onnuri": "Onnuri",
        "record": "公开记录",
        "ratified": "已通过",
        "proposed": "由规则从回答中选出的提议 · 未通过",
        "none": "未形成共同结论",
        "simulated": "模拟",
        "people": "{n:,}人参与",
        "unread": (
            "本文件可以自行核验，但需要 JavaScript。目前尚未核验任何内容。在终端运行 <code>onnu"
            "ri verify record.zip</code>，无需 JavaScript 即可核验全部内容。"
        ),
    },
    "ja": {
        "onnuri": "Onnuri",
        "record": "公開記録",
        "ratified": "採択",
        "proposed": "回答からルールで選んだ提案・採択投票なし",
        "none": "共通の結論なし",
        "simulated": "シミュレーション",
        "people": "{n:,}人が参加",
        "unread": (
            "このファイルは自らを検証しますが、それには JavaScript が必要です。いまは何も検証していません"
            "。ターミナルの <code>onnuri verify record.zip</code> なら、Jav"
            "aScript なしですべてを検証できます。"
        ),
    },
    "vi": {
        "onnuri": "Onnuri",
        "record": "Hồ sơ công khai",
        "ratified": "Đã thông qua",
        "proposed": "Đề xuất được quy tắc chọn từ câu trả lời · chưa được thông qua",
        "none": "Chưa có kết luận chung",
        "simulated": "Mô phỏng",
        "people": "{n:,} người đã tham gia",
        "unread": (
            "Tệp này tự kiểm chứng, nhưng cần JavaScript. Hiện ch"
            "ưa có gì được kiểm chứng. Lệnh <code>onnuri verify r"
            "ecord.zip</code> trong cửa sổ dòng lệnh kiểm chứng t"
            "ất cả mà không cần JavaScript."
        ),
    },
}
