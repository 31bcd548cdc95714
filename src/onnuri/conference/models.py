"""Tables of the conference."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property

from onnuri.people.models import Account
from onnuri.vocabulary import in_language


class Series(models.Model):
    """Conferences that follow one another: the ninth after the eighth."""

    slug = models.SlugField(unique=True)
    title = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return in_language(self.title, "ko") or self.slug


class Conference(models.Model):
    """The whole occasion, in the hall and online. Texts are one per language: {"ko": ..., "en": ...}."""

    slug = models.SlugField(unique=True)
    series = models.ForeignKey(Series, models.SET_NULL, null=True, related_name="conferences")
    number = models.PositiveIntegerField(null=True)
    title = models.JSONField(default=dict)
    theme = models.JSONField(default=dict)
    organiser = models.JSONField(default=dict)
    venue = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    consent_email = models.JSONField(default=dict)
    """Where people register: what they agree to in the organiser's own words; empty = the installation's."""
    consent_sensitive = models.JSONField(default=dict)
    consent_guardian = models.JSONField(default=dict)
    stream_url = models.TextField(default="")
    doors_at = models.DateTimeField(null=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)
    """Raised by each announced change; the SEQUENCE of its calendar entries."""
    host_key_digest = models.CharField(max_length=64)
    door_key_digest = models.CharField(max_length=64, default="")
    simulated = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    # ---- the rules of its places
    capacity = models.PositiveIntegerField()
    opens_at = models.DateTimeField(null=True)
    hold_minutes = models.PositiveIntegerField(default=10)
    mail_minutes = models.PositiveIntegerField(default=30)
    offer_hours = models.PositiveIntegerField(default=24)
    party_limit = models.PositiveSmallIntegerField(default=4)
    release_minutes = models.PositiveIntegerField(default=10)
    draw_minutes = models.PositiveIntegerField(default=0)
    """0 = by order; else everybody who came in the first so many minutes is drawn."""
    draw_seed = models.CharField(max_length=64, default="")
    retention_days = models.PositiveIntegerField(default=14)

    # ---- its book: written by whoever holds this row's lock, and nobody else
    taken = models.PositiveIntegerField(default=0)
    beyond = models.PositiveIntegerField(default=0)
    """Seats that organisers added beyond the capacity, each with a reason."""
    ceiling = models.PositiveIntegerField(default=0)
    next_seq = models.PositiveIntegerField(default=1)
    next_entry = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField(null=True)
    log_digest = models.CharField(max_length=64, default="")
    drawn_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            # A fault of ours must fail here instead of overselling.
            models.CheckConstraint(condition=Q(taken__lte=F("ceiling")), name="never_over_capacity"),
        )

    def __str__(self) -> str:
        return in_language(self.title, "ko") or self.slug


class Session(models.Model):
    """One item of the programme."""

    conference = models.ForeignKey(Conference, models.CASCADE, related_name="sessions")
    order = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    kind = models.CharField(max_length=20)
    title = models.JSONField(default=dict)
    speaker = models.JSONField(null=True)
    summary = models.JSONField(default=dict)
    room = models.JSONField(default=dict)
    slides_url = models.TextField(default="")
    recording_url = models.TextField(default="")
    revision = models.PositiveIntegerField(default=0)
    cancelled = models.BooleanField(default=False)

    class Meta:
        ordering = ("order",)

    def __str__(self) -> str:
        return in_language(self.title, "ko")


class Picture(models.Model):
    """The one picture of a session, made small and without what the camera noted; in the database, so in every backup.

    `data` is WebP, `description` what it shows for who does not see it.
    """

    # A session with a picture is cancelled, not removed: undoing a removal could not bring the picture back.
    session = models.OneToOneField(Session, models.PROTECT, primary_key=True, related_name="picture")
    data = models.BinaryField()
    digest = models.CharField(max_length=16)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    description = models.JSONField(default=dict)


class Announcement(models.Model):
    """A change of the programme, as it was announced."""

    conference = models.ForeignKey(Conference, models.CASCADE, related_name="announcements")
    at = models.DateTimeField()
    text = models.JSONField(default=dict)

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return in_language(self.text, "ko")


class Invitation(models.Model):
    """A code that vouches for whoever brings it; it never jumps the line."""

    conference = models.ForeignKey(Conference, models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64)
    note = models.TextField(default="")
    uses_left = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("conference", "digest"), name="one_invitation_a_code"),)

    def __str__(self) -> str:
        return self.note


class Registration(models.Model):
    """One claim, by one person, for a party of `seats`. `seq` is gapless per conference."""

    class Place(models.TextChoices):
        SEAT = "seat"
        OFFERED = "offered"
        WAITING = "waiting"
        ONLINE = "online"
        DRAWING = "drawing"
        RELEASED = "released"
        LAPSED = "lapsed"
        GIVEN_UP = "given_up"

    class Wish(models.TextChoices):
        HALL = "hall"
        HALL_OR_ONLINE = "hall_or_online"
        ONLINE = "online"

    conference = models.ForeignKey(Conference, models.CASCADE, related_name="registrations")
    seq = models.PositiveIntegerField()
    claim = models.CharField(max_length=32, unique=True)
    idempotency_key = models.CharField(max_length=64)
    content_digest = models.CharField(max_length=64)
    device = models.CharField(max_length=64, default="")
    source = models.CharField(max_length=10, default="page")
    name = models.TextField(default="")  # 80 characters as people count them may be more code points
    email = models.EmailField(default="")
    language = models.CharField(max_length=10, default="ko")
    needs = models.TextField(default="")
    consents = models.JSONField(default=dict)
    wish = models.CharField(max_length=16, choices=Wish.choices)
    seats = models.PositiveSmallIntegerField(default=1)
    place = models.CharField(max_length=10, choices=Place.choices)
    rank = models.BigIntegerField(default=0)
    """The line's order: the number of the entry that gave the place in it; before 0 = moved to the head."""
    beyond = models.BooleanField(default=False)
    hold_until = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField()
    entry = models.PositiveIntegerField(default=0)
    """The number of its claim in the log; 0 = older than the log."""
    confirm_token = models.CharField(max_length=32, unique=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=10, default="")
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("seq",)
        constraints = (
            models.UniqueConstraint(fields=("conference", "seq"), name="one_seq"),
            models.UniqueConstraint(fields=("conference", "idempotency_key"), name="one_claim_a_key"),
            models.CheckConstraint(condition=Q(seats__gte=1), name="a_claim_has_a_seat"),
        )
        indexes = (
            models.Index(fields=("conference", "place", "rank"), name="the_line"),
            models.Index(fields=("conference", "email"), name="by_address"),
            models.Index(fields=("conference", "device"), name="by_device", condition=~Q(device="")),
            models.Index(fields=("conference", "hold_until"), name="by_hold", condition=Q(hold_until__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.conference_id}/{self.seq} {self.place}"

    @cached_property
    def first(self) -> Ticket:
        """The ticket of whoever claimed; companions have the following ones."""
        return next(iter(self.tickets.all()))

    @property
    def seat_number(self) -> int | None:
        """Where the claimer sits."""
        return self.first.seat_number


class Ticket(models.Model):
    """One person of a party. `code` is null until the address is confirmed or vouched for.

    `minted` says only that a voice was taken, never which and never when.
    """

    conference = models.ForeignKey(Conference, models.CASCADE, related_name="tickets")
    registration = models.ForeignKey(Registration, models.CASCADE, related_name="tickets")
    part = models.PositiveSmallIntegerField(default=1)
    name = models.TextField(default="")
    seat_number = models.PositiveIntegerField(null=True)
    code = models.CharField(max_length=16, unique=True, null=True)  # noqa: DJ001 - null = not issued, and unique
    minted = models.BooleanField(default=False)
    blinded = models.CharField(max_length=64, default="")
    """Digest of the blinded message its voice was signed for: it says nothing about the voice, see decision 0023."""
    replaced = models.PositiveSmallIntegerField(default=0)
    """How many lost voices the desk replaced."""

    class Meta:
        ordering = ("registration", "part")
        constraints = (
            models.UniqueConstraint(fields=("conference", "seat_number"), name="one_person_a_seat"),
            models.UniqueConstraint(fields=("registration", "part"), name="one_ticket_a_part"),
        )

    def __str__(self) -> str:
        return self.code or "-"


class Entry(models.Model):
    """One line of the book's log. Number, time, act, seq and details are published; reason and who are not."""

    conference = models.ForeignKey(Conference, models.CASCADE, related_name="entries")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    act = models.CharField(max_length=12)
    seq = models.PositiveIntegerField(null=True)
    details = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    reason = models.TextField(default="")
    who = models.TextField(default="")

    class Meta:
        ordering = ("number",)
        verbose_name_plural = "entries"
        constraints = (models.UniqueConstraint(fields=("conference", "number"), name="one_entry_a_number"),)

    def __str__(self) -> str:
        return f"{self.number} {self.act}"


class Scan(models.Model):
    """One act at the door, as the device stored it; never changed, merged as a set."""

    conference = models.ForeignKey(Conference, models.CASCADE, related_name="scans")
    device = models.CharField(max_length=40)
    counter = models.PositiveIntegerField()
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="scans")
    act = models.CharField(max_length=6)
    """"in" or "undo"."""
    at = models.DateTimeField()
    """By the device's clock, never later than `received_at`."""
    received_at = models.DateTimeField()

    class Meta:
        ordering = ("at", "device", "counter")
        constraints = (models.UniqueConstraint(fields=("conference", "device", "counter"), name="one_scan_a_counter"),)

    def __str__(self) -> str:
        return f"{self.device}/{self.counter} {self.act}"


class Proof(models.Model):
    """An attendance proof that was given out; its code can be checked by anybody who holds the paper."""

    conference = models.ForeignKey(Conference, models.CASCADE, related_name="proofs")
    ticket = models.OneToOneField(Ticket, models.SET_NULL, null=True, related_name="proof")
    code = models.CharField(max_length=20, unique=True)
    name = models.TextField(default="")
    issued_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.code


class Erasure(models.Model):
    """What was erased by rule, when, and of how many people: the audit page."""

    conference = models.ForeignKey(Conference, models.CASCADE, related_name="erasures")
    at = models.DateTimeField()
    what = models.CharField(max_length=30)
    people = models.PositiveIntegerField()

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.what} {self.people}"


class Role(models.Model):
    """What an account may do in one conference."""

    class Kind(models.TextChoices):
        ORGANISER = "organiser"
        HOST = "host"
        MODERATOR = "moderator"
        DOOR = "door"

    conference = models.ForeignKey(Conference, models.CASCADE, related_name="roles")
    account = models.ForeignKey(Account, models.CASCADE, related_name="roles")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    given_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("conference", "account", "kind"), name="one_role_once"),)

    def __str__(self) -> str:
        return f"{self.kind} of {self.conference_id}"
