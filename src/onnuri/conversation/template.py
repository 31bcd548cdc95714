"""The template "hall 150 + online": rules by policy, and first statements that span positions."""

from __future__ import annotations

from typing import Any, Final

SEEDS: Final = {
    "ko": (
        "결정하기 전에 필요한 자료를 모두에게 먼저 공개해야 합니다.",
        "가장 어려운 처지에 있는 사람부터 도와야 합니다.",
        "오래 살아온 사람들의 생활을 지키는 것이 먼저입니다.",
        "새로운 시도를 작게 먼저 해 보고 넓혀야 합니다.",
        "비용이 늘더라도 모두가 쓸 수 있게 만들어야 합니다.",
        "일이 빨리 되는 것보다 함께 정하는 것이 중요합니다.",
        "민간이 더 잘하는 일은 민간에 맡겨야 합니다.",
        "결과를 해마다 확인하고 그때마다 고쳐야 합니다.",
    ),
}
"""General enough for any public question; an organiser replaces them with their own."""


def seeds_of_template(language: str) -> list[tuple[str, str]]:
    """Text and language of each seed."""
    return [(text, language) for text in SEEDS[language]]


def rules_of_policy(policy: str) -> dict[str, Any]:
    """The default rules: open voices count only where everybody joins openly."""
    return {"vote": policy, "open_counts": policy == "open"}
