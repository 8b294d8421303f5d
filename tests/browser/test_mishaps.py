"""What goes wrong on real disks, networks and browsers: noticed, said in one sentence, and healed where it can be."""

import json
import re
from pathlib import Path

import pytest

from tests.browser.test_reverse_process import DEMO, PAGES, ink, is_ready, open_demo

PORTAL = (b"<!doctype html><title>Campus Wi-Fi</title><p>Please log in.", "text/html")
LOG_IN = {"zh": "登录", "en": "log in"}
FORWARD = {"zh": "diffusion/forward-process/", "en": "en/diffusion/forward-process/"}

# Turns one bit over in the middle of the model that Cache Storage keeps.
FLIP_A_BIT = """async () => {
  const cache = await caches.open('live-models');
  const key = (await cache.keys()).find(({ url }) => url.includes('.onnx'));
  const bytes = new Uint8Array(await (await cache.match(key)).arrayBuffer());
  bytes[bytes.length >> 1] ^= 1;
  await cache.put(key, new Response(bytes));
}"""
IS_KEPT = "async () => (await (await caches.open('live-models')).keys()).some(({ url }) => url.includes('.onnx'))"


def file_name(site: Path, address: str, part: str) -> str:
    """Name of a file in a page's table, by a part of its logical name.

    Read from the built page: a visit that asks for it would put files into the browser's cache, whose
    second visit then meets no mishap.
    """
    table = re.search(r'<script[^>]*id="live-runtime"[^>]*>(.*?)</script>', (site / address / "index.html").read_text())
    return next(entry["url"] for name, entry in json.loads(table[1])["files"].items() if part in name).rsplit("/", 1)[
        -1
    ]


@pytest.mark.browser
def test_a_flipped_bit_in_the_cached_model_is_fetched_again(watched, server):
    page = watched.page
    open_demo(watched, server.url + PAGES["zh"]).locator(".live-primary").click()
    is_ready(page)
    page.wait_for_function(IS_KEPT)
    page.evaluate(FLIP_A_BIT)
    for fetched in (1, 0):  # the second visit heals the cache, the third finds it whole
        server.sent.clear()
        page.reload(wait_until="networkidle")
        page.locator(f"{DEMO} .live-primary").click()
        is_ready(page)
        assert len([path for path, _ in server.sent if path.endswith(".onnx")]) == fetched
        page.wait_for_function(IS_KEPT)
    watched.assert_clean()


@pytest.mark.browser
@pytest.mark.parametrize("mishap", ["for (;;);", "close()"], ids=["loops", "dies"])
def test_a_worker_that_does_not_come_back_is_stopped_and_replaced(watched, server, built_site, mishap):
    page = watched.page
    demo = open_demo(watched, server.url + PAGES["zh"])
    name = file_name(built_site, PAGES["zh"], "kernels-worker.js")
    script = next(built_site.rglob(name)).read_text(encoding="utf-8")
    ill = f"""{{ const serve = onmessage; onmessage = (event) => {{
      if (event.data.op !== 'run') return serve(event);
      postMessage({{ id: event.data.id, began: true }});
      {mishap}
    }}; }}"""
    server.replaced[name] = ((script + ill).encode(), "text/javascript")
    demo.locator(".live-primary").click()
    page.wait_for_selector(f'{DEMO}[data-phase="running"]', timeout=60_000)
    page.wait_for_timeout(1000)
    server.replaced.clear()
    demo.get_by_role("button", name="停止").click()
    page.wait_for_selector(f'{DEMO}[data-phase="ready"]')  # the start noise is there to be seen
    assert demo.locator(".live-status").inner_text() == "已停止。"
    demo.locator(".live-primary").click()
    page.wait_for_selector(f'{DEMO}[data-phase="running"]')
    is_ready(page)
    assert "20" in demo.locator(".live-facts").inner_text()  # network calls
    assert ink(page) > 30
    watched.assert_clean()


@pytest.mark.browser
@pytest.mark.parametrize(("language", "script"), [("zh", "elements/forward-process.js"), ("en", "files.js")])
def test_a_portal_in_place_of_a_script_is_told_and_the_retry_heals(watched, server, built_site, language, script):
    page = watched.page
    server.replaced[file_name(built_site, FORWARD[language], script)] = PORTAL
    page.goto(server.url + FORWARD[language], wait_until="networkidle")
    demo = page.locator("#trap forward-process")
    demo.scroll_into_view_if_needed()
    note = page.locator("#trap .live-note")
    note.wait_for()
    assert LOG_IN[language] in note.inner_text()
    assert demo.locator("img.live-poster").is_visible()
    server.replaced.clear()
    note.locator("button").click()
    page.locator("#trap .live-frame").wait_for()
    assert not note.count()


@pytest.mark.browser
@pytest.mark.parametrize("part", [".onnx", "models/fashion-diffusion.json", "kernels.wasm", "kernels-worker.js"])
def test_a_portal_in_place_of_a_file_is_told_and_the_retry_heals(watched, server, built_site, part):
    page = watched.page
    server.replaced[file_name(built_site, PAGES["en"], part)] = PORTAL
    demo = open_demo(watched, server.url + PAGES["en"])
    demo.locator(".live-primary").click()
    alert = demo.get_by_role("alert")
    alert.wait_for()
    assert LOG_IN["en"] in alert.inner_text()
    server.replaced.clear()
    demo.locator(".live-failure button").click()
    is_ready(page)


@pytest.mark.browser
def test_an_address_that_cannot_be_decoded_breaks_no_element(watched, server):
    page = watched.page
    page.goto(server.url + PAGES["zh"] + "#%E5%8F", wait_until="networkidle")
    page.locator(DEMO).scroll_into_view_if_needed()
    page.locator(f"{DEMO} .live-cover .exercise-skip").click()
    page.locator(f"{DEMO} .live-primary").wait_for()
    watched.assert_clean()


@pytest.mark.browser
@pytest.mark.parametrize(("language", "words"), [("zh", "画布"), ("en", "canvas")])
def test_without_a_canvas_there_is_a_sentence(watched, server, language, words):
    watched.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    demo = open_demo(watched, server.url + PAGES[language])
    alert = demo.get_by_role("alert")  # at once: the starting noise needs a canvas as well
    alert.wait_for(timeout=60_000)
    assert words in alert.inner_text()
    home = watched.page
    home.goto(server.url + PAGES[language].split("diffusion")[0])
    alert = home.locator("point-flow").get_by_role("alert")
    alert.wait_for()
    assert words in alert.inner_text()
    assert home.locator("point-flow img.live-poster >> visible=true").count() == 1


@pytest.mark.browser
def test_without_observer_and_storage_the_demo_runs(watched, server):
    watched.page.add_init_script("""
      delete globalThis.IntersectionObserver;
      for (const name of ['sessionStorage', 'localStorage', 'caches']) {
        Object.defineProperty(globalThis, name, { get() { throw new DOMException('denied', 'SecurityError'); } });
      }
    """)
    page = watched.page
    page.goto(server.url + PAGES["zh"], wait_until="networkidle")
    page.locator(f"{DEMO} .live-cover .exercise-skip").click()
    page.locator(f"{DEMO} .live-primary").click()
    is_ready(page)
    assert ink(page) > 30


@pytest.mark.browser
@pytest.mark.parametrize("address", ["", "en/", *FORWARD.values()])
def test_without_javascript_every_demo_shows_a_still(browser, server, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url + address)
    figures = page.locator(".live-figure")
    assert figures.count()
    for i in range(figures.count()):
        assert figures.nth(i).locator("img.live-poster >> visible=true").count() == 1
    context.close()
