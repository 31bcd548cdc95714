"""Somebody starts Onnuri for the first time and looks at the first page."""

import time

import pytest
from playwright.sync_api import expect
from tests.browser.hall import DESK
from tests.browser.looks import faults_of
from tests.serving import Server

pytestmark = pytest.mark.browser

A_MINUTE = 60


@pytest.fixture(scope="module")
def server(chromium, tmp_path_factory):
    """A first start: an empty folder, into which the sample conference is put."""
    with Server(tmp_path_factory.mktemp("first-start"), "--host", "127.0.0.1") as running:
        yield running


def test_a_visitor_votes_on_the_first_page_and_watches_the_sitting_to_a_record_that_verifies(hall, server, tmp_path):
    page = hall.page(size=DESK)
    page.goto("/")
    for name in ("first-phone .vote-card", ".frame-stage", ".frame-console"):
        expect(page.locator(name)).to_be_visible()
    assert faults_of(hall, page) == []

    first = page.locator("first-phone .vote-card-text").inner_text()
    page.wait_for_function("() => customElements.get('first-phone') !== undefined")
    page.locator('first-phone .vote[value="1"]').click()
    expect(page.locator("first-phone .vote-card-text")).not_to_have_text(first)
    expect(page.locator('.frame-console [data-turnout="open.answered"]')).to_have_text("1")

    begun = time.monotonic()
    page.locator('form[action$="/finish"] button').click()
    expect(page.locator("progress")).to_be_visible()
    record = page.locator(".first-done a")
    expect(record).to_be_visible(timeout=1000 * A_MINUTE)
    took = time.monotonic() - begun
    record.click()
    expect(page.locator(".record-line").first).to_be_visible()
    expect(page.locator(".chip-warn").first).to_be_visible()
    with page.expect_download() as download:
        page.click('a[download][href$="record.zip"]')
    file = tmp_path / "record.zip"
    download.value.save_as(file)

    assert took < A_MINUTE
    assert server.run_cli("verify", str(file), "--json")["ok"]
    assert faults_of(hall, page) == []
