"""An attacker with everything that lies on the disk tries to join tickets to voices, and stays at chance."""

import hashlib
import random
import sqlite3
from contextlib import closing

import pytest
from tests.live import attacker
from tests.live.test_minting import Person, codes
from tests.serving import Server

from onnuri import blind
from onnuri.live.token import Signer

PEOPLE = 30


class World:
    """A sitting that is over: who came with which code is known to the test, and to nobody else."""

    def __init__(self, folder):
        self.server = Server(folder)
        with self.server:
            self.room = self.server.conversation(
                seeds=["물가를 걷게 하자.", "나무를 더 심자."], begin=True, policy="code"
            )
            given = codes(self.server, self.room, PEOPLE)
            # They come in an order that is neither that of the codes nor of anything else.
            self.codes = random.Random(20261123).sample(given, len(given))
            self.truth = {code: self._take_part(code) for code in self.codes}
            self.server.act(self.room, "close_round")
            self.server.until(self.room, "where", within=60)
            self.backup = folder / "backup.zip"
            self.server.run_cli("backup", str(self.backup))
            self.before = self._files()
            self.server.stop()
        self.after = self._files()
        self.digests = self._digests()

    def _take_part(self, code):
        person = Person(self.server, self.room, code)
        token = person.token()
        person.join(token)
        votes = [{"id": f"{code.lower()}-1111-4111-8111-111111111111"[-36:], "statement": 1, "value": 1}]
        person.phone.post(f"/api/v1/conversations/{self.room.code}/votes", {"votes": votes})
        return blind.voice_of(self.room.code, token.prefix)

    def _files(self):
        """Every byte of the data folder, the server's log and the backup."""
        found = {p.name: p.read_bytes() for p in sorted(self.server.folder.rglob("*")) if p.is_file()}
        return found | {"log": self.server.log.encode(), "backup": self.backup.read_bytes()}

    def _digests(self):
        """What lies on the disk of each code: its digest, and that of what it was used for."""
        with closing(sqlite3.connect(f"file:{self.server.database}?mode=ro", uri=True)) as connection:
            rows = connection.execute("SELECT digest, blinded FROM conversation_seatcode").fetchall()
        own = {hashlib.sha256(code.encode()).hexdigest(): code for code in self.codes}
        return {own[digest]: [digest.encode(), blinded.encode()] for digest, blinded in rows if digest in own}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return World(tmp_path_factory.mktemp("linkage"))


def test_the_order_of_bytes_in_every_file_says_nothing(world):
    voices = {voice: attacker.as_stored(voice) for voice in world.truth.values()}
    looks, best = 0, 0
    for data in [*world.before.values(), *world.after.values()]:
        tickets, others = attacker.orders_in_bytes(data, world.digests), attacker.orders_in_bytes(data, voices)
        looks += 2 * len(tickets) * len(others)
        best = max(best, attacker.best_guess(world.truth, tickets, others))

    assert best <= attacker.by_chance(world.truth, looks)


def test_the_order_of_rows_in_every_table_says_nothing(world):
    known = set(world.truth.values())
    by_digest = {found[0].decode(): code for code, found in world.digests.items()}
    tickets, voices = [], []
    for _name, rows in attacker.tables(world.server.database):
        for column in rows[0] if rows else ():
            in_order = sorted(rows, key=lambda row: str(row[column]))
            for some in (rows, in_order):
                tickets.append([by_digest[v] for r in some for v in r.values() if v in by_digest])
                voices.append([v for r in some for v in r.values() if isinstance(v, int) and v in known])
    tickets = [one for one in tickets if one]
    voices = [list(dict.fromkeys(one)) for one in voices if one]

    assert tickets
    assert voices
    looks = 2 * len(tickets) * len(voices)
    assert attacker.best_guess(world.truth, tickets, voices) <= attacker.by_chance(world.truth, looks, times=30)


def test_no_code_and_no_voice_stands_in_the_log_or_in_clear_on_the_disk(world):
    for name, data in world.after.items():
        if name.endswith((".sqlite3", "backup")):
            continue
        assert not [code for code in world.codes if code.encode() in data], name
        assert not [voice for voice in world.truth.values() if str(voice).encode() in data], name
    assert not [code for code in world.codes if code.encode() in world.after["onnuri.sqlite3"]]


def test_the_keys_give_no_voice_for_a_code(world):
    """Whoever has the keys and guesses every code right still finds none of the voices."""
    signer = Signer((world.server.folder / "voices.key").read_bytes())
    voices = set(world.truth.values())

    derived = {signer.card(room, code) for room in range(1, 5) for code in world.codes}
    derived |= {signer.joined(room, join, code) for room in range(1, 5) for code in world.codes for join in ("", code)}

    assert not derived & voices


def test_the_private_keys_say_nothing_of_what_was_signed(world):
    """The hidden messages that lie as digests are not those one gets by signing or opening a voice's number."""
    blinded = {found[1].decode() for found in world.digests.values()}
    assert len(blinded) == PEOPLE
    for voice in world.truth.values():
        for raw in attacker.as_stored(voice):
            assert hashlib.sha256(raw).hexdigest() not in blinded


def test_an_order_that_was_kept_would_be_found(world):
    """The same attacker against tables that keep their order: he finds everybody."""
    with closing(sqlite3.connect(":memory:")) as leaky:
        leaky.execute("CREATE TABLE voice (number INTEGER PRIMARY KEY AUTOINCREMENT, id BIGINT)")
        leaky.execute("CREATE TABLE used (number INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT)")
        for code, voice in world.truth.items():
            leaky.execute("INSERT INTO used (code) VALUES (?)", (code,))
            leaky.execute("INSERT INTO voice (id) VALUES (?)", (voice,))
        tickets = [[row[0] for row in leaky.execute("SELECT code FROM used")]]
        voices = [[row[0] for row in leaky.execute("SELECT id FROM voice")]]
        written = leaky.serialize()
    in_bytes = attacker.orders_in_bytes(written, {c: [c.encode()] for c in world.codes})
    own_bytes = attacker.orders_in_bytes(written, {v: attacker.as_stored(v) for v in world.truth.values()})

    assert attacker.best_guess(world.truth, tickets, voices) == PEOPLE
    assert attacker.best_guess(world.truth, in_bytes, own_bytes) >= PEOPLE * 0.9
