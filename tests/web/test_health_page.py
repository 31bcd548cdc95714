"""The host reads whether the hall is all right: each line says how it stands, and what to do when it does not."""

import time
from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest
from tests import cast

from onnuri.live import health as process
from onnuri.live.counts import Counts
from onnuri.live.health import Jump, Watch
from onnuri.people.models import Mail
from onnuri.web import shown
from onnuri.web.host import health

pytestmark = pytest.mark.django_db
MORNING = cast.MORNING


@pytest.fixture
def counts():
    return Counts()


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def room():
    return cast.conversation(conference=cast.conference())


def line(room, key, counts, watch=None, at=MORNING):
    """(state, sentence, what to do) of one line."""
    found = health.lines_of(cast.fresh(room), at=at, counts=counts, watch=watch or Watch())
    return next((one.state, one.text, one.todo) for one in found if one.key == key)


def letter(state, topic="e/hanbit"):
    return Mail.objects.create(
        topic=topic, kind="ticket", to="mina@example.kr", state=state, queued_at=MORNING, due_at=MORNING
    )


def test_how_long_an_answer_takes_to_disk(room, counts):
    assert line(room, "stored", counts)[:2] == (
        "ok",
        "지난 1분 동안 들어온 답이 없어요. 저장할 준비는 되어 있어요.",
    )
    for took in (0.008, 0.3, 0.9):
        counts._recent.clear()
        counts._recent.append((time.monotonic(), took))
        state, text, todo = line(room, "stored", counts)
        assert text == f"답이 디스크에 저장되는 데 {round(took * 1000)} ms 걸려요."
        assert (state, bool(todo)) == {0.008: ("ok", False), 0.3: ("look", True), 0.9: ("trouble", True)}[took]


def test_a_writer_that_is_gone_is_trouble(room, counts, watch):
    watch.threads = frozenset({"nobody of this name"})

    state, text, todo = line(room, "stored", counts, watch)

    assert (state, text) == ("trouble", "지금은 답을 저장하지 못하고 있어요.")
    assert "휴대폰에 남은 답은 저절로 다시 와요" in todo


def test_phones_and_screens_of_this_hall_are_counted_and_no_others(room, counts):
    other = cast.conversation()
    here = [(room.code, "phone"), (room.code, "phone"), (room.code, "stage"), (other.code, "stage")]
    with ExitStack() as open_now:
        for code, who in here:
            open_now.enter_context(counts.listening(code, who))
        phones, stage = line(room, "phones", counts), line(room, "stage", counts)
    after = line(room, "stage", counts)

    assert phones[:2] == ("ok", "휴대폰 2대가 이어져 있어요.")
    assert stage[:2] == ("ok", "큰 화면이 연결되어 있어요 (1).")
    assert after == ("look", "연결된 큰 화면이 없어요.", "무대의 컴퓨터에서 큰 화면을 열어 주세요.")
    assert not counts.listeners


def test_an_empty_hall_is_fine_and_one_in_which_everybody_is_cut_off_is_not(room, counts):
    cast.open_round(room)
    empty = line(room, "phones", counts)
    cast.voice(room)

    assert empty[0] == "ok"
    assert line(room, "phones", counts)[0] == "look"


def test_the_landscape_from_before_the_first_round_to_one_that_does_not_come(room, counts):
    def says(**later):
        return line(room, "landscape", counts, at=MORNING + timedelta(**later))

    assert says() == ("ok", "의견 지형은 첫 라운드가 닫히면 그려요.", "")
    cast.open_round(room)
    last = cast.fresh(room).rounds.last()
    last.closed_at = last.final_at = MORNING
    last.save()
    assert says(seconds=2)[:2] == ("ok", "닫힌 라운드의 결과를 계산하고 있어요.")
    assert says(seconds=40)[0] == "look"
    assert says(minutes=3)[:2] == ("trouble", "의견 지형을 계산하지 못하고 있어요.")

    last.done_at = MORNING
    last.save()

    assert says(seconds=6)[:2] == ("ok", "의견 지형을 6초 전에 새로 그렸어요.")
    counts.not_computed(room.pk)
    counts.not_computed(room.pk)
    assert says(seconds=6)[0] == "trouble"


def test_letters_that_did_not_go_out(room, counts):
    assert line(room, "mail", counts) == ("ok", "밀린 메일이 없어요.", "")
    letter("queued")
    assert line(room, "mail", counts)[:2] == ("ok", "메일 1통이 나가는 중이에요.")
    letter("retry")
    assert line(room, "mail", counts)[0] == "look"
    letter("failed")
    letter("failed")
    letter("failed", topic="e/elsewhere")

    assert line(room, "mail", counts)[:2] == ("look", "메일 2통을 못 보냈어요.")


def test_a_room_without_a_conference_has_no_letters(counts):
    found = health.lines_of(cast.conversation(), at=MORNING, counts=counts, watch=Watch())

    assert "mail" not in {one.key for one in found}


def test_a_disk_that_fills_up(room, counts, monkeypatch):
    monkeypatch.setattr(health, "free_bytes", lambda _folder: 12 * 1024**3)
    assert line(room, "disk", counts) == ("ok", "디스크에 12 GB가 남아 있어요.", "")

    monkeypatch.setattr(health, "free_bytes", lambda _folder: 5 * process.LEAST_FREE)
    assert line(room, "disk", counts)[:2] == ("look", "디스크에 0.5 GB가 남아 있어요.")

    monkeypatch.setattr(health, "free_bytes", lambda _folder: 0)
    assert line(room, "disk", counts)[0] == "trouble"


def test_a_server_that_falls_behind(room, counts, watch):
    watch.late_s = 0.7
    assert line(room, "loop", counts, watch)[:2] == ("look", "서버가 0.7초까지 밀리고 있어요.")

    watch.late_s = 3.0
    assert line(room, "loop", counts, watch)[0] == "trouble"


def test_a_clock_that_was_set_is_told_for_two_hours(room, counts, watch):
    watch.jump = Jump(-3600.0, MORNING)

    state, text, todo = line(room, "clock", counts, watch, at=MORNING + timedelta(hours=1))

    assert state == "look"
    assert text == f"{shown.clock_text(MORNING)}에 서버의 시계가 3600초 뒤로 옮겨졌어요."
    assert "손으로 닫아 주세요" in todo
    assert line(room, "clock", counts, watch, at=MORNING + timedelta(hours=3))[0] == "ok"


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (timedelta(seconds=-3), "0초 전에"),
        (timedelta(seconds=59), "59초 전에"),
        (timedelta(minutes=59), "59분 전에"),
        (timedelta(hours=5), "5시간 전에"),
        (timedelta(days=3), "3일 전에"),
    ],
)
def test_ages_in_the_unit_a_person_would_use(span, told):
    assert health.ago(span) == told


# ---- the page


def test_the_page_and_its_twin_are_the_hosts_alone(client):
    room, key = cast.conversation(key=True)
    address = f"/host/c/{room.code}/health"
    assert client.get(address).status_code == 403
    assert client.get(address + ".json").status_code == 403

    assert client.get(f"{address}?key={key}").headers["Location"] == address
    page = client.get(address)
    twin = client.get(address + ".json").json()

    assert page.status_code == 200
    assert twin["worst"] in {"ok", "look", "trouble"}
    assert {one["key"] for one in twin["lines"]} >= {"stored", "phones", "stage", "landscape", "loop", "disk", "clock"}
    assert all(one["text"] in page.content.decode() for one in twin["lines"])


def test_the_console_leads_there(client):
    room, key = cast.conversation(key=True)
    client.get(f"/host/c/{room.code}?key={key}")

    page = client.get(f"/host/c/{room.code}").content.decode()

    assert f'href="/host/c/{room.code}/health"' in page
    assert "강당의 건강" in page


def test_the_mailbox_is_offered_to_whom_it_opens(client):
    room, key = cast.conversation(key=True, conference=cast.conference())
    letter("failed")
    client.get(f"/host/c/{room.code}?key={key}")
    before = client.get(f"/host/c/{room.code}/health.json").json()["lines"]
    client.cookies[f"host_e_{room.conference_id}"] = health_key(room)
    after = client.get(f"/host/c/{room.code}/health.json").json()["lines"]

    def link(lines):
        return next(one["link"] for one in lines if one["key"] == "mail")

    assert link(before) == ""
    assert link(after) == "/host/e/hanbit/mail?state=failed"


def health_key(room):
    """The cookie of whoever runs the whole conference."""
    from onnuri.web.voices import SIGNER

    return SIGNER.host("e", room.conference_id)


def test_a_moment_has_a_zone():
    """What the watch keeps can be compared with the pages' clock."""
    watch = Watch()
    watch._apart -= 10
    watch.beat()

    assert isinstance(watch.jump.at, datetime)
    assert abs(shown.now() - watch.jump.at) < timedelta(minutes=1)
