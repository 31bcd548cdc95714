"""The language of a short text: its script first, the language its writer reads in where the script leaves two."""

import pytest

from onnuri.text import language_of_text

WRITTEN = {
    "ko": [
        "밤 11시 이후에도 버스를 다니게 하자",
        "ㅇㅈ",
        "와이파이(Wi-Fi)를 모든 공원에",
        "AI 교육을 늘려요",
        "IoT로 가로등을 켜자",
    ],
    "en": [
        "More buses at night",
        "Parks!",
        "We should keep the old market, 시장, as it is today",
        "Café terraces in the square",
    ],
    "zh-hans": ["公园里应该有更多的长椅", "夜间公交", "把Wi-Fi装到每个公园", "图书馆开到十点"],
    "ja": ["夜のバスを増やすべきだ", "バス", "もっとベンチを", "Wi-Fiを公園に"],
    "vi": ["Cần thêm xe buýt ban đêm", "Thư viện mở cửa đến mười giờ", "khong nen tang phi do xe", "Đèn"],
}


@pytest.mark.parametrize(("lang", "text"), [(lang, text) for lang, texts in WRITTEN.items() for text in texts])
def test_every_language_of_the_hall_is_told_by_its_letters(lang, text):
    for ui in ("ko", "en", "zh-hans", "vi"):
        assert language_of_text(text, ui) == lang


def test_han_alone_is_what_its_writer_reads():
    assert language_of_text("公園整備", "ja") == "ja"
    assert language_of_text("公園整備", "zh-hans") == language_of_text("公園整備", "ko") == "zh-hans"


def test_plain_letters_are_what_their_writer_reads_unless_words_speak_against_it():
    assert language_of_text("gan cho trung tam", "vi") == "vi"
    assert language_of_text("more parks for the kids", "vi") == "en"
    assert language_of_text("trams", "ko") == "en"


@pytest.mark.parametrize("text", ["", "12:30", "👍👍", "?!"])
def test_where_there_is_no_letter_the_writer_decides(text):
    assert language_of_text(text, "vi") == "vi"
