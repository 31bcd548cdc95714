"""The app's name."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """See the package."""

    name = "onnuri.web"

    def ready(self) -> None:
        """Listen to what becomes of accounts."""
        import onnuri.web.account.signals  # noqa: F401, PLC0415 - tables are known only now
