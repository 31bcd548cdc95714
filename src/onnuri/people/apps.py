"""The app's name."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """See the package."""

    name = "onnuri.people"
    default_auto_field = "django.db.models.BigAutoField"
