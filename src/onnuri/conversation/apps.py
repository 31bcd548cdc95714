"""The app's name."""

from django.apps import AppConfig


class ConversationConfig(AppConfig):
    """See the package."""

    name = "onnuri.conversation"
    default_auto_field = "django.db.models.BigAutoField"
