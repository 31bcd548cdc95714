"""A former conversation, stored so that it can be shown, concluded and voted again."""

import pytest
from django.conf import settings
from tests import cast

from onnuri.conversation.models import Conversation, Voice, Vote
from onnuri.errors import Conflict
from onnuri.landscape.export import kept_votes, read_export
from onnuri.publishing.importing import store_export
from onnuri.publishing.models import PublishedLandscape

pytestmark = pytest.mark.django_db
LONG = "긴 글입니다. " * 100
COMMENTS = [
    "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body",
    '1,x,0,7,0,0,1,"물가를 걷게 하자."',
    f'2,x,1,7,0,0,0,"{LONG}"',
    '3,x,2,8,0,0,-1,"내려간 광고"',
    '4,x,5,8,0,0,1,"나무를 더 심자."',
]
VOTES = [
    "timestamp,datetime,comment-id,voter-id,vote",
    *(f"{10 + v},x,{c},{v},{1 if (v + c) % 3 else -1}" for v in range(12) for c in (0, 1, 5)),
    "90,x,2,3,1",
    "91,x,0,4,0",
    "92,x,0,4,1",
]


def stored(folder, comments=COMMENTS, votes=VOTES):
    folder.mkdir(exist_ok=True)
    (folder / "comments.csv").write_text("\n".join(comments) + "\n", "utf-8")
    (folder / "votes.csv").write_text("\n".join(votes) + "\n", "utf-8")
    export = read_export(folder)
    return store_export(export, kept_votes(export), at=cast.MORNING, pem=settings.FOLDER.signing_key)


def test_everybody_who_voted_has_a_voice_again(tmp_path):
    room, key = stored(tmp_path)

    assert Voice.objects.count() == 12
    assert set(Voice.objects.values_list("origin", flat=True)) == {"imported"}
    assert room.host_key_digest == cast.places.digest_of(key)
    assert cast.fresh(room).codes_issued == 12


def test_their_voices_are_not_their_former_numbers(tmp_path):
    stored(tmp_path)

    assert not set(Voice.objects.values_list("id", flat=True)) & set(range(12))


def test_statements_keep_their_words_and_their_order(tmp_path):
    room, _ = stored(tmp_path)

    # Numbers move up by one, so that 0 stays the whole slate.
    assert list(room.statements.values_list("number", "text", "state")) == [
        (1, "물가를 걷게 하자.", "accepted"),
        (2, LONG.strip(), "accepted"),
        (6, "나무를 더 심자.", "accepted"),
    ]
    assert cast.fresh(room).next_statement == 7


def test_what_was_moderated_out_stays_out(tmp_path):
    stored(tmp_path)

    assert not Vote.objects.filter(statement__text="내려간 광고").exists()


def test_the_last_answer_of_a_person_counts(tmp_path):
    stored(tmp_path)

    assert Vote.objects.count() == 36
    assert Vote.objects.filter(statement__number=1, value=0).count() == 0


def test_it_is_one_closed_round_and_is_computed_like_any_other(tmp_path):
    room, _ = stored(tmp_path)
    assert cast.fresh(room).segment == "computing"

    cast.compute(room)

    assert cast.fresh(room).segment == "where"
    assert PublishedLandscape.objects.get().document["participants"] == 12
    assert [link.what for link in room.links.all()] == ["open vote 1", "close vote 1"]


def test_the_rules_were_fixed_by_opening(tmp_path):
    room, _ = stored(tmp_path)

    with pytest.raises(Conflict) as refused:
        cast.sitting.draft_rules(code=room.code, changes={"size": 3})

    assert refused.value.key == "rules_fixed"


def test_an_export_without_a_statement_leaves_nothing_behind(tmp_path):
    with pytest.raises(Conflict) as refused:
        stored(tmp_path, [COMMENTS[0], COMMENTS[3]], [VOTES[0], "90,x,2,3,1"])

    assert refused.value.key == "no_statements"
    assert not Conversation.objects.exists()


def test_without_a_topic_the_folders_name_is_the_question(tmp_path):
    room, _ = stored(tmp_path / "강변 대화")

    assert "강변 대화" in room.question["ko"]
