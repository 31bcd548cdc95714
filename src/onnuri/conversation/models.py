"""Tables of the conversation. Nothing joins a ticket or a name to a voice, and nothing keeps an order of answers."""

from __future__ import annotations

from django.db import models

from onnuri.conference.models import Conference
from onnuri.vocabulary import in_language


class Clock(models.Model):
    """One row: its version grows with every change that pages or the hot path must see."""

    version = models.PositiveBigIntegerField(default=0)


class Conversation(models.Model):
    """One question put to hall and online."""

    code = models.CharField(max_length=6, unique=True)
    conference = models.ForeignKey(Conference, models.CASCADE, null=True, related_name="conversations")
    question = models.JSONField(default=dict)
    segment = models.CharField(max_length=16, default="lobby")
    rules = models.JSONField(default=dict)
    rules_digest = models.CharField(max_length=64, default="")
    rules_signature = models.JSONField(null=True)
    opened_at = models.DateTimeField(null=True)
    host_key_digest = models.CharField(max_length=64)
    next_statement = models.PositiveIntegerField(default=1)
    codes_issued = models.PositiveIntegerField(default=0)
    commits = models.PositiveBigIntegerField(default=0)
    attribution = models.TextField(default="")
    simulated = models.BooleanField(default=False)
    version = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.code} {in_language(self.question, 'ko')[:40]}"


class SeatCode(models.Model):
    """A one-time code that becomes a voice. It knows only that it was used.

    A `card` comes back: it is used any number of times and is always the same voice.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="seat_codes")
    digest = models.CharField(max_length=64, unique=True)
    channel = models.CharField(max_length=8)
    origin = models.CharField(max_length=10, default="person")
    used = models.BooleanField(default=False)
    card = models.BooleanField(default=False)


class Voice(models.Model):
    """The untraceable token that votes. Its id is random and is its row number in the record; it has no time.

    `origin`: person, imported (a former conversation voted again) or simulated.
    """

    id = models.BigIntegerField(primary_key=True)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="voices")
    channel = models.CharField(max_length=8)
    origin = models.CharField(max_length=10, default="person")


class Round(models.Model):
    """A span of voting or balloting. It is closed by the server; then grace runs; then it is final."""

    class Kind(models.TextChoices):
        VOTE = "vote"
        SHORTLIST = "shortlist"
        RATIFICATION = "ratification"

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    final_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("conversation", "number"), name="one_round_a_number"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Statement(models.Model):
    """One idea others vote on; a line is a statement that cites two or more."""

    class Kind(models.TextChoices):
        SEED = "seed"
        PARTICIPANT = "participant"
        LINE = "line"

    class State(models.TextChoices):
        WAITING = "waiting"
        ACCEPTED = "accepted"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="statements")
    number = models.PositiveIntegerField()
    text = models.TextField()
    lang = models.CharField(max_length=8)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    author = models.ForeignKey(Voice, models.SET_NULL, null=True, related_name="statements")
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.CharField(max_length=12, default="")
    cites = models.JSONField(default=list)
    redraft_of = models.OneToOneField("self", models.SET_NULL, null=True, related_name="redraft")
    waiting_since = models.DateTimeField(null=True)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("conversation", "number"), name="one_statement_a_number"),)

    def __str__(self) -> str:
        return f"{self.number} {self.text[:40]}"


class Objection(models.Model):
    """What is missing in a line, in one sentence, by somebody who did not agree with it."""

    line = models.ForeignKey(Statement, models.CASCADE, related_name="objections")
    voice = models.ForeignKey(Voice, models.CASCADE, related_name="objections")
    text = models.TextField()
    lang = models.CharField(max_length=8)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("line", "voice"), name="one_objection_a_voice"),)


class Vote(models.Model):
    """One answer. Keyed by what it is about and stored without a row id, so no order is kept at rest."""

    # By round first: a close reads one range, and a deck a few short ones; no other index is written per vote.
    pk = models.CompositePrimaryKey("round_id", "voice_id", "statement_id")
    voice = models.ForeignKey(Voice, models.CASCADE, related_name="votes", db_index=False)
    statement = models.ForeignKey(Statement, models.CASCADE, related_name="votes", db_index=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="votes", db_index=False)
    value = models.SmallIntegerField()
    late = models.BooleanField(default=False)


class BallotVote(models.Model):
    """O, pass or X on one candidate; line 0 is the slate as a whole. Kept like a vote."""

    pk = models.CompositePrimaryKey("round_id", "voice_id", "line")
    voice = models.ForeignKey(Voice, models.CASCADE, related_name="ballot_votes", db_index=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="ballot_votes", db_index=False)
    line = models.PositiveIntegerField()
    value = models.SmallIntegerField()


class Decision(models.Model):
    """A moderator's decision on a statement, for the public log."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="decisions")
    act = models.CharField(max_length=12)
    reason = models.CharField(max_length=12, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
