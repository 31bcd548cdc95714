"""Accounts of organisers, moderators and commenters: django-allauth in our look, our words and our outbox."""
