"""The site opened by double click: no server, the same files, and the model still runs."""

import pytest

from tests.browser.test_reverse_process import DEMO, ink, is_ready


@pytest.mark.browser
@pytest.mark.parametrize("page", ["diffusion/reverse-process.html", "en/diffusion/reverse-process.html"])
def test_model_runs_from_disk(browser, offline_site, page):
    context = browser.new_context()
    tab = context.new_page()
    errors, elsewhere = [], []
    tab.on("console", lambda message: message.type == "error" and errors.append(message.text))
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("request", lambda request: request.url.startswith(("http:", "https:")) and elsewhere.append(request.url))
    tab.goto((offline_site / page).as_uri())
    demo = tab.locator(DEMO)
    demo.scroll_into_view_if_needed()
    tab.locator(f"{DEMO} .live-cover .exercise-skip").click()
    demo.locator(".live-primary").click()
    is_ready(tab)
    assert ink(tab) > 30
    assert not errors
    assert not elsewhere
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", ["fashion-diffusion.*.onnx", "fashion-diffusion.*.json", "kernels.*.wasm"])
def test_a_damaged_offline_copy_is_told(browser, offline_site, name):
    """One letter of a file's base64 is another one: the same length, other bytes."""
    script = next(offline_site.rglob(f"{name}.b64.js"))
    whole = script.read_text()
    at = len(whole) // 2
    context = browser.new_context()
    tab = context.new_page()
    try:
        script.write_text(whole[:at] + ("A" if whole[at] != "A" else "B") + whole[at + 1 :])
        tab.goto((offline_site / "en/diffusion/reverse-process.html").as_uri())
        tab.locator(DEMO).scroll_into_view_if_needed()
        tab.locator(f"{DEMO} .live-cover .exercise-skip").click()
        tab.locator(f"{DEMO} .live-primary").click()
        alert = tab.locator(DEMO).get_by_role("alert")
        alert.wait_for(timeout=60_000)
        assert "damaged" in alert.inner_text()
    finally:
        script.write_text(whole)
        context.close()
