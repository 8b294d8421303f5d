"""A foreign teacher's classifier on a foreign teacher's site: one command, four lines, and a reader draws."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from site_tools.models.add_model import Wishes, add_model
from site_tools.models.graph_file import open_session
from site_tools.setup.environment import WEB
from tests.browser.conftest import Watched
from tests.browser.server import SiteServer
from tests.browser.test_pages import serious_violations
from tests.support.foreign_models import logistic_regression, written
from tests.support.sites import build_site, make_site

PAGE = "# Digits\n\n```demo\nuse: image-classifier\nmodel: digits\ncaption: Draw a digit\nshown: 3\n```\n"
NAMES = [f"digit {number}" for number in range(10)]
# what the network sees, as the page shows it
SEEN = """() => {
  const canvas = document.querySelector('.classify-seen canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return [canvas.width, canvas.height, Array.from(data).filter((_, i) => i % 4 === 0)];
}"""
BARS = "() => [...document.querySelectorAll('.classify-bars li')].map((bar) => bar.innerText.split(/\\s*\\n\\s*/))"


@pytest.fixture
def site(tmp_path) -> Path:
    labels = tmp_path / "labels.txt"
    labels.write_text("\n".join(NAMES))
    theirs = written(logistic_regression(ir_version=14), tmp_path / "digits.onnx", external=True)
    config = make_site(tmp_path / "site", {"en/index.md": PAGE}, languages=("en",), bundle=str(WEB / "dist"))
    add_model(theirs, Wishes("image-classifier", labels={"any": labels}, range=(0, 16)), tmp_path / "site" / "assets")
    return build_site(config)


@pytest.mark.browser
@pytest.mark.slow
def test_a_foreign_classifier_answers_what_a_reader_draws_on_a_phone(browser, site):
    server = SiteServer(site)
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    watched = Watched(page, server.url)
    try:
        page.goto(server.url, wait_until="networkidle")
        board = page.locator(".classify-board canvas")
        board.scroll_into_view_if_needed()
        box = board.bounding_box()
        assert box
        page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.2 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.2 * box["height"], steps=8)
        page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.8 * box["height"], steps=8)
        page.mouse.up()
        page.get_by_role("button", name="Let it guess").click()
        expect(page.locator("image-classifier")).to_have_attribute("data-phase", "ready", timeout=60_000)
        expect(page.locator(".classify-bars li")).to_have_count(3)
        width, height, seen = page.evaluate(SEEN)
        assert (width, height) == (8, 8)
        assert max(seen) > 100
        pixels = np.array(seen, np.float32).reshape(1, 1, 8, 8) * 16 / 255
        (expected,) = open_session((site.parent / "assets/models/digits.onnx").read_bytes()).run(None, {"X": pixels})
        order = np.argsort(-expected[0])[:3]
        bars = page.evaluate(BARS)
        assert [bar[0] for bar in bars] == [NAMES[label] for label in order]
        shown = [float(re.sub(r"[^\d.]", "", bar[-1])) for bar in bars]
        np.testing.assert_allclose(shown, 100 * expected[0][order], atol=4)  # pixels of the page are whole bytes
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        assert any("kernels-worker" in path for path, _ in server.sent)
        assert not any("ort-wasm" in path for path, _ in server.sent)
        watched.assert_clean()
        assert not serious_violations(page, ".live-figure")
    finally:
        context.close()
        server.close()
