"""Whether two sentences that look alike may say the contrary: negations counted, directions compared. Pure.

No measure of likeness knows the stance: "do this" and "do not do this" are closer to one another than either is to
its own paraphrase. So a word about likeness always goes with a word about this. It is a guess, and is worded as one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

NEUTRAL: Final = {
    "ko": r"뿐(?:만)? 아니라|못지\s?않|다름\s?없|틀림\s?없|끊임\s?없|수밖에\s?없",
    "en": r"\bnot only\b|\bno doubt\b|\bno matter\b|\bno later than\b|\bif not\b|\bwhy not\b",
    "zh": r"不仅|不但|不只|不同|不断|不过|不少|不管|不论|不得不|无论|特别|区别|类别|级别|差别|性别|别人|个别|分别",
    "ja": r"なければ(?:なら|いけ)(?:ない|ません)|なくては(?:なら|いけ)(?:ない|ません)|ないと(?:いけ"
    r"|なら)(?:ない|ません)"
    r"|だけで(?:は)?なく|のみならず|少ない|危ない|もったいない|間違いな|やむを得ない",
    "vi": r"không chỉ|không khí|không gian|hàng không|không những|cho dù có hay không",
}
"""What only looks like a negation; taken out before counting."""

NEGATIONS: Final = {
    "ko": r"면\s?안\s?(?:되|돼|된|됩)"
    r"|(?<![가-힣])안\s?(?:되|돼|된|됩|하|해|한|할|합|가|써|쓰|줘|주|받|만들|열|짓|지으)"
    r"|(?<!까)지(?:는|도|를|가)?\s?(?:않|못|말(?:고|아|자|라|기|\s?것|았)|마(?:세|라|시|요|십|자))\s?(?:하|한"
    r"|할|합|해)?"
    r"|(?<![가-힣])못\s?(?:하|한|할|합|해|가|쓰|받|타|들|짓|열)|말아야|말자|말\s?것"
    r"|필요(?:는|가|도)?\s?없|소용(?:이)?\s?없|없어야|불필요|없애|없앴|폐지|금지|반대|중단|철회|동결|거부"
    r"|제외|취소|철거|그만"
    r"|막아야|막자|막는|빼야|빼자|멈춰|멈추|곤란|무리(?:이|다|예요|입니다)|삼가|자제|아니(?:다|라|에요|요)"
    r"|아닙니다|접어야|접자",
    "en": r"\b(?:not|never|no|without|neither|nor|cannot|nobody|nothing)\b|n['’]t\b"
    r"|\b(?:ban(?:s|ned|ning)?|prohibit\w*|forbid\w*|abolish\w*|scrap(?:s|ped|ping)?|stop(?:s|ped|ping)?"
    r"|cancel\w*|oppos\w*|against|reject\w*|remov\w*|refus\w*|unnecessary|needless|freez\w*|halt\w*|drop(?:ped|ping)?"
    r"|get rid of|end(?:ing)? the|do away with|block(?:s|ed|ing)?|too (?:much|early|soon|expensive|risky"
    r"|dangerous))\b",
    "zh": r"不|别|勿|没|禁止|反对|取消|废除|废止|停止|无需|无须|拒绝|撤销|叫停|拆除|冻结|杜绝",
    "ja": r"ません|ない|なく(?:す|そう)|ぬ(?=。|$)|(?:せ|わ|ら|か|た)ず(?:に)?|禁止|禁じ|反対|廃止|やめ|止め"
    r"|中止|不要|撤回|撤廃|拒否"
    r"|凍結|取り消|除外|無用|控え|だめ|ダメ",
    "vi": r"không|chưa|chẳng|đừng|cấm|phản đối|bãi bỏ|xóa bỏ|loại bỏ|hủy|ngừng|ngưng|dừng|chấm dứt|từ chối"
    r"|\bbỏ\b|khỏi cần",
}
"""Words that turn a sentence round. Each counts once; two of them turn it back."""

AXES: Final = {
    "more or less": (
        {
            "ko": r"올리|올려|올립|인상|늘리|늘려|늘립|늘어|높이|높여|높입|확대|증가|증설|더 많|넓히|넓혀"
            r"|강화|키우|키워|길게|연장",
            "en": r"\b(?:rais\w+|increas\w+|more|expand\w*|higher|extend\w*|strengthen\w*|widen\w*|longer"
            r"|later|tighten\w*)\b",
            "zh": r"提高|增加|扩大|上调|更多|加强|延长|增设|拓宽|加大",
            "ja": r"上げ|引き上げ|増や|増加|拡大|高め|強化|延長|もっと多|広げ|増設",
            "vi": r"tăng|nâng|mở rộng|nhiều hơn|kéo dài|tăng cường|cao hơn|siết chặt",
        },
        {
            "ko": r"내리|내려|내립|인하|줄이|줄여|줄입|줄어|낮추|낮춰|낮춥|축소|감소|감축|삭감|더 적|좁히"
            r"|좁혀|완화|단축|짧게",
            "en": r"\b(?:lower\w*|reduc\w+|decreas\w+|fewer|less|cut|cuts|cutting|shrink\w*|shorten\w*"
            r"|shorter|narrow\w*|relax\w*"
            r"|loosen\w*|earlier|weaken\w*)\b",
            "zh": r"降低|减少|缩小|下调|更少|减弱|缩短|放宽|削减|压缩",
            "ja": r"下げ|引き下げ|減ら|減少|縮小|低く|緩和|短縮|もっと少|狭め|削減",
            "vi": r"giảm|hạ|thu hẹp|ít hơn|rút ngắn|cắt|nới lỏng|thấp hơn",
        },
    ),
    "free or paid": (
        {
            "ko": r"무료|공짜|무상",
            "en": r"\b(?:free|free of charge|at no cost)\b",
            "zh": r"免费",
            "ja": r"無料|無償",
            "vi": r"miễn phí",
        },
        {
            "ko": r"유료|돈을 받|요금을 받|유상",
            "en": r"\b(?:paid|charge[ds]?|charging|pay|fees?)\b",
            "zh": r"收费|付费|有偿",
            "ja": r"有料|有償|料金を取",
            "vi": r"thu phí|trả phí|có phí|thu tiền",
        },
    ),
    "open or closed": (
        {
            "ko": r"공개|개방|열어|열자|허용|허가|허락|도입|시작|추진|개장",
            "en": r"\b(?:open\w*|allow\w*|permit\w*|introduc\w*|start\w*|launch\w*|public|legali[sz]\w*"
            r"|publish\w*)\b",
            "zh": r"公开|开放|允许|引入|开始|推进|准许|启动",
            "ja": r"公開|開放|許可|認め|導入|開始|進め|許す|始め",
            "vi": r"công khai|mở cửa|cho phép|áp dụng|bắt đầu|triển khai|đưa vào",
        },
        {
            "ko": r"비공개|폐쇄|닫아|닫자|불허|문을 닫|봉쇄|통제|제한|규제",
            "en": r"\b(?:clos\w+|shut\w*|restrict\w*|limit(?:s|ed|ing)?|secret\w*|private|confidential"
            r"|disallow\w*)\b",
            "zh": r"不公开|保密|关闭|封闭|限制|管制|不允许",
            "ja": r"非公開|閉鎖|閉め|制限|規制|秘密|不許可",
            "vi": r"giữ kín|đóng cửa|hạn chế|giới hạn|bí mật",
        },
    ),
    "keep or change": (
        {
            "ko": r"유지|지키|지켜|보존|남기|남겨|그대로|계속|보호",
            "en": r"\b(?:keep\w*|preserv\w*|maintain\w*|protect\w*|continu\w*|as it is|retain\w*|remain\w*)\b",
            "zh": r"保留|保持|维持|保存|继续|保护",
            "ja": r"維持|守|保存|残|そのまま|続け|保護",
            "vi": r"giữ|duy trì|bảo tồn|tiếp tục|giữ nguyên|bảo vệ",
        },
        {
            "ko": r"바꾸|바꿔|바꿉|변경|허물|헐어|헐고|개편|개발|교체|옮기|옮겨|이전해|이전하",
            "en": r"\b(?:chang\w*|replac\w*|demolish\w*|tear\w* down|redevelop\w*|develop\w*|mov(?:e|ed|ing)"
            r"|relocat\w*)\b",
            "zh": r"改变|更换|拆|重建|开发|搬迁|改造",
            "ja": r"変え|変更|取り壊|開発|移転|建て替え|移し",
            "vi": r"thay đổi|thay thế|phá|xây lại|di dời|phát triển|chuyển",
        },
    ),
    "must or may": (
        {
            "ko": r"의무|강제|반드시|무조건",
            "en": r"\b(?:compulsory|mandatory|obligatory|oblige\w*|force\w*|require[ds]?|must)\b",
            "zh": r"强制|义务|必须|一律",
            "ja": r"義務|強制|必ず|必須",
            "vi": r"bắt buộc|phải\b|cưỡng chế",
        },
        {
            "ko": r"자율|선택|자유롭|자발|원하는 사람만|알아서",
            "en": r"\b(?:voluntar\w*|optional\w*|freely|up to each|choice|choose)\b",
            "zh": r"自愿|自由|选择|自主",
            "ja": r"任意|自由|選択|自主",
            "vi": r"tự nguyện|tự do|lựa chọn|tùy chọn",
        },
    ),
    "all or some": (
        {
            "ko": r"모두에게|모든 사람|전원|보편|똑같이|일괄",
            "en": r"\b(?:everyone|everybody|all residents|universal\w*|equally)\b",
            "zh": r"所有人|人人|全民|普遍|一视同仁",
            "ja": r"全員|すべての人|みんなに|一律|一斉",
            "vi": r"mọi người|tất cả|toàn dân|như nhau",
        },
        {
            "ko": r"필요한 사람만|일부만|선별|저소득층만|차등",
            "en": r"\b(?:only (?:those|the|people|for)|some people|selective\w*|means-tested)\b",
            "zh": r"只有|部分|有需要的人|差别化|仅限",
            "ja": r"必要な人だけ|一部|選別|だけに",
            "vi": r"chỉ những|một số|chỉ dành",
        },
    ),
}
"""Directions: of each, the words of one end and the words of the other."""

_NEUTRAL: Final = {lang: re.compile(pattern) for lang, pattern in NEUTRAL.items()}
_NEGATIONS: Final = {lang: re.compile(pattern) for lang, pattern in NEGATIONS.items()}
_AXES: Final = {
    name: tuple({lang: re.compile(pattern) for lang, pattern in end.items()} for end in ends)
    for name, ends in AXES.items()
}


def maybe_opposite(one: str, one_lang: str, two: str, two_lang: str) -> bool:
    """Whether what looks alike may say the contrary: an odd number of turns lies between the two.

    >>> maybe_opposite("주차 요금을 올리자", "ko", "주차 요금을 내리자", "ko")
    True
    >>> maybe_opposite("Do not close the pool", "en", "Keep the pool open", "en")
    False
    """
    first, second = _stance(one, one_lang), _stance(two, two_lang)
    turns = first[0] + second[0]
    turns += sum(a * b < 0 for a, b in zip(first[1], second[1], strict=True))
    return turns % 2 == 1


@lru_cache(maxsize=8192)
def _stance(text: str, lang: str) -> tuple[int, tuple[int, ...]]:
    """How often a sentence is turned round, and towards which end of each axis it points: -1, 0 or 1."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    known = lang.lower()[:2] if lang.lower()[:2] in _NEGATIONS else "en"
    cleared = _NEUTRAL[known].sub(" ", plain)
    turns = len(_NEGATIONS[known].findall(cleared))
    return turns, tuple(_direction(cleared, known, ends) for ends in _AXES.values())


def _direction(text: str, lang: str, ends: tuple[dict[str, re.Pattern[str]], ...]) -> int:
    # The far end first: "비공개" holds the letters of "공개".
    down = len(ends[1][lang].findall(text))
    up = len(ends[0][lang].findall(ends[1][lang].sub(" ", text)))
    return (up > down) - (down > up)
