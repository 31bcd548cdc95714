"""Accounts of organisers, moderators and commenters. Never of voices."""
