"""Thin pages by audience: attend (the phone), stage, host and public."""
