"""Every demo of every page, used as a reader would: it ends ready, without errors, and accessible in every state."""

import json
import re

import pytest
from playwright.sync_api import Page

from site_tools.setup.environment import TOOLS, WEB
from tests.browser.pages import demos, pages, source
from tests.browser.test_pages import await_colours, serious_violations

USE_PAGE = f"async () => {{ {(TOOLS / 'use_page.js').read_text(encoding='utf-8')} }}"


WITH_DEMOS = [address for address in pages() if demos(address)]
WITH_MODELS = [address for address in WITH_DEMOS if re.search(r"^model: ", source(address), re.M)]


def assert_accessible(page: Page) -> None:
    """Light and dark, wide and narrow."""
    for scheme in ("default", "slate"):
        page.evaluate("scheme => { document.body.dataset.mdColorScheme = scheme }", scheme)
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(200)
            assert not serious_violations(page, ".live-figure"), (scheme, width)


@pytest.mark.browser
@pytest.mark.parametrize("address", WITH_DEMOS)
def test_every_demo_ends_ready_and_accessible(watched, server, address):
    page = watched.page
    page.emulate_media(reduced_motion="reduce")
    page.goto(server.url + address, wait_until="networkidle")
    results = page.evaluate(USE_PAGE)
    assert [result["tag"] for result in results] == demos(address)
    for result in results:
        assert result["phase"] == "ready", result
        assert result["pictured"], result
    page.evaluate("document.querySelectorAll('.live-more').forEach(details => details.open = true)")
    watched.assert_clean()
    assert_accessible(page)  # last: axe writes inline styles into shadow roots, which the policy refuses


@pytest.mark.browser
@pytest.mark.parametrize("address", WITH_MODELS)
def test_a_failure_is_accessible_too(watched, server, address):
    page = watched.page
    server.broken[".onnx"] = 404
    page.emulate_media(reduced_motion="reduce")
    page.goto(server.url + address, wait_until="networkidle")
    declared = json.loads((WEB / "dist" / "elements.json").read_text(encoding="utf-8"))
    results = [result for result in page.evaluate(USE_PAGE) if declared[result["tag"]]["runtime"]]
    assert results
    for result in results:
        assert result["phase"] == "error", result
        assert result["alert"], result
    assert_accessible(page)


@pytest.mark.browser
def test_print_shows_what_is_folded_and_no_buttons(browser, server):
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.url + "diffusion/reverse-process/", wait_until="networkidle")
    page.evaluate(USE_PAGE)
    page.emulate_media(media="print")
    formulas = page.locator("details.note .formula").first
    assert formulas.evaluate("element => element.checkVisibility({ contentVisibilityAuto: true })")
    assert page.locator("#first-sample canvas.live-b").is_visible()
    for hidden in (".live-panel", ".live-tools", ".md-header", ".md-sidebar"):
        assert page.locator(hidden).count() > 0
        assert not page.locator(hidden).first.is_visible(), hidden
    context.close()


@pytest.mark.browser
def test_paper_is_light_whatever_the_screen_is(browser, server):
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(server.url + "github/upload/", wait_until="networkidle")
    await_colours(page, "dark")
    page.emulate_media(media="print", color_scheme="dark")
    colours = page.evaluate(
        """() => {
          const drawing = document.querySelector('.github-figure .github-host').shadowRoot.querySelector('.github');
          return [document.querySelector('h1'), drawing].map(e => getComputedStyle(e).color.match(/\\d+/g).map(Number));
        }"""
    )
    assert all(max(channels[:3]) < 90 for channels in colours), colours
    context.close()


@pytest.mark.browser
def test_a_change_of_colours_behind_a_question_breaks_nothing(watched, server):
    page = watched.page
    page.goto(server.url + "diffusion/overview/", wait_until="networkidle")
    page.locator("#flow-demo").scroll_into_view_if_needed()
    page.locator("#flow-demo .live-cover").wait_for()
    page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    page.wait_for_timeout(100)
    watched.assert_clean()
