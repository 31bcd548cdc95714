"""Writing, taking back, finding good, reporting, blocking: once each, and nothing on what nobody reads."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import cast
from tests.community import neighbours

from onnuri.community import actions, queries
from onnuri.community.commenting import LIMIT, checked_text
from onnuri.community.models import Block, Comment, Reaction, Report
from onnuri.errors import Conflict, Forbidden, NotFound, Refusal, TooMany, Unprocessable
from onnuri.text import graphemes

pytestmark = pytest.mark.django_db
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"


@pytest.fixture
def room():
    return cast.conversation()


@pytest.fixture
def mina():
    return neighbours.account("mina")


@pytest.fixture
def jun():
    return neighbours.account("jun")


def refused(act, *about, **more):
    with pytest.raises(Refusal) as told:
        act(*about, **more)
    return told.value.key


def react(one, who, at=cast.MORNING):
    return actions.react(pk=one.pk, account=who, at=at)


def delete(one, who):
    return actions.delete_own(pk=one.pk, account=who, at=cast.MORNING)


def hide(one, until=None, at=cast.MORNING):
    return actions.hide_comment(pk=one.pk, reason="personal", until=until, at=at, who="sato")


# ---- writing


def test_mina_comments_under_a_record_and_under_a_talk(room, mina):
    talk = neighbours.talk()

    below_record, below_talk = (neighbours.comment(under, mina) for under in (room, talk))

    assert (below_record.conversation, below_record.session) == (room, None)
    assert (below_talk.session, below_talk.conversation) == (talk, None)
    assert [queries.count_under(under, cast.MORNING) for under in (room, talk)] == [1, 1]
    assert queries.counts_by_session(talk.conference, cast.MORNING) == {talk.pk: 1}


def test_three_hundred_families_are_three_hundred_characters(room, mina):
    assert neighbours.comment(room, mina, FAMILY * LIMIT).text == FAMILY * LIMIT

    with pytest.raises(Unprocessable) as told:
        neighbours.comment(room, mina, FAMILY * LIMIT + "끝")
    assert (told.value.key, told.value.field, told.value.about["n"]) == ("text_too_long", "text", 1)


@pytest.mark.parametrize("text", ["", " \n ", "\u200b\u200d\u202e", "\u3164", "\u2060\ufeff"])
def test_what_nobody_can_see_is_not_written(room, mina, text):
    assert refused(neighbours.comment, room, mina, text) == "text_blank"


def test_marks_of_direction_and_width_nothing_are_taken_out_and_a_script_stays_words(room, mina):
    said = neighbours.comment(room, mina, "좋은\u200b \u202e생각\u2066 <script>alert(1)</script>\r\n\r\n\r\n\r\n정말")

    assert said.text == "좋은 생각 <script>alert(1)</script>\n\n정말"


@given(text=st.text(max_size=40))
def test_what_is_kept_is_kept_the_same_a_second_time(text):
    try:
        kept = checked_text(text)
    except Unprocessable:
        return

    assert checked_text(kept) == kept
    assert 1 <= graphemes(kept) <= LIMIT


def test_a_form_sent_twice_is_one_comment(room, mina, jun):
    neighbours.comment(room, mina)

    assert refused(neighbours.comment, room, mina) == "comment_same"
    neighbours.comment(room, jun)
    assert Comment.objects.count() == 2


def test_five_within_ten_minutes_and_then_a_little_later(room, mina, jun):
    for number in range(5):
        neighbours.comment(room, mina, f"{number}번째 말", cast.minutes(number))

    with pytest.raises(TooMany) as told:
        neighbours.comment(room, mina, "여섯째 말", cast.minutes(9))
    assert told.value.key == "comment_pace"
    neighbours.comment(room, jun, "다른 사람의 말", cast.minutes(9))
    neighbours.comment(room, mina, "여섯째 말", cast.minutes(10))


def test_who_deletes_what_was_written_does_not_write_more_by_it(room, mina):
    for number in range(5):
        delete(neighbours.comment(room, mina, f"{number}번째 말"), mina)

    assert refused(neighbours.comment, room, mina, "여섯째 말") == "comment_pace"


@pytest.mark.parametrize(("policy", "answer"), [("ticket", "comment_confirmed"), ("code", None), ("open", None)])
def test_where_writing_is_for_tickets_a_comment_is_for_confirmed_accounts(policy, answer):
    conference = cast.conference()
    room = cast.conversation(policy=policy, conference=conference)
    talk = conference.sessions.create(order=1, kind="talk")
    stranger = neighbours.account("stranger")
    stranger.confirmed_by = ""
    stranger.save()

    for under in (room, talk):
        if answer:
            assert refused(neighbours.comment, under, stranger) == answer
        else:
            neighbours.comment(under, stranger)
        neighbours.comment(under, neighbours.account(f"mina-{under.pk}-{under._meta.model_name}"))


# ---- taking back


def test_a_deleted_comment_leaves_a_place_and_no_word_and_no_reaction(room, mina, jun):
    said = neighbours.comment(room, mina)
    react(said, jun)
    neighbours.report(said, jun)
    actions.mark(pk=said.pk, conversation=room, voice=cast.voice(room), at=cast.MORNING)

    delete(said, mina)

    left = cast.fresh(said)
    assert (left.state, left.text, left.reactions.count(), left.marks.count()) == ("deleted", "", 0, 0)
    assert queries.count_under(room, cast.MORNING) == 0
    assert queries.listed(room, "new", groups={}) == [said.pk]
    assert queries.reported(room) == []


def test_nobody_deletes_what_somebody_else_wrote(room, mina, jun):
    said = neighbours.comment(room, mina)

    with pytest.raises(Forbidden) as told:
        delete(said, jun)
    assert told.value.key == "comment_not_own"
    assert cast.fresh(said).text == neighbours.WORDS


def test_nothing_more_happens_to_what_was_deleted(room, mina, jun):
    said = neighbours.comment(room, mina)
    delete(said, mina)

    assert refused(delete, said, mina) == "comment_deleted"
    assert refused(react, said, jun) == "comment_deleted"
    assert refused(neighbours.report, said, jun) == "comment_deleted"
    assert refused(hide, said) == "comment_deleted"
    assert refused(actions.remove_comment, pk=said.pk, reason="abuse", at=cast.MORNING, who="") == "comment_deleted"
    assert (
        refused(actions.mark, pk=said.pk, conversation=room, voice=cast.voice(room), at=cast.MORNING)
        == "comment_deleted"
    )


# ---- finding good, reporting


def test_one_takes_part_once(room, mina, jun):
    said = neighbours.comment(room, mina)
    react(said, jun)

    assert refused(react, said, jun) == "already_taken_part"
    react(said, mina)
    assert Reaction.objects.count() == 2


def test_one_reports_once_also_after_it_was_decided(room, mina, jun):
    said = neighbours.comment(room, mina)
    neighbours.report(said, jun)

    assert refused(neighbours.report, said, jun) == "already_reported"
    assert actions.settle_reports(pk=said.pk, at=cast.minutes(1)) == 1
    assert refused(neighbours.report, said, jun) == "already_reported"
    assert Report.objects.count() == 1


def test_a_report_says_why_in_a_hundred_characters(room, mina, jun):
    said = neighbours.comment(room, mina)

    assert refused(neighbours.report, said, jun, " ") == "text_blank"
    assert refused(neighbours.report, said, jun, "가" * 101) == "text_too_long"
    assert neighbours.report(said, jun, "가" * 100).reason == "가" * 100


def test_nobody_reports_oneself(room, mina):
    assert refused(neighbours.report, neighbours.comment(room, mina), mina) == "report_own"


def test_a_comment_that_never_was_cannot_be_reported(jun):
    with pytest.raises(NotFound):
        actions.report(pk=10**12, account=jun, reason="없는 댓글", at=cast.MORNING)


# ---- blocking


def test_the_blocked_is_unseen_by_one_reader_alone_and_comes_back(room, mina, jun):
    said = neighbours.comment(room, mina)
    linh = neighbours.account("linh")
    actions.block(account=jun, author=mina.pk)
    actions.block(account=jun, author=mina.pk)

    seen = {who.alias: queries.listed(room, "new", blocked=queries.blocked_by(who), groups={}) for who in (jun, linh)}
    assert seen == {"jun": [], "linh": [said.pk]}
    assert queries.withheld_from(jun, room, cast.MORNING) == {mina.pk: 1}
    assert queries.withheld_from(None, room, cast.MORNING) == {}

    actions.unblock(account=jun, author=mina.pk)
    assert queries.listed(room, "new", blocked=queries.blocked_by(jun), groups={}) == [said.pk]


def test_a_block_takes_nothing_out_of_a_voting_deck(room, mina, jun):
    before = list(room.statements.filter(state="accepted"))
    neighbours.comment(room, mina)

    actions.block(account=jun, author=mina.pk)

    assert list(room.statements.filter(state="accepted")) == before


def test_nobody_blocks_oneself_or_nobody(mina):
    assert refused(actions.block, account=mina, author=mina.pk) == "block_self"
    assert refused(actions.block, account=mina, author=None) == "comment_nobody"
    assert Block.objects.count() == 0


# ---- hidden for a time


def test_a_hidden_comment_comes_back_by_itself(room, mina, jun):
    said = neighbours.comment(room, mina)
    until = cast.MORNING + timedelta(days=30)
    hide(said, until)

    assert refused(react, said, jun) == "comment_hidden"
    assert queries.count_under(room, cast.MORNING) == 0
    assert react(said, jun, until) == said
    assert queries.count_under(room, until) == 1


def test_a_removed_comment_is_gone_for_all_until_it_is_restored(room, mina, jun):
    said = neighbours.comment(room, mina)
    actions.remove_comment(pk=said.pk, reason="abuse", at=cast.MORNING, who="sato")

    assert refused(neighbours.report, said, jun) == "comment_removed"
    with pytest.raises(Conflict):
        delete(said, mina)

    actions.restore_comment(pk=said.pk, at=cast.minutes(1), who="sato")
    assert queries.count_under(room, cast.minutes(1)) == 1
    assert cast.fresh(said).text == neighbours.WORDS
