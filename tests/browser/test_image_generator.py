"""The image generator on a phone: it follows the hand, and draws what ONNX Runtime makes of the same numbers."""

import re

import numpy as np
import onnxruntime
import pytest
from playwright.sync_api import Page, expect

from demos.random import normal
from tests.browser.conftest import ROOT
from tests.browser.test_reverse_process import is_ready

PAGES = {"zh": "guide/image-generator/", "en": "en/guide/image-generator/"}
DEMO = "#generator image-generator"
MODEL = ROOT / "docs" / "assets" / "models" / "fashion-gan.onnx"
# the gray values on a canvas at the middle of every pixel of its images, which are `size` wide and `columns` in a row
IMAGES = """([selector, count, columns, size]) => {
  const canvas = document.querySelector(selector), { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  const pitch = (width + 8) / columns, scale = (pitch - 8) / size;
  return Array.from({ length: count }, (_, image) => Array.from({ length: size * size }, (_, pixel) => {
    const x = Math.floor((image % columns) * pitch + ((pixel % size) + 0.5) * scale);
    const y = Math.floor(Math.floor(image / columns) * pitch + (Math.floor(pixel / size) + 0.5) * scale);
    return data[4 * (y * width + x)];
  }));
}"""


def drawn(page: Page, count: int = 16, columns: int = 4, size: int = 28) -> np.ndarray:
    """What is on the canvas, in bytes [count, size * size]."""
    return np.array(page.evaluate(IMAGES, [f"{DEMO} canvas.live-b", count, columns, size]), float)


def expected(z: np.ndarray, first: int = 0, label: int | None = None) -> np.ndarray:
    """The images of these numbers [n, 64], class after class or all of one, in bytes [n, 784]."""
    session = onnxruntime.InferenceSession(MODEL, providers=["CPUExecutionProvider"])
    y = (first + np.arange(len(z))) % 10 if label is None else np.full(len(z), label)
    (x,) = session.run(["x"], {"z": z.astype(np.float32), "y": y.astype(np.int64)})
    return np.clip(np.rint((x.reshape(len(z), -1) + 1) * 127.5), 0, 255)


def slerp(a: np.ndarray, b: np.ndarray, share: float) -> np.ndarray:
    """Shoemake 1985, row by row."""
    cosine = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    angle = np.arccos(cosine)[:, None]
    return (np.sin((1 - share) * angle) * a + np.sin(share * angle) * b) / np.sin(angle)


def settle(page: Page, images: np.ndarray, count: int = 16, columns: int = 4) -> None:
    """Wait until the canvas holds these images: within two levels, as sums of floats in another order may round."""
    for _ in range(100):
        if np.abs(drawn(page, count, columns) - images).max() <= 2:
            return
        page.wait_for_timeout(100)
    assert np.abs(drawn(page, count, columns) - images).max() <= 2


def in_one_view(page: Page, *parts: str) -> None:
    """All of it stands below the header of a phone's screen when the stage is scrolled there."""
    page.locator(f"{DEMO} .live-stage").evaluate("s => s.scrollIntoView({ block: 'start', behavior: 'instant' })")
    for part in parts:
        box = page.locator(f"{DEMO} {part}").first.bounding_box()
        assert box["y"] >= 48, part
        assert box["y"] + box["height"] <= 640, part
        assert box["x"] + box["width"] <= 360, part


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("language", PAGES)
def test_on_a_phone_every_mode_draws_what_its_numbers_say(watched, server, language):
    page = watched.page
    page.set_viewport_size({"width": 360, "height": 640})
    page.emulate_media(reduced_motion="reduce")
    page.goto(server.url + PAGES[language], wait_until="networkidle")
    page.locator(DEMO).scroll_into_view_if_needed()
    start, end = normal(0, 0, 16, 64), normal(1, 0, 16, 64)

    # behind the question stand the numbers themselves
    page.wait_for_function(f"() => document.querySelector('{DEMO} canvas')?.width > 400")
    tiles = np.clip(np.rint((start / 3 + 1) * 127.5), 0, 255)
    assert np.abs(drawn(page, size=8) - tiles).max() <= 1
    assert not [path for path, _ in server.sent if path.endswith((".wasm", ".onnx"))]

    # choosing walks to the end, and what is said of the middle is so
    page.locator(f"{DEMO} .exercise-choice label").first.click()
    is_ready(page, DEMO)
    settle(page, expected(end))
    middle = expected(slerp(start, end, 0.5))
    blend = (expected(start) + expected(end)) / 2
    verdict = page.locator(f"{DEMO} .exercise-verdict p")
    expect(verdict).to_have_count(3)
    said = float(re.search(r"([\d.]+)%", verdict.nth(1).inner_text())[1])
    assert said == pytest.approx(100 * np.abs(middle - blend).mean() / 255, abs=0.11)
    way = page.locator(f"{DEMO} .generator-way input")
    way.fill("0.5")
    settle(page, middle)
    expect(page.locator(f"{DEMO} .live-goal[data-reached]")).to_have_count(1)
    way.press("ArrowRight")
    expect(page.locator(DEMO)).to_have_attribute("share", "0.51")
    in_one_view(page, ".generator-modes", "canvas.live-b", ".generator-way", ".live-primary")

    # a batch is its seed's
    tabs = page.locator(f"{DEMO} .generator-modes label")
    tabs.nth(1).click()
    settle(page, expected(start))

    # a slider sets its number
    tabs.nth(2).click()
    settle(page, expected(start[:1]), 1, 1)
    in_one_view(page, ".generator-modes", "canvas.live-b", ".generator-knobs", ".live-film", ".live-primary")
    page.locator(f"{DEMO} .generator-knobs input").nth(1).fill("-2.5")
    changed = start[:1].copy()
    changed[0, 1] = -2.5
    settle(page, expected(changed), 1, 1)
    page.locator(f"{DEMO} .live-film input").press("ArrowRight")
    settle(page, expected(start[1:2], first=1), 1, 1)

    # the plane keeps what is not in it, and the dot is where the finger is
    tabs.nth(3).click()
    pad = page.locator(f"{DEMO} .generator-pad")
    box = pad.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"], steps=3)
    page.mouse.up()
    a, b = normal(0, 1, 2, 64)
    a /= np.linalg.norm(a)
    b -= (a @ b) * a
    b /= np.linalg.norm(b)
    x, y = (float(value) for value in page.locator(DEMO).get_attribute("at").split())
    assert [x, y] == pytest.approx([1.5, 1.5], abs=0.05)
    inside = start[1] + (x - a @ start[1]) * a + (y - b @ start[1]) * b
    settle(page, expected(inside[None], first=1), 1, 1)
    pad.press("ArrowLeft")
    expect(page.locator(DEMO)).to_have_attribute("at", f"{round(x - 0.1, 2):g} {y:g}")
    in_one_view(page, ".generator-modes", "canvas.live-b", ".generator-pad", ".live-film", ".live-primary")

    # A beside B, and what they differ in
    page.locator(f"{DEMO} [aria-pressed]").click()
    pad.press("ArrowUp")
    expect(page.locator(f"{DEMO} .live-compared")).to_contain_text("%")
    expect(page.locator(f"{DEMO} canvas.live-difference")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    # the settings rise as a sheet; a class is chosen for all images
    page.locator(f"{DEMO} [aria-pressed]").click()
    tabs.nth(1).click()
    page.locator(f"{DEMO} .live-open-sheet").click()
    page.locator(f"{DEMO} .live-sheet select").select_option("8")
    expect(page.locator(DEMO)).to_have_attribute("label", "8")
    settle(page, expected(start, label=8))
    watched.assert_clean()
