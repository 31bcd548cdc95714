"""Signing up, in and out: by a letter, in one's language, never telling who has an account, never without end."""

import re
import time
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client
from tests import cast

from onnuri.people.models import Account, Mail
from onnuri.web import letters

pytestmark = pytest.mark.django_db

MINA, WORDS, OTHER_WORDS = "mina@example.kr", "강변의 버드나무 그늘", "새벽 시장의 국수 한 그릇"
SITE = "https://hall.example.kr"


@pytest.fixture(autouse=True)
def nobody_has_tried_yet(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick
    cache.clear()


def browser(language="ko"):
    return Client(headers={"accept-language": language})


def letter():
    """The last letter of the outbox, as it is written when it goes."""
    mail = Mail.objects.latest("pk")
    return letters.write(mail, mail.queued_at, site=SITE)


def path_in(written):
    return written.link.removeprefix(SITE)


def sign_up(here, email=MINA, password=WORDS):
    return here.post("/account/signup/", {"email": email, "password1": password})


def confirm(here):
    return here.post(path_in(letter()))


def sign_in(here, email=MINA, password=WORDS, **about):
    return here.post("/account/login/", {"login": email, "password": password, **about})


def mina(alias="미나"):
    """Mina's account, confirmed; and a browser in which she is signed in."""
    here = browser()
    sign_up(here)
    confirm(here)
    Account.objects.update(alias=alias)
    assert sign_in(here).status_code == 302
    return Account.objects.get(email=MINA), here


def prove(here, password=WORDS):
    """The password once more, before something grave."""
    return here.post("/account/reauthenticate/", {"password": password})


def is_signed_in(here):
    return here.get("/account/").status_code == 200


# ---- signing up


def test_mina_signs_up_confirms_chooses_a_name_and_is_in():
    here = browser()

    assert sign_up(here)["Location"] == "/account/confirm-email/"
    assert not is_signed_in(here)
    assert letter().subject == "이메일 주소를 확인해 주세요 · 온누리"
    assert confirm(here).status_code == 302
    onward = sign_in(here, next="/e/hanbit")
    assert urlsplit(onward["Location"]).path == "/account/name/"
    page = here.get(onward["Location"]).text
    assert re.search(r'value="[가-힣]+ \d{3}"', page)
    assert here.post("/account/name/", {"alias": "미나", "next": "/e/hanbit"})["Location"] == "/e/hanbit"

    found = Account.objects.get()
    assert (found.email, found.alias, found.confirmed_by, found.language) == (MINA, "미나", "email", "ko")
    assert is_signed_in(here)


def test_a_letter_comes_in_the_language_of_who_asked():
    sign_up(browser("en"))

    assert Mail.objects.get().language == "en"
    assert letter().subject.endswith("Onnuri")


def test_pages_open_in_the_language_of_the_account_unless_the_device_says_otherwise():
    account, _here = mina()
    account.language = "en"
    account.save()
    new, told_otherwise = browser("ko"), browser("ko")
    told_otherwise.cookies["lang"] = "ko"

    for here in (new, told_otherwise):
        sign_in(here)

    assert '<html lang="en"' in new.get("/account/").text
    assert '<html lang="ko"' in told_otherwise.get("/account/").text


def test_a_language_nobody_reads_here_is_refused():
    _account, here = mina()

    assert here.post("/account/language/", {"language": "tlh"}).status_code == 422
    assert here.post("/account/language/", {"language": "en"}).cookies["lang"].value == "en"


def test_who_has_an_account_is_told_by_letter_alone():
    mina()
    cache.clear()  # some minutes later: nobody gets two such letters at once
    stranger, owner = browser(), browser()

    new, known = sign_up(stranger, "sato@example.kr"), sign_up(owner, MINA, OTHER_WORDS)

    assert (new.status_code, new["Location"]) == (known.status_code, known["Location"])
    assert letter().subject.startswith("이미 계정이 있습니다")
    assert sign_in(browser(), MINA, OTHER_WORDS).status_code == 422


def test_asking_for_a_new_password_says_the_same_to_everybody_and_writes_to_nobody_else():
    mina()
    before = Mail.objects.count()

    known = browser().post("/account/password/reset/", {"email": MINA})
    unknown = browser().post("/account/password/reset/", {"email": "nobody@example.kr"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert list(Mail.objects.values_list("to", flat=True))[before:] == [MINA]


def test_a_wrong_password_and_an_address_nobody_has_get_the_same_answer():
    mina()

    wrong, nobody = (sign_in(browser(), email, "밤하늘의 별 백 개") for email in (MINA, "nobody@example.kr"))

    told = [re.search(r'role="alert">.*?<span>(.*?)</span>', a.text, re.DOTALL)[1] for a in (wrong, nobody)]
    assert told == ["이메일이나 비밀번호가 맞지 않아요. 다시 확인해 주세요."] * 2
    assert wrong.status_code == nobody.status_code == 422


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("짧아요", "너무 짧아요. 10자 이상 적어 주세요."),
        ("qwertyuiop", "너무 흔한 비밀번호예요. 다른 것으로 적어 주세요."),
        (MINA, "이메일 주소와 다르게 적어 주세요."),
        ("", "비밀번호를 적어 주세요."),
    ],
)
def test_what_can_be_guessed_is_no_password(password, told):
    answer = sign_up(browser(), MINA, password)

    assert (answer.status_code, Account.objects.count()) == (422, 0)
    assert told in answer.text


def test_what_is_no_address_is_said_in_our_words():
    answer = sign_up(browser(), "mina@@example")

    assert answer.status_code == 422
    assert "이메일 주소를 다시 확인해 주세요. 예: name@example.kr" in answer.text


def test_no_page_shows_a_text_of_the_library():
    here = browser()
    for path in ("login/", "signup/", "password/reset/", "password/reset/done/", "confirm-email/", "inactive/"):
        text = re.sub(r"<[^>]+>", "", here.get(f"/account/{path}").text)
        assert not re.search(r"Sign|Password|E-?mail|account", text), path


# ---- links


def test_a_link_that_is_over_says_so_and_leads_on(settings):
    account, _here = mina()
    browser().post("/account/password/reset/", {"email": MINA})
    link = path_in(letter())
    settings.PASSWORD_RESET_TIMEOUT = -1

    answer = browser().get(link)

    assert answer.status_code == 410
    assert "기한이 지났거나 이미 쓴 링크예요" in answer.text
    assert "/account/password/reset/" in answer.text
    assert browser().get("/account/confirm-email/rubbish/").status_code == 410
    assert account.check_password(WORDS)


def test_the_secret_of_a_link_lies_in_no_table():
    mina()
    browser().post("/account/password/reset/", {"email": MINA})
    key = path_in(letter()).rstrip("/").rpartition("/")[2]

    assert all(key not in str(vars(mail)) for mail in Mail.objects.all())


def test_a_new_password_by_letter_signs_every_other_device_out_and_this_one_in():
    _account, elsewhere = mina()
    here = browser()
    here.post("/account/password/reset/", {"email": MINA})
    form = here.get(path_in(letter()))["Location"]

    here.post(form, {"password1": OTHER_WORDS})

    assert not is_signed_in(elsewhere)
    assert is_signed_in(here)
    assert here.get(form).status_code == 410


# ---- a stolen cookie


def test_changing_the_password_ends_what_a_stolen_cookie_opens():
    _account, here = mina()
    thief = browser()
    thief.cookies["account"] = here.cookies["account"].value
    assert is_signed_in(thief)

    here.post("/account/password/change/", {"oldpassword": WORDS, "password1": OTHER_WORDS})

    assert is_signed_in(here)
    assert not is_signed_in(thief)
    assert letter().subject.startswith("비밀번호가 바뀌었습니다")


def test_signing_out_elsewhere_leaves_this_device_alone():
    _account, here = mina()
    borrowed = browser()
    sign_in(borrowed)

    here.post("/account/sign-out-elsewhere/")

    assert is_signed_in(here)
    assert not is_signed_in(borrowed)


def test_a_session_known_before_signing_in_is_worth_nothing_after():
    here = browser()
    here.post("/account/password/reset/", {"email": "nobody@example.kr"})
    _account, signed_in = mina()
    planted = signed_in.cookies["account"].value
    sign_in(signed_in)  # signed in already: nothing changes
    signed_in.post("/account/logout/")
    sign_in(signed_in)

    assert signed_in.cookies["account"].value != planted


def test_the_cookie_is_out_of_reach_of_scripts_and_keeps_to_https_where_there_is_https():
    _account, here = mina()
    over_http = here.cookies["account"]
    safe = Client(headers={"accept-language": "ko"})
    answer = safe.post("/account/login/", {"login": MINA, "password": WORDS}, secure=True)

    assert (over_http["httponly"], over_http["samesite"], over_http["secure"]) == (True, "Lax", "")
    assert answer.cookies["account"]["secure"] is True


def test_a_suspended_account_is_nobody_at_once():
    _account, here = mina()

    Account.objects.update(is_active=False)

    assert not is_signed_in(here)
    assert sign_in(browser()).status_code != 200


# ---- too often


def test_whoever_tries_passwords_is_stopped_and_told_when_to_come_back():
    mina()
    for _time in range(5):
        assert sign_in(browser(), password="밤하늘의 별 백 개").status_code == 422

    stopped = sign_in(browser(), password="밤하늘의 별 백 개")
    also_by_another_name = browser().post(
        "/account/login/", {"login": MINA, "password": WORDS}, headers={"host": "other.example.kr"}
    )

    assert stopped.status_code == also_by_another_name.status_code == 429
    assert "여러 번 맞지 않아 잠시 멈췄어요. 5분 뒤에 다시 하거나 비밀번호를 새로 정해 주세요." in stopped.text
    assert sign_in(browser(), "sato@example.kr").status_code == 422


def test_asking_for_letters_again_and_again_is_stopped_in_words():
    for _time in range(5):
        assert browser().post("/account/password/reset/", {"email": MINA}).status_code == 302

    answer = browser().post("/account/password/reset/", {"email": MINA})

    assert answer.status_code == 429
    assert "너무 자주 시도했어요" in answer.text


# ---- the second step


def test_with_the_second_step_a_password_alone_opens_nothing():
    account, here = mina()
    assert here.get("/account/2fa/totp/activate/")["Location"].startswith("/account/reauthenticate/")
    prove(here)
    here.get("/account/2fa/totp/activate/")
    secret = here.session["mfa.totp.secret"]
    assert here.post("/account/2fa/totp/activate/", {"code": "000000"}).status_code == 422
    now = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
    assert here.post("/account/2fa/totp/activate/", {"code": now}).status_code == 302
    emergency = Authenticator.objects.get(user=account, type="recovery_codes").wrap().get_unused_codes()[0]

    thief, owner = browser(), browser()
    sign_in(thief)
    assert not is_signed_in(thief)
    assert thief.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 422
    sign_in(owner)
    assert owner.post("/account/2fa/authenticate/", {"code": emergency}).status_code == 302

    assert is_signed_in(owner)
    assert not is_signed_in(thief)
    stored = Authenticator.objects.get(user=account, type="totp").data["secret"]
    assert secret not in stored


# ---- coming back


def test_a_page_that_needs_an_account_leads_back_to_itself():
    answer = browser().get("/account/name/?next=/e/hanbit")

    assert answer.status_code == 302
    assert answer["Location"] == "/account/login/?next=%2Faccount%2Fname%2F%3Fnext%3D%2Fe%2Fhanbit"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere_after_choosing_a_name(elsewhere):
    _account, here = mina()

    assert here.post("/account/name/", {"alias": "미나", "next": elsewhere})["Location"] == "/account/"


def test_two_people_do_not_have_one_name():
    _account, here = mina()
    Account.objects.create(email="jun@example.kr", alias="준")

    answer = here.post("/account/name/", {"alias": " 준 "})

    assert answer.status_code == 409
    assert "다른 사람이 쓰는 이름이에요" in answer.text
    assert "41" not in here.post("/account/name/", {"alias": "가" * 41})["Content-Type"]
    assert Account.objects.get(email=MINA).alias == "미나"


def test_an_address_is_changed_only_once_the_new_one_is_confirmed():
    account, here = mina()

    prove(here)
    here.post("/account/email/", {"email": "mina@hanbit.example", "action_add": "1"})
    account.refresh_from_db()
    assert account.email == MINA
    assert Mail.objects.latest("pk").to == "mina@hanbit.example"
    confirm(here)

    account.refresh_from_db()
    assert account.email == "mina@hanbit.example"


def test_an_organiser_sets_up_a_conference_and_runs_it():
    account, here = mina()
    assert here.post("/account/conferences/", {"title": "한빛", "slug": "hanbit", "seats": "150"}).status_code == 403
    account.is_organiser = True
    account.save()

    answer = here.post("/account/conferences/", {"title": "한빛 도시 회의", "slug": "hanbit", "seats": "150"})

    assert answer["Location"] == "/host/e/hanbit"
    assert here.get("/host/e/hanbit").status_code == 200
    assert browser().get("/host/e/hanbit").status_code == 403


def test_a_letter_whose_reason_is_over_is_not_sent():
    here = browser()
    sign_up(here)
    confirm(here)

    mail = Mail.objects.get()
    assert letters.write(mail, cast.MORNING + timedelta(days=1), site=SITE) is None
