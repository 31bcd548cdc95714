"""The promise, told a second time as plainly as possible: a list of parties, no database, nothing shared with the book.

Every method is what one person or the clock may do; what it must not do it refuses by the key a person reads.
Each act notes the line of the log it expects and the letter it expects, so that both can be compared one by one.
"""

from dataclasses import dataclass
from datetime import timedelta

HOLDS = ("seat", "offered")
COMING = ("seat", "offered", "waiting", "online", "drawing", "released")
HOLD, MAIL = timedelta(minutes=10), timedelta(minutes=30)
MOST_OF_A_DEVICE = 8
MOST_OF_A_PARTY = 4


class Refused(Exception):  # noqa: N818 - an answer
    def __init__(self, key):
        super().__init__(key)
        self.key = key


@dataclass
class Party:
    key: str
    seq: int
    wish: str
    seats: int
    place: str
    turn: tuple
    hold: object
    email: str = ""
    device: str = ""
    content: tuple = ()
    confirmed: bool = False
    beyond: bool = False
    minted: bool = False

    def told(self):
        """What must also stand in the table."""
        return (self.seq, self.wish, self.seats, self.place, self.hold, self.email, self.confirmed, self.beyond)


class PlainHall:
    """One conference. `drawn_order` tells how a draw fell, which nobody can know beforehand."""

    def __init__(self, *, capacity, starts_at, offer_hours, opens_at, draw_minutes, drawn_order):
        self.capacity, self.starts_at, self.opens_at = capacity, starts_at, opens_at
        self.offer_hours, self.draw_minutes, self.drawn_order = offer_hours, draw_minutes, drawn_order
        self.beyond = 0
        self.next_seq = 1
        self.parties, self.log, self.letters = [], [], []
        self.invitations = {}
        self.turns = 0
        self.at = self.last = None
        self.drawn = self.closed = self.released = False

    # ---- what can be asked

    @property
    def taken(self):
        return sum(p.seats for p in self.parties if p.place in HOLDS)

    @property
    def free(self):
        return max(0, self.capacity + self.beyond - self.taken)

    def line(self):
        """Who waits, in order; who has taken a voice online keeps it and waits no more."""
        return sorted((p for p in self.parties if p.place == "waiting" and not p.minted), key=lambda p: p.turn)

    def party(self, key):
        return next(p for p in self.parties if p.key == key)

    def serves(self):
        return self.starts_at is None or self.at < self.starts_at

    def draw_is_due(self, at):
        return bool(self.draw_minutes) and not self.drawn and at >= self.opens_at + timedelta(minutes=self.draw_minutes)

    # ---- one transaction

    def begin(self, at):
        self.at = at if self.last is None else max(at, self.last)
        if not self.log:
            self.note("open", None)
        for own in sorted((p for p in self.parties if p.hold and p.hold <= self.at), key=lambda p: (p.hold, p.seq)):
            self.lapse(own)
        if self.draw_is_due(self.at):
            self.draw()
        self.offer()
        # What a group of claims knows of those before it; who asks together has no order among themselves.
        self.known_emails = {p.email for p in self.parties if p.email and p.place in COMING}

    def end(self):
        self.offer()

    def note(self, act, own, seq=None):
        self.log.append((act, own.seq if own is not None else seq))
        self.last = self.at

    def letter(self, kind, own):
        if own.email:
            self.letters.append((kind, own.key))

    def next_turn(self, order=2):
        self.turns += 1
        return (order, self.turns)

    def leave(self, own, place):
        if own.beyond and own.place in HOLDS:
            self.beyond -= own.seats
            own.beyond = False
        own.place, own.hold = place, None

    def lapse(self, own):
        self.leave(own, "online" if own.confirmed and own.wish == "hall_or_online" else "lapsed")
        self.note("lapse", own)
        self.letter("lapsed", own)

    def draw(self):
        drawing = [p for p in self.parties if p.place == "drawing"]
        turns = sorted(p.turn for p in drawing)
        self.note("draw", None)
        self.drawn = True
        by_seq = {p.seq: p for p in drawing}
        for turn, seq in zip(turns, self.drawn_order(set(by_seq)), strict=True):
            own = by_seq[seq]
            own.place, own.turn = "waiting", turn
            self.letter("drawn", own)

    def offer(self):
        if not self.serves():
            return
        for own in self.line():
            if own.seats > self.free:
                return
            own.place = "offered"
            longest = timedelta(hours=self.offer_hours)
            if self.starts_at is not None:
                longest = min(longest, (self.starts_at - self.at) / 4)
            if self.released and self.starts_at is not None:
                own.hold = self.starts_at
            else:
                own.hold = self.at + (longest if own.confirmed else min(longest, MAIL))
            self.note("offer", own)
            self.letter("offer", own)

    # ---- claiming

    def place_for(self, wish, seats):
        if wish == "online":
            return "online"
        if self.draw_minutes and not self.drawn:
            return "drawing"
        return "waiting" if self.line() or seats > self.free else "seat"

    def claim(  # noqa: C901 - each refusal in the order a person meets it
        self, key, wish, seats, *, email="", device="", code="", source="page"
    ):
        if not 1 <= seats <= MOST_OF_A_PARTY:
            raise Refused("party")
        content = (wish, seats, email if source == "api" else "")
        for own in self.parties:
            if own.key == key:
                if own.content != content:
                    raise Refused("key_used")
                return own
        if self.closed:
            raise Refused("registration_closed")
        if self.at < self.opens_at:
            raise Refused("not_open")
        same = [p for p in self.parties if device and p.device == device and p.place in COMING]
        if unfinished := [p for p in same if not p.email]:
            return unfinished[0]
        if len(same) >= MOST_OF_A_DEVICE:
            raise Refused("device_limit")
        if email and (email in self.known_emails or self.lives_elsewhere(email, None)):
            raise Refused("already_registered")
        if code and self.invitations[code] == 0:
            raise Refused("invitation_used")
        place = self.place_for(wish, seats)
        hold = (MAIL if email else HOLD) if place == "seat" else timedelta(hours=self.offer_hours)
        own = Party(key, self.next_seq, wish, seats, place, self.next_turn(), self.at + hold)
        own.email, own.device, own.content = email, device, content
        self.parties.append(own)
        self.next_seq += 1
        self.note("claim", own)
        if not code:
            self.letter("confirm", own)
        if code:
            self.invitations[code] -= 1
            self.vouch(own)
        return own

    def lives_elsewhere(self, email, own):
        return any(p.email == email and p is not own and p.place in COMING for p in self.parties)

    def fill_in(self, own, email):
        if own.place == "given_up":
            raise Refused("given_up")
        if own.confirmed and own.email and own.email != email:
            raise Refused("address_confirmed")
        if self.lives_elsewhere(email, own):
            raise Refused("already_registered")
        if own.email == email:
            return
        own.email = email
        if own.hold and not own.confirmed:
            own.hold = max(own.hold, self.at + MAIL)
        self.letter("ticket" if own.confirmed else "confirm", own)

    def vouch(self, own):
        if own.place == "given_up":
            raise Refused("given_up")
        if own.confirmed:
            return
        late = own.place == "lapsed"
        if late and self.closed:
            raise Refused("registration_closed")
        if late and own.email and self.lives_elsewhere(own.email, own):
            raise Refused("already_registered")
        own.confirmed, own.hold = True, None
        if own.place == "offered":
            own.place = "seat"
        self.note("confirm", own)
        if late:
            own.place = self.place_for(own.wish, own.seats)
            own.seq, own.turn = self.next_seq, self.next_turn()
            self.next_seq += 1
            self.note("claim", own)
        self.letter("ticket", own)

    # ---- afterwards

    def may_move(self, own):
        if own.place not in COMING:
            raise Refused("given_up" if own.place == "given_up" else "hold_over")
        if own.minted:
            raise Refused("voice_taken")

    def give_up(self, own):
        if own.place == "given_up":
            raise Refused("given_up")
        if own.minted:
            raise Refused("voice_taken")
        self.leave(own, "given_up")
        self.note("cancel", own)
        self.letter("cancelled", own)

    def accept(self, own):
        if own.place == "seat":
            return
        if own.place != "offered":
            raise Refused("no_offer")
        if not own.confirmed:
            raise Refused("confirm_first")
        if own.minted:
            raise Refused("voice_taken")
        own.place, own.hold = "seat", None
        self.note("accept", own)
        self.letter("ticket", own)

    def to_online(self, own):
        self.may_move(own)
        if own.place == "online":
            return
        hold = None if own.confirmed else own.hold
        self.leave(own, "online")
        own.wish, own.hold = "online", hold
        self.note("to_online", own)
        if own.confirmed:
            self.letter("ticket", own)

    def to_hall(self, own):
        self.may_move(own)
        if own.place != "online":
            return
        own.wish = "hall_or_online"
        own.place, own.turn = self.place_for(own.wish, own.seats), self.next_turn()
        self.note("to_hall", own)
        if own.confirmed:
            self.letter("ticket", own)

    # ---- organisers

    def set_capacity(self, seats, reason):
        if not reason:
            raise Refused("reason_and_name")
        self.capacity = seats
        self.note("capacity", None)

    def add_seat(self, own, reason):
        if own.place not in COMING or own.place in HOLDS:
            raise Refused("not_now")
        if not reason:
            raise Refused("reason_and_name")
        self.beyond += own.seats
        own.place, own.beyond = "seat", True
        own.hold = None if own.confirmed else own.hold
        self.note("add", own)
        self.letter("seated", own)

    def move(self, own, to, reason):
        if own.place != "waiting":
            raise Refused("not_waiting")
        if not reason:
            raise Refused("reason_and_name")
        turn = self.next_turn()
        own.turn = (1, -turn[1]) if to == "head" else turn
        self.note("move", own)

    def release(self, present):
        self.released = True
        for own in sorted(self.parties, key=lambda p: p.seq):
            if own.place in HOLDS and own.key not in present:
                self.leave(own, "released")
                self.note("release", own)
                self.letter("released", own)

    def late(self, own):
        if own.place != "released":
            raise Refused("not_now")
        own.turn = self.next_turn(0)
        own.place = "seat" if own.seats <= self.free else "waiting"
        self.note("late", own)

    def seat_at_door(self, own):
        if own.place == "offered":
            self.accept(own)
            return
        if own.place != "waiting" or own.seats > self.free:
            raise Refused("not_now")
        own.place, own.hold = "seat", None
        self.note("offer", own)
        self.note("accept", own)

    def close_registration(self):
        if not self.closed:
            self.closed = True
            self.note("close", None)
