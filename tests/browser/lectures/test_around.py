"""Around the slides: transcript, search, notes, hotspots, full screen, on paper, without scripts, from disk."""

import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.conftest import Watched
from tests.browser.lectures.viewer import ADDRESS, COUNT, current, is_shown, make_lectures, opened

pytestmark = pytest.mark.browser


def test_the_transcript_leads_to_its_slide_and_the_search_to_the_transcript(watched, server):
    page = watched.page
    opened(page, server.url + ADDRESS)
    page.locator(".lecture-text summary").click()
    page.locator("#slide-7-text a").click()
    is_shown(page, 7)
    page.wait_for_timeout(300)  # the theme closes its search an eighth of a second after a jump
    page.locator(".md-search__input").click()
    page.keyboard.type("zebra")
    page.locator('a.md-search-result__link[href*="#slide-3-text"]').click()
    page.wait_for_url("**#slide-3-text**")
    expect(page.locator("#slide-3-text")).to_be_in_viewport()
    assert current(page) == 3


def test_notes_belong_to_the_slide_that_is_shown(watched, server):
    page = watched.page
    opened(page, server.url + ADDRESS)
    shown = page.locator(".lecture-notes [data-slide]:visible")
    expect(shown).to_have_text(re.compile("Note 1"))
    page.keyboard.press("ArrowRight")
    expect(page.locator(".lecture-no-notes")).to_be_visible()
    assert shown.count() == 0
    page.keyboard.press("ArrowRight")
    expect(shown).to_have_text(re.compile("Note 3"))
    page.goto("about:blank")
    opened(page, server.url + ADDRESS + "#slide-9-notes")
    expect(page.locator("#slide-9-notes")).to_be_in_viewport()
    assert current(page) == 9


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_a_hotspot_opens_the_demo_in_its_state(watched, server, by):
    page = watched.page
    opened(page, server.url + ADDRESS + "#slide-3")
    spot = page.get_by_role("link", name="Run: Flow")
    picture = page.locator("#slide-3 img").bounding_box()
    box = spot.locator("> rect").bounding_box()
    scale = picture["width"] / 1280
    assert abs(box["x"] - picture["x"] - 194 * scale) < 3
    assert abs(box["width"] - 412 * scale) < 4
    if by == "mouse":
        page.mouse.click(picture["x"] + 400 * scale, picture["y"] + 300 * scale)
    else:
        page.locator(".lecture-strip").focus()
        page.keyboard.press("Tab")
        assert spot.evaluate("link => link === document.activeElement")
        page.keyboard.press("Enter")
    page.wait_for_url("**/en/deep/page/?demo=flow&steps=30#flow")
    page.wait_for_function("() => document.querySelector('point-flow').state?.steps === 30")
    watched.assert_clean()


def test_the_keyboard_does_not_go_back_to_links_of_other_slides(watched, server):
    page = watched.page
    opened(page, server.url + ADDRESS + "#slide-5")
    page.locator(".lecture-strip").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Previous slide")).to_be_focused()
    is_shown(page, 5)


def test_a_jump_inside_the_deck_keeps_the_page_where_it_is(watched, server):
    page = watched.page
    opened(page, server.url + ADDRESS + "#slide-3")
    before = page.evaluate("scrollY")
    page.get_by_role("link", name="To slide 2").click()
    is_shown(page, 2)
    assert page.evaluate("scrollY") == before


def test_full_screen(watched, server):
    page = watched.page
    opened(page, server.url + ADDRESS + "#slide-3")
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("() => document.fullscreenElement?.localName === 'lecture-slides'")
    is_shown(page, 3)
    picture, screen = page.locator("#slide-3 img").bounding_box(), page.viewport_size
    assert picture["width"] >= 0.99 * screen["width"] or picture["height"] >= 0.85 * screen["height"]
    for key, number in (("PageDown", 4), ("ArrowDown", 5), ("n", 5), ("ArrowUp", 4)):
        page.keyboard.press(key)
        is_shown(page, number)
    page.get_by_role("button", name="Leave full screen").click()
    page.wait_for_function("() => document.fullscreenElement === null")
    page.wait_for_timeout(400)
    is_shown(page, 4)
    watched.assert_clean()


def test_a_demo_in_full_screen_opens_in_front_of_the_slides(watched, server):
    page = watched.page
    opened(page, server.url + ADDRESS + "#slide-3")
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("() => document.fullscreenElement?.localName === 'lecture-slides'")
    page.get_by_role("link", name="Run: Flow").click()
    demo = page.frame_locator(".lecture-guest iframe").locator("point-flow")
    expect(demo).to_have_attribute("steps", "30")
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Back to the slides").click()
    expect(page.locator(".lecture-guest")).to_have_count(0)
    assert page.evaluate("document.fullscreenElement?.localName") == "lecture-slides"
    is_shown(page, 3)
    watched.assert_clean()


def test_reduced_motion_scrolls_at_once(browser, server):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    opened(page, server.url + ADDRESS)
    page.keyboard.press("ArrowRight")
    assert page.evaluate("(s => s.scrollLeft === s.clientWidth)(document.querySelector('.lecture-strip'))")
    context.close()


def test_paper_holds_every_slide_two_a_page(browser, server, tmp_path):
    context = browser.new_context()
    page = context.new_page()
    opened(page, server.url + ADDRESS + "#slide-4")
    for size in ("A4", "Letter"):
        page.pdf(path=tmp_path / "p.pdf", format=size)
        sheets = PdfReader(tmp_path / "p.pdf").pages
        slides = [sum(image.image.width > 600 for image in sheet.images) for sheet in sheets]
        assert slides[: COUNT // 2] == [2] * (COUNT // 2)
        text = "\n".join(sheet.extract_text() for sheet in sheets)
        assert "Note 11" in text
        assert "zebra" not in text
    page.wait_for_timeout(400)
    is_shown(page, 4)
    context.close()


def test_without_scripts_the_strip_scrolls_and_the_links_work(browser, server):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(server.url + ADDRESS + "#slide-3")
    expect(page.locator("#slide-3 img")).to_be_in_viewport()
    assert page.locator(".lecture-bar").count() == 0
    page.locator('.lecture-thumbs a[href="#slide-5"]').click()
    expect(page.locator("#slide-5 img")).to_be_in_viewport(ratio=0.9)
    assert page.locator(".lecture-notes [data-slide]:visible").count() == COUNT // 2
    page.locator('.lecture-thumbs a[href="#slide-3"]').click()
    page.get_by_role("link", name="Run: Flow").click()
    assert page.url == server.url + "en/deep/page/?demo=flow&steps=30#flow"
    context.close()


def test_a_script_that_does_not_come_leaves_the_slides(watched, server):
    page = watched.page
    name = next(path.name for path in (server.folder / "assets/live/elements").glob("lecture-slides.*.js"))
    server.broken[name] = 404
    page.goto(server.url + ADDRESS, wait_until="networkidle")
    retry = page.get_by_role("alert").get_by_role("button")
    retry.wait_for()
    expect(page.locator("#slide-1 img")).to_be_visible()
    expect(page.get_by_text("Note 1", exact=True)).to_be_visible()
    expect(page.get_by_text("Note 3", exact=True)).to_be_visible()
    page.wait_for_function("() => document.querySelector('#slide-2 img').naturalWidth > 0")
    server.broken.clear()
    retry.click()
    is_shown(page, 1)


def test_from_disk(browser, tmp_path):
    site = make_lectures(tmp_path, offline=True)
    context = browser.new_context()
    page = context.new_page()
    watched = Watched(page, "file:")
    opened(page, (site / "en" / "lectures" / "03-gan.html").as_uri() + "#slide-3")
    is_shown(page, 3)
    page.locator(".lecture-strip").focus()
    page.keyboard.press("ArrowRight")
    is_shown(page, 4)
    assert page.url.endswith("03-gan.html#slide-4")
    page.keyboard.press("ArrowLeft")
    page.get_by_role("link", name="Run: Flow").click()
    page.wait_for_url("**/en/deep/page.html?demo=flow&steps=30#flow")
    page.wait_for_function("() => document.querySelector('point-flow').state?.steps === 30")
    watched.assert_clean()
    context.close()
