"""The programme: what may stand in it, what people must be told of, and what two organisers do to each other."""

from datetime import UTC, datetime

import pytest
from tests import cast

from onnuri.conference import editing, programme
from onnuri.conference.editing import About, Next, Written, stamp_of
from onnuri.conference.models import Announcement, Conference, Series, Session
from onnuri.conference.programme import Change, Item, Whole
from onnuri.errors import Conflict, NotFound, Refusal
from onnuri.people.models import Mail


def at(hour, minute=0, day=22):
    return datetime(2026, 5, day, hour, minute, tzinfo=UTC)


AFTERNOON = Whole(doors_at=at(13, 30), starts_at=at(14), ends_at=at(16), venue={"ko": "강당"})


def refused(act, *arguments, **more):
    """(key, field) of the refusal."""
    with pytest.raises(Refusal) as caught:
        act(*arguments, **more)
    return caught.value.key, caught.value.field


# ---- times and order


@pytest.mark.parametrize(
    ("whole", "why"),
    [
        (Whole(starts_at=at(14), ends_at=at(14)), ("ends_first", "ends_at")),
        (Whole(ends_at=at(14)), ("start_missing", "starts_at")),
        (Whole(doors_at=at(14)), ("start_missing", "starts_at")),
        (Whole(doors_at=at(14, 1), starts_at=at(14)), ("doors_late", "doors_at")),
    ],
)
def test_doors_open_before_the_start_and_the_start_before_the_end(whole, why):
    assert refused(programme.check_whole, whole) == why


@pytest.mark.parametrize(
    ("starts", "ends", "where"),
    [
        (at(13, 30), at(16), None),
        (at(13, 29), None, "starts_at"),
        (at(16), None, "starts_at"),
        (at(15), at(16, 1), "ends_at"),
        (None, None, None),
    ],
)
def test_a_session_lies_between_the_doors_and_the_end(starts, ends, where):
    assert programme.outside(Item(starts_at=starts, ends_at=ends), AFTERNOON) == where


def test_who_comes_at_the_same_time_stands_behind_who_was_there():
    others = [Item(starts_at=at(14)), Item(starts_at=at(15)), Item()]

    assert [programme.index_for(t, others) for t in (at(13), at(14), at(14, 30), at(16), None)] == [0, 1, 1, 3, 3]


def test_one_room_at_one_time_is_pointed_out():
    hall, blue = {}, {"ko": "파란 방"}
    items = [
        Item(starts_at=at(14), ends_at=at(15), room=blue),
        Item(starts_at=at(14, 30), ends_at=at(15, 30), room={"ko": "파란 방", "en": "Blue room"}),
        Item(starts_at=at(14, 30), ends_at=at(15), room=hall),
        Item(starts_at=at(15), ends_at=at(16), room=blue, cancelled=True),
        Item(starts_at=at(15, 30), room=blue),
        Item(starts_at=at(14, 45), room=hall),
    ]

    assert programme.overlaps(items) == [(0, 1), (2, 5)]


def test_who_stands_after_somebody_later_is_out_of_order():
    assert programme.out_of_order([Item(starts_at=at(15)), Item(), Item(starts_at=at(14)), Item(starts_at=at(16))]) == [
        2
    ]


def test_a_session_without_an_end_ends_with_the_next_one():
    first, second = Item(starts_at=at(14)), Item(starts_at=at(15))

    ends = [programme.end_of(item, [first, second], AFTERNOON) for item in (first, second, Item())]

    assert ends == [at(15), at(16), None]


# ---- addresses


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  ", ""),
        ("https://live.example.kr/hall.m3u8?a=1", "https://live.example.kr/hall.m3u8?a=1"),
        ("HTTPS://Live.Example.KR:443/A", "https://live.example.kr/A"),
        ("https://live.example.kr:8443", "https://live.example.kr:8443"),
        ("https://온누리.kr/강당", "https://xn--od1b68l57k.kr/강당"),
    ],
)
def test_an_address_is_kept_as_browsers_name_it(written, kept):
    assert programme.checked_address(written, field="slides_url") == kept


@pytest.mark.parametrize(
    "written",
    [
        "javascript:alert(1)",
        "http://live.example.kr/",
        "https://mina:secret@example.kr/",
        "https://mina@example.kr/",
        "//example.kr/",
        "https:///nowhere",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://example.kr; script-src *",
        "https://example.kr/;script-src *",
        "https://example.kr/a b",
        "https://exam\nple.kr/",
        "https://example.kr:port/",
        "https://example.kr:99999/",
        "https://example.kr\\@elsewhere.kr/",
        "https://example.kr/" + "a" * 500,
        'https://example.kr/"onload="',
        "https://example..kr/",
        "https://" + "a" * 64 + ".kr/",
    ],
)
def test_no_other_address_is_taken(written):
    assert refused(programme.checked_address, written, field="stream_url") == ("address", "stream_url")


# ---- what people must be told

TALK = Item(7, at(14), at(15), {"ko": "강당"}, {"ko": "가온"})


def kinds(after, before=TALK):
    return [c.kind for c in programme.changes_of_session(before, after)]


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (TALK, []),
        (Item(7, at(14, 30), at(15), {"ko": "강당"}, {"ko": "가온"}), ["time"]),
        (Item(7, at(14), at(15, 30), {"ko": "강당"}, {"ko": "가온"}), ["time"]),
        (Item(7, None, None, {"ko": "강당"}, {"ko": "가온"}), ["time"]),
        (Item(7, at(14), at(15), {"ko": "파란 방"}, {}), ["room", "speaker"]),
        (Item(7, at(14), at(15), {"ko": "강당", "en": "Hall"}, {"ko": "가온"}), []),
        (Item(7, at(13), at(15), {"ko": "파란 방"}, {"ko": "가온"}, cancelled=True), ["cancelled"]),
    ],
)
def test_people_are_told_what_they_had_been_told_otherwise(after, told):
    assert kinds(after) == told


def test_what_is_said_for_the_first_time_is_no_change():
    assert kinds(TALK, before=Item(7)) == []
    assert programme.changes_of_conference(Whole(), AFTERNOON) == []


def test_what_is_cancelled_stays_cancelled_whatever_else_moves():
    gone = Item(7, at(14), cancelled=True)

    assert kinds(Item(7, at(15), cancelled=True), before=gone) == []
    assert kinds(Item(7, at(15)), before=gone) == ["restored", "time"]


def test_several_savings_are_told_as_one():
    moved, again = Change("time", 7, "before"), Change("time", 7, "between")
    gone, back = Change("cancelled", 7), Change("restored", 7)

    assert programme.merged([moved, again]) == [moved]
    assert programme.merged([gone, back]) == []
    assert programme.merged([back, gone]) == []
    assert programme.merged([moved, Change("when"), gone]) == [Change("when"), gone]


# ---- editing

pytestmark = pytest.mark.django_db


@pytest.fixture
def hanbit():
    return cast.conference(
        capacity=3, venue={"ko": "강당"}, starts_at=at(14), ends_at=at(16), doors_at=at(13, 30), number=9
    )


def texts(**told):
    return {name: {"ko": text} for name, text in told.items()}


def session(title, starts_at=None, ends_at=None, **more):
    return editing.add_session("hanbit", Written(texts(title=title), starts_at, ends_at, **more))


def titles():
    return [s.title["ko"] for s in Session.objects.all()]


def written(own, **other):
    told = {
        "texts": {name: getattr(own, name) or {} for name in editing.SESSION_TEXTS},
        **{name: getattr(own, name) for name in ("starts_at", "ends_at", "kind", "slides_url", "recording_url")},
    }
    return Written(**{**told, **other})


def save(own, stamp=None, **other):
    return editing.change_session("hanbit", own.pk, written(own, **other), stamp=stamp or stamp_of(own))


def test_sessions_come_in_the_order_of_their_times(hanbit):
    session("셋째", at(15))
    session("첫째", at(14))
    session("언젠가")
    session("둘째", at(14, 30))

    assert titles() == ["첫째", "둘째", "셋째", "언젠가"]
    assert list(Session.objects.values_list("order", flat=True)) == [0, 1, 2, 3]


def test_a_session_that_moves_in_time_moves_in_the_order(hanbit):
    first, _second = session("첫째", at(14)), session("둘째", at(14, 30))

    changed = save(first, starts_at=at(15))

    assert (titles(), changed) == (["둘째", "첫째"], [Change("time", first.pk, at(14).isoformat())])
    assert cast.fresh(first).revision == 1


def test_buttons_move_a_session_up_and_down_and_not_over_the_edge(hanbit):
    own, *_ = session("가"), session("나"), session("다")

    seen = []
    for by in (-1, 1, 1, 1, -1):
        editing.move_session("hanbit", own.pk, by)
        seen.append("".join(titles()))

    assert seen == ["가나다", "나가다", "나다가", "나다가", "나가다"]


def test_a_summary_may_change_without_anybody_being_told(hanbit):
    own = session("첫째", at(14))

    assert save(own, texts={**texts(title="첫째", summary="새 소개")}) == []
    assert (cast.fresh(own).summary, cast.fresh(own).revision) == ({"ko": "새 소개"}, 0)


def test_two_organisers_edit_and_the_second_loses_nothing_and_overwrites_nothing(hanbit):
    own = session("첫째", at(14))
    seen_by_both = stamp_of(own)
    save(own, texts=texts(title="미나가 고친 제목"))

    assert refused(save, own, seen_by_both, texts=texts(title="준이 고친 제목")) == ("edited_meanwhile", None)
    assert titles() == ["미나가 고친 제목"]


def test_what_is_refused_changes_nothing(hanbit):
    own = session("첫째", at(14))

    assert refused(save, own, texts=texts(title=" ")) == ("title_needed", "title_ko")
    assert refused(save, own, texts={"title": {"en": "x" * 161}}) == ("text_too_long", "title_en")
    assert refused(save, own, starts_at=at(13)) == ("outside", "starts_at")
    assert refused(save, own, ends_at=at(14)) == ("ends_first", "ends_at")
    assert refused(save, own, kind="concert") == ("session_kind", "kind")
    assert refused(save, own, slides_url="ftp://example.kr/") == ("address", "slides_url")
    assert refused(editing.change_session, "hanbit", 10**6, written(own), stamp="") == ("session_unknown", None)
    assert (titles(), cast.fresh(own).starts_at, cast.fresh(own).revision) == (["첫째"], at(14), 0)


def test_a_session_of_another_conference_cannot_be_touched(hanbit):
    other = cast.conference(slug="other")
    own = Session.objects.create(conference=other, order=0, kind="talk", title={"ko": "남의 것"})

    for act in (editing.remove_session, lambda slug, pk: editing.set_cancelled(slug, pk, cancelled=True)):
        assert refused(act, "hanbit", own.pk) == ("session_unknown", None)
    assert titles() == ["남의 것"]


def test_a_cancelled_session_stays_and_may_come_back(hanbit):
    own = session("첫째", at(14))

    assert editing.set_cancelled("hanbit", own.pk, cancelled=True) == [Change("cancelled", own.pk)]
    assert editing.set_cancelled("hanbit", own.pk, cancelled=True) == []
    assert editing.set_cancelled("hanbit", own.pk, cancelled=False) == [Change("restored", own.pk)]
    assert cast.fresh(own).revision == 2


def test_a_removed_session_comes_back_as_it_was(hanbit):
    _first, own, _third = session("가", at(14)), session("나", at(14, 30), at(15), kind="panel"), session("다", at(15))
    before = {k: v for k, v in vars(own).items() if not k.startswith("_")}

    kept, changed = editing.remove_session("hanbit", own.pk)
    without = titles()
    back = editing.bring_back("hanbit", kept)

    assert (without, titles()) == (["가", "다"], ["가", "나", "다"])
    after = {k: v for k, v in vars(cast.fresh(own)).items() if not k.startswith("_")}
    assert after == {**before, "order": 1, "revision": 1}
    assert programme.merged([*changed, *back]) == []
    assert editing.bring_back("hanbit", kept) == []
    assert len(titles()) == 3


# ---- the conference


def about(found, **other):
    told = {name: getattr(found, name) for name in ("doors_at", "starts_at", "ends_at", "stream_url")}
    return About(**{"texts": {name: getattr(found, name) for name in editing.CONFERENCE_TEXTS}, **told, **other})


def save_about(along=False, stamp=None, **other):
    found = Conference.objects.get(slug="hanbit")
    return editing.change_conference("hanbit", about(found, **other), stamp=stamp or stamp_of(found), along=along)


def test_the_day_moves_and_its_sessions_move_along(hanbit):
    own, untimed = session("첫째", at(14, 10), at(14, 40)), session("언젠가")
    later = {"doors_at": at(13, 30, 23), "starts_at": at(14, 30, 23), "ends_at": at(16, 30, 23)}

    changed = save_about(along=True, **later)

    assert changed == [Change("when", None, at(14).isoformat())]
    assert (cast.fresh(own).starts_at, cast.fresh(own).ends_at) == (at(14, 40, 23), at(15, 10, 23))
    assert [cast.fresh(s).revision for s in (own, untimed)] == [1, 0]
    assert cast.fresh(hanbit).revision == 1


def test_no_session_falls_out_of_the_day_unseen(hanbit):
    own = session("마지막", at(15, 30), at(16))

    assert refused(save_about, ends_at=at(15, 45)) == ("sessions_outside", "starts_at")
    assert (cast.fresh(hanbit).ends_at, cast.fresh(own).ends_at) == (at(16), at(16))


def test_a_session_that_was_outside_already_keeps_nobody_from_editing(hanbit):
    Session.objects.create(conference=hanbit, order=0, kind="talk", title={"ko": "뒤풀이"}, starts_at=at(20))

    save_about(texts={**texts(title="새 이름")})

    assert cast.fresh(hanbit).title == {"ko": "새 이름"}


def test_saving_texts_leaves_the_book_of_places_alone(hanbit):
    stale = Conference.objects.get(slug="hanbit")
    cast.register("Jun")
    book = Conference.objects.values("taken", "next_seq", "next_entry", "log_digest").get()

    editing.change_conference("hanbit", about(stale, texts=texts(title="새 이름")), stamp=stamp_of(stale), along=False)

    assert Conference.objects.values("taken", "next_seq", "next_entry", "log_digest").get() == book
    assert book["taken"] == 1


def test_texts_in_a_language_no_form_offers_are_kept(hanbit):
    Conference.objects.update(title={"ko": "한빛", "eo": "Hanbit en Esperanto"})

    save_about(texts=texts(title="빛"))

    assert cast.fresh(hanbit).title == {"eo": "Hanbit en Esperanto", "ko": "빛"}


# ---- telling people


def test_everybody_who_is_coming_is_told_in_one_transaction_and_once(hanbit):
    jun = cast.register("Jun")
    linh = cast.register("Linh", "online")
    gone = cast.register("Sato")
    cast.places.give_up(slug="hanbit", claim=gone.claim, at=cast.MORNING)
    Mail.objects.all().delete()

    made = editing.announce("hanbit", {"ko": "시간이 바뀌었습니다.", "en": " "}, at=at(9))
    again = editing.announce("hanbit", {"ko": "시간이 바뀌었습니다."}, at=at(9, 5))

    assert (made.text, again) == ({"ko": "시간이 바뀌었습니다."}, made)
    told = [(m.topic, m.kind, m.about, m.to, m.language, m.state, m.due_at) for m in Mail.objects.order_by("pk")]
    assert told == [
        ("e/hanbit", "changed", {"announcement": made.pk, "claim": own.claim}, own.email, "ko", "queued", at(9))
        for own in (jun, linh)
    ]
    assert cast.fresh(hanbit).revision == 1


def test_the_same_words_an_hour_later_are_news_again(hanbit):
    for hour in (9, 10):
        editing.announce("hanbit", {"ko": "아직 확인하고 있습니다."}, at=at(hour))

    assert Announcement.objects.count() == 2


def test_letters_that_cannot_be_queued_leave_no_announcement(hanbit, monkeypatch):
    cast.register("Jun")

    def full(_letters):
        raise OSError("disk full")

    monkeypatch.setattr(Mail.objects, "bulk_create", full)
    with pytest.raises(OSError, match="disk full"):
        editing.announce("hanbit", {"ko": "소식"}, at=at(9))

    assert (Announcement.objects.count(), cast.fresh(hanbit).revision) == (0, 0)


def test_nothing_cannot_be_announced_and_a_novel_neither(hanbit):
    assert refused(editing.announce, "hanbit", {"ko": " "}, at=at(9)) == ("announcement_blank", "text_ko")
    assert refused(editing.announce, "hanbit", {"vi": "x" * 1001}, at=at(9)) == ("text_too_long", "text_vi")
    assert Announcement.objects.count() == 0


# ---- the series


def test_the_ninth_comes_after_the_eighth(hanbit):
    made = editing.make_series("hanbit", "convergence", texts(title="융합 컨퍼런스"))
    editing.choose_series("hanbit", made, 9)
    session("여는 이야기", at(14), slides_url="https://example.kr/9.pdf")
    editing.set_cancelled("hanbit", session("취소된 것", at(15)).pk, cancelled=True)
    cast.register("Jun")

    following, key = editing.next_conference(
        "hanbit", Next("convergence-10", at(9, day=23), editing.next_number(cast.fresh(hanbit))), at=at(9)
    )

    assert (following.slug, cast.fresh(following).number, cast.fresh(following).series) == ("convergence-10", 10, made)
    assert (following.title, following.venue, following.capacity) == (hanbit.title, {"ko": "강당"}, 3)
    assert (following.starts_at, following.opens_at, following.taken) == (None, at(9, day=23), 0)
    copied = [(s.title["ko"], s.starts_at, s.slides_url, s.revision) for s in following.sessions.all()]
    assert copied == [("여는 이야기", None, "", 0)]
    assert following.host_key_digest == cast.places.digest_of(key) != hanbit.host_key_digest


def test_a_number_is_taken_once_in_a_series(hanbit):
    made = editing.make_series("hanbit", "convergence", texts(title="융합"))
    editing.choose_series("hanbit", made, 9)
    cast.conference(slug="other")

    assert refused(editing.choose_series, "other", made, 9) == ("number_taken", "number")
    assert refused(editing.choose_series, "other", made, 0) == ("number_shape", "number")
    assert refused(editing.make_series, "other", "convergence", texts(title="또")) == ("slug_taken", "series_slug")
    assert refused(editing.make_series, "other", "두 낱말", texts(title="또")) == ("slug_shape", "series_slug")
    assert Conference.objects.get(slug="other").series is None


def test_a_next_conference_that_is_refused_leaves_nothing_behind(hanbit):
    made = editing.make_series("hanbit", "convergence", texts(title="융합"))
    editing.choose_series("hanbit", made, 9)

    for wanted, why in [
        (Next("new", None, 10), ("opens_needed", "opens_at")),
        (Next("hanbit", at(9), 10), ("slug_taken", "slug")),
        (Next("a/b", at(9), 10), ("slug_shape", "slug")),
        (Next("new", at(9), 9), ("number_taken", "number")),
    ]:
        assert refused(editing.next_conference, "hanbit", wanted, at=at(8)) == why
    assert [c.slug for c in Conference.objects.all()] == ["hanbit"]


def test_two_organisers_edit_the_series(hanbit):
    made = editing.make_series("hanbit", "convergence", texts(title="융합"))
    seen = stamp_of(made)
    editing.change_series("hanbit", texts(title="융합 컨퍼런스"), stamp=seen)

    with pytest.raises(Conflict):
        editing.change_series("hanbit", texts(title="다른 이름"), stamp=seen)
    assert Series.objects.get().title == {"ko": "융합 컨퍼런스"}


def test_what_is_not_there_cannot_be_edited():
    for act in (
        lambda: editing.announce("nowhere", {"ko": "소식"}, at=at(9)),
        lambda: editing.add_session("nowhere", Written(texts(title="가"))),
    ):
        with pytest.raises(NotFound):
            act()
