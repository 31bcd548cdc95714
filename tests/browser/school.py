"""An invented question and three invented opinion groups: what shall become of a closed school?

The people are made up, and so are their opinions: each hangs on the person's number and the statement's alone.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

QUESTION: Final = {
    "ko": "문을 닫은 강변 학교, 우리는 어떻게 함께 쓸까요?",
    "en": "The riverside school has closed. How shall we share it?",
    "zh-hans": "河边的学校关闭了，我们怎样共同使用它？",
    "ja": "閉校した川辺の学校を、どう一緒に使いましょうか。",
    "vi": "Ngôi trường ven sông đã đóng cửa. Chúng ta cùng sử dụng nó thế nào?",
}
TITLE: Final = {
    "ko": "강변 학교 다시 열기 (꾸민 예)",
    "en": "Reopening the riverside school (invented)",
    "zh-hans": "重新打开河边的学校（虚构的例子）",
    "ja": "川辺の学校をもう一度ひらく（架空の例）",
    "vi": "Mở lại trường ven sông (ví dụ hư cấu)",
}
ADDRESSEE: Final = {
    "ko": "강변 학교 운영 모임 (가상)",
    "en": "Riverside School Council (invented)",
    "zh-hans": "河边学校运营会（虚构）",
    "ja": "川辺の学校運営会（架空）",
    "vi": "Ban vận hành trường ven sông (hư cấu)",
}
SEEDS: Final = {
    "ko": (
        "도면과 비용을 정하기 전에 모두에게 보여 줍시다.",
        "운동장은 저녁 9시 뒤에는 조용해야 합니다.",
        "작업장은 밤늦게까지 열려 있어야 합니다.",
        "빈 교실은 새로 일을 시작하는 사람에게 싸게 빌려줍시다.",
        "빈 교실은 먼저 어르신과 아이들의 배움터로 씁시다.",
        "운동장의 아스팔트를 걷고 작은 숲을 만듭시다.",
        "옛 교실 하나는 그대로 남깁시다.",
        "휠체어와 유모차로 모든 층에 갈 수 있게 합시다.",
        "운영은 경험 있는 회사에 맡깁시다.",
        "급식실을 누구나 밥을 짓는 부엌으로 씁시다.",
        "담을 허물고 강가로 길을 냅시다.",
    ),
    "en": (
        "Show everyone the plans and the costs before anything is decided.",
        "The schoolyard should be quiet after nine in the evening.",
        "The workshops should stay open late into the night.",
        "Let empty classrooms cheaply to people who start a business.",
        "Use the empty classrooms first as a place to learn for the old and the young.",
        "Take up the asphalt of the yard and plant a small wood.",
        "Keep one old classroom just as it was.",
        "Make every floor reachable by wheelchair and pushchair.",
        "Leave the running of it to an experienced company.",
        "Turn the school kitchen into one where anybody can cook.",
        "Take down the wall and open a path to the river.",
    ),
    "zh-hans": (
        "在确定之前，请把图纸和费用公开给所有人。",
        "操场在晚上九点以后应当安静。",
        "工坊应当开放到深夜。",
        "把空教室低价租给刚开始创业的人。",
        "空教室先用作老人和孩子学习的地方。",
        "拆掉操场的沥青，种一片小树林。",
        "保留一间老教室原来的样子。",
        "让轮椅和婴儿车能到达每一层。",
        "把运营交给有经验的公司。",
        "把学校食堂变成人人都能做饭的厨房。",
        "拆掉围墙，开一条通往河边的路。",
    ),
    "ja": (
        "決める前に、図面と費用を全員に見せましょう。",
        "校庭は夜9時以降は静かにすべきです。",
        "工房は夜遅くまで開けておくべきです。",
        "空き教室を、事業を始める人に安く貸しましょう。",
        "空き教室は、まず高齢者と子どもの学び場にしましょう。",
        "校庭のアスファルトをはがして、小さな森をつくりましょう。",
        "古い教室を一つ、そのまま残しましょう。",
        "車いすやベビーカーで全部の階に行けるようにしましょう。",
        "運営は経験のある会社に任せましょう。",
        "給食室を、だれでも料理ができる台所にしましょう。",
        "塀を取り払い、川への道をつくりましょう。",
    ),
    "vi": (
        "Hãy cho mọi người xem bản vẽ và chi phí trước khi quyết định.",
        "Sân trường nên yên tĩnh sau chín giờ tối.",
        "Các xưởng nên mở cửa đến khuya.",
        "Cho người mới lập nghiệp thuê phòng học trống với giá rẻ.",
        "Trước hết, hãy dùng phòng học trống làm nơi học cho người già và trẻ em.",
        "Hãy bỏ lớp nhựa đường ở sân và trồng một khu rừng nhỏ.",
        "Giữ nguyên một phòng học cũ.",
        "Hãy để xe lăn và xe đẩy đến được mọi tầng.",
        "Giao việc vận hành cho một công ty có kinh nghiệm.",
        "Biến nhà ăn thành căn bếp ai cũng nấu được.",
        "Phá bức tường và mở lối ra sông.",
    ),
}
WRITTEN: Final = {
    "ko": "빗물을 모아 화단에 씁시다.",
    "en": "Collect rainwater for the flower beds.",
    "zh-hans": "收集雨水用来浇花坛。",
    "ja": "雨水をためて花壇に使いましょう。",
    "vi": "Hãy gom nước mưa để tưới bồn hoa.",
}
TWO_IN_ONE: Final = {
    "ko": "주차장을 넓히고 또 매점도 엽시다.",
    "en": "Widen the car park, and open a kiosk as well.",
    "zh-hans": "扩大停车场，再开一家小卖部。",
    "ja": "駐車場を広げ、売店も開きましょう。",
    "vi": "Mở rộng bãi đỗ xe và mở thêm một quầy hàng.",
}
LINE: Final = {
    "ko": "작업장은 늦게까지 열되, 운동장 쪽 문은 9시에 닫고 밤의 소리를 재어 알립시다.",
    "en": "Keep the workshops open late, but shut the yard doors at nine and publish the noise measured at night.",
    "zh-hans": "工坊开到深夜，但操场一侧的门九点关闭，并公布夜间的噪声。",
    "ja": "工房は遅くまで開け、校庭側の扉は9時に閉めて、夜の音を測って知らせましょう。",
    "vi": "Cho xưởng mở đến khuya, nhưng đóng cửa phía sân lúc chín giờ và công bố mức ồn ban đêm.",
}
MISSING: Final = {
    "ko": "소리가 클 때 누가 멈추게 하는지가 빠졌습니다.",
    "en": "It does not say who stops the work when it is too loud.",
    "zh-hans": "没有说声音太大时由谁来叫停。",
    "ja": "音が大きいときにだれが止めるのかが書かれていません。",
    "vi": "Câu này chưa nói ai sẽ cho dừng khi quá ồn.",
}
SIMULATED: Final = {"ko": "모의", "en": "simulated", "zh-hans": "模拟", "ja": "模擬", "vi": "mô phỏng"}
SEED_NUMBERS: Final = range(1, 12)
QUIET, LATE, WRITTEN_NUMBER, TWO_IN_ONE_NUMBER, LINE_NUMBER = 2, 3, 12, 13, 14

AGREE: Final = {
    1: (1.0, 1.0, 1.0),
    2: (0.95, 0.06, 0.30),
    3: (0.06, 0.95, 0.35),
    4: (0.12, 0.92, 0.10),
    5: (0.95, 0.10, 0.10),
    6: (0.10, 0.12, 0.96),
    7: (0.90, 0.15, 0.12),
    8: (1.0, 0.97, 1.0),
    9: (0.08, 0.88, 0.15),
    10: (0.12, 0.10, 0.94),
    11: (0.12, 0.10, 0.94),
    12: (0.72, 0.85, 0.90),
    14: (0.95, 0.95, 0.95),
}
"""Statement -> how likely a simulated person of each group agrees."""
UNSURE: Final = 0.3
"""Of those who do not agree so many are not sure."""


def opinion(person: int, statement: int) -> int:
    """What a simulated person says of a statement; the groups follow one another."""
    agree, draw = AGREE[statement][person % 3], _draw(person, statement)
    if draw < agree:
        return 1
    return 0 if draw < agree + (1 - agree) * UNSURE else -1


def _draw(person: int, statement: int) -> float:
    return int.from_bytes(blake2b(f"{person}/{statement}".encode(), digest_size=6).digest()) / 2**48


def texts(lang: str) -> dict[int, str]:
    """Statement -> its text."""
    seeds = dict(enumerate(SEEDS[lang], start=1))
    return {**seeds, WRITTEN_NUMBER: WRITTEN[lang], TWO_IN_ONE_NUMBER: TWO_IN_ONE[lang], LINE_NUMBER: LINE[lang]}


def said_by(agree: set[int], unsure: set[int]) -> dict[int, int]:
    """Somebody's opinions: who is neither for it nor unsure is against it."""
    return {s: 1 if s in agree else 0 if s in unsure else -1 for s in AGREE}


MINA: Final = said_by({1, 2, 5, 7, 8, 12, 14}, {6})
JUN: Final = said_by({1, 3, 4, 8, 9, 12, 14}, {7})
LINH: Final = said_by({1, 6, 8, 10, 11, 12}, {2})
