"""Tables of what was computed and shown."""

from __future__ import annotations

from django.db import models

from onnuri.conversation.models import Conversation, Round


class PublishedLandscape(models.Model):
    """The landscape as of the close of one vote round, as it was shown."""

    round = models.OneToOneField(Round, models.CASCADE, related_name="landscape")
    document = models.JSONField()
    digest = models.CharField(max_length=80)
    published_at = models.DateTimeField()


class Shortlist(models.Model):
    """The candidates put to everybody: [{"id", "why"}]."""

    conversation = models.OneToOneField(Conversation, models.CASCADE, related_name="shortlist")
    candidates = models.JSONField()
    among = models.JSONField(default=list)
    """Numbers of the statements that were shown when it was computed: all that could be candidates, whatever is hidden,
    shown again or taken down since."""


class Slate(models.Model):
    """What the rule chose, and later the certificate with the ratification."""

    conversation = models.OneToOneField(Conversation, models.CASCADE, related_name="slate")
    document = models.JSONField()
    certificate = models.JSONField()


class Link(models.Model):
    """One link of the chain shown on the stage."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="links")
    number = models.PositiveIntegerField()
    what = models.CharField(max_length=40)
    about = models.CharField(max_length=80, default="")
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("conversation", "number"), name="one_link_a_number"),)


class Commitment(models.Model):
    """Who is asked to answer one line of the conclusion, and by when."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="commitments")
    line = models.PositiveIntegerField()
    addressee = models.TextField()  # 120 characters as people count them may be more code points
    due = models.DateField()

    class Meta:
        ordering = ("line",)
        constraints = (models.UniqueConstraint(fields=("conversation", "line"), name="one_commitment_a_line"),)


class Record(models.Model):
    """The sealed record: the zip and the head of its content."""

    conversation = models.OneToOneField(Conversation, models.CASCADE, related_name="record")
    digest = models.CharField(max_length=64, unique=True)
    head = models.JSONField()
    data = models.BinaryField()
    key_fingerprint = models.CharField(max_length=16)
    published_at = models.DateTimeField()
