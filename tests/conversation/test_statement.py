"""Writing: what may be written, by whom, how often, and how long it is as people count."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import cast

from onnuri.conversation import actions
from onnuri.conversation.models import Clock
from onnuri.conversation.statement import checked_cites, checked_text, left_to_write, require_pace
from onnuri.errors import Conflict, Forbidden, NotFound, Unprocessable
from onnuri.text import graphemes, plain_text

FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}\u200d\N{BOY}"
thoroughly = settings(max_examples=100, deadline=None, derandomize=True, database=None)


def write(own, text, lang="ko", at=cast.MORNING):
    return actions.write_statement(code=own.conversation.code, voice=own.pk, text=text, lang=lang, at=at)


# ---- characters, as people count them

ONE_CHARACTER = {
    "a syllable": "한",
    "a syllable in jamo": "\u1112\u1161\u11ab",
    "an old syllable": "\u1112\u119e\u11ab",
    "a letter with two marks": "e\u0323\u0302",
    "a letter under many marks": "q" + "\u0323\u0302" * 5,
    "kana with a mark of its own": "\u304b\u309a",
    "narrow kana with its mark": "\uff76\uff9e",
    "a face": "\N{GRINNING FACE}",
    "a hand of some colour": "\N{WAVING HAND SIGN}\U0001f3fd",
    "an astronaut": "\N{WOMAN}\U0001f3fd\u200d\N{ROCKET}",
    "a family": FAMILY,
    "a heart in its colour": "\u2764\ufe0f",
    "a flag": "\U0001f1fb\U0001f1f3",
    "a flag of tags": "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "a key on a keyboard": "1\ufe0f\u20e3",
    "the rainbow flag": "\U0001f3f3\ufe0f\u200d\U0001f308",
    "a syllable of another script": "\u0928\u093f",
    "a line break": "\n",
}


@pytest.mark.parametrize("character", ONE_CHARACTER.values(), ids=ONE_CHARACTER)
def test_one_character_counts_one(character):
    assert graphemes(character) == 1
    assert graphemes(f"가{character}나{character}") == 4


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("하나", 2),
        ("a b", 3),
        ("\U0001f1fb\U0001f1f3\U0001f1f0\U0001f1f7", 2),
        ("\U0001f1fb\U0001f1f3\U0001f1f0", 2),
        (FAMILY + FAMILY, 2),
        ("\N{WOMAN}\N{ROCKET}", 2),
    ],
)
def test_several_characters_count_several(text, count):
    assert graphemes(text) == count


def test_letters_are_not_joined_into_one():
    assert graphemes("\u200d".join("강변을 걷자")) == 6


@thoroughly
@given(st.lists(st.sampled_from(sorted(ONE_CHARACTER.values())), max_size=40))
def test_any_mixture_counts_as_the_unicode_standard_says(characters):
    regex = pytest.importorskip("regex")
    text = "".join(characters)

    assert graphemes(text) == len(regex.findall(r"\X", text))


# ---- text at the door


@pytest.mark.parametrize("character", [*ONE_CHARACTER.values()][:-1], ids=[*ONE_CHARACTER][:-1])
def test_three_hundred_of_any_character_are_not_too_long(character):
    kept = plain_text(character * 300, limit=300, field="text")

    assert graphemes(kept) == 300
    with pytest.raises(Unprocessable) as refused:
        plain_text(character * 301, limit=300, field="text")
    assert (refused.value.key, refused.value.about) == ("text_too_long", {"n": 1, "limit": 300})


def test_what_is_over_is_told_as_a_number():
    with pytest.raises(Unprocessable) as refused:
        plain_text("가" * 317, limit=300, field="text")

    assert refused.value.about["n"] == 17


def test_a_tower_of_marks_is_too_long_though_it_is_one_character():
    with pytest.raises(Unprocessable) as refused:
        plain_text("q" + "\u0323" * 10_000, limit=300, field="text")

    assert refused.value.key == "text_too_long"
    assert refused.value.about["n"] >= 1


BLANK = {
    "nothing": "",
    "spaces": " \t\n\u3000\u00a0",
    "a joiner": "\u200d",
    "an invisible space": "\u200b\ufeff\u2060",
    "marks on nothing": "\u0301\u0323",
    "the invisible Hangul letter": "\u3164",
    "its narrow form": "\uffa0",
    "the invisible jamo": "\u115f\u1160",
    "the empty braille cell": "\u2800",
    "directions": "\u202e\u2066\u200f",
    "a shape for a picture that is not there": "\ufe0f",
}


@pytest.mark.parametrize("text", BLANK.values(), ids=BLANK)
def test_where_there_is_nothing_to_read(text):
    with pytest.raises(Unprocessable) as refused:
        plain_text(text, limit=300, field="text")

    assert (refused.value.key, refused.value.field) == ("text_blank", "text")


@pytest.mark.parametrize("text", ["강변\ud83d", "\udc00", "강\x00변"], ids=["half a pair", "the other half", "NUL"])
def test_what_is_not_text(text):
    with pytest.raises(Unprocessable) as refused:
        plain_text(text, limit=300, field="text")

    assert refused.value.key == "text_not_unicode"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  강변  ", "강변"),
        ("\u1100\u1161\u11bc", "강"),
        ("첫째\r\n둘째\r셋째", "첫째\n둘째\n셋째"),
        ("\u202e강변\u202c을 \u2066걷자\u2069", "강변을 걷자"),
        ("강\u200b변\ufeff", "강변"),
        ("강\u001b[31m변", "강[31m변"),
        (FAMILY, FAMILY),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
    ids=["spaces", "jamo", "line ends", "directions", "invisible", "terminal", "family", "a joiner in a word"],
)
def test_what_is_kept(written, kept):
    assert plain_text(written, limit=300, field="text") == kept


def test_a_flag_stays_the_flag_it_is():
    england = ONE_CHARACTER["a flag of tags"]

    assert plain_text(england, limit=300, field="text") == england


@thoroughly
@given(st.text(st.characters(max_codepoint=0x3200), max_size=40))
def test_what_is_kept_once_is_kept_the_same_again(text):
    try:
        kept = plain_text(text, limit=300, field="text")
    except Unprocessable:
        return

    assert plain_text(kept, limit=300, field="text") == kept
    assert kept == kept.strip()


# ---- the rules


def test_three_at_first_then_one_for_ten_answers():
    told = {(w, v): left_to_write(w, v) for w, v in [(0, 0), (2, 0), (3, 0), (3, 9), (3, 10), (4, 10), (4, 30)]}

    assert told == {
        (0, 0): (3, 0),
        (2, 0): (1, 0),
        (3, 0): (0, 10),
        (3, 9): (0, 1),
        (3, 10): (1, 0),
        (4, 10): (0, 10),
        (4, 30): (2, 0),
    }


@thoroughly
@given(written=st.integers(0, 60), answers=st.integers(0, 600))
def test_who_answers_what_was_asked_may_write(written, answers):
    left, needed = left_to_write(written, answers)

    assert (left == 0) == (needed > 0)
    assert left_to_write(written, answers + needed)[0] > 0
    assert not needed or left_to_write(written, answers + needed - 1)[0] == 0


def test_one_too_many_is_told_how_many_answers_are_missing():
    with pytest.raises(Conflict) as refused:
        require_pace(3, 4)

    assert (refused.value.key, refused.value.about["n"]) == ("write_later", 6)


@pytest.mark.parametrize("again", ["강변을 걷자.", "  강변을   걷자. ", "강변을\n걷자."])
def test_the_same_words_are_not_written_twice(again):
    with pytest.raises(Conflict) as refused:
        checked_text(again, ["강변을 걷자."])

    assert refused.value.key == "same_text"


def test_capitals_make_no_other_words():
    with pytest.raises(Conflict):
        checked_text("OPEN THE MARKET", ["Open the market"])


def test_a_line_joins_at_least_two_that_are_there():
    assert checked_cites([3, 1, 3], {1, 2, 3}) == [1, 3]

    for cites in ([], [1], [2, 2]):
        with pytest.raises(Unprocessable) as refused:
            checked_cites(cites, {1, 2, 3})
        assert (refused.value.key, refused.value.field) == ("cite_two", "cite")
    with pytest.raises(Unprocessable) as refused:
        checked_cites([1, 9], {1, 2, 3})
    assert (refused.value.key, refused.value.about["statement"]) == ("statement_unknown", 9)


# ---- the action


@pytest.mark.django_db
def test_jun_writes_and_a_moderator_reads_it_first():
    room = cast.conversation()

    written = write(cast.voice(room), "  저녁에도 불을 켜 두자.  ")

    assert (written.number, written.text, written.kind) == (4, "저녁에도 불을 켜 두자.", "participant")
    assert (written.state, written.waiting_since) == ("waiting", cast.MORNING)


@pytest.mark.django_db
def test_linh_writes_in_her_language():
    room = cast.conversation()

    written = write(cast.voice(room, "online"), "Ha\u0303y mở lại chợ.", "vi")

    assert (cast.fresh(written).text, written.lang) == ("Hãy mở lại chợ.", "vi")


@pytest.mark.django_db
def test_pages_hear_of_it():
    room = cast.conversation()
    before = (Clock.objects.get().version, cast.fresh(room).version)

    write(cast.voice(room), "저녁에도 불을 켜 두자.")

    assert (Clock.objects.get().version, cast.fresh(room).version) == (before[0] + 1, before[1] + 1)


@pytest.mark.django_db
def test_after_three_jun_answers_ten_before_he_writes_again():
    room = cast.conversation(cast.TOPICS)
    jun = cast.voice(room)
    cast.open_round(room)
    for number in range(3):
        write(jun, f"{number}번째로 하고 싶은 말")

    cast.answer(jun, dict.fromkeys(range(1, 10), 1))
    with pytest.raises(Conflict) as refused:
        write(jun, "또 하고 싶은 말")
    cast.answer(jun, {10: 0})
    fourth = write(jun, "또 하고 싶은 말")

    assert (refused.value.key, refused.value.about["n"]) == ("write_later", 1)
    assert fourth.number == len(cast.TOPICS) + 4


@pytest.mark.django_db
def test_an_imported_voice_says_what_it_once_said_at_its_own_length():
    room = cast.conversation()
    former = cast.voice(room, "online", origin="imported")

    said = [write(former, "가" * 900 + str(number)) for number in range(5)]

    assert {s.state for s in said} == {"accepted"}
    with pytest.raises(Unprocessable):
        write(former, "가" * 5001)


@pytest.mark.django_db
def test_what_a_moderator_refused_may_be_said_by_somebody_else():
    room = cast.conversation()
    first = write(cast.voice(room), "저녁에도 불을 켜 두자.")
    with pytest.raises(Conflict):
        write(cast.voice(room), "저녁에도 불을 켜 두자.")

    actions.decide(code=room.code, number=first.number, accept=False, reason="repeat", at=cast.MORNING)

    assert write(cast.voice(room), "저녁에도 불을 켜 두자.").number == 5


@pytest.mark.django_db
@pytest.mark.parametrize("segment", ["shortlist", "slate", "ratification", "result", "published"])
def test_when_the_candidates_are_there_nothing_new_is_written(segment):
    room = cast.conversation()
    jun = cast.voice(room)
    type(room).objects.update(segment=segment)

    with pytest.raises(Conflict) as refused:
        write(jun, "늦은 생각")

    assert refused.value.key == "writing_over"


@pytest.mark.django_db
def test_somebody_without_a_voice_here():
    room = cast.conversation()
    stranger = cast.voice(cast.conversation())

    with pytest.raises(Forbidden) as refused:
        actions.write_statement(code=room.code, voice=stranger.pk, text="말", lang="ko", at=cast.MORNING)

    assert refused.value.key == "no_voice"


@pytest.mark.django_db
def test_a_code_nobody_gave_out():
    with pytest.raises(NotFound) as refused:
        actions.write_statement(code="ZZZZZZ", voice=1, text="말", lang="ko", at=cast.MORNING)

    assert refused.value.key == "code_unknown"


@pytest.mark.django_db
def test_a_refused_statement_takes_no_number():
    room = cast.conversation()
    jun = cast.voice(room)

    with pytest.raises(Unprocessable):
        write(jun, "")

    assert write(jun, "들리는 말").number == 4


# ---- the question


@pytest.mark.django_db
def test_a_question_in_two_languages():
    made, key = cast.conversation(key=True)

    assert made.question == {"ko": "강변을 어떻게 쓸까요?", "en": "What of the riverside?"}
    assert [s.kind for s in made.statements.all()] == ["seed"] * 3
    assert made.host_key_digest == actions.digest_of(key)


@pytest.mark.django_db
@pytest.mark.parametrize("question", [{}, {"ko": "  "}, {"ko": "\u3164"}])
def test_without_a_question_there_is_no_conversation(question):
    with pytest.raises(Unprocessable) as refused:
        actions.create_conversation(question=question, rules={}, seeds=[], at=cast.MORNING)

    assert (refused.value.key, refused.value.field) == ("text_blank", "question")


@pytest.mark.django_db
def test_two_seeds_of_the_same_words_leave_nothing_behind():
    with pytest.raises(Conflict):
        cast.conversation(["물가를 걷게 하자.", "물가를  걷게 하자."])

    assert not actions.Conversation.objects.exists()
