"""Sealing: the record holds what was said and computed, can be checked by anyone, and names nobody."""

import csv
import io
import json
import zipfile

import pytest
from tests import cast

from onnuri.community import rights
from onnuri.conversation import actions, removing
from onnuri.pipeline import conclude
from onnuri.publishing.models import Record
from onnuri.record.page import digest_of, parted
from onnuri.record.signature import fingerprint, holds
from onnuri.record.verify import verify

pytestmark = pytest.mark.django_db


def files(room):
    with zipfile.ZipFile(io.BytesIO(bytes(Record.objects.get(conversation=room).data))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows(room, name):
    return list(csv.DictReader(io.StringIO(files(room)[name].decode())))


def checked(room, tmp_path):
    """What anyone finds who checks the record."""
    file = tmp_path / "record.zip"
    file.write_bytes(bytes(Record.objects.get(conversation=room).data))
    return verify(file, conclude)


def failing(room, tmp_path):
    return [(f.what, f.detail) for f in checked(room, tmp_path).findings if not f.ok]


def write(own, text):
    return actions.write_statement(code=own.conversation.code, voice=own.pk, text=text, lang="ko", at=cast.MORNING)


def decide(statement, *, accept, reason=""):
    return actions.decide(
        code=statement.conversation.code,
        number=statement.number,
        accept=accept,
        reason=reason,
        at=cast.MORNING,
    )


# ---- what anyone can check


@pytest.mark.parametrize("whole", [1, -1], ids=["a conclusion", "no common conclusion"])
def test_everything_holds_when_somebody_computes_it_again(whole, tmp_path):
    room, _ = cast.sitting_until("published", whole=whole)
    signed = json.loads(files(room)["signature.json"])

    assert failing(room, tmp_path) == []
    assert checked(room, tmp_path).digest == room.record.digest
    assert room.record.head["outcome"] == ("conclusion" if whole == 1 else "none")
    assert room.record.head["joined"] == {"hall": 15, "online": 15}
    template, _ = parted(files(room)["record.html"])
    assert json.loads(files(room)["record.json"]) == {"format": 2, "page": digest_of(template), **room.record.head}
    assert holds(signed, room.record.digest)
    assert fingerprint(signed["public_key"]) == room.record.key_fingerprint


def test_codes_given_out_after_the_ballot_break_nothing(tmp_path):
    room, _ = cast.sitting_until("result")
    actions.issue_codes(code=room.code, channel="hall", count=40)

    cast.publish(room)

    assert failing(room, tmp_path) == []


def test_a_late_answer_is_in_the_record_and_in_the_chain(tmp_path):
    room, voices = cast.sitting_until("where")
    actions.issue_codes(code=room.code, channel="online", count=1)
    latecomer = cast.voice(room, "online")
    cast.answer(latecomer, {2: 1, 3: 0}, late=True)
    from_shortlist_to_the_end(room, voices)

    late = [r for r in rows(room, "votes.csv") if r["late"] == "1"]
    assert {(r["statement"], r["vote"]) for r in late} == {("2", "1"), ("3", "0")}
    assert room.links.last().what == "late vote 1"
    assert failing(room, tmp_path) == []


def test_an_answer_sent_again_too_late_leaves_the_one_that_counted(tmp_path):
    room, voices = cast.sitting_until("where")
    # A phone that never heard the answer to its vote sends it again, or another one.
    cast.answer(voices[0], {1: cast.mind(0, 1), 2: -1}, late=True)
    from_shortlist_to_the_end(room, voices)

    mine = {r["statement"]: r for r in rows(room, "votes.csv") if r["participant"] == str(voices[0].pk)}
    assert [mine[n]["late"] for n in ("1", "2")] == ["0", "0"]
    assert mine["2"]["vote"] == str(cast.mind(0, 2)) != "-1"
    assert failing(room, tmp_path) == []


def test_a_line_written_anew_leaves_its_first_wording_in_the_record(tmp_path):
    room, voices = cast.sitting_until("where")
    line = actions.propose_line(
        code=room.code, voice=voices[0].pk, text="처음 문안", lang="ko", cites=[1, 2], at=cast.MORNING
    )
    decide(line, accept=True)
    cast.vote_round(room, voices)
    anew = actions.redraft(
        code=room.code, voice=voices[0].pk, number=line.number, text="고친 문안", lang="ko", at=cast.MORNING
    )
    decide(anew, accept=True)
    go_to_the_end(room, voices)

    told = {r["text"]: r["state"] for r in rows(room, "statements.csv") if r["kind"] == "line"}
    assert told == {"처음 문안": "withdrawn", "고친 문안": "accepted"}
    assert failing(room, tmp_path) == []


def test_a_voice_that_answered_without_a_code_would_be_found(tmp_path):
    room, _ = cast.sitting_until("result")
    type(room).objects.update(codes_issued=1)
    room.slate.certificate["took_part"]["tickets"] = 1
    room.slate.save()

    cast.publish(room)

    # One code, and a whole crowd that voted: who checks the record sees it.
    assert [what for what, _ in failing(room, tmp_path)] == ["voices <= tickets"]


# ---- the log


def test_the_log_says_what_was_refused_and_why():
    room = cast.conversation(cast.TOPICS)
    voices = cast.crowd(room)
    refused = {
        reason: decide(write(own, f"{reason} 때문에 내려간 글"), accept=False, reason=reason)
        for own, reason in zip(voices, ("advert", "unlawful", "personal", "off_topic"), strict=False)
    }
    let_through = decide(write(voices[9], "올라간 글"), accept=True)
    go_to_the_end(room, voices)

    log = {int(r["statement"]): (r["act"], r["reason"], r["text"]) for r in rows(room, "log.csv")}

    assert log == {
        refused["advert"].number: ("refuse", "advert", "advert 때문에 내려간 글"),
        refused["unlawful"].number: ("refuse", "unlawful", ""),
        refused["personal"].number: ("refuse", "personal", ""),
        refused["off_topic"].number: ("refuse", "off_topic", "off_topic 때문에 내려간 글"),
        let_through.number: ("accept", "", ""),
    }


def go_to_the_end(room, voices):
    cast.vote_round(room, voices)
    from_shortlist_to_the_end(room, voices)


def from_shortlist_to_the_end(room, voices):
    cast.to_shortlist(room)
    from_shortlist(room, voices)


def from_shortlist(room, voices):
    cast.ballot_round(room, voices)
    cast.sitting.open_ratification(code=room.code, at=cast.MORNING)
    cast.ballot_round(room, voices, whole=1)
    cast.publish(room)


@pytest.mark.parametrize("reason", ["unlawful", "personal"])
def test_what_must_not_be_published_is_nowhere_in_the_record(reason):
    room = cast.conversation(cast.TOPICS)
    voices = cast.crowd(room)
    decide(write(voices[0], "준의 전화번호는 010입니다"), accept=False, reason=reason)

    go_to_the_end(room, voices)

    assert not any("전화번호" in content.decode() for content in files(room).values())


def test_what_nobody_has_read_is_not_published():
    room = cast.conversation(cast.TOPICS)
    voices = cast.crowd(room)
    write(voices[0], "아무도 읽지 않은 글")

    go_to_the_end(room, voices)

    assert not any("아무도 읽지 않은" in content.decode() for content in files(room).values())


def test_nor_when_its_author_wrote_it_anew_before_anybody_read_it():
    room = cast.conversation(cast.TOPICS)
    voices = cast.crowd(room)
    unread = actions.propose_line(
        code=room.code, voice=voices[0].pk, text="아무도 읽지 않은 문안", lang="ko", cites=[1, 2], at=cast.MORNING
    )
    actions.redraft(
        code=room.code, voice=voices[0].pk, number=unread.number, text="고친 문안", lang="ko", at=cast.MORNING
    )

    go_to_the_end(room, voices)

    assert not any("아무도 읽지 않은" in content.decode() for content in files(room).values())


# ---- nobody is named


def test_the_record_names_nobody():
    conference = cast.conference(capacity=40)
    jun = cast.confirmed(cast.register("Jun", email="jun.of.the.river@example.kr"))

    room, _ = cast.sitting_until("published", conference=conference)

    told = b"\n".join(files(room).values()).decode()
    for secret in (jun.name, jun.email, jun.claim, jun.confirm_token, cast.fresh(jun).first.code, jun.idempotency_key):
        assert secret not in told


def test_who_wrote_what_is_not_in_the_record():
    room = cast.conversation(cast.TOPICS)
    voices = cast.crowd(room)
    decide(write(voices[3], "준이 쓴 글"), accept=True)

    go_to_the_end(room, voices)

    columns = rows(room, "statements.csv")[0].keys()
    assert set(columns) == {"statement", "text", "lang", "kind", "state", "cites"}
    assert str(voices[3].pk) not in files(room)["statements.csv"].decode() + files(room)["log.csv"].decode()


def test_no_row_says_when():
    room, _ = cast.sitting_until("published")
    named = files(room)
    assert cast.compute(room) == "nothing"  # it is published once
    assert Record.objects.count() == 1

    for name in ("votes.csv", "ballots.csv", "log.csv", "statements.csv", "lines.csv"):
        header = named[name].decode().splitlines()[0]
        assert not any(word in header for word in ("time", "date", "at,", "when"))
    ids = [int(r["participant"]) for r in rows(room, "votes.csv")]
    assert ids == sorted(ids)
    assert json.loads(named["record.json"])["published"].count("-") == 2


# ---- after it


def test_what_is_simulated_says_so():
    room = cast.conversation(cast.TOPICS)
    voices = [cast.voice(room, "hall", origin="simulated") for _ in range(cast.CROWD)]
    go_to_the_end(room, voices)

    head = Record.objects.get().head

    assert head["simulated"] is True
    assert head["certificate"]["basis"] == "simulated"
    assert head["origins"] == {"simulated": cast.CROWD}


# ---- what moderators took down


@pytest.mark.parametrize(("reason", "words"), [("off_topic", cast.TOPICS[11]), ("unlawful", "–")])
def test_what_two_people_took_down_keeps_its_votes_and_the_record_still_holds(reason, words, tmp_path):
    room, voices = cast.sitting_until("where")
    removing.remove(code=room.code, number=12, reason=reason, who="Mina", at=cast.MORNING)
    removing.second(code=room.code, number=12, who="#2 Haru", at=cast.MORNING, figures={})

    go_to_the_end(room, voices)

    assert failing(room, tmp_path) == []
    (taken,) = [row for row in rows(room, "statements.csv") if row["statement"] == "12"]
    assert (taken["state"], taken["text"]) == ("removed", words)
    assert [(row["act"], row["reason"]) for row in rows(room, "log.csv")] == [("remove", reason)]
    assert any(row["statement"] == "12" for row in rows(room, "votes.csv"))
    assert b"Haru" not in b"".join(files(room).values())


# ---- what is hidden while it is looked into, and the record


def hidden(room, number):
    """Somebody says that a statement infringes their rights, and a moderator hides it for now."""
    asked = rights.ask(
        kind="statements", number=number, conversation=room, language="ko", at=cast.MORNING, name="가게 주인",
        email="shop@example.kr", right="reputation", why="우리 가게를 알아볼 수 있어요.", evidence="",
    )  # fmt: skip
    return rights.hide(request=asked.pk, who="#1 Mina", at=cast.MORNING)


def looked_into(request, outcome, who="#1 Mina"):
    rights.decide(request=request.pk, outcome=outcome, text="겪은 일을 적은 글입니다.", who=who, at=cast.minutes(9))


def told_of(room, number, name="statements.csv", column="statement"):
    return next((r for r in rows(room, name) if r[column] == str(number)), None)


def test_what_was_hidden_at_the_shortlist_and_is_shown_again_comes_on_no_ballot(tmp_path):
    room, voices = cast.sitting_until("where")
    best = shortlist_of(cast.sitting_until("shortlist")[0])[0]
    asked = hidden(room, best)

    room = cast.to_shortlist(room)
    looked_into(asked, "restore")
    from_shortlist(room, voices)

    assert best not in shortlist_of(room)
    assert failing(room, tmp_path) == []
    told = told_of(room, best)
    assert (told["state"], told["text"]) == ("hidden", cast.TOPICS[best - 1])


@pytest.mark.parametrize("outcome", ["", "remove"], ids=["hidden until the end", "taken down by two"])
def test_a_line_of_the_ballot_that_is_hidden_is_counted_without_its_words(outcome, tmp_path):
    room, voices = cast.sitting_until("shortlist")
    line = shortlist_of(room)[0]

    asked = hidden(room, line)
    if outcome:
        looked_into(asked, outcome)
        looked_into(asked, outcome, who="#2 Haru")
    from_shortlist(room, voices)

    assert failing(room, tmp_path) == []
    assert (told_of(room, line)["state"], told_of(room, line)["text"]) == ("accepted", "–")
    assert told_of(room, line, "lines.csv", "line")["text"] == "–"


TWINS = ("강가에 나무를 더 많이 심었으면 좋겠습니다.", "강가에 나무를 더 많이 심었으면 참 좋겠습니다.")


@pytest.mark.parametrize("which", ["the candidate", "its twin"])
@pytest.mark.parametrize("then", ["", "restore", "remove"], ids=["hidden until the end", "shown again", "taken down"])
def test_nearly_the_same_statements_stay_so_whatever_is_hidden_after_the_shortlist(which, then, tmp_path):
    room = cast.conversation((*TWINS, *cast.TOPICS[2:]))
    voices = cast.crowd(room)
    cast.vote_round(room, voices)
    room = cast.to_shortlist(room)
    (candidate,) = {1, 2} & set(shortlist_of(room))
    number = candidate if which == "the candidate" else 3 - candidate

    cast.ballot_round(room, voices)
    asked = hidden(room, number)
    cast.sitting.open_ratification(code=room.code, at=cast.MORNING)
    cast.ballot_round(room, voices, whole=1)
    if then:
        looked_into(asked, then)
    if then == "remove":
        looked_into(asked, then, who="#2 Haru")
    cast.publish(room)

    apart = cast.fresh(room).record.head["certificate"]["set_apart"]
    assert apart == [{"line": 3 - candidate, "like": candidate}]
    assert failing(room, tmp_path) == []
    assert told_of(room, number)["state"] == "accepted"
    assert (told_of(room, number)["text"] == "–") == (then != "restore")


def shortlist_of(room):
    return [c["id"] for c in cast.fresh(room).shortlist.candidates]
