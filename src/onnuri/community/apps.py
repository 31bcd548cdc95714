"""The app's name."""

from django.apps import AppConfig


class CommunityConfig(AppConfig):
    """See the package."""

    name = "onnuri.community"
    default_auto_field = "django.db.models.BigAutoField"
