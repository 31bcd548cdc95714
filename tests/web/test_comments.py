"""Comments over HTTP, as plain forms: reading, signing in and back, writing, pressing, and what is asked first."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from tests import cast
from tests.community import neighbours

from onnuri.community import actions
from onnuri.community.models import Block, Comment, Mark, Reaction, Report
from onnuri.web import shown
from onnuri.web.comments import A_PAGE, ONES_OWN

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(shown, "now", lambda: cast.minutes(60))


@pytest.fixture
def conference():
    return cast.conference()


@pytest.fixture
def talk(conference):
    return conference.sessions.create(
        order=1, kind="talk", title={"ko": "작은 가게가 자라는 골목", "en": "Lanes where small shops grow"}
    )


@pytest.fixture
def mina():
    return neighbours.account("mina")


@pytest.fixture
def jun():
    return neighbours.account("jun")


def browser_of(account):
    here = Client()
    here.force_login(account)
    return here


def address(talk):
    return f"/e/hanbit/sessions/{talk.pk}/comments"


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def listed(answer):
    return [int(n) for n in re.findall(r'<li id="c(\d+)"', answer.content.decode())]


def follow(here, answer):
    assert answer.status_code == 302, answer.status_code
    return here.get(answer["Location"].partition("#")[0])


def box(answer):
    return re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", answer.content.decode(), re.DOTALL)[1]


# ---- reading


def test_a_stranger_reads_and_is_asked_to_sign_in_and_comes_back(talk, mina, client):
    neighbours.comment(talk, mina)

    page = client.get(address(talk))

    assert "댓글 1개" in text_of(page)
    assert neighbours.WORDS in text_of(page)
    assert "로그인하고 댓글을 남겨 주세요." in text_of(page)
    assert "<textarea" not in page.content.decode()
    link = re.search(r'href="(/account/login/[^"]*)"', page.content.decode())[1]
    assert parse_qs(urlsplit(link).query) == {"next": [f"{address(talk)}#write"]}


def test_the_counts_are_on_the_programme_and_on_the_record_with_a_link(mina, client):
    conference = cast.conference(slug="counts", capacity=40)
    talk = conference.sessions.create(order=1, kind="talk", title={"ko": "발표"})
    room, _ = cast.sitting_until("published", conference=conference)
    for number in range(2):
        neighbours.comment(talk, mina, f"{number}번째 말")
    neighbours.comment(room, mina)

    programme, record = client.get("/e/counts"), client.get(f"/r/{room.code}")

    assert f'href="/e/counts/sessions/{talk.pk}/comments"' in programme.content.decode()
    assert "댓글 2개" in text_of(programme)
    assert f'href="/r/{room.code}/comments"' in record.content.decode()
    assert "댓글 1개" in text_of(record)
    assert neighbours.WORDS in text_of(client.get(f"/r/{room.code}/comments"))


def test_in_english_a_count_of_one_is_one(talk, mina):
    neighbours.comment(talk, mina)
    told = text_of(Client(headers={"accept-language": "en"}).get(address(talk)))

    assert "Lanes where small shops grow" in told
    assert neighbours.WORDS in told


def test_there_is_nothing_below_a_record_that_is_not_published(client):
    room = cast.conversation()

    assert client.get(f"/r/{room.code}/comments").status_code == 404
    assert client.get("/r/ZZZZZZ/comments").status_code == 404
    assert client.get("/e/nowhere/sessions/1/comments").status_code == 404


def test_a_talk_of_another_conference_is_not_found(talk, client):
    cast.conference(slug="other")

    assert client.get(f"/e/other/sessions/{talk.pk}/comments").status_code == 404


def test_a_long_list_has_pages_and_every_comment_is_on_one(talk, client):
    for number in range(A_PAGE + 3):
        neighbours.comment(talk, neighbours.account(f"person-{number}"), f"{number}번째 말", cast.minutes(number))

    first, second = (client.get(f"{address(talk)}?order=new&page={page}") for page in (1, 2))

    assert (len(listed(first)), len(listed(second))) == (A_PAGE, 3)
    assert set(listed(first)) | set(listed(second)) == set(Comment.objects.values_list("pk", flat=True))
    assert listed(client.get(f"{address(talk)}?order=new&page=seven")) == listed(first)
    assert listed(client.get(f"{address(talk)}?order=new&page=99")) == listed(second)


def test_three_orders_by_plain_links(talk, mina, jun, client):
    old, new = neighbours.comment(talk, mina, "먼저 한 말"), neighbours.comment(talk, jun, "나중 말", cast.minutes(5))
    for number in range(3):
        actions.react(pk=old.pk, account=neighbours.account(f"person-{number}"), at=cast.MORNING)

    orders = {order: listed(client.get(f"{address(talk)}?order={order}")) for order in ("popular", "across", "new")}

    assert orders == {"popular": [old.pk, new.pk], "across": [old.pk, new.pk], "new": [new.pk, old.pk]}


def test_words_are_words_whatever_they_look_like(talk, mina, client):
    neighbours.comment(talk, mina, '<img src=x onerror=alert(1)> & "따옴표"')

    page = client.get(address(talk)).content.decode()

    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; &quot;따옴표&quot;" in page


def test_nobody_sees_an_address(talk, client):
    neighbours.comment(talk, neighbours.account("secret.person"))
    nameless = neighbours.account("nameless.person")
    nameless.alias = ""
    nameless.save()
    neighbours.comment(talk, nameless)

    for path in (address(talk), f"{address(talk)}.json"):
        assert "@example.kr" not in client.get(path).content.decode()
        assert f"이름 없는 사람 {nameless.pk}" in client.get(path).content.decode()


def test_the_twin_says_what_the_page_says_and_nothing_of_who_asks(talk, mina, jun):
    said = neighbours.comment(talk, mina)
    other = neighbours.comment(talk, jun, "준의 말", cast.minutes(1))
    actions.block(account=jun, author=mina.pk)
    neighbours.report(said, jun)

    for_stranger, for_jun = (here.get(f"{address(talk)}.json").json() for here in (Client(), browser_of(jun)))

    assert for_stranger == for_jun
    assert [one["id"] for one in for_jun["comments"]] == [other.pk, said.pk]
    assert (for_jun["count"], for_jun["pages"]) == (2, {"number": 1, "of": 1})
    assert not set(for_jun) & {*ONES_OWN, "sign_in_url"}


# ---- writing


def test_mina_writes_and_finds_her_words_first(talk, mina):
    here = browser_of(mina)

    sent = here.post(address(talk), {"text": "  의자가 더 있으면\r\n좋겠어요.  "})

    made = Comment.objects.get()
    assert sent["Location"] == f"{address(talk)}?order=new&said=posted#c{made.pk}"
    page = follow(here, sent)
    assert listed(page) == [made.pk]
    assert "댓글을 올렸어요." in text_of(page)
    assert "내 댓글" in text_of(page)
    assert (made.text, made.lang, made.at) == ("의자가 더 있으면\n좋겠어요.", "ko", cast.minutes(60))


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [("", 422, "아직 아무것도 쓰지 않았어요"), ("가" * 302, 422, "2자 넘었어요"), ("\u200b\u202e", 422, "보이는 글자")],
)
def test_what_is_refused_stays_in_the_box(talk, mina, text, status, words):
    answer = browser_of(mina).post(address(talk), {"text": text})

    assert answer.status_code == status
    assert words in text_of(answer)
    assert box(answer) == text
    assert 'aria-invalid="true"' in answer.content.decode()
    assert Comment.objects.count() == 0


def test_the_sixth_in_a_row_waits_and_is_kept(talk, mina):
    here = browser_of(mina)
    for number in range(5):
        here.post(address(talk), {"text": f"{number}번째 말"})

    answer = here.post(address(talk), {"text": "여섯째 말"})

    assert answer.status_code == 429
    assert "잠시 뒤에" in text_of(answer)
    assert box(answer) == "여섯째 말"
    assert Comment.objects.count() == 5


def test_who_was_signed_out_meanwhile_finds_the_draft_after_signing_in(talk, mina, client):
    sent = client.post(address(talk), {"text": "쓰던 글이에요."})
    assert parse_qs(urlsplit(sent["Location"]).query) == {"next": [f"{address(talk)}#write"]}

    client.force_login(mina)

    page = client.get(address(talk))
    assert box(page) == "쓰던 글이에요."
    assert "쓰던 글을 남겨 뒀어요" in text_of(page)
    follow(client, client.post(address(talk), {"text": box(page)}))
    assert box(client.get(address(talk))) == ""
    assert Comment.objects.get().text == "쓰던 글이에요."


def test_a_form_of_another_site_writes_nothing(talk, mina):
    here = Client(enforce_csrf_checks=True)
    here.force_login(mina)

    assert here.post(address(talk), {"text": "남의 집 글"}).status_code == 403
    assert Comment.objects.count() == 0


# ---- pressing


def test_one_takes_part_once_and_is_told_so(talk, mina, jun):
    said, here = neighbours.comment(talk, mina), browser_of(jun)
    about = {"order": "new", "page": "1"}

    first = here.post(f"/comments/{said.pk}/react", about)
    again = here.post(f"/comments/{said.pk}/react", about)

    assert first["Location"] == f"{address(talk)}?order=new&page=1&on={said.pk}#c{said.pk}"
    assert "이미 참여했어요." not in text_of(follow(here, first))
    page = follow(here, again)
    assert "이미 참여했어요." in text_of(page)
    assert 'aria-pressed="true"' in page.content.decode()
    assert Reaction.objects.count() == 1


def test_a_stranger_who_presses_signs_in_and_comes_back(talk, mina, client):
    said = neighbours.comment(talk, mina)

    sent = client.post(
        f"/comments/{said.pk}/react", headers={"referer": f"http://testserver{address(talk)}?order=new"}
    )  # fmt: skip

    assert parse_qs(urlsplit(sent["Location"]).query) == {"next": [f"{address(talk)}?order=new"]}
    assert Reaction.objects.count() == 0
    assert client.get(f"/comments/{said.pk}/react").status_code == 405


@pytest.mark.parametrize("act", ["react", "report", "block"])
def test_on_a_deleted_comment_nothing_happens_and_it_is_said(talk, mina, jun, act):
    said, here = neighbours.comment(talk, mina), browser_of(jun)
    actions.delete_own(pk=said.pk, account=mina, at=cast.MORNING)

    page = follow(here, here.post(f"/comments/{said.pk}/{act}", {"reason": "늦은 신고"}))

    assert "글쓴이가 지운 댓글이에요." in text_of(page)
    assert "지운 댓글이에요" in text_of(page)
    assert (Reaction.objects.count(), Report.objects.count(), Block.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("number", [10**6, 10**30])
def test_a_comment_that_never_was_is_not_found(jun, number):
    for act in ("react", "report", "block", "delete"):
        assert browser_of(jun).post(f"/comments/{number}/{act}").status_code == 404


def test_on_a_hidden_comment_nothing_happens_and_its_author_reads_why(talk, mina, jun):
    said, here = neighbours.comment(talk, mina), browser_of(jun)
    actions.hide_comment(pk=said.pk, reason="abuse", until=None, at=cast.MORNING, who="sato")

    told = text_of(follow(here, here.post(f"/comments/{said.pk}/react")))
    assert "가린 댓글이에요" in told
    assert "욕설이나 비방" not in told
    assert neighbours.WORDS not in told
    assert "까닭: 욕설이나 비방" in text_of(browser_of(mina).get(address(talk)))
    assert Reaction.objects.count() == 0


# ---- asked first


def test_deleting_asks_first_and_leaves_a_place(talk, mina):
    said, here = neighbours.comment(talk, mina), browser_of(mina)

    asked = here.get(f"/comments/{said.pk}/delete?order=new&page=1")
    assert "댓글을 지울까요?" in text_of(asked)
    assert "그대로 두기" in text_of(asked)
    assert cast.fresh(said).state == "shown"

    page = follow(here, here.post(f"/comments/{said.pk}/delete", {"order": "new"}))
    assert "댓글을 지웠어요." in text_of(page)
    assert "지운 댓글이에요" in text_of(page)
    assert neighbours.WORDS not in page.content.decode()
    assert "댓글 0개" in text_of(page)


def test_nobody_deletes_somebody_elses(talk, mina, jun):
    said, here = neighbours.comment(talk, mina), browser_of(jun)

    assert f"/comments/{said.pk}/delete" not in here.get(address(talk)).content.decode()
    page = follow(here, here.post(f"/comments/{said.pk}/delete"))

    assert "내가 쓴 댓글만 지울 수 있어요." in text_of(page)
    assert cast.fresh(said).state == "shown"


def test_a_report_has_a_reason_and_is_received_and_is_the_last(talk, mina, jun):
    said, here = neighbours.comment(talk, mina), browser_of(jun)

    too_long = here.post(f"/comments/{said.pk}/report", {"reason": "가" * 101})
    assert (too_long.status_code, box(too_long)) == (422, "가" * 101)
    assert "1자 넘었어요" in text_of(too_long)
    page = follow(here, here.post(f"/comments/{said.pk}/report", {"reason": "특정한 사람의 이름을 밝혔어요."}))
    assert "신고를 받았어요. 담당자가 확인하고 빠르게 처리할게요." in text_of(page)
    assert "이미 신고했어요." in text_of(page)
    again = follow(here, here.get(f"/comments/{said.pk}/report"))
    assert 'role="alert"' in again.content.decode()
    assert [one.reason for one in Report.objects.all()] == ["특정한 사람의 이름을 밝혔어요."]


def test_nobody_reports_or_blocks_oneself(talk, mina):
    said, here = neighbours.comment(talk, mina), browser_of(mina)
    page = here.get(address(talk)).content.decode()

    assert "/report" not in page
    assert "/block?" not in page
    assert "내 댓글은 신고할 수 없어요." in text_of(follow(here, here.post(f"/comments/{said.pk}/report")))
    assert "나를 차단할 수는 없어요." in text_of(follow(here, here.post(f"/comments/{said.pk}/block")))
    assert (Report.objects.count(), Block.objects.count()) == (0, 0)


def test_three_who_report_fold_it_behind_a_press_and_two_do_not(talk, mina, client):
    said = neighbours.comment(talk, mina)
    folded = []
    for number in range(3):
        neighbours.report(said, neighbours.account(f"person-{number}"))
        folded.append('<details class="comment-folded">' in client.get(address(talk)).content.decode())

    assert folded == [False, False, True]
    assert neighbours.WORDS in client.get(address(talk)).content.decode()
    assert "comment-folded" not in browser_of(mina).get(address(talk)).content.decode()


def test_blocking_asks_and_hides_and_unblocking_asks_and_brings_back(talk, mina, jun):
    for number in range(2):
        said = neighbours.comment(talk, mina, f"{number}번째 말")
    here = browser_of(jun)

    assert "mina 님을 차단할까요?" in text_of(here.get(f"/comments/{said.pk}/block"))
    page = follow(here, here.post(f"/comments/{said.pk}/block"))
    assert listed(page) == []
    assert "차단한 mina 님의 댓글 2개를 가렸어요." in text_of(page)
    assert "mina" in text_of(here.get("/comments/blocked"))
    assert len(listed(browser_of(mina).get(address(talk)))) == 2
    assert "차단" not in text_of(browser_of(mina).get(address(talk))).replace("차단한 사람", "")

    back = f"/comments/blocked/{mina.pk}?next={address(talk)}"
    assert "차단을 풀까요?" in text_of(here.get(back))
    assert Block.objects.count() == 1
    page = follow(here, here.post(f"/comments/blocked/{mina.pk}", {"next": address(talk)}))
    assert len(listed(page)) == 2
    assert "차단을 풀었어요." in text_of(page)
    assert here.post(f"/comments/blocked/{mina.pk}").status_code == 404


def test_nobody_is_led_away_by_the_way_back(mina, jun):
    actions.block(account=jun, author=mina.pk)

    sent = browser_of(jun).post(f"/comments/blocked/{mina.pk}", {"next": "https://evil.example/"})

    assert sent["Location"] == "/comments/blocked?said=unblocked"


# ---- support by voices


@pytest.fixture
def sat():
    """A conversation of two groups, published, with its people."""
    return cast.sitting_until("published", people=48, conference=cast.conference(capacity=60))


def in_groups(room):
    people = room.rounds.filter(kind="vote").last().landscape.document["people"]
    found = {}
    for voice, group in zip(people["id"], people["group"], strict=True):
        found.setdefault(group, []).append(voice)
    return [voices for group, voices in sorted(found.items(), key=str) if group is not None]


def test_two_groups_support_a_comment_and_one_and_four_do_not(sat, mina, client):
    room, _voices = sat
    said, other = neighbours.comment(room, mina), neighbours.comment(room, mina, "다른 말")
    waves, rocks = in_groups(room)[:2]
    Mark.objects.bulk_create(Mark(comment=said, voice_id=pk) for pk in (*waves[:5], *rocks[:4]))
    assert "함께 지지" not in text_of(client.get(f"/r/{room.code}/comments"))

    Mark.objects.create(comment=said, voice_id=rocks[4])

    page = client.get(f"/r/{room.code}/comments?order=across")
    assert "두 그룹이 함께 지지" in text_of(page)
    assert listed(page) == [said.pk, other.pk]
    twin = client.get(f"/r/{room.code}/comments.json?order=across")
    assert [one["groups"] for one in twin.json()["comments"]] == [2, 0]
    assert not any(str(pk) in twin.content.decode() for pk in (*waves, *rocks))


def test_a_voice_supports_and_takes_it_back_without_any_account(sat, mina, client):
    room, voices = sat
    said = neighbours.comment(room, mina)
    phone = cast.phone_of(voices[0], client)
    assert f"/comments/{said.pk}/mark" in phone.get(f"/r/{room.code}/comments").content.decode()

    follow(phone, phone.post(f"/comments/{said.pk}/mark", {"value": "1"}))
    assert [(one.comment_id, one.voice_id) for one in Mark.objects.all()] == [(said.pk, voices[0].pk)]
    page = follow(phone, phone.post(f"/comments/{said.pk}/mark", {"value": "0"}))

    assert Mark.objects.count() == 0
    assert "account" not in phone.cookies
    assert 'name="value" value="1" aria-pressed="false"' in page.content.decode()


def test_below_a_talk_the_voices_of_its_conference_count(sat, mina, client):
    room, voices = sat
    talk = room.conference.sessions.create(order=1, kind="talk", title={"ko": "발표"})
    said = neighbours.comment(talk, mina)

    sent = cast.phone_of(voices[0], client).post(f"/comments/{said.pk}/mark", {"value": "1"})

    assert sent["Location"].startswith(address(talk))
    assert Mark.objects.count() == 1


def test_without_a_voice_nobody_supports(sat, mina, jun):
    said = neighbours.comment(sat[0], mina)
    here = browser_of(jun)

    assert "/mark" not in here.get(f"/r/{sat[0].code}/comments").content.decode()
    assert here.post(f"/comments/{said.pk}/mark", {"value": "1"}).status_code == 401
    assert Mark.objects.count() == 0
