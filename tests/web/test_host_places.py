"""The organiser's desk of places: finding people, doing one thing to many, the hall, its rules, closing."""

import re
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import cast

from onnuri.conference import actions, listing, organising
from onnuri.conference.checking import check
from onnuri.conference.claims import Ask, Person
from onnuri.conference.entrance import walk_in
from onnuri.conference.listing import SOURCES, Filters
from onnuri.conference.models import Conference, Invitation, Registration
from onnuri.conference.queries import log_document
from onnuri.errors import Conflict, Refusal, Unprocessable
from onnuri.web.host.desk import SOURCE_NAMES

pytestmark = pytest.mark.django_db

DESK = "/host/e/hanbit"
KEYS = count(1)


@pytest.fixture
def hall():
    """Two seats; Mina's desk is open in this browser."""
    made, key = actions.create_conference(
        slug="hanbit", title={"ko": "한빛 도시 회의", "en": "Hanbit"}, capacity=2, at=cast.MORNING
    )
    made.key = key
    return made


@pytest.fixture
def desk(client, hall):
    client.get(f"{DESK}?key={hall.key}")
    return client


def claim(name, wish="hall", seats=1, *, needs="", companions=(), source="page", at=cast.MORNING):
    person = Person(name, f"{name.lower().replace(' ', '.')}@example.kr", needs, {"email": True}, companions)
    ask = Ask(f"key-number-{next(KEYS)}", wish, seats, person, source=source)
    return actions.claim("hanbit", ask, at=at).registration


def found(**asked):
    return [r.name for r in listing.listed(Conference.objects.get(), Filters.of(asked))]


def text(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


# ---- finding people


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("김", ["김하나", "김수"]),
        ("ㄱㅎㄴ", ["김하나"]),
        ("ㅎㄴ", ["김하나"]),
        ("ㄱ", ["김하나", "김수"]),
        ("jun", ["Jun Park"]),
        ("@example", ["김하나", "김수", "Jun Park"]),
        ("Linh", ["Jun Park"]),
        ("#2", ["김수"]),
        ("2", ["김수"]),
        ("없는 사람", []),
        ("%", []),
    ],
)
def test_people_are_found_as_they_are_remembered(hall, q, names):
    claim("김하나"), claim("김수"), claim("Jun Park", "online", 2, companions=("Linh",))

    assert found(q=q) == names


def test_a_ticket_is_found_by_its_code(hall):
    own = cast.confirmed(claim("Jun"))
    claim("Sato")

    assert found(q=own.first.code.lower()) == ["Jun"]


def test_filters_narrow_the_list(hall):
    cast.confirmed(claim("Seated"))
    claim("Party", "hall", 2, needs="휠체어")
    cast.confirmed(claim("Screen", "online", source="import"))

    assert found(place="waiting") == ["Party"]
    assert found(confirmed="yes") == ["Seated", "Screen"]
    assert found(confirmed="no") == ["Party"]
    assert found(channel="online") == ["Screen"]
    assert found(channel="hall") == ["Seated"]
    assert found(needs="yes") == ["Party"]
    assert found(party="more") == ["Party"]
    assert found(source="import") == ["Screen"]
    assert found(sort="-seq") == ["Screen", "Party", "Seated"]
    assert found(place="nowhere", sort="nothing") == ["Seated", "Party", "Screen"]


def test_a_thousand_people_cost_no_more_questions_than_ten(desk, hall):
    def questions():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert desk.get(f"{DESK}?page=1").status_code == 200
        return len(asked)

    many = [Ask(f"key-number-{n}", "hall", 1, Person(f"P{n}", f"p{n}@example.kr")) for n in range(1000)]
    for ask in many[:10]:
        actions.claim("hanbit", ask, at=cast.MORNING)
    few = questions()
    Registration.objects.bulk_create(
        Registration(
            conference=hall, seq=n + 1, claim=f"claim-{n}", confirm_token=f"token-{n}", idempotency_key=ask.key,
            name=ask.person.name, email=ask.person.email, wish="hall", place="waiting", rank=n, claimed_at=cast.MORNING,
        )
        for n, ask in enumerate(many[10:], 10)
    )  # fmt: skip

    assert (questions() - few, few < 20) == (0, True)
    assert len(desk.get(DESK).context["registrations"]) == 50
    assert desk.get(f"{DESK}?page=20").context["registrations"][-1]["seq"] == 1000


def test_a_page_that_is_not_there_is_the_last_one(desk, hall):
    claim("Jun")

    assert desk.get(f"{DESK}?page=99&q=Jun").context["registrations"][0]["name"] == "Jun"
    assert desk.get(f"{DESK}?page=x").status_code == 200


# ---- doing one thing to many


def act(names, what, who="박미나", reason="휠체어 자리 옆"):
    codes = [Registration.objects.get(name=name).claim for name in names]
    return organising.act("hanbit", codes, what, who=who, reason=reason, at=cast.minutes(1))


@pytest.fixture
def line(hall):
    for name in ("Jun", "Linh", "Sato", "Mina", "Park", "Choi"):
        cast.confirmed(claim(name))


def waiting():
    return [name for _seq, name, _seats in listing.waiting_parties(Conference.objects.get())]


def test_two_go_to_the_head_and_keep_their_order(line):
    act(["Park", "Mina"], "head")

    assert waiting() == ["Mina", "Park", "Sato", "Choi"]
    assert check(log_document(Conference.objects.get())).problems == ()


def test_two_go_to_the_end_and_keep_their_order(line):
    act(["Mina", "Sato"], "end")

    assert waiting() == ["Park", "Choi", "Sato", "Mina"]


def test_if_one_cannot_nobody_is(line):
    with pytest.raises(organising.RefusedOne) as refused:
        act(["Mina", "Jun"], "end")

    assert (refused.value.seq, refused.value.key) == (1, "not_waiting")
    assert waiting() == ["Sato", "Mina", "Park", "Choi"]


@pytest.mark.parametrize(("who", "reason", "field"), [("", "까닭", "who"), ("박미나", " ", "reason")])
def test_whoever_moves_somebody_says_who_and_why(line, who, reason, field):
    with pytest.raises(Refusal) as refused:
        act(["Mina"], "head", who, reason)

    assert (refused.value.key, refused.value.of.field) == ("reason_and_name", field)


@pytest.mark.parametrize("what", organising.ACTS)
def test_what_the_desk_offers_is_what_can_be_done(line, what):
    act(["Choi"], "online")
    claim("New")
    for own in Registration.objects.all():
        own.conference = Conference.objects.get()
        if what in organising.may(own) and what != "again":
            assert organising.act("hanbit", [own.claim], what, who="a", reason="b", at=cast.minutes(2)) == 1
            return
    assert what == "again"


def test_a_seat_beyond_the_capacity_is_counted_in_public(line, client):
    act(["Park"], "add")

    assert client.get("/e/hanbit.json").json()["places"]["moves"] == 1
    assert "휠체어" not in client.get("/e/hanbit.json").content.decode()


def test_the_page_does_it_and_says_so(desk, line):
    codes = [Registration.objects.get(name=name).claim for name in ("Sato", "Mina")]

    went = desk.post(
        f"{DESK}/registrations?place=waiting", {"claim": codes, "act": "end", "who": "박미나", "reason": "부탁"}
    )

    assert went["Location"] == f"{DESK}?place=waiting&done=2&did=end"
    assert "줄 맨 뒤로: 2명" in text(desk.get(went["Location"]))
    assert 'value="박미나"' in desk.get(DESK).content.decode()


def test_a_refused_act_keeps_what_was_chosen_and_written(desk, line):
    codes = [Registration.objects.get(name=name).claim for name in ("Sato", "Jun")]

    went = desk.post(f"{DESK}/registrations", {"claim": codes, "act": "head", "who": "박미나", "reason": "부탁"})

    assert went.status_code == 409
    assert "1번: 대기 줄에 있는 사람만 옮길 수 있어요. 아무것도 바꾸지 않았어요." in text(went)
    assert went.content.decode().count(" checked>") == 2
    assert 'value="부탁"' in went.content.decode()


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"act": "vouch"}, 422), ({"act": "fly", "claim": "x"}, 400), ({"act": "vouch", "claim": "x"}, 404)],
)
def test_nothing_chosen_nothing_known(desk, line, fields, status):
    assert desk.post(f"{DESK}/registrations", fields).status_code == status


# ---- one registration


def test_one_page_tells_everything_of_one_person(desk, line):
    act(["Park"], "head")
    own = Registration.objects.get(name="Park")

    told = text(desk.get(f"{DESK}/registrations/{own.claim}"))

    for said in (
        "park@example.kr",
        "등록했어요",
        "줄에서 옮겼어요",
        "박미나",
        "휠체어 자리 옆",
        "주소 확인",
        "보낼 차례",
    ):
        assert said in told


def test_its_history_follows_a_number_that_lapsed(hall):
    own = claim("Jun")
    actions.confirm(token=own.confirm_token, at=cast.minutes(60))

    own.refresh_from_db()
    assert own.seq == 2
    assert [(e.act, e.seq) for e in listing.history(own)] == [("claim", 1), ("lapse", 1), ("confirm", 1), ("claim", 2)]


def test_a_refusal_on_the_page_keeps_the_reason(desk, line):
    own = Registration.objects.get(name="Jun")
    fields = {"page": "one", "act": "head", "who": "박미나", "reason": "오래 쓴 까닭"}

    went = desk.post(f"{DESK}/registrations/{own.claim}", fields)

    assert went.status_code == 409
    assert "대기 줄에 있는 사람만 옮길 수 있어요." in text(went)


def test_the_old_buttons_still_vouch_and_give_up(desk, hall):
    jun, linh, _sato = (claim(name, at=datetime.now(tz=UTC)) for name in ("Jun", "Linh", "Sato"))

    desk.post(f"{DESK}/registrations/{jun.claim}", {"act": "vouch"})
    desk.post(f"{DESK}/registrations/{linh.claim}", {"act": "give_up"})

    assert list(Registration.objects.order_by("seq").values_list("place", flat=True))[:3] == [
        "seat",
        "given_up",
        "offered",
    ]
    assert Registration.objects.get(name="Jun").confirmed_by == "desk"


@pytest.mark.parametrize(
    "path",
    ["", "/registrations/x", "/places", "/import", "/import/x", "/export.csv", "/export.xlsx", "/statistics", "/proofs",
     "/proofs/x", "/erasures", "/import/template.csv"],
)  # fmt: skip
def test_nobody_else_sees_any_of_it(client, hall, path):
    assert client.get(f"{DESK}{path}").status_code == 403


@pytest.mark.parametrize("path", ["", "/places", "/import", "/statistics", "/proofs", "/erasures"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_an_empty_conference_has_a_page_for_everything(desk, path, language):
    desk.cookies["lang"] = language

    assert desk.get(f"{DESK}{path}").status_code == 200


# ---- capacity


def test_more_seats_say_who_gets_an_offer_before_it_is_done(desk, line):
    seen = text(desk.get(f"{DESK}/places?capacity=4"))
    assert "2석에서 4석으로 늘립니다. 줄 맨 앞의 2팀이 바로 자리 제안을 받습니다." in seen
    assert ("Sato" in seen, "Mina" in seen, "Park" in seen) == (True, True, False)

    desk.post(f"{DESK}/places", {"form": "capacity", "capacity": "4", "who": "박미나", "reason": "의자를 빌렸어요"})

    assert list(Registration.objects.filter(place="offered").values_list("name", flat=True)) == ["Sato", "Mina"]


def test_a_party_that_does_not_fit_stops_the_line_in_the_preview_as_in_the_hall(hall):
    for name, seats in (("Jun", 2), ("Linh", 3), ("Sato", 1)):
        claim(name, seats=seats)

    told = organising.foresee(Conference.objects.get(), 4, at=cast.minutes(1))

    assert (told.offers, told.free, told.waiting) == ((), 2, 2)


def test_fewer_seats_throw_nobody_out(desk, line):
    seen = text(desk.get(f"{DESK}/places?capacity=1"))
    assert "이미 받은 자리는 아무도 잃지 않습니다. 1석이 비기 전에는 새 자리가 나지 않습니다." in seen

    desk.post(f"{DESK}/places", {"form": "capacity", "capacity": "1", "who": "박미나", "reason": "소방 점검"})

    assert Registration.objects.filter(place="seat").count() == 2


@pytest.mark.parametrize(
    ("capacity", "who", "field"), [("0", "a", "capacity"), ("many", "a", "capacity"), ("5", "", "who")]
)
def test_a_capacity_that_is_none_changes_nothing(desk, line, capacity, who, field):
    went = desk.post(f"{DESK}/places", {"form": "capacity", "capacity": capacity, "who": who, "reason": "까닭"})

    assert (went.status_code, went.context["error"]["field"]) == (422, field)
    assert Conference.objects.get().capacity == 2


# ---- the rules of its places

RULES = {
    "form": "rules", "opens_at": "2030-05-02T10:00", "hold_minutes": "15", "mail_minutes": "45", "offer_hours": "12",
    "party_limit": "3", "release_minutes": "5", "draw_minutes": "10", "retention_days": "30",
}  # fmt: skip


def stored():
    return Conference.objects.values(*(one.name for one in organising.SETTINGS), "opens_at").get()


def test_settings_are_stored_and_read_back(desk):
    desk.post(f"{DESK}/places", RULES)

    own = Conference.objects.get()
    assert (own.hold_minutes, own.mail_minutes, own.offer_hours, own.party_limit) == (15, 45, 12, 3)
    assert (own.release_minutes, own.draw_minutes, own.retention_days) == (5, 10, 30)
    assert own.opens_at.isoformat() == "2030-05-02T01:00:00+00:00"
    assert len(own.draw_seed) == 64
    assert 'value="2030-05-02T10:00"' in desk.get(f"{DESK}/places").content.decode()


@pytest.mark.parametrize(
    ("name", "value"),
    [("hold_minutes", "0"), ("hold_minutes", ""), ("offer_hours", "-1"), ("party_limit", "11"), ("retention_days", "x"),
     ("opens_at", "tomorrow")],
)  # fmt: skip
def test_one_wrong_setting_stores_none_and_keeps_the_others_written(desk, name, value):
    before = stored()

    went = desk.post(f"{DESK}/places", {**RULES, name: value})

    assert (went.status_code, went.context["error"]["field"]) == (422, name)
    assert stored() == before
    assert 'value="45"' in went.content.decode()


def test_a_draw_needs_a_time_to_open(desk):
    went = desk.post(f"{DESK}/places", {**RULES, "opens_at": ""})

    assert went.context["error"]["key"] == "draw_needs_time"


def test_after_the_first_claim_the_draw_is_fixed(hall):
    claim("Jun")
    numbers = {one.name: getattr(Conference.objects.get(), one.name) for one in organising.SETTINGS}

    with pytest.raises(Conflict) as refused:
        organising.set_rules("hanbit", {**numbers, "draw_minutes": 5}, cast.minutes(60), at=cast.minutes(1))

    assert (refused.value.key, refused.value.field) == ("setting_fixed", "draw_minutes")
    assert Conference.objects.get().draw_minutes == 0


def test_after_the_first_claim_the_other_rules_may_change(desk, hall):
    claim("Jun")
    fields = {name: value for name, value in RULES.items() if name not in {"opens_at", "draw_minutes"}}

    assert desk.post(f"{DESK}/places", fields).status_code == 302
    assert stored()["offer_hours"] == 12


def test_an_opening_set_to_the_second_stays_so(desk, hall):
    opens = cast.MORNING + timedelta(days=2000, seconds=7)
    Conference.objects.update(opens_at=opens)
    written = re.search(r'name="opens_at"[^>]*value="([^"]+)"', desk.get(f"{DESK}/places").content.decode())[1]

    desk.post(f"{DESK}/places", {**RULES, "opens_at": written})

    assert Conference.objects.get().opens_at == opens


# ---- invitations, closing


def test_invitation_codes_are_shown_once_and_open(desk, hall):
    shown_once = desk.post(f"{DESK}/places", {"form": "invite", "count": "3", "uses": "2", "note": "발표자"})
    codes = shown_once.context["codes"]

    again = desk.get(f"{DESK}/places").content.decode()
    assert len(set(codes)) == 3
    assert [code for code in codes if code in again] == []
    assert "코드 3개 · 6번 남음" in text(desk.get(f"{DESK}/places"))
    own = actions.claim("hanbit", Ask("key-number-1", "hall", invitation=codes[0]), at=cast.MORNING).registration
    assert own.confirmed_by == "code"


@pytest.mark.parametrize(("count", "uses", "field"), [("0", "1", "count"), ("501", "1", "count"), ("1", "0", "uses")])
def test_no_codes_and_too_many_are_refused(desk, count, uses, field):
    went = desk.post(f"{DESK}/places", {"form": "invite", "count": count, "uses": uses, "note": "메모"})

    assert (went.status_code, went.context["error"]["field"]) == (422, field)
    assert 'value="메모"' in went.content.decode()
    assert not Invitation.objects.exists()


def test_closing_says_what_becomes_public_and_wants_to_be_sure(desk, line):
    page = text(desk.get(f"{DESK}/places"))
    assert "그때부터 모든 일이 순서, 시각, 자리로 공개됩니다." in page
    assert desk.post(f"{DESK}/places", {"form": "close"}).status_code == 422
    assert Conference.objects.get().closed_at is None

    desk.post(f"{DESK}/places", {"form": "close", "sure": "1"})

    assert Conference.objects.get().closed_at is not None
    with pytest.raises(Conflict):
        claim("Too Late")


# ---- statistics


def test_statistics_count_what_the_book_counts(desk, line):
    act(["Park"], "head")
    act(["Choi"], "add")
    act(["Linh"], "online")

    told = desk.get(f"{DESK}/statistics").context
    own = Conference.objects.get()
    last = told["table"][-1]

    assert (last["claims"], last["confirmed"], last["seats"], last["capacity"]) == (6, 6, own.taken, 2)
    assert last["waiting"] == len(waiting())
    assert last["online"] == 1
    assert (told["moves"], told["added"]) == (1, 1)


def test_a_registration_that_changes_its_mind_is_counted_once(hall):
    from onnuri.conference.models import Entry
    from onnuri.conference.statistics import course

    own = claim("Jun", "hall_or_online", 2)
    actions.confirm(token=own.confirm_token, at=cast.minutes(60))
    actions.to_online("hanbit", own.claim, at=cast.minutes(61))
    actions.to_hall("hanbit", own.claim, at=cast.minutes(62))

    told = course(Entry.objects.order_by("number"))

    last = told.moments[-1]
    assert (last.claims, last.confirmed, last.seats, last.waiting, last.online) == (1, 1, 2, 0, 0)
    assert (told.lapsed, told.holds, told.sources) == (1, [60.0], {"page": 1})


def test_choosing_too_many_at_once_is_refused():
    with pytest.raises(Unprocessable) as refused:
        organising.act("hanbit", [str(n) for n in range(201)], "vouch", who="", reason="", at=cast.MORNING)

    assert refused.value.key == "choose_fewer"


def test_whoever_came_without_a_ticket_is_found_by_the_door_in_words(desk):
    walk_in("hanbit", name="Walker", seats=1, key="key-of-walker", language="ko", at=cast.MORNING)

    page = desk.get("/host/e/hanbit?source=desk", headers={"Accept-Language": "en"}).content.decode()

    assert "Walker" in page
    assert '<option value="desk" selected>' in page
    assert set(SOURCES) <= set(SOURCE_NAMES)
