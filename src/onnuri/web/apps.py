"""The app's name."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """See the package."""

    name = "onnuri.web"
