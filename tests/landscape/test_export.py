"""Reading an EXPORT: what counts, what is left out and said so, and one clear line for what cannot be read."""

import numpy as np
import pytest
from tests.landscape.planted import hall
from tests.record.sittings import counted, files_of, sitting, zip_of

from onnuri.errors import BadInput
from onnuri.landscape import Votes
from onnuri.landscape.export import NO_TEXT, OUT, POLIS_ATTRIBUTION, RE_VOTE, read_export
from onnuri.pipeline import export_record
from onnuri.record.signature import new_key

VOTES = "timestamp,datetime,comment-id,voter-id,vote\n"
COMMENTS = "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body\n"
MATRIX = "participant,group-id,n-comments,n-votes,n-agree,n-disagree,0,1,2\n"


@pytest.fixture
def folder(tmp_path):
    """Write files into a folder and give the folder."""

    def write(**files):
        for name, content in files.items():
            path = tmp_path / f"{name.replace('_', '-')}.csv"
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write


def vote_rows(*rows):
    """(time, statement, person, vote) as Polis writes them."""
    return VOTES + "".join(f"{at},then,{statement},{person},{vote}\n" for at, statement, person, vote in rows)


def comment_rows(*rows):
    return COMMENTS + "".join(f"1,then,{number},0,0,0,{state},{text}\n" for number, state, text in rows)


def rows_of(votes):
    return list(zip(votes.participant.tolist(), votes.statement.tolist(), votes.value.tolist(), strict=True))


def same(one, other):
    """Whether two `Votes` hold the same answers of the same people by the same channels."""
    return (
        rows_of(one) == rows_of(other)
        and np.array_equal(one.channels(), other.channels())
        and np.array_equal(one.is_trusted(), other.is_trusted())
    )


# ---- what counts


def test_the_last_answer_by_time_counts_wherever_it_stands_in_the_file(folder):
    votes = Votes.read(folder(votes=vote_rows((300, 1, 7, -1), (100, 1, 7, 1), (200, 1, 7, 0), (100, 1, 8, 1))))

    assert rows_of(votes) == [(7, 1, -1), (8, 1, 1)]
    assert votes.ignored == {RE_VOTE: 2}


def test_of_two_answers_at_the_same_moment_the_later_row_counts(folder):
    votes = Votes.read(folder(votes=vote_rows((100, 1, 7, 1), (100, 1, 7, -1))))

    assert rows_of(votes) == [(7, 1, -1)]


def test_agree_is_one_as_in_the_file(folder):
    votes = Votes.read(folder(votes=vote_rows((1, 5, 3, 1), (2, 6, 3, 0), (3, 7, 3, -1))))

    assert rows_of(votes) == [(3, 5, 1), (3, 6, 0), (3, 7, -1)]


def test_moderated_out_and_unknown_statements_leave_the_votes_whole(folder):
    export = folder(
        votes=vote_rows((1, 1, 7, 1), (2, 2, 7, 1), (3, 2, 8, 1), (4, 9, 7, 1)),
        comments=comment_rows((1, 1, "Plant trees"), (2, -1, "Buy my watch"), (3, 0, "Open the river")),
    )

    votes = Votes.read(export)

    assert rows_of(votes) == [(7, 1, 1)]
    assert votes.ignored == {OUT: 2, NO_TEXT: 1}
    assert votes.texts == {1: "Plant trees", 3: "Open the river"}


def test_a_text_may_hold_commas_quotes_and_lines(folder):
    text = 'Trees, "many",\nand water'
    export = folder(
        votes=vote_rows((1, 1, 7, 1)), comments=COMMENTS + '1,then,1,0,0,0,1,"Trees, ""many"",\nand water"\n'
    )

    assert Votes.read(export).texts == {1: text}


def test_a_file_from_a_spreadsheet_begins_with_a_mark_and_ends_its_lines_in_two_signs(folder):
    content = "\ufeff" + vote_rows((1, 1, 7, 1), (2, 2, 7, -1)).replace("\n", "\r\n") + "\r\n"

    assert rows_of(Votes.read(folder(votes=content))) == [(7, 1, 1), (7, 2, -1)]


def test_the_matrix_alone_is_enough(folder):
    matrix = MATRIX + "4,0,0,2,1,1,1,,-1\n9,,0,1,0,0,,0,\n"

    votes = Votes.read(folder(participants_votes=matrix))

    assert rows_of(votes) == [(4, 0, 1), (4, 2, -1), (9, 1, 0)]


def test_the_matrix_with_texts_knows_what_was_moderated_out(folder):
    export = folder(
        participants_votes=MATRIX + "4,0,0,2,1,1,1,1,-1\n",
        comments=comment_rows((0, 1, "Plant trees"), (1, -1, "Buy my watch")),
    )

    votes = Votes.read(export)

    assert rows_of(votes) == [(4, 0, 1)]
    assert votes.ignored == {OUT: 1, NO_TEXT: 1}


def test_votes_are_preferred_to_the_matrix(folder):
    export = folder(votes=vote_rows((1, 1, 7, 1)), participants_votes=MATRIX + "4,0,0,1,1,0,1,,\n")

    assert rows_of(Votes.read(export)) == [(7, 1, 1)]


def test_the_topic_and_the_source_are_named(folder):
    export = read_export(folder(votes=vote_rows((1, 1, 7, 1)), summary="topic,What next?\nvoters,1\n"))

    assert (export.topic, export.attribution) == ("What next?", POLIS_ATTRIBUTION)


# ---- a record is an EXPORT too


def test_a_record_of_an_export_gives_the_same_votes(folder, tmp_path):
    crowd = hall(1, people=20, statements=9, seed=2)
    rows = [(at, s, p, v) for at, (p, s, v) in enumerate(crowd.rows)]
    texts = [(s, 1, f"Statement {s}") for s in range(1, 10)]
    export = read_export(folder(votes=vote_rows(*rows), comments=comment_rows(*texts)))
    record = tmp_path / "record.zip"

    record.write_bytes(export_record(export, size=3, pem=new_key())[1].data)

    again = Votes.read(record)
    assert same(again, crowd.votes())
    assert again.texts == {s: f"Statement {s}" for s in range(1, 10)}


def test_the_record_of_a_sitting_gives_the_votes_that_counted(tmp_path):
    record = tmp_path / "record.zip"
    record.write_bytes(sitting().data)

    votes = Votes.read(record)

    assert any(row[4] for row in sitting().votes)
    assert same(votes, counted(sitting().votes))


def test_a_record_read_back_keeps_channels_and_who_is_trusted(tmp_path):
    record = tmp_path / "record.zip"
    record.write_bytes(sitting().data)

    votes = Votes.read(record)

    by_channel = {c: votes.participants[votes.channels() == c].tolist() for c in ("hall", "online", "open")}
    assert by_channel == {
        "hall": list(range(1, 33)),
        "online": list(range(33, 65)),
        "open": list(range(900, 906)),
    }
    assert votes.participants[~votes.is_trusted()].tolist() == by_channel["open"]


# ---- what cannot be read

GOOD = "1,then,1,7,1\n"
BAD = {
    "not UTF-8": ((VOTES + GOOD).encode() + b"2,\xff,1,8,1\n", "votes.csv, row 3: not UTF-8"),
    "missing column": (
        "timestamp,datetime,comment-id,voter-id\n1,then,1,7\n",
        "votes.csv, row 1: column 'vote' is missing",
    ),
    "vote 7": (VOTES + GOOD + "2,then,1,8,7\n", "votes.csv, row 3: '7' is not a vote (1, 0 or -1)"),
    "no vote": (VOTES + "2,then,1,8,\n", "votes.csv, row 2: '' is not a vote (1, 0 or -1)"),
    "empty file": ("", "votes.csv: the file is empty"),
    "blank file": ("\n \n", "votes.csv: the file is empty"),
    "header only": (VOTES, "votes.csv: the file has a header and no rows"),
    "id is a word": (VOTES + "2,then,1,anna,1\n", "votes.csv, row 2: 'anna' is not a whole number"),
    "id is a half": (VOTES + "2,then,1.5,8,1\n", "votes.csv, row 2: '1.5' is not a whole number"),
    "ragged row": (VOTES + GOOD + "2,then,1,8\n", "votes.csv, row 3: 4 cells where 5 are needed"),
    "negative id": (VOTES + "2,then,1,-8,1\n", "votes.csv, row 2: -8 is outside 0 .. 2^62"),
    "endless id": (VOTES + f"2,then,1,{'9' * 30},1\n", f"votes.csv, row 2: {'9' * 30} is outside 0 .. 2^62"),
    "time is a word": (VOTES + "noon,then,1,8,1\n", "votes.csv, row 2: 'noon' is not a whole number"),
    "endless cell": (
        VOTES + f'2,"{"x" * 200_000}",1,8,1\n',
        "votes.csv, row 2: not a table (field larger than field limit (131072))",
    ),
}


@pytest.mark.parametrize(("content", "line"), BAD.values(), ids=BAD)
def test_bad_votes_are_refused_with_file_row_and_reason(folder, content, line):
    with pytest.raises(BadInput) as refused:
        Votes.read(folder(votes=content))

    assert str(refused.value) == line


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("comment-id\n1\n", "comments.csv, row 1: column 'comment-body' is missing"),
        (COMMENTS + "1,then,first,0,0,0,1,Trees\n", "comments.csv, row 2: 'first' is not a whole number"),
        (COMMENTS + "1,then,1,me,0,0,1,Trees\n", "comments.csv, row 2: 'me' is not a whole number"),
        (COMMENTS, "comments.csv: the file has a header and no rows"),
    ],
    ids=["missing column", "id is a word", "author is a word", "header only"],
)
def test_bad_texts_are_refused_with_file_row_and_reason(folder, content, line):
    with pytest.raises(BadInput) as refused:
        Votes.read(folder(votes=VOTES + GOOD, comments=content))

    assert str(refused.value) == line


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("participant,group-id\n1,0\n", "participants-votes.csv: no column is a statement's number"),
        ("participant,²\n1,1\n", "participants-votes.csv: no column is a statement's number"),
        ("person,0\n1,1\n", "participants-votes.csv, row 1: column 'participant' is missing"),
        (MATRIX + "1,0,0,1,1,0,2,,\n", "participants-votes.csv, row 2: '2' is not a vote (1, 0 or -1)"),
    ],
    ids=["no statements", "a raised two", "missing column", "vote 2"],
)
def test_a_bad_matrix_is_refused_with_file_row_and_reason(folder, content, line):
    with pytest.raises(BadInput) as refused:
        Votes.read(folder(participants_votes=content))

    assert str(refused.value) == line


def test_a_row_is_counted_as_an_editor_counts_lines(folder):
    content = COMMENTS + '1,then,1,0,0,0,1,"two\nlines"\n1,then,second,0,0,0,1,Trees\n'

    with pytest.raises(BadInput, match=r"^comments\.csv, row 4: 'second' is not a whole number$"):
        Votes.read(folder(votes=VOTES + GOOD, comments=content))


def test_a_refusal_is_one_line_even_when_the_cell_is_two(folder):
    with pytest.raises(BadInput) as refused:
        Votes.read(folder(votes=VOTES + '2,then,1,"8\n8",1\n'))

    assert len(str(refused.value).splitlines()) == 1


def test_there_must_be_something_to_read(tmp_path):
    (tmp_path / "notes.txt").write_text("neither folder nor zip", "utf-8")
    (tmp_path / "empty").mkdir()

    for name, line in {
        "nowhere": "there is no such folder or file",
        "notes.txt": "neither a folder nor a record (zip)",
    }.items():
        with pytest.raises(BadInput) as refused:
            Votes.read(tmp_path / name)
        assert str(refused.value) == f"{tmp_path / name}: {line}"
    with pytest.raises(BadInput, match=r"^empty: no votes\.csv and no participants-votes\.csv$"):
        Votes.read(tmp_path / "empty")


def test_a_zip_that_is_no_record_is_refused(tmp_path):
    path = tmp_path / "photos.zip"
    path.write_bytes(zip_of({"sea.jpg": b"blue"}))

    with pytest.raises(BadInput, match=r"^photos: no votes\.csv and no participants-votes\.csv$"):
        Votes.read(path)


@pytest.mark.parametrize("step", [11, 37])
def test_a_damaged_record_is_refused_or_read_and_never_a_traceback(tmp_path, step):
    # Without the page, which is most of a record and is never read.
    whole = zip_of({name: data for name, data in files_of(sitting().data).items() if name != "record.html"})
    path = tmp_path / "record.zip"
    refusals = []
    for at in range(0, len(whole), len(whole) // (4 * step)):
        damaged = bytearray(whole)
        damaged[at] ^= 0x10
        path.write_bytes(bytes(damaged))
        try:
            read_export(path)
        except BadInput as problem:
            refusals.append(str(problem))

    assert len(refusals) > step
    assert {len(line.splitlines()) for line in refusals} == {1}


@pytest.mark.parametrize("channel", ["balcony", "", "Hall"])
def test_a_record_knows_three_channels(tmp_path, channel):
    path = tmp_path / "record.zip"
    path.write_bytes(
        zip_of(
            {
                "record.json": b"{}",
                "statements.csv": b"statement,text,lang,kind,state,cites\n1,Trees,en,seed,accepted,\n",
                "votes.csv": f"participant,statement,round,channel,late,vote\n5,1,1,{channel},0,1\n".encode(),
            }
        )
    )

    with pytest.raises(BadInput) as refused:
        Votes.read(path)

    assert str(refused.value) == f"votes.csv, row 2: channel '{channel}' is not hall, online or open"


def test_sealed_rows_are_with_the_auditor(tmp_path):
    path = tmp_path / "record.zip"
    statements = b"statement,text,lang,kind,state,cites\n1,Trees,en,seed,accepted,\n"
    path.write_bytes(zip_of({"record.json": b"{}", "statements.csv": statements}))

    with pytest.raises(BadInput, match=r"^votes\.csv: this record keeps its rows sealed; ask an auditor"):
        Votes.read(path)
