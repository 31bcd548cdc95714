"""Words of abuse, as few and as plain as a person can check; what only holds their letters is let be. Pure.

Lists stay blind to hate without swear words: "…는 돌아가라" is for people to see. They order a queue and ask an author
to read once more; nothing is refused by them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

STEMS: Final = {
    "ko": (
        r"[시씨쓰씹][1!ㅣ]*[발벌팔빨]|[ㅅㅆ][ㅂㅃ]|tlqkf|개[새세쉐색](?:끼|키|퀴)?|[새색](?:끼|퀴)(?!손"
        r"|발가|줄|치는)|ㄱㅅㄲ|병신|ㅂㅅ|지랄|ㅈㄹ"
        r"|좆|존나|졸라(?!매|서|대)|ㅈㄴ|미친[놈년것새]|또라이|쓰레기(?:같은|만도|새)|닥쳐|꺼져|뒈져"
        r"|뒤져라|죽여\s?버|죽어라|죽어버려"
        r"|[개썅쌍]년|썅|쌍놈|개놈|호로자식|호구새|느금마|니애미|니미|애미없|엠창|창녀|창놈|걸레년"
        r"|보지(?=년|새)|자지새|후레자식"
        r"|틀딱|맘충|한남충|김치녀|된장녀|급식충|진지충|[가-힣]{1,2}충(?:들|이|은|새)|쪽[바빠]리"
        r"|짱[깨개꼴]|깜둥이|똥남아|홍어새|빨갱이|수꼴|좌좀|장애인새"
        r"|등신|찐따|머저리|버러지|벌레만도|구더기|개돼지|아가리|주둥이\s?닥"
    ),
    "en": (
        r"\b(?:f+u+c+k\w*|f[*@#.]+c?k\w*|motherf\w+|sh[i1!]t(?:s|ty|head\w*)?|bullshit|b[i1!]tch\w*"
        r"|assholes?|arseholes?|bastards?"
        r"|cunts?|dickheads?|pricks?|wank\w*|twats?|whores?|sluts?|retards?|retarded|morons?|imbeciles?"
        r"|idiots?|scumbags?"
        r"|scum|vermin|n[i1!]gg\w+|fagg?ots?|k[iy]kes?|ch[i1]nks?|sp[i1]cs?|trann(?:y|ies)|kys|kill yourself|drop dead"
        r"|piece of (?:shit|trash|garbage)|shut the hell up|go to hell|subhumans?)\b"
    ),
    "zh": r"傻[逼屄比叉]|煞笔|操你|草泥马|他妈的|你妈[的逼]|滚蛋|王八蛋|狗娘养|去死|贱人|婊子|脑残|白痴"
    r"|混蛋|畜生|垃圾人|支那|棒子(?=们|滚)",
    "ja": r"死ね|くたばれ|クソ(?:野郎|ガキ|ども)|くそ(?:野郎|ガキ)|バカ(?:野郎|ども)|馬鹿(?:野郎|ども)"
    r"|ばか野郎|キチガイ|きちがい|ゴミ(?:クズ|野郎)"
    r"|ブス|売女|ガイジ|チョン(?=ども|公)|ぶっ殺|殺すぞ|失せろ|黙れ(?:カス|クズ)",
    "vi": r"\bđịt\b|\bđụ\b|\blồn\b|\bcặc\b|\bđm\b|\bđmm\b|\bvcl\b|\bvãi lồn|đồ ngu|đồ chó|chó đẻ|thằng chó"
    r"|con đĩ|\bđĩ\b|mất dạy|khốn nạn|óc chó|ngu như|chết đi|cút đi|súc vật",
}
"""What abuse is made of, by language; all of them are looked for in every text."""

INNOCENT: Final = (
    r"시발(?:점|역|지|노선|택시|열차|버스)|시범|씨발라|새끼\s?(?:손가락|발가락|고양이|강아지|줄|곰|돼지|소"
    r"|염소|양|오리|새|꼴)"
    r"|보지\s?(?:못|않|도|는|를|마|말)|개발|개새로|한남(?:동|대교|대학교|역|나들목)|병신년|자지\s?(?:않|못"
    r"|말|마)|존나라|조나라"
    r"|지랄탄|졸라매|시벌건|열\s?여덟|십팔(?:일|년|번|세)|쌍년도|등신대|등신불|벌레|기생충|해충|곤충|살충"
    r"|유충|익충|확충|보충|절충|완충|충전"
    r"|Scunthorpe|shiitake|(?:ass(?:ess|ign|ist|embl|ociat|um|ur|et)\w*)|cockpit|peacock|classic|Sussex"
    r"|Essex|spick and span"
    r"|chink of light|in a nick|大混蛋糕|ブスッ|キャンブス"
)
"""What only holds such letters."""

_STEMS: Final = tuple(re.compile(pattern, re.IGNORECASE) for pattern in STEMS.values())
_KO: Final = re.compile(STEMS["ko"])
_INNOCENT: Final = re.compile(INNOCENT, re.IGNORECASE)


def abuse(text: str) -> list[tuple[int, int]]:
    """Where words of abuse stand, from the left: as written, and once more without what is put between letters.

    >>> abuse("이런 시1발"), abuse("한강 시발점에서"), abuse("Scunthorpe")
    ([(3, 6)], [], [])
    """
    let_be = [hit.span() for hit in _INNOCENT.finditer(text)]
    found = [hit.span() for stem in _STEMS for hit in stem.finditer(_plain(text))] + _between_letters(text)
    kept: list[tuple[int, int]] = []
    for span in sorted(set(found), key=lambda s: (s[0], -s[1])):
        if not any(_meet(span, other) for other in (*let_be, *kept)):
            kept.append(span)
    return kept


def _plain(text: str) -> str:
    """One width, as long as it was: the places of the letters must stay."""
    # Only towards ASCII: single letters of Hangul would become others.
    return "".join(n if len(n := unicodedata.normalize("NFKC", c)) == 1 and n.isascii() else c for c in text)


def _between_letters(text: str) -> list[tuple[int, int]]:
    """Korean with digits or signs between the letters: `시1발`, `씨@발`. Blanks alone are none: "다시 발표"."""
    places = [at for at, letter in enumerate(text) if _is_hangul(letter)]
    squeezed = "".join(text[at] for at in places)
    hits = [(places[hit.start()], places[hit.end() - 1] + 1) for hit in _KO.finditer(squeezed)]
    return [(start, end) for start, end in hits if _is_disguised(text[start:end])]


def _is_disguised(written: str) -> bool:
    return re.search(r"[^\s가-힣ㄱ-ㅣ.,!?~…·:;]", written) is not None


def _is_hangul(letter: str) -> bool:
    return "가" <= letter <= "힣" or "ㄱ" <= letter <= "ㅣ"


def _meet(one: tuple[int, int], two: tuple[int, int]) -> bool:
    return one[0] < two[1] and two[0] < one[1]
