"""Pictures of a moment for the guide: a few screens side by side, small enough for a repository."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HEIGHT: Final = 560
GAP: Final = 16
LARGEST: Final = 150_000
QUALITIES: Final = (80, 70, 60, 50, 40)
FRAME: Final = """<!doctype html><style>
body {{ margin: 0; padding: {gap}px; display: flex; gap: {gap}px; width: max-content; background: #e8e6e1 }}
img {{ height: {height}px; border-radius: 10px; box-shadow: 0 1px 4px #0003; display: block }}
</style>{images}"""


class Pictures:
    """Takes no picture unless a folder is named."""

    def __init__(self, browser: Browser, folder: str | None) -> None:
        self._browser = browser
        self._folder = Path(folder) if folder else None

    def take(self, name: str, *pages: Page) -> None:
        """The screens of `pages` as they stand, in one picture."""
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        images = "".join(f'<img src="data:image/png;base64,{_shot(page)}">' for page in pages)
        context = self._browser.new_context(device_scale_factor=1.25, viewport={"width": 2400, "height": 600})
        try:
            frame = context.new_page()
            frame.set_content(FRAME.format(gap=GAP, height=HEIGHT, images=images))
            self._write(name, frame.locator("body"))
        finally:
            context.close()

    def _write(self, name: str, body: Any) -> None:
        assert self._folder is not None
        for quality in QUALITIES:
            picture = body.screenshot(type="jpeg", quality=quality)
            if len(picture) < LARGEST:
                break
        (self._folder / f"{name}.jpg").write_bytes(picture)


def _shot(page: Page) -> str:
    return b64encode(page.screenshot()).decode()
