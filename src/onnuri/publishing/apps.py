"""The app's name."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """See the package."""

    name = "onnuri.publishing"
    default_auto_field = "django.db.models.BigAutoField"
