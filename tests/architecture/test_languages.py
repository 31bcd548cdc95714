"""Whoever reads English reads all of it; the next language needs a catalogue and one line in the settings."""

import re

import polib
import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils.translation import gettext, ngettext, override
from tools import messages

HANGUL = re.compile(r"[\uac00-\ud7a3\u3131-\u318e]")
STAY_KOREAN = frozenset[str]()
"""Korean texts that other languages keep as they are; none so far: languages name themselves in the settings."""
OTHERS = [code for code, _name in settings.LANGUAGES if code != messages.SOURCE]
LETTER = re.compile(r"[^\W\d_]")
SAME_AS_ENGLISH = {"온누리", "가"}
"""The name, which no language translates, and the letter that shows how large letters are."""
OUTSIDE = re.compile(r"\{%\s*blocktranslate.*?endblocktranslate\s*%\}|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)


@pytest.fixture
def a_hall_of_two_words(tmp_path, monkeypatch):
    """A source with two texts, and catalogues in a folder of their own."""
    texts = {
        messages.Text(None, "%(n)s명", "%(n)s명"): ["a.html"],
        messages.Text(None, "다음", None): ["a.html"],
    }
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    monkeypatch.setattr(messages, "collected", lambda: texts)
    messages.extract(["ja"])
    return tmp_path


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_a_language_one_can_choose_is_complete_and_compiled(language):
    assert list(messages.problems(language)) == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_stays_in_korean(language):
    entries = [entry for entry in messages.catalogue(language) if entry.msgid not in STAY_KOREAN]

    assert [entry.msgid for entry in entries if any(HANGUL.search(said) for said in messages.said_in(entry))] == []


@pytest.mark.parametrize("language", [code for code in OTHERS if code != "en"])
def test_no_text_is_a_copy_of_the_english(language):
    english = {messages.key_of(entry): messages.said_in(entry) for entry in messages.catalogue("en")}
    copies = [
        entry.msgid
        for entry in messages.catalogue(language)
        if entry.msgid not in SAME_AS_ENGLISH and is_copied(messages.said_in(entry), english[messages.key_of(entry)])
    ]

    assert copies == []


def is_copied(said, english):
    """Whether words are the English ones; figures, codes and placeholders are the same everywhere."""
    words = [messages.ELEMENT.sub("", messages.PLACEHOLDER.sub("", text)) for text in said]
    return any(text in english and LETTER.search(word) for text, word in zip(said, words, strict=True))


def test_the_check_would_notice_a_copy():
    assert is_copied(["Agree"], ["Agree"])
    assert is_copied(["%(n)s people"], ["%(n)s person", "%(n)s people"])
    assert not is_copied(["%(n)s"], ["%(n)s"])
    assert not is_copied(["Đồng ý"], ["Agree"])


def test_no_text_is_counted_here_and_not_there():
    assert list(messages.mixed_plurals(messages.collected())) == []


@pytest.mark.parametrize("path", sorted(messages.PACKAGE.rglob("*.html")), ids=lambda path: path.name)
def test_a_template_speaks_only_through_the_catalogues(path):
    outside = re.sub(OUTSIDE, "", re.sub(r"\{%\s*comment.*?endcomment\s*%\}", "", path.read_text("utf-8")))

    assert HANGUL.findall(outside) == []


def test_the_catalogue_is_what_a_reader_gets():
    with override("en"):
        assert gettext("찬성") == "Agree"
        assert [ngettext("%(n)s명", "%(n)s명", n) % {"n": n} for n in (0, 1, 2)] == ["0 people", "1 person", "2 people"]
    with override("ko"):
        counted = "{% load i18n %}{% blocktranslate count n=n %}{{ n }}명{% plural %}{{ n }}명{% endblocktranslate %}"
        assert Template(counted).render(Context({"n": 1})) == "1명"


def test_a_new_language_begins_without_code(a_hall_of_two_words):
    begun = messages.path_of("ja").read_bytes()

    messages.extract()

    assert messages.path_of("ja").read_bytes() == begun
    assert list(messages.problems("ja")) == ["ja: not translated: %(n)s명", "ja: not translated: 다음"]
    assert messages.forms_of(messages.catalogue("ja")) == 1


def test_a_translation_stays_when_its_neighbours_go(a_hall_of_two_words, monkeypatch):
    translate(ja={"다음": "次へ", "%(n)s명": ["%(n)s人"]})
    monkeypatch.setattr(messages, "collected", lambda: {messages.Text(None, "다음", None): ["b.html"]})

    messages.extract()

    assert [(entry.msgid, entry.msgstr) for entry in messages.catalogue("ja")] == [("다음", "次へ")]
    assert list(messages.problems("ja")) == []


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"다음": "次へ", "%(n)s명": ["%(count)s人"]}, "ja: placeholders differ: %(n)s명"),
        ({"다음": "次へ", "%(n)s명": ["%(n)s% 人"]}, "ja: a lone % (write %%): %(n)s명"),
        ({"다음": "<b>次へ</b>", "%(n)s명": ["%(n)s人"]}, "ja: elements differ: 다음"),
        ({"다음": "次へ", "%(n)s명": [""]}, "ja: not translated: %(n)s명"),
    ],
)
def test_the_check_would_notice(a_hall_of_two_words, said, found):
    translate(ja=said)

    assert list(messages.problems("ja")) == [found]


def test_the_check_would_notice_what_is_old(a_hall_of_two_words):
    translate(ja={"다음": "次へ", "%(n)s명": ["%(n)s人"]})
    entries = messages.catalogue("ja")
    entries.append(polib.POEntry(msgid="이전", msgstr="前へ"))
    entries.find("다음").flags.append("fuzzy")
    entries.save(str(messages.path_of("ja")))

    assert set(messages.problems("ja")) == {
        "ja: obsolete: 이전",
        "ja: fuzzy: 다음",
        "ja: stale: django.mo; run tools/messages.py compile",
    }


def translate(ja):
    entries = messages.catalogue("ja")
    for entry in entries:
        said = ja[entry.msgid]
        if entry.msgid_plural:
            entry.msgstr_plural = dict(enumerate(said))
        else:
            entry.msgstr = said
    entries.save(str(messages.path_of("ja")))
    messages.write_compiled()
