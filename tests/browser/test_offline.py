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
    tab.locator(f"{DEMO} .live-cover button").click()
    demo.locator(".live-primary").click()
    is_ready(tab)
    assert ink(tab) > 30
    assert not errors
    assert not elsewhere
    context.close()
