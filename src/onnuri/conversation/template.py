"""The template "hall 150 + online": rules by policy, and first statements that span positions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    "en": (
        "Before anything is decided, the facts it rests on should be open to everyone.",
        "Help should go first to those in the hardest situation.",
        "Protecting the daily life of people who have long lived here comes first.",
        "New ideas should be tried on a small scale first, and then widened.",
        "Things should be made so that everyone can use them, even if that costs more.",
        "Deciding together matters more than getting things done quickly.",
        "What private bodies do better should be left to them.",
        "The results should be checked every year and put right each time.",
    ),
    "zh-hans": (
        "在作出决定之前，应先向所有人公开相关资料。",
        "应当从处境最困难的人开始帮助。",
        "首先要保障长期居住者的生活。",
        "新的尝试应先小范围试行，再逐步推广。",
        "即使费用增加，也应做到人人都能使用。",
        "比起办得快，一起商量决定更重要。",
        "民间能做得更好的事，应交给民间去做。",
        "应每年检查成效，并及时改进。",
    ),
    "ja": (
        "決める前に、必要な資料をまず全員に公開すべきです。",
        "最も困難な状況にある人から支えるべきです。",
        "長く暮らしてきた人の生活を守ることが第一です。",
        "新しい試みは、まず小さく始めてから広げるべきです。",
        "費用が増えても、誰もが使えるものにすべきです。",
        "早く進めることより、一緒に決めることが大切です。",
        "民間のほうがうまくできることは、民間に任せるべきです。",
        "結果を毎年確かめ、そのたびに改めるべきです。",
    ),
    "vi": (
        "Trước khi quyết định, cần công khai mọi tài liệu liên quan cho tất cả mọi người.",
        "Cần giúp những người ở hoàn cảnh khó khăn nhất trước tiên.",
        "Giữ gìn cuộc sống của những người đã gắn bó lâu năm là điều cần làm trước.",
        "Cách làm mới nên được thử ở quy mô nhỏ trước rồi mới mở rộng.",
        "Dù tốn kém hơn, vẫn cần làm sao để ai cũng dùng được.",
        "Cùng nhau quyết định quan trọng hơn là làm cho nhanh.",
        "Việc gì tư nhân làm tốt hơn thì nên giao cho tư nhân.",
        "Cần kiểm tra kết quả hằng năm và điều chỉnh mỗi khi cần.",
    ),
}
"""General enough for any public question; an organiser replaces them with their own."""


def seeds_of_template(*languages: str) -> list[tuple[str, str]]:
    """Text and language of each seed, in the first of these languages that has seeds; else in Korean.

    A statement exists once, in one language: the same seed in two would be two statements to vote on.
    """
    chosen = first_known(languages)
    return [(text, chosen) for text in SEEDS[chosen]]


def first_known(languages: Iterable[str]) -> str:
    """The first of these languages that has seeds.

    >>> first_known(["fr", "vi"]), first_known([])
    ('vi', 'ko')
    """
    return next((language for language in languages if language in SEEDS), "ko")


def rules_of_policy(policy: str) -> dict[str, Any]:
    """The default rules: open voices count only where everybody joins openly."""
    return {"vote": policy, "open_counts": policy == "open"}
