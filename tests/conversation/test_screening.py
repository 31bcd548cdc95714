"""Hints on what somebody wrote. The people and numbers here are invented."""

import pytest

from onnuri.conversation.personal import personal
from onnuri.conversation.screening import Hint, hints, masked


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("제 번호는 900101-1234567입니다", "resident"),
        ("외국인등록번호 850312 - 7654321", "resident"),
        ("9001011234567 이거요", "resident"),
        ("카드 1234-5678-9012-3456으로 내세요", "card"),
        ("Pay to 4111 1111 1111 1111 please", "card"),
        ("여권번호 M123A4567", "passport"),
        ("my passport is AB1234567", "passport"),
        ("010-1234-5678로 전화 주세요", "phone"),
        ("01012345678", "phone"),
        ("043) 123-4567 면사무소", "phone"),
        ("+82 10-1234-5678", "phone"),
        ("手机 138 1234 5678", "phone"),
        ("0912 345 678 gọi nhé", "phone"),
        ("hong@example.com 으로", "email"),
        ("hong 골뱅이 example.com", "email"),
        ("hong(at)example.org", "email"),
        ("https://example.com/page 를 보세요", "url"),
        ("example.co.kr에 있어요", "url"),
        ("국민은행 123456-04-123456 홍길동", "account"),
        ("카톡 아이디 hong_gil", "messenger"),
        ("zalo: nguyen123", "messenger"),
    ],
)
def test_what_could_lead_to_a_person_is_pointed_at(text, what):
    assert [found.what for found in personal(text)] == [what]


@pytest.mark.parametrize(
    "text",
    [
        "2026년 5월 22일 14:00–16:00에 150명이 모여요",
        "예산 1,200,000,000원 가운데 3%만 씁시다",
        "조례 제12345호 3조 2항을 고치자",
        "온라인 1200명이 함께 답했어요",
        "버스 1004번과 8800번을 밤 11시까지",
        "최저임금은 시간당 10,030원이에요",
        "The budget was 2,500,000 in 2024-2025.",
        "国道318号需要修缮，预算1200万元。",
        "Tuyến 86 chạy đến 23:30 mỗi ngày",
        "午後11時30分まで21番のバスを",
        "은행나무 가로수를 지키자",
        "1234-5678호 도면처럼 고치자",
    ],
)
def test_dates_sums_and_lines_of_buses_are_nobodys_data(text):
    assert personal(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "이런 시발",
        "시1발 뭐 하는 거야",
        "씨@발",
        "ㅅㅂ",
        "개새끼들",
        "병신 같은 정책",
        "틀딱들은 빠져",
        "맘충이 문제",
        "What the fuck",
        "You are all IDIOTS",
        "those people are vermin",
        "他妈的",
        "死ねばいい、死ね",
        "đồ ngu",
    ],
)
def test_words_of_abuse_are_pointed_at(text):
    assert {hint.kind for hint in hints(text)} == {"abuse"}


@pytest.mark.parametrize(
    "text",
    [
        "이 노선의 시발점은 역 앞이다",
        "시발역에서 종점까지",
        "새끼손가락 걸고 약속하자",
        "새끼 고양이를 돌보는 쉼터",
        "아직 보지 못한 자료를 공개하자",
        "도시 개발을 멈추자",
        "한남동 골목을 살리자",
        "허리띠를 졸라매야 한다",
        "다시 발표해 주세요",
        "우리 시, 발전하려면",
        "병, 신문지는 따로 버리자",
        "기생충 방역과 인력 확충",
        "쓰레기 분리수거를 쉽게",
        "Assess the class in Scunthorpe and Essex",
        "The cockpit and the peacock",
        "Grapes and shiitake for school meals",
        "不要随地吐痰",
        "死者を悼む",
        "Đường Đĩnh cần đèn",
    ],
)
def test_what_only_holds_such_letters_is_let_be(text):
    assert hints(text) == []


def test_a_hint_says_where():
    text = "바보 같은 010-1234-5678 시발"
    assert hints(text) == [Hint("personal", (6, 19), "phone"), Hint("abuse", (20, 22), "시발")]


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("번호 900101-1234567 이에요", "번호 ●●●●●●-●●●●●●● 이에요"),
        ("4111 1111 1111 1111", "●●●● ●●●● ●●●● ●●●●"),
        ("여권 M123A4567", "여권 M●●●A●●●●"),
        ("010-1234-5678과 hong@example.com", "010-1234-5678과 hong@example.com"),
        ("버스 21번", "버스 21번"),
        ("", ""),
    ],
)
def test_only_numbers_nobody_can_want_in_public_are_dotted(text, stored):
    assert masked(text) == stored
    assert masked(masked(text)) == stored
