"""Every page, in both languages: clean, light, accessible, and with a working language switch."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, SITE_URL
from tests.browser.pages import kind, one_of_each_kind, pages

AXE = ROOT / "site_tools" / "web" / "node_modules" / "axe-core" / "axe.min.js"
LARGEST_PAGE = 150_000  # bytes as sent before the first interaction, the search index apart
LARGEST_DECK = 140_000  # the same, for a lecture's page
# Whatever is near the screen has its program; on a busy machine the network rests before that was asked for.
PROGRAMS_ARE_HERE = """() => [...document.querySelectorAll('lecture-slides, .live-figure > *')].every(
    (one) => one.matches(':defined') || one.getBoundingClientRect().top > innerHeight + 600
)"""


@pytest.mark.browser
@pytest.mark.parametrize("address", pages())
def test_page_is_clean_and_light(watched, server, address):
    page = watched.page
    page.goto(server.url + address)
    page.wait_for_function(PROGRAMS_ARE_HERE)
    page.wait_for_load_state("networkidle")
    watched.assert_clean()
    assert page.locator("h1").count() == 1
    assert page.locator('meta[name="description"]').get_attribute("content")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(element => element.id)")
    assert all(ids)
    assert len(ids) == len(set(ids))
    broken = page.evaluate(
        "[...document.images].filter(i => i.complete && !i.naturalWidth && i.getClientRects().length).map(i => i.src)"
    )
    assert not broken
    sent = [(path, size) for path, size in server.sent if not re.search(r"search_index\.json|/workers/", path)]
    most = LARGEST_DECK if kind(address) == "deck" else LARGEST_PAGE
    assert sum(size for _, size in sent) <= most, sorted(sent, key=lambda item: -item[1])[:8]
    assert not any(path.endswith((".wasm", ".onnx")) for path, _ in sent)


def serious_violations(page: Page, within: str = "html") -> list[tuple]:
    """What axe calls serious or critical: (rule, the first elements)."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("within => axe.run(within, { resultTypes: ['violations'] })", within)
    return [
        (violation["id"], [node["target"] for node in violation["nodes"]][:3])
        for violation in result["violations"]
        if violation["impact"] in ("serious", "critical")
    ]


def await_colours(page: Page, scheme: str) -> None:
    """The theme follows the screen's colours from a task of its own, on a busy machine after the network's rest."""
    theme = {"light": "default", "dark": "slate"}[scheme]
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", theme)


def assert_nothing_serious(browser, url: str) -> None:
    """Light and dark, wide and narrow."""
    for scheme in ("light", "dark"):
        context = browser.new_context(reduced_motion="reduce", color_scheme=scheme)
        page = context.new_page()
        page.goto(url, wait_until="networkidle")
        await_colours(page, scheme)
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            page.wait_for_timeout(300)  # layout settles, then what scrolls becomes focusable
            assert not serious_violations(page), (scheme, width)
            overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert overflow <= 0, f"the page is {overflow} px wider than a screen of {width} px"
        context.close()


@pytest.mark.browser
@pytest.mark.parametrize("address", one_of_each_kind())
def test_axe_finds_nothing_serious_on_a_page_of_each_kind(browser, server, address):
    assert_nothing_serious(browser, server.url + address)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("address", [address for address in pages() if address not in one_of_each_kind()])
def test_axe_finds_nothing_serious_on_the_other_pages(browser, server, address):
    assert_nothing_serious(browser, server.url + address)


@pytest.mark.browser
@pytest.mark.parametrize("address", pages())
def test_language_switch_stays_on_the_page(watched, server, address):
    page = watched.page
    page.goto(server.url + address)
    twin = address.removeprefix("en/") if address.startswith("en/") else f"en/{address}"
    hrefs = page.locator('link[rel~="alternate"][hreflang]').evaluate_all("links => links.map(link => link.href)")
    assert {SITE_URL + address, SITE_URL + twin} <= set(hrefs)
    switch = page.locator("header a[hreflang]")
    assert switch.first.evaluate("link => link.href") == server.url + twin
    switch.first.click()
    page.wait_for_load_state()  # closing a page amid its navigation has hung Chromium
    assert page.url == server.url + twin
