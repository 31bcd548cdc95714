"""The election guard: no question for or against a candidate or a party, and a word of warning before an election.

A pair of words makes it: who stands for office, and the choice of them. One alone is an honest question of policy.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from onnuri.errors import BadInput, Unprocessable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

DAYS_BEFORE: Final = 60
"""From so long before an election Korean law restricts polls that name parties or candidates, and events of cities."""
STANDS: Final = (
    (
        r"정당|여당|야당|집권당|후보자|대통령|국회의원|시의원|도의원|구의원|교육감|도지사|구청장|군수"
        r"|(?:시장|의원|지사)\s?(?:후보|선거|으로|을 뽑)|후보(?!\s?(?:문안|지|도시|안|군))"
    ),
    (
        r"\b(?:candidates?|(?:political|ruling|opposition) part(?:y|ies)|presidents?|mayors?|governors?|senators?"
        r"|members? of parliament|MPs?|Democrats?|Republicans?|incumbents?)\b"
    ),
    r"候选人|政党|执政党|反对党|在野党|总统|市长|议员|州长|省长",
    r"候補者|政党|与党|野党|大統領|首相|市長|知事|議員",
    r"ứng cử viên|đảng phái|đảng cầm quyền|đảng đối lập|chính đảng|tổng thống|thị trưởng|đại biểu|nghị sĩ",
)
CHOICE: Final = (
    r"지지|뽑|찍(?:을|겠|으|습|나)|당선|낙선|출마|공천|사퇴|재선|적합|선호|투표하|누구에게 투표",
    (
        r"\b(?:vote(?:s|d)? for|voting for|support(?:s|ed)?|prefer(?:s|red)?|elect(?:s|ed)?|re-?elect(?:ed|ion)?"
        r"|endorse[sd]?|approve of|approval of|resign|win the election)\b"
    ),
    r"支持|投票给|投给|选谁|当选|落选|参选|竞选|连任|辞职|偏好",
    r"支持|投票|選び|選ぶ|当選|落選|出馬|再選|辞任|ふさわしい",
    r"ủng hộ|bỏ phiếu cho|bầu cho|bầu ai|đắc cử|trúng cử|tranh cử|tái cử|từ chức",
)
_STANDS: Final = re.compile("|".join(STANDS), re.IGNORECASE)
_CHOICE: Final = re.compile("|".join(CHOICE), re.IGNORECASE)


def asks_of_an_election(text: str) -> tuple[str, str] | None:
    """The two words that make a text a question about candidates or parties; None where there are none.

    >>> asks_of_an_election("다음 시장 후보 가운데 누구를 지지합니까?")
    ('시장 후보', '지지')
    >>> asks_of_an_election("전통시장을 어떻게 살릴까요?"), asks_of_an_election("후보 문안을 지지합니까?")
    (None, None)
    """
    stands, choice = _STANDS.search(text), _CHOICE.search(text)
    return (stands[0], choice[0]) if stands and choice else None


def require_no_election(texts: Iterable[str], *, is_no_poll: bool, field: str) -> None:
    """Refuse a question for or against a candidate or a party, unless the organiser says that it is none.

    Args:
        texts: the question in each of its languages, and what may be answered.
        is_no_poll: the organiser has said "this is not an election poll".
        field: of the form.

    Raises:
        Unprocessable: election_question.
    """
    if is_no_poll:
        return
    for text in texts:
        if found := asks_of_an_election(text):
            raise Unprocessable("election_question", field=field, words=" · ".join(found))


def elections_of(environ: Mapping[str, str]) -> tuple[date, ...]:
    """The days of elections the installation knows of: ONNURI_ELECTIONS=2026-06-03,2028-04-12.

    Raises:
        BadInput: one of them is no day.

    >>> elections_of({"ONNURI_ELECTIONS": "2028-04-12, 2026-06-03"})
    (datetime.date(2026, 6, 3), datetime.date(2028, 4, 12))
    """
    written = [part.strip() for part in environ.get("ONNURI_ELECTIONS", "").split(",") if part.strip()]
    try:
        return tuple(sorted(date.fromisoformat(one) for one in written))
    except ValueError:
        raise BadInput("ONNURI_ELECTIONS", f"{written!r}: each must be a day such as 2026-06-03") from None


def election_near(days: Collection[date], today: date) -> date | None:
    """The election that is at most sixty days ahead, or today.

    >>> election_near([date(2026, 6, 3)], date(2026, 4, 4)), election_near([date(2026, 6, 3)], date(2026, 4, 3))
    (datetime.date(2026, 6, 3), None)
    """
    return next((day for day in sorted(days) if 0 <= (day - today).days <= DAYS_BEFORE), None)
