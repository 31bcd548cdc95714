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
    interlude = models.ForeignKey("Interlude", models.SET_NULL, null=True, related_name="+")
    """What the host has put on between rounds; nothing while a round is open."""
    question_asked = models.ForeignKey("Question", models.SET_NULL, null=True, related_name="+")
    """The question that is being answered now, large on the big screen."""
    screen = models.CharField(max_length=12, default="")
    """What the host wants on the big screen; empty = what is on."""
    voice_keys = models.JSONField(default=dict)
    """Public keys of the blind signatures: the modulus in base64url by channel; see decision 0023."""
    traits_asked = models.JSONField(default=list)
    """What people may say of themselves: `[{"label": {"ko": ...}, "options": [{"ko": ...}, ...], "lang": "ko"}]`."""
    consents = models.JSONField(default=dict)
    """What people consent to in the organiser's own words: name -> language -> text; see conversation/wording.py."""

    def __str__(self) -> str:
        return f"{self.code} {in_language(self.question, 'ko')[:40]}"


class SeatCode(models.Model):
    """A one-time code that becomes a voice. It knows only that it was used."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="seat_codes")
    digest = models.CharField(max_length=64, unique=True)
    channel = models.CharField(max_length=8)
    origin = models.CharField(max_length=10, default="person")
    used = models.BooleanField(default=False)
    blinded = models.CharField(max_length=64, default="")
    """Digest of the blinded message it was used for, so that the same request again gets the same signature."""
    card = models.BooleanField(default=False)
    """Comes back: the same code gives the same voice again, at a kiosk, from paper, on a phone."""


class Voice(models.Model):
    """The untraceable token that votes. Its id is random and is its row number in the record; it has no time.

    `origin`: person, imported (a former conversation voted again) or simulated.
    """

    id = models.BigIntegerField(primary_key=True)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="voices")
    channel = models.CharField(max_length=8)
    origin = models.CharField(max_length=10, default="person")


class Move(models.Model):
    """A voice that went on to another phone, and how often: the cookies of the phones before it say nothing more."""

    pk = models.CompositePrimaryKey("voice_id", "conversation_id")
    voice = models.ForeignKey(Voice, models.CASCADE, related_name="moves", db_index=False, db_constraint=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="moves", db_constraint=False)
    times = models.PositiveSmallIntegerField(default=1)


class Trait(models.Model):
    """What a voice said of itself, by one of the organiser's at most three questions. Optional; kept like a vote."""

    pk = models.CompositePrimaryKey("voice_id", "name")
    voice = models.ForeignKey(Voice, models.CASCADE, related_name="traits", db_index=False, db_constraint=False)
    name = models.PositiveSmallIntegerField()
    """Which question, from 1."""
    value = models.PositiveSmallIntegerField()
    """Which of its options, from 1."""


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
        HELD = "held"
        MERGED = "merged"
        HIDDEN = "hidden"
        REMOVED = "removed"

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
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="merged")
    """The statement that says the same, where the votes go; only before the first vote."""
    suggestion = models.TextField(default="")
    """How a moderator would write it; the author takes it or not."""
    hidden_until = models.DateTimeField(null=True)
    """Of a hidden one: then it comes back by itself."""

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("conversation", "number"), name="one_statement_a_number"),)

    def __str__(self) -> str:
        return f"{self.number} {self.text[:40]}"


class Translation(models.Model):
    """A text in another language. Votes and lifts attach to what was written, never to this."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="translations")
    kind = models.CharField(max_length=12)
    """Of what: "statements", "questions", "evidence"."""
    number = models.PositiveIntegerField()
    lang = models.CharField(max_length=8)
    text = models.TextField()
    source_digest = models.CharField(max_length=64)
    """Of the text it was made from: another text there = this one is stale and not shown."""
    provider = models.CharField(max_length=20, default="")
    """Which machine; empty = a person."""
    confirmed = models.BooleanField(default=False)
    """A person has read it; until then it is marked as a machine's."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("conversation", "kind", "number", "lang"), name="one_translation_a_language"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.number} {self.lang}"


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
    # No constraints in the database: the hot path has checked all three in memory, and a key's check locks its row.
    pk = models.CompositePrimaryKey("round_id", "voice_id", "statement_id")
    voice = models.ForeignKey(Voice, models.CASCADE, related_name="votes", db_index=False, db_constraint=False)
    statement = models.ForeignKey(Statement, models.CASCADE, related_name="votes", db_index=False, db_constraint=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="votes", db_index=False, db_constraint=False)
    value = models.SmallIntegerField()
    late = models.BooleanField(default=False)


class BallotVote(models.Model):
    """O, pass or X on one candidate; line 0 is the slate as a whole. Kept like a vote."""

    pk = models.CompositePrimaryKey("round_id", "voice_id", "line")
    voice = models.ForeignKey(Voice, models.CASCADE, related_name="ballot_votes", db_index=False, db_constraint=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="ballot_votes", db_index=False, db_constraint=False)
    line = models.PositiveIntegerField()
    value = models.SmallIntegerField()


class Decision(models.Model):
    """What a moderator decided on a text, for the public log."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="decisions")
    kind = models.CharField(max_length=12, default="statements")
    """Of what: "statements", "questions", "evidence", "challenges", "comments"."""
    number = models.PositiveBigIntegerField()
    act = models.CharField(max_length=12)
    reason = models.CharField(max_length=12, default="")
    at = models.DateTimeField()
    who = models.CharField(max_length=80, default="")
    """For the audit alone; the public log says that a moderator did it."""
    seconded_by = models.CharField(max_length=80, default="")
    """The second person of a removal after the first vote; empty there = it waits for one."""
    text = models.TextField(default="")
    """As it was then; the log shows it unless it is unlawful or personal."""
    figures = models.JSONField(default=dict)
    """Of a removal: what the result was with it and without it."""

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("conversation", "kind", "number"), name="decisions_on_a_text"),)

    def __str__(self) -> str:
        return f"{self.act} {self.kind} {self.number}"


class Interlude(models.Model):
    """What the host puts on between rounds: a talk, question time, a poll, reading the map, drafting."""

    class Kind(models.TextChoices):
        TALK = "talk"
        QUESTIONS = "questions"
        MAP = "map"
        DRAFTING = "drafting"
        SINGLE = "single"
        MULTI = "multi"
        SCALE = "scale"
        WORDS = "words"

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="interludes")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.JSONField(default=dict)
    speaker = models.JSONField(default=dict)
    settings = models.JSONField(default=dict)
    """Of a poll: `options` as texts by language; `points`, `low`, `high`; `words` a person."""
    opened_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    """Of a poll: counted once, two seconds after it closed."""

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("conversation", "number"), name="one_interlude_a_number"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.number} {in_language(self.title, 'ko')}"


class PollAnswer(models.Model):
    """One part of a person's answer to a poll: an option, a point of the scale, or a word. Kept like a vote."""

    pk = models.CompositePrimaryKey("interlude_id", "voice_id", "part")
    interlude = models.ForeignKey(
        Interlude, models.CASCADE, related_name="answers", db_index=False, db_constraint=False
    )
    voice = models.ForeignKey(Voice, models.CASCADE, related_name="poll_answers", db_index=False, db_constraint=False)
    part = models.PositiveSmallIntegerField()
    value = models.SmallIntegerField()
    text = models.TextField(default="")


class Word(models.Model):
    """One word of a cloud, as a moderator decided: nothing unread reaches the big screen."""

    interlude = models.ForeignKey(Interlude, models.CASCADE, related_name="words")
    text = models.TextField()
    accepted = models.BooleanField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("interlude", "text"), name="one_decision_a_word"),)

    def __str__(self) -> str:
        return self.text


class Question(models.Model):
    """Put to a speaker or to the host; lifted by others, answered on stage."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="questions")
    number = models.PositiveIntegerField()
    talk = models.ForeignKey(Interlude, models.SET_NULL, null=True, related_name="questions")
    text = models.TextField()
    lang = models.CharField(max_length=8)
    author = models.ForeignKey(Voice, models.SET_NULL, null=True, related_name="questions")
    channel = models.CharField(max_length=8)
    state = models.CharField(max_length=10, choices=Statement.State.choices)
    reason = models.CharField(max_length=12, default="")
    waiting_since = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("conversation", "number"), name="one_question_a_number"),)

    def __str__(self) -> str:
        return f"{self.number} {self.text[:40]}"


class Lift(models.Model):
    """Somebody wants to hear the answer too; 0 = no longer. Kept like a vote."""

    pk = models.CompositePrimaryKey("question_id", "voice_id")
    question = models.ForeignKey(Question, models.CASCADE, related_name="lifts", db_index=False, db_constraint=False)
    voice = models.ForeignKey(Voice, models.CASCADE, related_name="lifts", db_index=False, db_constraint=False)
    value = models.SmallIntegerField()


class Evidence(models.Model):
    """A figure with its source, date and unit, on a statement, a line or a talk."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="evidence")
    number = models.PositiveIntegerField()
    statement = models.ForeignKey(Statement, models.CASCADE, null=True, related_name="evidence")
    talk = models.ForeignKey(Interlude, models.CASCADE, null=True, related_name="evidence")
    figure = models.TextField()
    unit = models.TextField(default="")
    about = models.TextField()
    """What the figure counts."""
    source = models.TextField()
    url = models.TextField(default="")
    dated = models.TextField()
    """When it was so, in the writer's words: "March 2020, four weeks"."""
    note = models.TextField(default="")
    lang = models.CharField(max_length=8)
    author = models.ForeignKey(Voice, models.SET_NULL, null=True, related_name="evidence")
    """None = the organiser."""
    state = models.CharField(max_length=10, choices=Statement.State.choices)
    reason = models.CharField(max_length=12, default="")
    waiting_since = models.DateTimeField(null=True)
    source_checked = models.BooleanField(default=False)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("conversation", "number"), name="one_evidence_a_number"),
            models.CheckConstraint(
                condition=models.Q(statement__isnull=True) | models.Q(talk__isnull=True), name="evidence_of_one_thing"
            ),
        )

    def __str__(self) -> str:
        return f"{self.figure} {self.unit}"


class Challenge(models.Model):
    """What is wrong with a figure, put to everybody like a statement; how they voted is said when it is closed."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="challenges")
    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="challenges")
    number = models.PositiveIntegerField()
    text = models.TextField()
    source = models.TextField(default="")
    lang = models.CharField(max_length=8)
    author = models.ForeignKey(Voice, models.SET_NULL, null=True, related_name="challenges")
    state = models.CharField(max_length=10, choices=Statement.State.choices)
    reason = models.CharField(max_length=12, default="")
    waiting_since = models.DateTimeField(null=True)
    reply = models.TextField(default="")
    """What the one who gave the figure says to it."""
    closed_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("conversation", "number"), name="one_challenge_a_number"),)

    def __str__(self) -> str:
        return f"{self.number} {self.text[:40]}"


class ChallengeVote(models.Model):
    """O, pass or X on a challenge. Kept like a vote, never part of the landscape."""

    pk = models.CompositePrimaryKey("challenge_id", "voice_id")
    challenge = models.ForeignKey(Challenge, models.CASCADE, related_name="votes", db_index=False, db_constraint=False)
    voice = models.ForeignKey(
        Voice, models.CASCADE, related_name="challenge_votes", db_index=False, db_constraint=False
    )
    value = models.SmallIntegerField()
