"""One Chromium for all browser tests, a server for each file, and a watch over what pages complain about."""

import os
import re
from pathlib import Path

import pytest
from tests.browser.hall import Hall
from tests.browser.pictures import Pictures
from tests.serving import Server

CHROMIUM = Path("/usr/bin/chromium")
REQUIRED = "ONNURI_REQUIRE_BROWSER"
# The hall's own name, so that plain http is tried on a name that is no loopback address; nothing else is found.
NAMES = "MAP hall.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    f"--host-resolver-rules={NAMES}",
]


@pytest.fixture(scope="session")
def chromium():
    """The browser; its profile is new and goes with it."""
    if not CHROMIUM.exists():
        reason = f"{CHROMIUM} is not installed"
        (pytest.fail if os.environ.get(REQUIRED) else pytest.skip)(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(request, tmp_path_factory):
    """A server of this file's own; a file that says `SAMPLE = True` gets the first start's sample conference."""
    sample = getattr(request.module, "SAMPLE", False)
    with Server(tmp_path_factory.mktemp("server"), *(["--port-is-given-below"] if False else [] if sample else ["--no-sample"])) as running:
        yield running


@pytest.fixture
def hall(chromium, server):
    """People with browsers of their own; at the end no page may have complained."""
    found = Hall(chromium, server)
    yield found
    found.leave()
    assert found.complaints == []


@pytest.fixture(scope="session")
def pictures(chromium):
    """Pictures for the guide, where ONNURI_PICTURES names a folder."""
    return Pictures(chromium, os.environ.get("ONNURI_PICTURES"))
