"""Accounts."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import models


class Account(AbstractBaseUser):
    """Somebody who signs in by e-mail. A participant needs none."""

    email = models.EmailField(unique=True)
    USERNAME_FIELD = "email"

    def __str__(self) -> str:
        return self.email


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
