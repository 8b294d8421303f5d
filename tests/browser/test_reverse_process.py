"""The main path: open the page, press the button, watch noise become images."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watched
from tests.browser.main_thread import task_times

PAGES = {"zh": "diffusion/reverse-process/", "en": "en/diffusion/reverse-process/"}
DEMO = "#first-sample reverse-process"
LONGEST_TASK = 50  # ms: what browsers call a long one


def open_demo(watched: Watched, address: str):
    """The demo with its question skipped, on the screen."""
    page = watched.page
    page.goto(address, wait_until="networkidle")
    demo = page.locator(DEMO)
    demo.scroll_into_view_if_needed()
    page.locator(f"{DEMO} .live-cover .exercise-skip").click()
    return demo


def is_ready(page: Page, selector: str = DEMO) -> None:
    """Wait until the demo has a whole result."""
    page.wait_for_selector(f'{selector}[data-phase="ready"]', timeout=60_000)


def ink(page: Page, selector: str = DEMO) -> float:
    """The standard deviation of the canvas' gray values: 0 for an empty canvas."""
    return page.evaluate(
        """selector => {
          const canvas = document.querySelector(selector + ' canvas');
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          const gray = Array.from(data).filter((_, i) => i % 4 === 0);
          const mean = gray.reduce((a, b) => a + b, 0) / gray.length;
          return Math.sqrt(gray.reduce((a, b) => a + (b - mean) ** 2, 0) / gray.length);
        }""",
        selector,
    )


@pytest.mark.browser
@pytest.mark.parametrize("language", PAGES)
def test_one_click_makes_images_and_leaves_the_main_thread_free(watched, server, language):
    demo = open_demo(watched, server.url + PAGES[language])
    assert demo.locator("img.live-poster").count() == 1
    assert not [path for path, _ in server.sent if path.endswith((".wasm", ".onnx"))]

    def make() -> None:
        demo.locator(".live-primary").click()
        is_ready(watched.page)

    tasks = task_times(watched.page, make)
    assert len(tasks) > 5
    assert max(tasks) <= LONGEST_TASK, sorted(tasks)[-5:]
    assert ink(watched.page) > 30
    facts = demo.locator(".live-facts").inner_text()
    assert "20" in facts  # network calls
    watched.assert_clean()


@pytest.mark.browser
def test_second_visit_fetches_no_byte_of_runtime_or_model(watched, server):
    demo = open_demo(watched, server.url + PAGES["zh"])
    demo.locator(".live-primary").click()
    is_ready(watched.page)
    server.sent.clear()
    demo = open_demo(watched, server.url + PAGES["en"])
    demo.locator(".live-primary").click()
    is_ready(watched.page)
    assert not [path for path, _ in server.sent if path.endswith((".wasm", ".onnx")) or "/live/models/" in path]


@pytest.mark.browser
def test_keyboard_alone_runs_the_demo(watched, server):
    page = watched.page
    page.goto(server.url + PAGES["zh"], wait_until="networkidle")
    page.locator(f"{DEMO} .live-cover").wait_for()
    page.locator(f"{DEMO} .live-cover .exercise-skip").focus()
    page.keyboard.press("Enter")
    for _ in range(12):
        focused = page.evaluate("document.activeElement.className + ' ' + !!document.activeElement.closest('figure')")
        if "live-primary" in focused and "true" in focused:
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    is_ready(watched.page)
    scrub = page.locator(f"{DEMO} .live-film input")
    scrub.focus()
    before = scrub.input_value()
    page.keyboard.press("ArrowLeft")
    assert scrub.input_value() != before
    watched.assert_clean()


@pytest.mark.browser
def test_same_seed_same_images_and_ddim_ignores_the_noise_on_the_way(watched, server):
    page = watched.page
    page.goto(server.url + PAGES["zh"] + "?first-sample.steps=5", wait_until="networkidle")
    open_demo_again = page.locator(f"{DEMO} .live-cover .exercise-skip")
    if open_demo_again.count():
        open_demo_again.click()
    picture = f"document.querySelector('{DEMO} canvas').toDataURL()"
    page.locator(f"{DEMO} .live-primary").click()
    is_ready(watched.page)
    first = page.evaluate(picture)
    for sampler, same in (("ddim", True), ("ddpm-small", False)):
        pictures = []
        for path in (0, 1):
            page.evaluate(
                """async ([selector, sampler, path]) => {
                  const demo = document.querySelector(selector);
                  demo.sampler = sampler; demo.path = path;
                  await demo.run();
                }""",
                [DEMO, sampler, path],
            )
            pictures.append(page.evaluate(picture))
        assert (pictures[0] == pictures[1]) is same
        if same:
            assert pictures[0] == first


@pytest.mark.browser
def test_cancel_keeps_the_page_usable(watched, server):
    demo = open_demo(watched, server.url + PAGES["zh"])
    demo.locator(".live-primary").click()
    demo.get_by_role("button", name="停止").click()
    watched.page.wait_for_selector(f'{DEMO}[data-phase="poster"], {DEMO}[data-phase="ready"]')
    demo.locator(".live-primary").click()
    is_ready(watched.page)
    watched.assert_clean()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("suffix", "words"),
    [(".onnx", {"zh": "模型", "en": "model"}), (".wasm", {"zh": "", "en": ""}), ("worker", {"zh": "", "en": ""})],
)
@pytest.mark.parametrize("language", PAGES)
def test_missing_file_is_told_and_retry_heals(watched, server, language, suffix, words):
    demo = open_demo(watched, server.url + PAGES[language])
    table = watched.page.evaluate("JSON.parse(document.getElementById('live-runtime').textContent).files")
    url = next(entry["url"] for name, entry in table.items() if suffix in name)
    server.broken[url.rsplit("/", 1)[-1]] = 404
    demo.locator(".live-primary").click()
    alert = demo.get_by_role("alert")
    alert.wait_for()
    assert len(alert.inner_text()) > 8
    assert words[language] in alert.inner_text()
    assert demo.locator("img.live-poster").is_visible()
    server.broken.clear()
    demo.locator(".live-failure button").click()
    is_ready(watched.page)


@pytest.mark.browser
def test_tampered_model_is_refused(watched, server, built_site):
    model = next(built_site.rglob("fashion-diffusion.*.onnx"), None) or next(built_site.rglob("*.onnx"))
    broken = bytearray(model.read_bytes())
    broken[len(broken) // 2] ^= 1
    demo = open_demo(watched, server.url + PAGES["zh"])
    server.replaced[model.name] = bytes(broken), "application/octet-stream"
    demo.locator(".live-primary").click()
    demo.get_by_role("alert").wait_for()
    server.replaced.clear()
    demo.locator(".live-failure button").click()
    is_ready(watched.page)


@pytest.mark.browser
@pytest.mark.parametrize(
    "missing", ["delete globalThis.WebAssembly", "WebAssembly.validate = () => false"], ids=["no-wasm", "no-simd"]
)
def test_old_browser_is_told_so_and_keeps_the_poster(watched, server, missing):
    watched.page.add_init_script(missing)
    demo = open_demo(watched, server.url + PAGES["en"])
    demo.locator(".live-primary").click()
    alert = demo.get_by_role("alert")
    alert.wait_for()
    assert re.search("WebAssembly|too old", alert.inner_text())
    assert demo.locator("img.live-poster").is_visible()
    assert not [path for path, _ in server.sent if path.endswith((".wasm", ".onnx"))]


@pytest.mark.browser
def test_without_javascript_the_poster_stands(browser, server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url + PAGES["zh"])
    assert page.locator(f"{DEMO} img.live-poster").is_visible()
    context.close()


PIXELS = """selector => {
  const canvas = document.querySelector(selector + ' canvas');
  return [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data];
}"""


@pytest.mark.browser
def test_the_reader_switches_the_engine_and_sees_the_same_pictures(watched, server):
    page = watched.page
    demo = open_demo(watched, server.url + PAGES["zh"])
    demo.locator(".live-primary").click()
    is_ready(page)
    ours = page.evaluate(PIXELS, DEMO)
    figures = demo.locator(".live-figures")
    figures.locator("summary").click()
    assert "推理引擎 本站内核" in figures.inner_text()
    assert not [path for path, _ in server.sent if "ort-wasm" in path]
    assert re.search(r"首次需下载 2\.\d MB", figures.inner_text())
    page.evaluate("void (window.again = new Promise(done => addEventListener('demo-ready', () => done(true))))")
    figures.get_by_role("button", name="换用：ONNX Runtime Web").click()
    assert page.evaluate("again")
    assert "推理引擎 ONNX Runtime Web" in figures.inner_text()
    assert figures.get_by_role("button", name="换用：本站内核").count() == 1
    assert [path for path, _ in server.sent if "ort-wasm" in path]
    assert max(abs(a - b) for a, b in zip(ours, page.evaluate(PIXELS, DEMO), strict=True)) <= 1
    watched.assert_clean()
