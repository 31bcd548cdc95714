"""One Chromium and one server for all browser tests, and a watch over what pages complain about."""

import os
from pathlib import Path

import pytest
from tests.browser.hall import Hall
from tests.browser.pictures import Pictures
from tests.serving import Server

CHROMIUM = Path("/usr/bin/chromium")
# One name that is no loopback address, to try plain http on; every other name is nowhere.
NAMES = "MAP hall.test 127.0.0.1, MAP localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
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
PATIENCE_MS = 60_000


@pytest.fixture(scope="session")
def chromium():
    """The browser, with a new profile that goes with it."""
    if not CHROMIUM.exists():
        missing = f"{CHROMIUM} is not there"
        if os.environ.get("ONNURI_REQUIRE_BROWSER"):
            pytest.fail(missing)
        pytest.skip(missing)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(chromium, tmp_path_factory):
    """One server for all: each story makes a conversation of its own there."""
    with Server(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def hall(chromium, server):
    """People who come with a browser each; at the end no page of theirs may have complained."""
    found = Hall(chromium, server)
    yield found
    found.leave()
    assert not found.complaints, "\n".join(found.complaints)


@pytest.fixture(scope="session")
def pictures(chromium):
    """Pictures for the guide, taken where ONNURI_PICTURES names a folder."""
    return Pictures(chromium, os.environ.get("ONNURI_PICTURES"))
