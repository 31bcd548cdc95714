"""The app's name."""

from django.apps import AppConfig


class ConferenceConfig(AppConfig):
    """See the package."""

    name = "onnuri.conference"
    default_auto_field = "django.db.models.BigAutoField"
