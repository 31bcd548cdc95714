"""All tests keep their data in a folder of their own, never in the installation's."""

import atexit
import os
import shutil
import tempfile

import django

# Before the settings are read, which make the folder and its keys. They are named here and not in
# pyproject.toml: there pytest-django would read them before this file.
os.environ["ONNURI_DATA"] = tempfile.mkdtemp(prefix="onnuri-tests-")
atexit.register(shutil.rmtree, os.environ["ONNURI_DATA"], ignore_errors=True)
os.environ["DJANGO_SETTINGS_MODULE"] = "onnuri.settings"
django.setup()


def pytest_collection_modifyitems(items):
    """Browser stories last: their driver keeps an event loop running in this thread until the very end."""
    items.sort(key=lambda item: "browser" in item.path.parts)
