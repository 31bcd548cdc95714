"""One ticket, one voice, and nobody can tell whose: minting, joining by a token, and rubbish of every kind."""

import asyncio
import hashlib
import html
import json
import os
import re
import signal
from pathlib import Path

import pytest
from tests.serving import Server

from onnuri import blind
from onnuri.errors import Unprocessable
from onnuri.live import minting


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("minting")) as running:
        yield running


@pytest.fixture(scope="module")
def room(server):
    return server.conversation(seeds=["물가를 걷게 하자.", "나무를 더 심자."], begin=True, policy="code")


def keys(server, room):
    """As the join page carries them."""
    page = server.client().get(f"/c/{room.code}").text
    return json.loads(html.unescape(re.search(r'data-voice-keys="([^"]*)"', page)[1]))


class Person:
    """A phone with a code; `blinded` stays the same however often it is sent."""

    def __init__(self, server, room, code):
        self.phone = server.client()
        self.room, self.code, self.keys = room, code, keys(server, room)
        self.blinded = {channel: blind.blind(room.code, n) for channel, n in self.keys.items()}

    def sent(self):
        return {channel: blind.text_of(one.sent) for channel, one in self.blinded.items()}

    def mint(self, **changes):
        body = {"seat_code": self.code, "blinded": self.sent(), **changes}
        return self.phone.post(f"/api/v1/conversations/{self.room.code}/mint", body)

    def token(self):
        told = self.mint().json
        one = self.blinded[told["channel"]]
        return blind.finalize(self.room.code, self.keys[told["channel"]], one, blind.bytes_of(told["signature"]))

    def digest(self):
        """How the code lies in the database."""
        return hashlib.sha256(self.code.encode()).hexdigest()

    def join(self, token):
        return self.phone.post(f"/api/v1/conversations/{self.room.code}/join", {"voice": token.written()})


def codes(server, room, count, channel="hall"):
    told = server.host(room).post(f"/api/v1/host/conversations/{room.code}/codes", {"channel": channel, "count": count})
    return told.json["codes"]


def test_jun_mints_joins_and_the_key_says_where_he_sits(server, room):
    jun = Person(server, room, codes(server, room, 1)[0])

    token = jun.token()
    answer = jun.join(token)

    assert (answer.status, answer.json["channel"]) == (200, "hall")
    own = int(jun.phone.cookies[f"voice_{room.code}"].partition(".")[0])
    assert own == blind.voice_of(room.code, token.prefix)


def test_a_token_that_comes_twice_is_one_voice(server, room):
    jun = Person(server, room, codes(server, room, 1, "online")[0])
    token = jun.token()

    first, second = jun.join(token), Person(server, room, "").join(token)

    assert (first.status, second.status) == (200, 200)
    assert first.json == second.json == {"ok": True, "channel": "online"}


def test_a_lost_answer_is_asked_for_again_and_another_token_is_refused(server, room):
    (code,) = codes(server, room, 1)
    jun, thief = Person(server, room, code), Person(server, room, code)

    first, again = jun.mint(), jun.mint()

    assert first.json == again.json
    assert (thief.mint().status, thief.mint().json["error"]["key"]) == (409, "code_used")


def test_a_code_that_the_server_used_is_used(server, room):
    (code,) = codes(server, room, 1)
    without_script = server.client()
    assert without_script.post(f"/api/v1/conversations/{room.code}/join", {"seat_code": code}).status == 200

    assert Person(server, room, code).mint().json["error"]["key"] == "code_used"


@pytest.mark.parametrize(
    "rubbish", ["", "AA", "////", "%%%", "A" * 342, blind.text_of(bytes(255) + b"\x01"), blind.text_of(b"\xff" * 256)]
)
def test_a_signature_over_rubbish_is_refused_and_the_code_still_holds(server, room, rubbish):
    jun = Person(server, room, codes(server, room, 1)[0])

    refused = jun.mint(blinded={"hall": rubbish, "online": rubbish})

    assert (refused.status, refused.json["error"]["key"]) == (422, "token_rubbish")
    assert jun.mint().status == 200


@pytest.mark.parametrize("blinded", [{}, {"hall": "AA"}, {"hall": "AA", "online": "AA", "open": "AA"}])
def test_a_token_is_hidden_under_the_key_of_every_channel_or_refused(server, room, blinded):
    jun = Person(server, room, codes(server, room, 1)[0])

    assert jun.mint(blinded=blinded).json["error"]["key"] == "token_rubbish"


def test_a_token_that_nobody_signed_joins_nowhere(server, room):
    own_key = blind.new_key()
    n = blind.modulus(own_key)
    hidden = blind.blind(room.code, n)
    forged = blind.finalize(room.code, n, hidden, blind.sign(own_key, hidden.sent))

    refused = Person(server, room, "").join(forged)

    assert (refused.status, refused.json["error"]["key"]) == (403, "token_unsigned")


@pytest.mark.parametrize("written", ["x", "a.b", "." * 9, "가.나", "A" * 43 + "." + "A" * 342 + "!"])
def test_a_token_that_is_none_says_so(server, room, written):
    phone = server.client()

    refused = phone.post(f"/api/v1/conversations/{room.code}/join", {"voice": written})

    assert refused.status in {403, 422}
    assert refused.json["error"]["key"] in {"token_rubbish", "token_unsigned"}


def test_a_token_of_another_conversation_is_none_here(server, room):
    other = server.conversation(seeds=["첫째"], begin=True, policy="code")
    token = Person(server, other, codes(server, other, 1)[0]).token()

    assert Person(server, room, "").join(token).json["error"]["key"] == "token_unsigned"


def test_there_are_never_more_voices_than_codes(server):
    room = server.conversation(seeds=["첫째"], begin=True, policy="code")
    given = codes(server, room, 3)
    tokens = [Person(server, room, code).token() for code in given]
    for token in [*tokens, *tokens]:
        assert Person(server, room, "").join(token).status == 200

    told = server.client().get(f"/c/{room.code}/state.json").json["turnout"]

    assert told["joined"] == len(given)


def children(server):
    """The processes the server has started."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has ended
        if parent == server.pid:
            found.add(int(process.name))
    return found


def test_the_signing_process_dies_and_the_next_ticket_is_signed(tmp_path):
    with Server(tmp_path) as server:
        room = server.conversation(seeds=["첫째"], begin=True, policy="code")
        one, other = codes(server, room, 2)
        before = children(server)
        assert Person(server, room, one).mint().status == 200
        for signer in children(server) - before:
            os.kill(signer, signal.SIGKILL)

        assert Person(server, room, other).mint().status == 200


def test_what_a_phone_sends_fits_every_token_equally():
    """The blinded message of one token could be that of any other: there is a factor for each."""
    key = blind.new_key()
    n = int.from_bytes(blind.bytes_of(blind.modulus(key)))
    one, other = blind.blind("QRSTUV", blind.modulus(key)), blind.blind("QRSTUV", blind.modulus(key))
    # The factor that would have hidden the other's message in what the first one sent.
    encoded = int.from_bytes(other.sent) * pow(other.inverse, blind.E, n) % n
    factor = pow(int.from_bytes(one.sent) * pow(encoded, -1, n) % n, 1, n)
    root = int.from_bytes(blind.sign(key, factor.to_bytes(blind.SIZE)))

    assert encoded * pow(root, blind.E, n) % n == int.from_bytes(one.sent)


def test_a_wrong_signature_is_noticed_on_the_phone():
    key = blind.new_key()
    n = blind.modulus(key)
    hidden = blind.blind("QRSTUV", n)

    with pytest.raises(Unprocessable):
        blind.finalize("QRSTUV", n, hidden, blind.sign(key, blind.blind("QRSTUV", n).sent))


def test_everybody_who_waited_for_a_signer_that_hangs_is_signed_by_the_next(monkeypatch):
    monkeypatch.setattr(minting, "WITHIN_S", 2.0)
    pem = blind.new_key()
    n = blind.modulus(pem)
    hidden = [blind.blind("QRSTUV", n) for _ in range(minting.IN_HAND + 4)]

    async def all_at_once():
        signer = minting.Minting(None, None, None, None)
        await signer._signed(pem, hidden[0].sent)
        for pid in signer._pool._processes:
            os.kill(pid, signal.SIGSTOP)
        try:
            return await asyncio.gather(*(signer._signed(pem, one.sent) for one in hidden))
        finally:
            signer.stop()

    signatures = asyncio.run(all_at_once())

    for one, signature in zip(hidden, signatures, strict=True):
        assert blind.is_signed("QRSTUV", blind.finalize("QRSTUV", n, one, signature), n)
