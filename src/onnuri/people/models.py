"""Accounts, what they did, and the outbox."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class Accounts(BaseUserManager["Account"]):
    """Finds accounts by their address, however it is written."""

    def get_by_natural_key(self, username: str | None) -> Account:
        """The account of an address."""
        return self.get(email__iexact=username)


class Account(AbstractBaseUser):
    """Somebody who signs in: an organiser, a moderator, a commenter. A participant needs none."""

    email = models.EmailField(unique=True)
    alias = models.CharField(max_length=40, default="", blank=True)
    """The name others see beside a comment; empty = one is made of the number."""
    language = models.CharField(max_length=10, default="", blank=True)
    is_active = models.BooleanField(default=True)
    """False = suspended: signs in no more."""
    is_organiser = models.BooleanField(default=False)
    """May set up conferences on this installation; what one may do in a conference is a role of it."""
    confirmed_by = models.CharField(max_length=8, default="", blank=True)
    """How it is known who this is: "email", "oidc", "desk" (seen at the door); empty = not at all."""
    joined_at = models.DateTimeField(null=True)
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects: ClassVar[Accounts] = Accounts()

    def __str__(self) -> str:
        return self.email


class AuditEntry(models.Model):
    """Who did what with the rights of an organiser or a moderator; kept for them, shown to nobody else."""

    at = models.DateTimeField()
    account = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    who = models.CharField(max_length=80, default="")
    """The alias then, or the name told to a host's link."""
    act = models.CharField(max_length=40)
    topic = models.CharField(max_length=80)
    """What it belongs to: "e/hanbit", "c/QRSTUV", "accounts"."""
    about = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("topic", "-id"), name="audit_of_topic"),)

    def __str__(self) -> str:
        return f"{self.act} {self.topic}"


class Mail(models.Model):
    """The outbox: a letter to one person, queued in the transaction that caused it, sent later by the postman.

    `kind` names the letter, `about` what it needs to be written; it is written in `language` when it is sent, so a
    letter says what is true then. `topic` is what it belongs to, for retention: "e/hanbit".
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        RETRY = "retry"
        SENT = "sent"
        FAILED = "failed"
        DROPPED = "dropped"

    topic = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    about = models.JSONField(default=dict)
    to = models.EmailField()
    language = models.CharField(max_length=10, default="ko")
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    problem = models.TextField(default="")

    class Meta:
        indexes = (
            models.Index(fields=("due_at",), name="mail_due", condition=models.Q(state__in=("queued", "retry"))),
            models.Index(fields=("topic", "state"), name="mail_of_topic"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
