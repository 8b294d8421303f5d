"""Pictures for slides, taken of the course's own pages in a browser: drawings, demos after a run, figures, formulas."""

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demos.errors import UserError
from site_tools.course.decks.lessons import Lesson, Picture
from site_tools.setup.programs import ROOT, ensure_browser

SCALE = 2  # pixels of a picture to one of the page
COLOURS = 128  # of a picture: drawings and grey images need no more
WIDTH = {"demo": 1100, "screen": 1000, "figure": 1100, "formulas": 900}  # of the browser window

# A demo is shown as it looks after a run. The hero writes its character, the practice its first page.
_RUN = """async ([id, wait]) => {
  const demo = document.querySelector('#' + id).firstElementChild;
  demo.scrollIntoView({ block: 'center' });
  for (let i = 0; i < 200 && !demo.querySelector?.('.live-frame'); i++) await new Promise((r) => setTimeout(r, 50));
  if (!demo.querySelector('.live-frame')) throw new Error('its script did not come');
  demo.querySelector('.live-cover .exercise-skip')?.click();
  await demo.updateComplete;
  if (demo.phase !== 'running') await demo.run();
  const over = () => demo.phase === 'ready' || demo.phase === 'error';
  for (let i = 0; i < 1200 && !over(); i++) await new Promise((r) => setTimeout(r, 50));
  if (demo.phase !== 'ready') throw new Error(demo.message || `it stands at ${demo.phase}`);
  await new Promise((r) => setTimeout(r, wait));
}"""
# what of a demo is shown; the stage, if nothing else is said
_STAGE = {"github-simulator": "github-window", "reverse-process": ".live-picture"}


@contextmanager
def course_in_browser() -> Iterator["Album"]:
    """Build the site for opening from disk, and open a browser for it."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = Path(folder) / "site"
        # not strictly: that the decks are out of date is why they are made
        command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(site)]
        built = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", env={**os.environ, "OFFLINE": "true"}
        )
        if built.returncode:
            raise UserError(
                f"the site, of which the decks' pictures are taken, cannot be built:\n{built.stderr.strip()}"
            )
        browser = playwright.chromium.launch(executable_path=ensure_browser(), args=["--no-sandbox", "--disable-gpu"])
        try:
            yield Album(site, browser)
        finally:
            browser.close()


class Album:
    """Takes pictures of one built site; light, still, and small."""

    def __init__(self, site: Path, browser) -> None:
        from playwright.sync_api import Error

        self.site, self.browser, self.error = site, browser, Error

    def take(self, lesson: Lesson, picture: Picture, language: str) -> bytes:
        """One picture of a lesson's page as PNG."""
        folder = self.site if language == "zh" else self.site / language
        page = self.browser.new_page(
            viewport={"width": WIDTH[picture.kind], "height": 900},
            device_scale_factor=SCALE,
            color_scheme="light",
            reduced_motion="reduce",
        )
        try:
            page.goto((folder / lesson.uri).with_suffix(".html").as_uri())
            return _smaller(self._target(page, picture).screenshot(animations="disabled"))
        except self.error as error:
            what = picture.id or picture.kind
            raise UserError(f"no picture of {what} on {lesson.uri} ({language}) could be taken: {error}") from None
        finally:
            page.close()

    @staticmethod
    def _target(page, picture: Picture):
        if picture.kind == "demo":
            page.evaluate(_RUN, [picture.id, 1500])
            tag = page.evaluate("id => document.querySelector('#' + id).firstElementChild.localName", picture.id)
            return page.locator(f"#{picture.id} {_STAGE.get(tag, '.live-stage')}")
        if picture.kind == "screen":
            return page.locator(f"#{picture.id} .github-host")
        if picture.kind == "figure":
            image = page.locator(f'img[src*="{picture.id}-light.svg"]').first
            image.scroll_into_view_if_needed()
            page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())
            return image
        details = page.locator("#formulas ~ details.note").first
        details.evaluate("details => { details.open = true; details.querySelector('summary').style.display = 'none'; }")
        details.scroll_into_view_if_needed()
        page.wait_for_timeout(1500)  # demos that come near the screen take another height
        return details


def _smaller(png: bytes) -> bytes:
    """The same picture with few colours."""
    from PIL import Image

    content = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS).save(content, "PNG", optimize=True)
    return content.getvalue()
