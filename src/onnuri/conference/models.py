"""Tables of the conference."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from onnuri.vocabulary import in_language


class Conference(models.Model):
    """The whole occasion, in the hall and online. Texts are one per language: {"ko": ..., "en": ...}."""

    slug = models.SlugField(unique=True)
    title = models.JSONField(default=dict)
    theme = models.JSONField(default=dict)
    organiser = models.JSONField(default=dict)
    venue = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    capacity = models.PositiveIntegerField()
    opens_at = models.DateTimeField(null=True)
    starts_at = models.DateTimeField(null=True)
    host_key_digest = models.CharField(max_length=64)
    next_seq = models.PositiveIntegerField(default=1)
    simulated = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return in_language(self.title, "ko") or self.slug


class Session(models.Model):
    """One item of the programme."""

    conference = models.ForeignKey(Conference, models.CASCADE, related_name="sessions")
    order = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField(null=True)
    kind = models.CharField(max_length=20)
    title = models.JSONField(default=dict)
    speaker = models.JSONField(null=True)

    class Meta:
        ordering = ("order",)

    def __str__(self) -> str:
        return in_language(self.title, "ko")


class Registration(models.Model):
    """One person's claim. `seq` is gapless per conference; the database itself refuses a seat given twice."""

    class Place(models.TextChoices):
        SEAT = "seat"
        WAITING = "waiting"
        ONLINE = "online"
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
    name = models.TextField()  # 80 characters as people count them may be more code points
    email = models.EmailField()
    wish = models.CharField(max_length=16, choices=Wish.choices)
    place = models.CharField(max_length=10, choices=Place.choices)
    seat_number = models.PositiveIntegerField(null=True)
    claimed_at = models.DateTimeField()
    confirm_token = models.CharField(max_length=32, unique=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=10, default="")

    class Meta:
        ordering = ("seq",)
        constraints = (
            models.UniqueConstraint(fields=("conference", "seq"), name="one_seq"),
            models.UniqueConstraint(fields=("conference", "seat_number"), name="one_person_a_seat"),
            models.UniqueConstraint(fields=("conference", "idempotency_key"), name="one_claim_a_key"),
            models.CheckConstraint(
                condition=Q(place="seat", seat_number__isnull=False) | (~Q(place="seat") & Q(seat_number__isnull=True)),
                name="a_seat_has_a_number",
            ),
        )

    def __str__(self) -> str:
        return f"{self.conference_id}/{self.seq} {self.place}"


class Ticket(models.Model):
    """What a confirmed person shows. `minted` says only that a voice was taken, never which and never when."""

    registration = models.OneToOneField(Registration, models.CASCADE, related_name="ticket")
    code = models.CharField(max_length=16, unique=True)
    minted = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.code
