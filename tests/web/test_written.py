"""In which language somebody wrote, as far as letters tell."""

import pytest
from django.utils.translation import override

from onnuri.web.written import language_of_text


@pytest.mark.parametrize(
    ("text", "reader", "language"),
    [
        ("운동장에 나무를 심읍시다.", "vi", "ko"),
        ("校庭に木を植えましょう。", "ko", "ja"),
        ("在操场上种树。", "ko", "zh-hans"),
        ("校庭緑化", "ja", "ja"),
        ("Hãy trồng cây ở sân trường.", "ko", "vi"),
        ("Trồng cây quanh ngôi trường cũ", "en", "vi"),
        ("Plant trees in the yard.", "ko", "en"),
        ("Plant trees at the café.", "ja", "en"),
        ("Tôi muốn", "ko", "vi"),
        ("1 + 1", "zh-hans", "zh-hans"),
    ],
)
def test_letters_tell_the_language_and_else_the_reader_does(text, reader, language):
    with override(reader):
        assert language_of_text(text) == language
