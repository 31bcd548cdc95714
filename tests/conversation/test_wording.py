"""The organiser's words: free until the rules are signed, then only what was missing is added."""

import copy

import pytest
from tests import cast

from onnuri.conversation.models import Trait
from onnuri.conversation.traits import ask_traits, by_voice
from onnuri.conversation.wording import CONSENTS, Wording, change_wording, stamp_of, wording_of
from onnuri.errors import Conflict, Unprocessable
from onnuri.vocabulary import LANGUAGES

pytestmark = pytest.mark.django_db

WHO = ("누구로 오셨나요?", ["시민", "기업"])
ASKED = ({"ko": WHO[0], "vi": "Bạn là ai?"}, {"ko": "시민", "vi": "Người dân"}, {"ko": "기업", "vi": "Doanh nghiệp"})
COUNT = {"ko": "한빛시 조례에 따라 내 답을 세는 데 동의합니다."}


@pytest.fixture
def room():
    made = cast.conversation()
    ask_traits(code=made.code, questions=[WHO], lang="ko")
    return cast.fresh(made)


def write(room, wording, stamp=None):
    change_wording(code=room.code, written=wording, stamp=stamp or stamp_of(wording_of(cast.fresh(room))))
    return wording_of(cast.fresh(room))


def test_before_the_opening_everything_is_written_anew(room):
    asked = {"ko": "강을 어떻게 쓸까요?", "ja": "川をどう使いますか。"}

    stored = write(room, Wording(asked, {"count": COUNT, "why": {"ko": "  "}}, (ASKED,)))

    assert stored == Wording(asked, {"count": COUNT}, (ASKED,))
    assert write(room, Wording({"ko": "다시"}, {}, (ASKED,))) == Wording({"ko": "다시"}, {}, (ASKED,))


def test_what_was_translated_stays_when_the_question_is_saved_again(room):
    write(room, Wording({"ko": "강"}, {}, (ASKED,)))

    ask_traits(code=room.code, questions=[(WHO[0], ["시민", "가게"])], lang="ko")

    (asked,) = wording_of(cast.fresh(room)).traits
    assert asked == (ASKED[0], ASKED[1], {"ko": "가게"})


def test_after_the_signing_a_missing_language_may_be_added(room):
    first = write(room, Wording({"ko": "강"}, {"count": COUNT}, (ASKED,)))
    cast.open_round(room)
    more = Wording(
        {**first.question, "en": "The river"},
        {"count": {**COUNT, "en": "I agree, under the city's ordinance."}},
        (tuple({**part, "en": f"E{n}"} for n, part in enumerate(ASKED)),),
    )

    assert write(room, more) == more


def test_once_somebody_has_joined_nothing_they_read_is_changed(room):
    write(room, Wording({"ko": "강"}, {"count": COUNT}, (ASKED,)))
    cast.voice(room)

    for wording in (
        Wording({"ko": "강"}, {"count": {"ko": "다른 동의"}}, (ASKED,)),
        Wording({"ko": "강"}, {"count": COUNT}, ((ASKED[0], ASKED[2], ASKED[1]),)),
    ):
        with pytest.raises(Conflict) as refused:
            write(room, wording)
        assert refused.value.key == "words_fixed"


def test_results_go_by_the_words_that_were_asked_first_whatever_is_translated_later():
    room = cast.conversation()
    ask_traits(code=room.code, questions=[("As whom?", ["Citizen", "Company"])], lang="en")
    room = cast.fresh(room)
    jun = cast.voice(room)
    Trait.objects.create(voice=jun, name=1, value=2)
    before = by_voice(cast.fresh(room))
    (asked,) = wording_of(room).traits

    write(room, Wording(room.question, {}, (tuple({**part, "ko": f"말 {n}"} for n, part in enumerate(asked)),)))

    assert by_voice(cast.fresh(room)) == before == {"As whom?": {jun.pk: "Company"}}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (lambda w: w.question.update(ko="바다"), "question_ko"),
        (lambda w: w.consents.update(count={"ko": "다른 동의"}), "consent_count_ko"),
        (lambda w: w.consents.update(why={"en": "Because."}), "consent_why_ko"),
        (lambda w: w.consents.clear(), "consent_count_ko"),
        (lambda w: w.traits[0][1].update(vi="Cư dân"), "trait-1_vi"),
    ],
)
def test_after_the_signing_nobodys_reading_is_changed(room, changed, field):
    first = write(room, Wording({"ko": "강"}, {"count": COUNT}, (copy.deepcopy(ASKED),)))
    cast.open_round(room)
    wording = copy.deepcopy(first)
    changed(wording)

    with pytest.raises(Conflict) as refused:
        write(room, wording)

    assert (refused.value.key, refused.value.field) == ("words_fixed", field)
    assert wording_of(cast.fresh(room)) == first


@pytest.mark.parametrize(
    ("wording", "key", "field"),
    [
        (Wording({"en": " "}, {}, (ASKED,)), "text_blank", "question_ko"),
        (Wording({"ko": "가" * 301}, {}, (ASKED,)), "text_too_long", "question_ko"),
        (Wording({"ko": "강"}, {"why": {"vi": "a" * 501}}, (ASKED,)), "text_too_long", "consent_why_vi"),
        (Wording({"ko": "강"}, {}, (({}, {}, {}),)), "text_blank", "trait-1_ko"),
        (
            Wording({"ko": "강"}, {}, ((ASKED[0], {**ASKED[1], "vi": "X"}, {**ASKED[2], "vi": "X"}),)),
            "traits_options",
            "trait-1-options_vi",
        ),
        (
            Wording({"ko": "강"}, {}, (({**ASKED[0], "en": "Who?"}, *ASKED[1:]),)),
            "traits_untranslated",
            "trait-1_en",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(room, wording, key, field):
    before = wording_of(room)

    with pytest.raises(Unprocessable) as refused:
        write(room, wording)

    assert (refused.value.key, refused.value.field) == (key, field)
    assert wording_of(cast.fresh(room)) == before


def test_two_organisers_do_not_write_over_each_other(room):
    seen = stamp_of(wording_of(room))
    write(room, Wording({"ko": "하나"}, {}, (ASKED,)))

    with pytest.raises(Conflict) as refused:
        write(room, Wording({"ko": "둘"}, {}, (ASKED,)), stamp=seen)

    assert refused.value.key == "edited_meanwhile"


def test_a_sealed_record_is_not_written_into():
    room, _voices = cast.sitting_until("published")

    with pytest.raises(Conflict) as refused:
        write(room, Wording({"ko": "강"}, {}, ()))

    assert refused.value.key == "sealed"


def test_each_consent_is_there_in_the_installations_words_too():
    from onnuri.web.consents import DEFAULTS, LABELS

    assert set(CONSENTS) == set(DEFAULTS) == set(LABELS)
    assert len(LANGUAGES) == 5
