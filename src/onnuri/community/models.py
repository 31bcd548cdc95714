"""Tables of the community: comments by accounts, marks by voices, reports, blocks, requests of rights, appeals."""

from __future__ import annotations

from django.db import models

from onnuri.conference.models import Conference, Session
from onnuri.conversation.models import Conversation, Voice
from onnuri.people.models import Account


class Comment(models.Model):
    """What an account says under a talk or under a record. It never changes a conclusion."""

    class State(models.TextChoices):
        SHOWN = "shown"
        HIDDEN = "hidden"
        REMOVED = "removed"
        DELETED = "deleted"

    # A session people have talked about is cancelled, not removed: undoing a removal could not bring their words back.
    session = models.ForeignKey(Session, models.PROTECT, null=True, related_name="comments")
    conversation = models.ForeignKey(Conversation, models.CASCADE, null=True, related_name="comments")
    """Whose record it is under."""
    author = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="comments")
    text = models.TextField()
    lang = models.CharField(max_length=8)
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.SHOWN)
    reason = models.CharField(max_length=12, default="")
    hidden_until = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(session__isnull=True) ^ models.Q(conversation__isnull=True),
                name="comment_under_one_thing",
            ),
        )

    def __str__(self) -> str:
        return self.text[:40]


class Reaction(models.Model):
    """An account found a comment good, once."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="reactions")
    account = models.ForeignKey(Account, models.CASCADE, related_name="reactions")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("comment", "account"), name="one_reaction_a_person"),)


class Mark(models.Model):
    """A voice supports a comment: what "supported across groups" is counted from. Kept like a vote."""

    pk = models.CompositePrimaryKey("comment_id", "voice_id")
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="marks", db_index=False, db_constraint=False)
    voice = models.ForeignKey(Voice, models.CASCADE, related_name="marks", db_index=False, db_constraint=False)


class Report(models.Model):
    """Somebody says that a comment breaks the rules. It moves the comment up in the queue and hides nothing."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="reports")
    account = models.ForeignKey(Account, models.CASCADE, related_name="reports")
    reason = models.TextField()
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    """A moderator has decided on it."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=("comment", "account"), name="one_report_a_person"),)


class Block(models.Model):
    """An account does not want to see another's comments. The other is never told."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(Account, models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("account", "blocked"), name="one_block_a_pair"),)


class RightsRequest(models.Model):
    """Somebody says that a text infringes their rights (Network Act 44-2): hidden for at most 30 days, then decided.

    `kind` and `number` name the text: "statements" 12 of the conversation, "comments" by its key.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        HIDDEN = "hidden"
        RESTORED = "restored"
        EDITED = "edited"
        REMOVED = "removed"
        REFUSED = "refused"
        LAPSED = "lapsed"

    conference = models.ForeignKey(Conference, models.CASCADE, null=True, related_name="rights_requests")
    conversation = models.ForeignKey(Conversation, models.CASCADE, null=True, related_name="rights_requests")
    kind = models.CharField(max_length=12)
    number = models.PositiveBigIntegerField()
    key = models.CharField(max_length=32, unique=True)
    """In the address of the requester's own page."""
    name = models.TextField()
    email = models.EmailField()
    language = models.CharField(max_length=10, default="ko")
    right = models.CharField(max_length=16)
    """Which: "reputation", "privacy", "portrait", "copyright", "other"."""
    why = models.TextField()
    evidence = models.TextField(default="")
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    hidden_at = models.DateTimeField(null=True)
    hidden_until = models.DateTimeField(null=True)
    objection = models.TextField(default="")
    objected_at = models.DateTimeField(null=True)
    decision = models.TextField(default="")
    """What both sides were told."""
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, default="")
    seconded_by = models.CharField(max_length=80, default="")

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"R-{self.pk} {self.state}"


class Appeal(models.Model):
    """The author of a refused or removed text asks that somebody else looks at it again; once."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, null=True, related_name="appeals")
    kind = models.CharField(max_length=12)
    number = models.PositiveBigIntegerField()
    text = models.TextField(default="")
    lang = models.CharField(max_length=8, default="ko")
    at = models.DateTimeField()
    state = models.CharField(max_length=8, default="waiting")
    """waiting, granted, refused."""
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("conversation", "kind", "number"), name="one_appeal_a_text"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.number} {self.state}"
