"""Each letter says what is true when it is sent, in the person's language; what is over is not said any more."""

import random
import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from functools import partial
from html.parser import HTMLParser

import pytest
from django.test import Client
from icalendar import Calendar
from tests import cast
from tests.cast import MORNING, minutes
from tests.catcher import catching

from onnuri.conference import actions
from onnuri.conference.claims import Ask, Person
from onnuri.conference.models import Conference, Registration
from onnuri.live.letter import message_of
from onnuri.live.postman import Postman
from onnuri.live.smtp import Smtp, server_of
from onnuri.people.models import Mail
from onnuri.web import letters

pytestmark = pytest.mark.django_db
SITE = "https://onnuri.example"
SENDER = "mail@onnuri.example"
START = datetime(2026, 5, 22, 5, 0, tzinfo=UTC)


def hanbit(capacity=2, **texts):
    about = {
        "starts_at": START,
        "doors_at": START - timedelta(minutes=30),
        "venue": {"ko": "온누리 강당", "en": "Hall"},
    }
    return cast.conference(capacity, **(about | texts))


def claim(name, wish="hall", *, seats=1, language="ko", companions=(), at=MORNING):
    person = Person(name, f"{name.split()[0].lower()}@example.kr", companions=companions)
    ask = Ask(f"key-of-{name}"[:60].ljust(8, "-"), wish, seats=seats, person=person, language=language, source="api")
    return actions.claim("hanbit", ask, at=at).registration


def confirmed(own, at=MORNING):
    return actions.confirm(token=own.confirm_token, at=at)


def give_up(own, at=MORNING):
    return actions.give_up(slug="hanbit", claim=own.claim, at=at)


def mails(own, kind=None):
    found = Mail.objects.filter(about__claim=own.claim).order_by("pk")
    return list(found.filter(kind=kind) if kind else found)


def last(own, at=MORNING):
    """The letter that goes out to somebody now: of several, all but the last are over."""
    written = [letters.write(mail, at, site=SITE) for mail in mails(own)]
    assert written[:-1] == [None] * len(written[:-1])
    return written[-1]


def read(letter, mail, at=MORNING):
    """As a mail program reads it."""
    return message_from_bytes(message_of(letter, mail, sender=SENDER, at=at).as_bytes(), policy=default)


def text_of(letter):
    return letter.content().text


def words(html):
    """What can be read of the HTML part."""
    return " ".join(re.sub(r"<[^>]*>", " ", re.sub(r"<(style|title)>.*?</\1>", " ", html, flags=re.DOTALL)).split())


# ---- confirm


def test_jun_is_asked_to_confirm_his_seat():
    hanbit()
    jun = claim("Jun")

    letter = last(jun)

    assert letter.subject == "주소를 확인해 주세요 · 한빛 도시 회의"
    assert letter.link == f"{SITE}/e/hanbit/confirm/{jun.confirm_token}"
    assert text_of(letter).startswith(
        "한빛 도시 회의\n\n"
        "주소를 확인해 주세요\n\n"
        "Jun님, 강당에 1석을 맡아 두었습니다.\n\n"
        "아래 단추를 누르면 입장권이 됩니다. "
        "2026년 5월 2일 (토) 09:30까지 누르지 않으면 다음 사람에게 차례가 갑니다.\n\n"
        "주소 확인하고 입장권 받기:\n"
        f"{SITE}/e/hanbit/confirm/{jun.confirm_token}\n"
    )
    assert "등록한 적이 없다면 그대로 두세요." in text_of(letter)


def test_the_html_says_the_same_with_one_button_and_nothing_from_elsewhere():
    hanbit()
    letter = last(claim("Jun"))
    html = letter.content().html

    told = words(html)
    for line in text_of(letter).replace("- ", "").splitlines():
        if line.strip(" -") and not line.endswith(":") and not line.startswith("http"):
            assert line.strip().replace(": ", " ", line.startswith(("때", "곳", "등록 순서"))) in told
    assert html.count('class="button"') == 1
    assert re.findall(r'(?:src|href)="([^"]+)"', html) == [letter.link]
    assert not re.search(r"<(img|script|link|iframe|form)|url\(|@import|var\(", html)


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (confirmed, "confirmed by the phone that claimed"),
        (give_up, "given up"),
        (lambda own: actions.fill_in("hanbit", own.claim, Person("Jun", "jun2@example.kr"), at=MORNING), "corrected"),
        (lambda own: Registration.objects.filter(pk=own.pk).update(email=""), "erased"),
        (lambda own: Conference.objects.filter(slug="hanbit").delete(), "conference gone"),
        (lambda own: Conference.objects.update(ends_at=MORNING - timedelta(days=1)), "conference over"),
        (lambda own: Registration.objects.update(hold_until=MORNING), "the hold ends this moment"),
    ],
    ids=lambda told: told if isinstance(told, str) else "",
)
def test_a_letter_that_asks_to_confirm_is_dropped_when_its_reason_is_over(happens, why):
    hanbit()
    [letter] = mails(claim("Jun"))
    assert letters.write(letter, MORNING, site=SITE) is not None

    happens(Registration.objects.get())

    assert letters.write(letter, MORNING, site=SITE) is None


def test_after_a_correction_the_link_goes_to_the_new_address_alone():
    hanbit()
    jun = claim("Jun")
    actions.fill_in("hanbit", jun.claim, Person("Jun", "right@example.kr"), at=MORNING)

    told = {m.to: letters.write(m, MORNING, site=SITE) for m in mails(jun)}

    assert told["jun@example.kr"] is None
    assert told["right@example.kr"].link.endswith(Registration.objects.get().confirm_token)
    assert Registration.objects.get().confirm_token != jun.confirm_token


def test_simulated_people_get_no_letters():
    hanbit(simulated=True)
    jun = claim("Jun")
    Registration.objects.update(email="jun@onnuri.invalid")
    Mail.objects.update(to="jun@onnuri.invalid")

    assert last(jun) is None


def test_an_unknown_kind_of_letter_is_a_fault_and_not_dropped():
    hanbit()
    claim("Jun")
    Mail.objects.update(kind="greeting")

    with pytest.raises(LookupError):
        letters.write(Mail.objects.get(), MORNING, site=SITE)


def test_whoever_let_the_hold_end_can_still_press():
    hanbit()
    jun = claim("Jun")
    actions.settle("hanbit", at=minutes(31))

    letter = last(jun, minutes(31))

    assert letter.subject == "맡아 둔 시간이 지났습니다 · 한빛 도시 회의"
    assert letter.link.endswith(f"/confirm/{jun.confirm_token}")
    assert "아니면 대기 줄 끝에 섭니다." in text_of(letter)


# ---- the ticket


def test_the_ticket_letter_brings_code_link_and_facts():
    hanbit(release_minutes=5)
    jun = confirmed(claim("Jun"))

    letter = last(jun)

    assert (letter.subject, letter.link) == (
        "자리가 정해졌습니다: 1번 · 한빛 도시 회의",
        f"{SITE}/e/hanbit/ticket/{jun.claim}",
    )
    text = text_of(letter)
    assert f"\n    {jun.first.code}\n" in text
    assert "때: 2026년 5월 22일 (금) 14:00, 문은 13:30에 엽니다\n곳: 온누리 강당\n등록 순서: 1번째\n" in text
    assert "- 13:55까지 오지 않으면 자리는 대기한 사람에게 넘어가고" in text
    assert "접수증 09:00:00 · 1번째 · " in text
    assert "행사 14일 뒤에 주소를 지웁니다." in text


def test_a_party_gets_a_link_for_each_companion():
    hanbit(capacity=3)
    jun = confirmed(claim("Jun", seats=3, companions=("Linh",)))
    _own, linh, third = jun.tickets.all()

    letter = last(jun)

    assert letter.subject == "자리가 정해졌습니다: 3석 · 한빛 도시 회의"
    told = text_of(letter).split("함께 오는 사람의 입장권\n")[1]
    assert (
        f"Linh · 2번\n{SITE}/e/hanbit/pass/{linh.code}\n\n3번째 사람 · 3번\n{SITE}/e/hanbit/pass/{third.code}\n" in told
    )
    for own in (linh, third):
        assert f'href="{SITE}/e/hanbit/pass/{own.code}"' in letter.content().html


def calendar_of(own):
    [mail] = mails(own)[-1:]
    letter = letters.write(mail, MORNING, site=SITE)
    found = read(letter, mail)
    [attached] = list(found.iter_attachments())
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_param("method") == "PUBLISH"
    [entry] = Calendar.from_ical(attached.get_content()).walk("VEVENT")
    return entry


def test_the_occasion_comes_for_the_calendar_with_ones_own_place():
    hanbit(ends_at=START + timedelta(hours=3))
    jun, linh = confirmed(claim("Jun")), confirmed(claim("Linh", "online"))
    Conference.objects.update(revision=4)

    here, there = calendar_of(jun), calendar_of(linh)

    assert (here.decoded("dtstart"), here.decoded("dtend")) == (START, START + timedelta(hours=3))
    assert (str(here["uid"]), int(here["sequence"])) == ("hanbit@onnuri.example", 4)
    assert (str(here["summary"]), str(here["url"])) == ("한빛 도시 회의", f"{SITE}/e/hanbit")
    assert (str(here["location"]), str(there["location"])) == ("온누리 강당", "온라인")


def test_no_calendar_without_a_start_and_none_for_who_waits():
    hanbit(capacity=1, starts_at=None)
    jun, linh = confirmed(claim("Jun")), confirmed(claim("Linh"))

    assert last(jun).content().calendar is None
    assert "때:" not in text_of(last(jun))
    Conference.objects.update(starts_at=START)
    assert last(linh).content().calendar is None
    assert last(jun).content().calendar is not None


def test_nothing_else_is_attached():
    hanbit()
    jun = confirmed(claim("Jun"))
    mail = mails(jun)[-1]

    message = read(last(jun), mail)

    types = [part.get_content_type() for part in message.walk()]
    assert types == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"]


def test_who_waits_is_told_the_place_in_the_line():
    hanbit(capacity=1)
    for name in ("Jun", "Linh", "Sato"):
        confirmed(claim(name, "hall_or_online"))
    sato = Registration.objects.get(name="Sato")

    letter = last(sato)

    assert letter.subject == "대기 2번째입니다 · 한빛 도시 회의"
    assert sato.first.code not in text_of(letter)
    assert "온라인으로 함께할 수 있습니다" in text_of(letter)


# ---- the line


def test_who_waited_is_offered_the_seat_until_a_time():
    hanbit(capacity=1)
    jun, linh = claim("Jun"), confirmed(claim("Linh"))
    actions.give_up(slug="hanbit", claim=jun.claim, at=minutes(60))

    letter = last(linh, minutes(60))

    assert letter.subject == "자리가 났습니다 · 한빛 도시 회의"
    assert "2026년 5월 3일 (일) 10:00까지 받지 않으면 다음 사람에게 갑니다." in text_of(letter)
    assert letter.link == f"{SITE}/e/hanbit/ticket/{linh.claim}"


def test_an_offer_that_no_longer_stands_is_dropped():
    hanbit(capacity=1)
    jun, linh = confirmed(claim("Jun")), confirmed(claim("Linh"))
    give_up(jun)
    [offer] = mails(linh, "offer")
    assert letters.write(offer, MORNING, site=SITE) is not None
    assert letters.write(offer, minutes(24 * 60), site=SITE) is None

    actions.settle("hanbit", at=minutes(24 * 60))

    assert letters.write(offer, minutes(24 * 60), site=SITE) is None
    letter = last(linh, minutes(24 * 60))
    assert letter.subject == "받지 않은 자리가 다음 사람에게 갔습니다 · 한빛 도시 회의"
    assert letter.link == f"{SITE}/e/hanbit/register"


def test_who_also_comes_online_stays_there_when_the_offer_ends():
    hanbit(capacity=1)
    jun, linh = confirmed(claim("Jun")), confirmed(claim("Linh", "hall_or_online"))
    give_up(jun)
    actions.settle("hanbit", at=minutes(24 * 60))

    letter = last(linh, minutes(24 * 60))

    assert letter.subject == "온라인으로 함께합니다 · 한빛 도시 회의"
    assert linh.first.code in text_of(letter)


def test_an_offer_to_an_address_that_is_not_confirmed_brings_the_link_that_confirms():
    hanbit(capacity=1)
    jun, linh = confirmed(claim("Jun")), claim("Linh")
    give_up(jun)

    letter = last(linh)

    assert letter.subject == "자리가 났습니다 · 한빛 도시 회의"
    assert letter.link.endswith(f"/confirm/{linh.confirm_token}")


def test_whoever_took_the_offer_gets_the_ticket_and_no_offer():
    hanbit(capacity=1)
    jun, linh = confirmed(claim("Jun")), confirmed(claim("Linh"))
    give_up(jun)
    actions.accept("hanbit", linh.claim, at=MORNING)

    assert [m.kind for m in mails(linh)] == ["confirm", "ticket", "offer", "ticket"]
    assert last(linh).subject == "자리가 정해졌습니다: 1번 · 한빛 도시 회의"


def test_after_an_outage_one_letter_comes_and_not_four():
    hanbit(capacity=1)
    jun, linh = confirmed(claim("Jun")), confirmed(claim("Linh"))
    give_up(jun)
    actions.accept("hanbit", linh.claim, at=MORNING)

    with catching() as (catcher, port):
        own = Postman(
            partial(letters.write, site=SITE), Smtp(server_of(f"smtp://127.0.0.1:{port}"), SENDER),
            dice=random.Random(1),
        )  # fmt: skip
        while not own.deliver(MORNING):
            pass

    assert sorted(zip(catcher.recipients, catcher.subjects, strict=True)) == [
        ("jun@example.kr", "자리를 내놓았습니다 · 한빛 도시 회의"),
        ("linh@example.kr", "자리가 정해졌습니다: 1번 · 한빛 도시 회의"),
    ]
    assert sorted(Mail.objects.values_list("state", flat=True)) == ["dropped"] * 5 + ["sent"] * 2


def test_a_later_letter_that_failed_does_not_silence_the_earlier():
    hanbit()
    jun = confirmed(claim("Jun"))
    actions.send_again("hanbit", jun.claim, at=minutes(2))
    first, second = mails(jun, "ticket")
    assert letters.write(first, minutes(2), site=SITE) is None

    Mail.objects.filter(pk=second.pk).update(state="failed")

    assert letters.write(first, minutes(2), site=SITE) is not None


def test_a_draw_tells_the_winner_of_the_seat_and_the_others_of_their_place():
    conference = hanbit(capacity=1, opens_at=MORNING, draw_minutes=10)
    assert conference.draw_seed
    people = [confirmed(claim(name)) for name in ("Jun", "Linh", "Sato")]
    assert {last(own).subject for own in people} == {"추첨에 들어갔습니다 · 한빛 도시 회의"}

    actions.settle("hanbit", at=minutes(10))

    assert sorted(last(own, minutes(10)).subject for own in people) == [
        "자리가 났습니다 · 한빛 도시 회의",
        "추첨 결과: 대기 1번째 · 한빛 도시 회의",
        "추첨 결과: 대기 2번째 · 한빛 도시 회의",
    ]


def test_a_seat_beyond_the_capacity_is_told():
    hanbit(capacity=1)
    _jun, linh = confirmed(claim("Jun")), confirmed(claim("Linh"))
    actions.add_seat("hanbit", linh.claim, who="Mina", reason="wheelchair", at=MORNING)

    letter = last(linh)

    assert letter.subject == "자리가 정해졌습니다: 2번 · 한빛 도시 회의"
    assert "wheelchair" not in text_of(letter)


def test_who_was_late_is_told_to_come_to_the_door():
    from onnuri.conference import book, changes

    hanbit()
    jun = confirmed(claim("Jun"))
    with book.opened("hanbit", START) as opened:
        assert changes.release(opened, (), who="Mina") == 1

    letter = last(jun, START)

    assert letter.subject == "늦어서 자리를 넘겼습니다 · 한빛 도시 회의"


def test_whoever_leaves_is_told_so_without_a_ticket():
    hanbit()
    jun = confirmed(claim("Jun"))
    code = jun.first.code
    give_up(jun)

    letter = last(jun)

    assert letter.subject == "자리를 내놓았습니다 · 한빛 도시 회의"
    assert letter.link == f"{SITE}/e/hanbit/register"
    assert code not in text_of(letter)
    assert jun.claim not in text_of(letter)


# ---- languages


def test_a_letter_is_in_the_persons_language_whoever_else_reads_here():
    hanbit()
    jun, linh = claim("Jun", language="ko"), claim("Linh", language="en")

    assert last(jun).subject == "주소를 확인해 주세요 · 한빛 도시 회의"
    assert last(linh).subject.endswith(" · Hanbit")
    assert '<html lang="ko">' in last(jun).content().html
    assert '<html lang="en">' in last(linh).content().html
    assert last(linh).sender == "Hanbit"


def test_a_language_we_do_not_speak_gets_korean():
    hanbit()
    Registration.objects.filter(pk=claim("Jun").pk).update(language="xx")
    Mail.objects.update(language="xx")

    assert letters.write(Mail.objects.get(), MORNING, site=SITE).subject == "주소를 확인해 주세요 · 한빛 도시 회의"


# ---- nothing smuggled in

NASTY = [
    "Jun\r\nBcc: all@example.kr",
    "Jun\nSubject: free money",
    "Jun\x0b\x0c\x1c\x85\u2028Bcc: all@example.kr",
    "Jun\x07\x1b[31m",
    '"Jun" <all@example.kr>, x',
    "=?utf-8?q?Jun=0ABcc:_all=40example.kr?=",
    "Jun" * 400,
    "준" * 400,
]


@pytest.mark.parametrize("nasty", NASTY)
def test_no_name_and_no_title_can_add_a_header_or_a_recipient(nasty):
    hanbit()
    jun = claim("Jun")
    Registration.objects.update(name=nasty)
    Conference.objects.update(title={"ko": nasty})
    [mail] = mails(jun)

    raw = message_of(letters.write(mail, MORNING, site=SITE), mail, sender=SENDER, at=MORNING).as_bytes()

    found = message_from_bytes(raw, policy=default)
    assert sorted(found.keys()) == sorted(
        [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "Content-Language",
            "Content-Type",
            "MIME-Version",
        ]
    )
    assert [a.addr_spec for a in found["To"].addresses] == ["jun@example.kr"]
    assert [a.addr_spec for a in found["From"].addresses] == [SENDER]
    assert max(len(line) for line in raw.splitlines()) <= 998
    assert b"\x1b" not in raw
    assert raw.isascii()


def test_a_name_of_markup_stays_a_name():
    hanbit()
    jun = claim("Jun")
    Registration.objects.update(name='<a href="https://elsewhere.example">Jun</a>')
    jun.refresh_from_db()

    links = []

    class Links(HTMLParser):
        def handle_starttag(self, tag, attrs):
            links.extend(value for name, value in attrs if name == "href")

    letter = letters.write(mails(jun)[0], MORNING, site=SITE)
    Links().feed(letter.content().html)
    assert links == [letter.link]
    assert '<a href="https://elsewhere.example">Jun</a>님' in letter.content().text


# ---- the organiser's view


@pytest.fixture
def desk():
    """Mina's browser, and a stranger's."""
    _made, key = actions.create_conference(slug="hanbit", title={"ko": "한빛"}, capacity=2, at=MORNING)
    browser = Client(headers={"accept-language": "ko"})
    browser.get(f"/host/e/hanbit?key={key}")
    return browser


def shown(browser, path="/host/e/hanbit/mail"):
    answer = browser.get(path)
    assert answer.status_code == 200
    return words(answer.content.decode())


def test_the_organiser_sees_what_became_of_every_letter(desk):
    claim("Jun"), claim("Linh")
    Mail.objects.filter(to="linh@example.kr").update(state="failed", attempts=3, problem="550 no such mailbox")

    told = shown(desk)

    assert "2 메일 전체 1 보낼 차례 0 보내는 중 0 다시 보낼 예정 0 보냄 1 보내지 못함 0 보낼 까닭이 지남" in told
    assert "Linh linh@example.kr 보내지 못함 주소 확인 550 no such mailbox" in told
    assert "Linh" not in shown(desk, "/host/e/hanbit/mail?state=queued")
    assert "Jun" in shown(desk, "/host/e/hanbit/mail?state=queued")
    assert "Jun" in shown(desk, "/host/e/hanbit/mail?state=none-such")


def test_the_list_shows_no_link_no_code_and_no_other_conference(desk):
    jun, linh = confirmed(claim("Jun")), claim("Linh")
    cast.conference(slug="other")
    cast.register("Sato", slug="other")

    page = desk.get("/host/e/hanbit/mail").content.decode()

    assert "jun@example.kr" in page
    assert "sato@example.kr" not in page
    for secret in (jun.claim, jun.confirm_token, jun.first.code, linh.claim, linh.confirm_token):
        assert secret not in page


def test_a_failed_letter_is_sent_again_from_the_list(desk):
    claim("Jun"), claim("Linh")
    Mail.objects.update(state="failed", attempts=12, problem="550 closed")
    first, second = Mail.objects.order_by("pk")

    answer = desk.post("/host/e/hanbit/mail", {"mail": first.pk})

    assert (answer.status_code, answer["Location"]) == (302, "/host/e/hanbit/mail")
    assert list(Mail.objects.order_by("pk").values_list("state", "attempts", "problem")) == [
        ("queued", 0, ""),
        ("failed", 12, "550 closed"),
    ]
    assert desk.post("/host/e/hanbit/mail", {"mail": "failed"}).status_code == 302
    second.refresh_from_db()
    assert second.state == "queued"


@pytest.mark.parametrize(("which", "status"), [("", 400), ("many", 400), ("-1", 400), ("9" * 40, 400), ("999999", 404)])
def test_a_letter_that_is_not_there_is_one_clear_error(desk, which, status):
    claim("Jun")

    answer = desk.post("/host/e/hanbit/mail", {"mail": which})

    assert answer.status_code == status
    assert "그런 메일이 없어요. 목록을 새로 고쳐 다시 골라 주세요." in words(answer.content.decode())


def test_only_what_failed_is_sent_again(desk):
    claim("Jun")
    Mail.objects.update(state="sent")

    answer = desk.post("/host/e/hanbit/mail", {"mail": Mail.objects.get().pk})

    assert answer.status_code == 409
    assert Mail.objects.get().state == "sent"


def test_a_stranger_neither_sees_nor_sends(desk):
    claim("Jun")
    Mail.objects.update(state="failed")
    stranger = Client()

    assert stranger.get("/host/e/hanbit/mail").status_code == 403
    assert stranger.post("/host/e/hanbit/mail", {"mail": "failed"}).status_code == 403
    assert Mail.objects.get().state == "failed"


def test_another_conferences_letter_is_not_sent_from_here(desk):
    cast.conference(slug="other")
    cast.register("Sato", slug="other")
    Mail.objects.update(state="failed")

    assert desk.post("/host/e/hanbit/mail", {"mail": Mail.objects.get().pk}).status_code == 404
    desk.post("/host/e/hanbit/mail", {"mail": "failed"})
    assert Mail.objects.get().state == "failed"


def test_the_page_says_where_letters_go(desk, monkeypatch):
    claim("Jun")
    assert "메일 서버가 정해지지 않았습니다." in shown(desk)

    monkeypatch.setenv("ONNURI_SMTP", "smtp://mail.example.kr")
    assert "메일 서버가" not in shown(desk)
    Mail.objects.update(state="retry", attempts=0, problem="[Errno 111] Connection refused")
    assert "메일 서버가 지금 메일을 받지 않습니다." in shown(desk)
    assert "[Errno 111] Connection refused" in shown(desk)


def test_the_registrations_lead_to_the_mail(desk):
    assert 'href="/host/e/hanbit/mail"' in desk.get("/host/e/hanbit").content.decode()
