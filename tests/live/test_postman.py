"""Letters go out in their order, at least once, no faster than allowed; what happens to each is written down."""

import os
import random
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from tests.cast import MORNING
from tests.catcher import Catcher, catching
from tests.serving import ROOT, Server, free_port

from onnuri.errors import BadInput
from onnuri.live import postman
from onnuri.live.letter import Content, Letter
from onnuri.live.postman import MOST_ATTEMPTS, Postman
from onnuri.live.smtp import Console, Post, Smtp, server_of
from onnuri.people.models import Mail

pytestmark = pytest.mark.django_db
SENDER = "온누리 <mail@onnuri.example>"


def after(**duration):
    return MORNING + timedelta(**duration)


def queued(*names, at=MORNING, kind="confirm"):
    """Letters to people, in this order."""
    return [
        Mail.objects.create(
            topic="e/hanbit", kind=kind, about={"claim": name}, to=f"{name.lower()}@example.kr", queued_at=at, due_at=at
        )
        for name in names
    ]


def write(mail, at):
    name = mail.about["claim"]
    if name == "Nobody":
        return None
    link = f"https://onnuri.example/e/hanbit/confirm/{name}"
    return Letter(
        name, f"{name}님의 자리", link, "한빛 도시 회의", lambda: Content(f"여기로: {link}", f"<p>{link}</p>")
    )


def postman_to(port, **options):
    server = server_of(f"smtp://127.0.0.1:{port}")
    return Postman(write, Smtp(server, SENDER), dice=random.Random(1), **options)


def deliver_all(own, at):
    """Until there is nothing to do for a while; the answer is for how long."""
    while not (wait := own.deliver(at)):
        pass
    return wait


def states():
    return {m.about["claim"]: m.state for m in Mail.objects.order_by("pk")}


@pytest.fixture
def catcher():
    with catching() as (own, port):
        own.port = port
        yield own


# ---- it arrives


def test_a_letter_arrives_in_korean(catcher):
    queued("미나")
    Mail.objects.update(to="mina@example.kr")

    deliver_all(postman_to(catcher.port), after(seconds=2))

    [letter] = catcher.letters
    assert letter["Subject"] == "미나님의 자리"
    assert [str(a) for a in letter["From"].addresses] == ["온누리 <mail@onnuri.example>"]
    assert [str(a) for a in letter["To"].addresses] == ["미나 <mina@example.kr>"]
    assert letter.get_body("plain").get_content().strip() == "여기로: https://onnuri.example/e/hanbit/confirm/미나"
    assert letter.get_body("html").get_content().strip() == "<p>https://onnuri.example/e/hanbit/confirm/미나</p>"
    assert letter["Date"].datetime == after(seconds=2)
    assert catcher.raw[0].isascii()
    told = Mail.objects.get()
    assert (told.state, told.attempts, told.sent_at, told.problem) == ("sent", 1, after(seconds=2), "")


def test_letters_are_of_machines_and_of_no_list(catcher):
    queued("Jun")

    deliver_all(postman_to(catcher.port), MORNING)

    [letter] = catcher.letters
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe"] is None
    assert [part.get_content_type() for part in letter.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_letters_go_in_their_order_over_one_connection(catcher):
    queued("Jun", "Linh", "Sato")

    deliver_all(postman_to(catcher.port), MORNING)

    assert catcher.recipients == ["jun@example.kr", "linh@example.kr", "sato@example.kr"]
    assert catcher.connections == 1


def test_a_letter_is_not_sent_before_it_is_due(catcher):
    queued("Jun", at=after(minutes=1))
    own = postman_to(catcher.port)

    deliver_all(own, after(seconds=59))
    assert catcher.letters == []

    deliver_all(own, after(minutes=1))
    assert len(catcher.letters) == 1


def test_a_letter_whose_reason_is_over_is_dropped(catcher):
    queued("Nobody", "Jun")

    deliver_all(postman_to(catcher.port), MORNING)

    assert catcher.recipients == ["jun@example.kr"]
    assert states() == {"Nobody": "dropped", "Jun": "sent"}
    assert list(Mail.objects.order_by("pk").values_list("attempts", flat=True)) == [0, 1]


def test_a_domain_in_hangul_is_reached_by_its_other_name(catcher):
    queued("Jun")
    Mail.objects.update(to="jun@한빛.kr")

    deliver_all(postman_to(catcher.port), MORNING)

    assert catcher.recipients == ["jun@xn--xx3br43b.kr"]


# ---- it is refused


def test_after_a_451_the_letter_waits_about_a_minute_and_goes(catcher):
    queued("Jun", "Linh")
    catcher.answers["jun@example.kr"] = ["451 4.7.1 greylisted, come back"]
    own = postman_to(catcher.port)

    deliver_all(own, MORNING)
    jun = Mail.objects.get(to="jun@example.kr")
    assert catcher.recipients == ["linh@example.kr"]
    assert (jun.state, jun.attempts, jun.problem) == ("retry", 1, "451 4.7.1 greylisted, come back")
    assert after(seconds=48) <= jun.due_at <= after(seconds=72)

    deliver_all(own, jun.due_at)
    jun.refresh_from_db()
    assert catcher.recipients == ["linh@example.kr", "jun@example.kr"]
    assert (jun.state, jun.attempts, jun.problem) == ("sent", 2, "")


def test_at_a_550_the_letter_fails_at_once_with_the_reason(catcher):
    queued("Jun", "Linh")
    catcher.answers["jun@example.kr"] = ["550 5.1.1 no such mailbox"]

    deliver_all(postman_to(catcher.port), MORNING)

    assert states() == {"Jun": "failed", "Linh": "sent"}
    assert Mail.objects.get(to="jun@example.kr").problem == "550 5.1.1 no such mailbox"


def test_a_text_nobody_takes_fails_too(catcher):
    queued("Jun")
    catcher.answers["DATA"] = ["554 5.7.1 looks like advertising"]

    deliver_all(postman_to(catcher.port), MORNING)

    assert states() == {"Jun": "failed"}


def test_waits_grow_to_an_hour_and_the_twelfth_refusal_is_the_last(catcher):
    queued("Jun")
    catcher.answers["jun@example.kr"] = ["451 not now"] * 20
    own, at, waits = postman_to(catcher.port), MORNING, []

    while (jun := Mail.objects.get()).state != "failed":
        waits.append((jun.due_at - at) / timedelta(minutes=1))
        at = max(at, jun.due_at)
        deliver_all(own, at)

    usual = [0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]
    assert [0.8 * u <= w <= 1.2 * u for u, w in zip(usual, waits, strict=True)] == [True] * 12
    assert jun.attempts == MOST_ATTEMPTS


def test_a_failed_letter_is_sent_again_when_somebody_asks(catcher):
    queued("Jun", "Linh")
    catcher.answers["jun@example.kr"] = ["550 mailbox closed"]
    own = postman_to(catcher.port)
    deliver_all(own, MORNING)

    assert postman.again(Mail.objects.all(), after(hours=1)) == 1
    deliver_all(own, after(hours=1))

    assert states() == {"Jun": "sent", "Linh": "sent"}
    assert catcher.recipients == ["linh@example.kr", "jun@example.kr"]


# ---- the server has trouble


def test_while_the_server_is_down_letters_wait_in_their_order_and_lose_no_attempt():
    port, catcher = free_port(), Catcher()
    queued("Jun", "Linh", "Sato")
    own = postman_to(port)

    first = deliver_all(own, MORNING)
    second = deliver_all(own, MORNING + first)
    jun = Mail.objects.get(to="jun@example.kr")
    assert states() == {"Jun": "retry", "Linh": "queued", "Sato": "queued"}
    assert (jun.attempts, jun.problem) == (0, "[Errno 111] Connection refused")
    assert timedelta(seconds=4) <= first <= timedelta(seconds=6)
    assert timedelta(seconds=8) <= second <= timedelta(seconds=12)

    with catching(catcher, port):
        deliver_all(own, MORNING + first + second)
    assert catcher.recipients == ["jun@example.kr", "linh@example.kr", "sato@example.kr"]
    assert states() == {"Jun": "sent", "Linh": "sent", "Sato": "sent"}


def test_a_pause_never_grows_beyond_five_minutes():
    queued("Jun")
    own, at = postman_to(free_port()), MORNING

    for _ in range(20):
        wait = deliver_all(own, at)
        at += wait

    assert timedelta(minutes=4) <= wait <= timedelta(minutes=6)


def test_a_sender_that_is_refused_fails_nobodys_letter(catcher):
    queued("Jun")
    own = Postman(write, Smtp(server_of(f"smtp://127.0.0.1:{catcher.port}"), "mail@onnuri.example"))

    async def refuse(*_told):
        return "550 5.7.1 you are not allowed to send"

    catcher.handle_MAIL = refuse
    deliver_all(own, MORNING)

    assert states() == {"Jun": "retry"}
    assert Mail.objects.get().problem == "550 5.7.1 you are not allowed to send"


def test_a_letter_at_which_the_server_hangs_up_does_not_stop_the_others(catcher):
    queued("Jun", "Linh")
    catcher.answers["DATA"] = ["hang up"]

    deliver_all(postman_to(catcher.port), MORNING)

    assert states() == {"Jun": "retry", "Linh": "sent"}
    assert Mail.objects.get(to="jun@example.kr").attempts == 1


def test_a_letter_that_cannot_be_written_does_not_stop_the_others(catcher, caplog):
    queued("Jun", "Linh")

    def half(mail, at):
        if mail.about["claim"] == "Jun":
            raise ValueError("no ink")
        return write(mail, at)

    deliver_all(Postman(half, Smtp(server_of(f"smtp://127.0.0.1:{catcher.port}"), SENDER)), MORNING)

    assert states() == {"Jun": "retry", "Linh": "sent"}
    assert Mail.objects.get(to="jun@example.kr").problem == "ValueError: no ink"
    assert "no ink" in caplog.text


# ---- the process ends in the middle

KILLED = """
import os, signal
import django; django.setup()
from datetime import datetime
from onnuri.live.postman import Postman
from onnuri.live.smtp import Smtp, server_of
from tests.live import test_postman as story
class Cut(Smtp):
    def carry(self, *told):
        super().carry(*told)
        os.kill(os.getpid(), signal.SIGKILL)
Postman(story.write, Cut(server_of("smtp://127.0.0.1:{port}"), story.SENDER)).deliver(story.MORNING)
"""


@pytest.mark.django_db(transaction=True)
def test_killed_between_sending_and_writing_it_down_the_letter_goes_again_and_is_the_same(catcher):
    if connection.vendor != "sqlite":
        pytest.skip("the other process is told the database by its file")
    queued("Jun")
    environment = os.environ | {
        "DATABASE_URL": f"sqlite://{connection.settings_dict['NAME']}",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }
    killed = subprocess.run([sys.executable, "-c", KILLED.format(port=catcher.port)], env=environment, check=False)
    assert (killed.returncode, states()) == (-9, {"Jun": "sending"})

    own = postman_to(catcher.port)
    deliver_all(own, after(seconds=119))
    assert len(catcher.letters) == 1
    deliver_all(own, after(minutes=3))

    first, second = catcher.letters
    assert first["Message-ID"] == second["Message-ID"]
    assert (states(), Mail.objects.get().attempts) == ({"Jun": "sent"}, 2)


def test_two_letters_never_share_a_message_id(catcher):
    queued("Jun", "Jun")

    deliver_all(postman_to(catcher.port), MORNING)

    first, second = catcher.letters
    assert first["Message-ID"] != second["Message-ID"]
    assert first["Message-ID"].endswith("@onnuri.example>")


def test_a_letter_that_is_cut_off_every_time_fails_in_the_end(catcher):
    queued("Jun")
    Mail.objects.update(state="sending", attempts=MOST_ATTEMPTS)

    deliver_all(postman_to(catcher.port), MORNING)

    assert states() == {"Jun": "failed"}
    assert catcher.letters == []


@pytest.mark.django_db(transaction=True)
def test_a_letter_given_up_for_lost_belongs_to_who_sends_it_again(catcher):
    queued("Jun")
    second = postman_to(catcher.port)

    class Slow(Smtp):
        def carry(self, letter, mail, at):
            super().carry(letter, mail, at)
            catcher.answers["jun@example.kr"] = ["550 gone by now"]
            deliver_all(second, after(minutes=5))

    deliver_all(Postman(write, Slow(server_of(f"smtp://127.0.0.1:{catcher.port}"), SENDER)), MORNING)

    assert states() == {"Jun": "failed"}


@pytest.mark.django_db(transaction=True)
def test_several_postmen_never_carry_the_same_letter():
    queued(*(f"P{n}" for n in range(40)))
    carried = []

    class Bag(Console):
        at_once = 3

        def carry(self, letter, mail, at):
            time.sleep(0.002)
            carried.append(mail.to)

    def work(_n):
        try:
            return deliver_all(Postman(write, Bag()), MORNING)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as postmen:
        list(postmen.map(work, range(4)))

    assert sorted(carried) == sorted(f"p{n}@example.kr" for n in range(40))
    assert set(states().values()) == {"sent"}


def test_a_thread_of_its_own_delivers_and_ends(catcher, transactional_db):
    queued("Jun")
    own = postman_to(catcher.port)

    own.start()
    until(lambda: states() == {"Jun": "sent"})
    queued("Linh")
    until(lambda: states() == {"Jun": "sent", "Linh": "sent"})
    own.stop()

    assert not own._thread.is_alive()
    assert catcher.recipients == ["jun@example.kr", "linh@example.kr"]


# ---- how fast


def test_no_more_letters_a_minute_than_allowed(catcher):
    queued(*(f"P{n}" for n in range(7)))
    own = postman_to(catcher.port, per_minute=5)

    wait = deliver_all(own, MORNING)
    assert (len(catcher.letters), wait) == (5, timedelta(minutes=1))

    assert deliver_all(own, after(seconds=59)) == timedelta(seconds=1)
    assert len(catcher.letters) == 5

    deliver_all(own, after(seconds=60))
    assert catcher.recipients == [f"p{n}@example.kr" for n in range(7)]


def test_what_is_dropped_costs_nobody_a_turn(catcher):
    queued("Nobody", "Nobody", "Jun", "Linh")

    deliver_all(postman_to(catcher.port, per_minute=2), MORNING)

    assert catcher.recipients == ["jun@example.kr", "linh@example.kr"]


# ---- the console


def test_without_a_server_the_console_tells_who_gets_which_link(capsys):
    queued("Jun")

    deliver_all(Postman(write, Console()), MORNING)

    assert capsys.readouterr().out == "confirm Jun <jun@example.kr>: https://onnuri.example/e/hanbit/confirm/Jun\n"
    assert states() == {"Jun": "sent"}


def test_the_console_keeps_the_limit_too(capsys):
    queued(*(f"P{n}" for n in range(7)))
    own = Postman(write, Console(), per_minute=5)

    wait = deliver_all(own, MORNING)

    assert (len(capsys.readouterr().out.splitlines()), wait) == (5, timedelta(minutes=1))
    deliver_all(own, after(minutes=1))
    assert len(capsys.readouterr().out.splitlines()) == 2


# ---- signing in, and who the server is

AUTH_WITHOUT_TLS = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@AUTH_WITHOUT_TLS
def test_it_signs_in_where_the_server_wants_it():
    asked = []

    def check(_server, _session, _envelope, _mechanism, data):
        from aiosmtpd.smtp import AuthResult

        asked.append((data.login, data.password))
        return AuthResult(success=data.password == b"s@cret")

    queued("Jun")
    with catching(auth_required=True, auth_require_tls=False, authenticator=check) as (catcher, port):
        server = server_of(f"smtp://mina:s%40cret@127.0.0.1:{port}")
        deliver_all(Postman(write, Smtp(server, SENDER)), MORNING)

    assert (len(catcher.letters), asked) == (1, [(b"mina", b"s@cret")])


@AUTH_WITHOUT_TLS
def test_a_wrong_password_stops_all_letters_and_says_so():
    def check(*_told):
        from aiosmtpd.smtp import AuthResult

        return AuthResult(success=False, handled=False)

    queued("Jun")
    with catching(auth_required=True, auth_require_tls=False, authenticator=check) as (catcher, port):
        deliver_all(Postman(write, Smtp(server_of(f"smtp://mina:wrong@127.0.0.1:{port}"), SENDER)), MORNING)

    assert (catcher.letters, states()) == ([], {"Jun": "retry"})
    assert Mail.objects.get().problem == "535 5.7.8 Authentication credentials invalid"


@pytest.mark.parametrize(("scheme", "option"), [("smtp", "?starttls=1"), ("smtps", "")])
def test_over_tls_only_to_a_server_that_proves_its_name(tmp_path, monkeypatch, scheme, option):
    import ssl

    certificate, key = certificate_of("127.0.0.1", tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    options = {"tls_context": context} if scheme == "smtp" else {"ssl_context": context}
    queued("Jun")

    with catching(**options) as (catcher, port):
        own = Postman(write, Smtp(server_of(f"{scheme}://127.0.0.1:{port}{option}"), SENDER))
        wait = deliver_all(own, MORNING)
        assert (catcher.letters, states()) == ([], {"Jun": "retry"})
        assert "certificate verify failed" in Mail.objects.get().problem

        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        deliver_all(own, MORNING + wait)
        assert states() == {"Jun": "sent"}


def certificate_of(address, folder):
    """A certificate that proves an address to whoever trusts it."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, address)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(MORNING - timedelta(days=365))
        .not_valid_after(MORNING + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "server.crt", folder / "server.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


# ---- the environment


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("smtp://mail.example.kr", ("mail.example.kr", 25, "", "", False, False)),
        ("smtp://mina:a%3Ab@mail.example.kr?starttls=1", ("mail.example.kr", 587, "mina", "a:b", False, True)),
        ("smtps://mina%40example.kr:x@mail.example.kr", ("mail.example.kr", 465, "mina@example.kr", "x", True, False)),
        ("smtp://127.0.0.1:2525/", ("127.0.0.1", 2525, "", "", False, False)),
    ],
)
def test_the_address_of_a_mail_server(written, meant):
    assert tuple(vars(server_of(written)).values()) == meant


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("ONNURI_SMTP", "mail.example.kr"),
        ("ONNURI_SMTP", "http://mail.example.kr"),
        ("ONNURI_SMTP", "smtp://"),
        ("ONNURI_SMTP", "smtp://mail.example.kr:many"),
        ("ONNURI_SMTP", "smtp://mail.example.kr:99999"),
        ("ONNURI_SMTP", "smtp://mina@mail.example.kr"),
        ("ONNURI_SMTP", "smtp://mina:hunter2@mail.example.kr/inbox"),
        ("ONNURI_SMTP", "smtp://mina:hunter2@mail.example.kr?starttls=yes"),
        ("ONNURI_SMTP", "smtp://mina:hunter2@mail.example.kr?ssl=1"),
        ("ONNURI_SMTP", "smtp://mina:hunter2@mail.example.kr?starttls"),
        ("ONNURI_SMTP", "smtps://mina:hunter2@mail.example.kr?starttls=1"),
        ("ONNURI_SMTP", "smtp://[mail.example.kr"),
        ("ONNURI_MAIL_FROM", "온누리"),
        ("ONNURI_MAIL_FROM", "mail@"),
        ("ONNURI_MAIL_FROM", "온누리 <mail@onnuri.example\r\nBcc: all@example.kr>"),
        ("ONNURI_URL", "onnuri.example"),
        ("ONNURI_URL", "ftp://onnuri.example"),
        ("ONNURI_URL", "https://onnuri.example/below"),
        ("ONNURI_URL", "https://onnuri.example:many"),
        ("ONNURI_MAIL_PER_MINUTE", "0"),
        ("ONNURI_MAIL_PER_MINUTE", "-3"),
        ("ONNURI_MAIL_PER_MINUTE", "many"),
        ("ONNURI_MAIL_PER_MINUTE", "9" * 30),
    ],
)
def test_what_cannot_be_meant_is_one_line_without_the_password(monkeypatch, name, written):
    monkeypatch.setenv("ONNURI_SMTP", "smtp://mail.example.kr")
    monkeypatch.setenv("ONNURI_MAIL_FROM", "mail@onnuri.example")
    monkeypatch.setenv(name, written)

    with pytest.raises(BadInput) as refused:
        Post.of_environment("http://127.0.0.1:8000")

    said = str(refused.value)
    assert said.startswith(f"{name}: ")
    assert "hunter2" not in said
    assert "\n" not in said


def test_a_mail_server_needs_a_sender(monkeypatch):
    monkeypatch.setenv("ONNURI_SMTP", "smtp://mail.example.kr")

    with pytest.raises(BadInput, match="ONNURI_MAIL_FROM: is needed beside ONNURI_SMTP"):
        Post.of_environment("http://127.0.0.1:8000")


def test_who_signs_in_with_an_address_sends_from_it(monkeypatch):
    monkeypatch.setenv("ONNURI_SMTP", "smtps://mina%40example.kr:x@mail.example.kr")
    monkeypatch.setenv("ONNURI_URL", "https://onnuri.example/")

    post = Post.of_environment("http://127.0.0.1:8000")

    assert (post.sender, post.site, post.per_minute) == ("mina@example.kr", "https://onnuri.example", 120)


# ---- the whole server

CONFIRM = re.compile(
    r"^confirm Jun <jun@example\.kr>: (http://127\.0\.0\.1:\d+)(/e/hanbit/confirm/[-\w]+)$", re.MULTILINE
)


def registered(server):
    """Jun claims a seat at Mina's conference."""
    server.run_cli("conference", "new", "--slug", "hanbit", "--seats", "2", "--title", "한빛 도시 회의")
    phone = server.client()
    form = {"name": "Jun", "email": "jun@example.kr", "consent_email": "1", "wish": "hall", "seats": "1"}
    answer = phone.form("/e/hanbit/register", {**form, "idempotency_key": "key-of-jun"})
    assert answer.status in {302, 303}
    return phone


def until(found, *, within=20):
    """Wait for something, and give it back."""
    give_up = time.monotonic() + within
    while not (got := found()):
        assert time.monotonic() < give_up
        time.sleep(0.05)
    return got


def test_the_console_of_a_server_tells_the_link_and_the_link_confirms(tmp_path):
    with Server(tmp_path) as server:
        phone = registered(server)

        address, path = until(lambda: CONFIRM.search(server.log)).groups()
        answer = phone.form(path, {})

        assert address == server.url
        assert answer.location.startswith("/e/hanbit/ticket/")
        ticket = until(lambda: re.search(r"^ticket Jun <jun@example\.kr>: (\S+)$", server.log, re.MULTILINE))
        assert ticket[1] == server.url + answer.location


def test_a_server_sends_by_smtp_with_the_public_address(tmp_path):
    with catching() as (catcher, port):
        mail = {
            "ONNURI_SMTP": f"smtp://127.0.0.1:{port}",
            "ONNURI_MAIL_FROM": "mail@onnuri.example",
            "ONNURI_URL": "https://onnuri.example",
        }
        with Server(tmp_path, environment=mail) as server:
            registered(server)
            until(lambda: catcher.letters)

            assert catcher.subjects == ["주소를 확인해 주세요 · 한빛 도시 회의"]
            assert str(catcher.letters[0]["From"].addresses[0]) == "한빛 도시 회의 <mail@onnuri.example>"
            assert "https://onnuri.example/e/hanbit/confirm/" in catcher.letters[0].get_body("plain").get_content()
            assert "confirm Jun" not in server.log


def test_a_server_with_a_wrong_mail_address_does_not_start(tmp_path):
    environment = os.environ | {
        "ONNURI_DATA": str(tmp_path / "data"),
        "ONNURI_SMTP": "mail.example.kr",
        "PYTHONPATH": str(ROOT / "src"),
    }
    command = [sys.executable, "-m", "onnuri", "serve", "--no-sample", "--port", str(free_port())]

    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "onnuri: ONNURI_SMTP: is not an address of a mail server; "
        "write smtp://user:password@host:port, smtps://..., or smtp://...?starttls=1\n"
    )
