"""No page asks anybody else for anything: every story's browser is watched, and here the watch itself is."""

import pytest

pytestmark = pytest.mark.browser

STRANGER = "https://elsewhere.example/pixel.gif"
REPORTED = """() => new Promise((resolve) => {
  document.addEventListener("securitypolicyviolation", (told) => resolve(told.effectiveDirective));
  const pixel = new Image();
  pixel.src = "%s";
  document.body.append(pixel);
})"""
RUN = """() => {
  const script = document.createElement("script");
  script.textContent = "document.title = 'taken over'";
  document.head.append(script);
  return document.title;
}"""


def test_a_picture_of_another_site_is_not_even_asked_for(hall):
    page, asked = hall.page(), []
    page.on("requestfinished", lambda request: asked.append(request.url))
    page.goto("/")

    assert page.evaluate(REPORTED % STRANGER) == "img-src"
    assert STRANGER not in asked
    # The watch of all browser stories heard it, and would have failed this one.
    assert any(STRANGER in complaint for complaint in hall.complaints)
    hall.complaints.clear()


def test_a_script_written_into_the_page_does_not_run(hall):
    page = hall.page()
    page.goto("/join")

    assert page.evaluate(RUN) != "taken over"
    assert any("Content Security Policy" in complaint for complaint in hall.complaints)
    hall.complaints.clear()
