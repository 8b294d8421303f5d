"""The viewer of a deck as readers use it: what it loads, keys, buttons, swipes and links to a slide."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.lectures.viewer import ADDRESS, COUNT, current, is_shown, opened
from tests.browser.server import SiteServer
from tests.browser.test_pages import LARGEST_PAGE, await_colours, serious_violations

pytestmark = pytest.mark.browser


def test_page_is_clean_and_light_and_does_not_load_every_slide(watched, server):
    opened(watched.page, server.url + ADDRESS)
    is_shown(watched.page, 1)
    watched.assert_clean()
    page = watched.page
    assert page.url == server.url + ADDRESS  # the address changes only with the slide
    assert page.locator("h1").count() == 1
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(element => element.id)")
    assert len(ids) == len(set(ids))
    assert pictures(server, "slide") == [1]
    assert pictures(server, "thumb") == list(range(1, 9))
    assert sum(size for path, size in server.sent if not re.search(r"search_index|/workers/", path)) <= LARGEST_PAGE


@pytest.mark.parametrize("width", [1280, 412])
def test_nothing_moves_while_the_page_loads(browser, server, width):
    """Cumulative layout shift; 0.1 is what web.dev calls good."""
    context = browser.new_context(viewport={"width": width, "height": 823})
    page = context.new_page()
    page.add_init_script(
        "window.shifted = 0; new PerformanceObserver(list => list.getEntries().forEach(e => { shifted += e.value; }))"
        ".observe({ type: 'layout-shift', buffered: true })"
    )
    opened(page, server.url + ADDRESS)
    page.wait_for_timeout(300)
    assert page.evaluate("shifted") < 0.02
    context.close()


def pictures(server: SiteServer, kind: str) -> list[int]:
    """The numbers of the pictures that were sent."""
    return sorted(int(found[1]) for path, _ in server.sent if (found := re.search(rf"/{kind}-(\d+)\.webp", path)))


@pytest.mark.parametrize("way", ["pointer", "key", "focus", "finger"])
def test_more_slides_load_as_soon_as_a_reader_touches_the_deck(browser, server, way):
    context = browser.new_context(has_touch=True)
    page = context.new_page()
    opened(page, server.url + ADDRESS)
    if way == "pointer":
        page.locator("lecture-slides").hover()
    elif way == "key":
        page.keyboard.press("ArrowRight")
    elif way == "focus":
        page.locator(".lecture-strip").focus()
    else:
        page.locator(".lecture-strip").tap()
    page.mouse.move(0, 0)  # and they stay
    page.wait_for_function("() => document.querySelector('#slide-2 img').naturalWidth > 0")
    assert page.locator("#slide-2 img").evaluate("image => image.getClientRects().length") == 1
    context.close()


def test_a_link_to_a_slide_loads_it_and_not_those_before(watched, server):
    opened(watched.page, server.url + ADDRESS + "#slide-9")
    is_shown(watched.page, 9)
    watched.page.wait_for_function("() => document.querySelector('#slide-9 img').naturalWidth > 0")
    assert 2 not in pictures(server, "slide")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", [ADDRESS + "#slide-3", "lectures/03-gan/#slide-3", "en/lectures/"])
def test_axe_finds_nothing_serious(browser, server, scheme, address):
    context = browser.new_context(reduced_motion="reduce", color_scheme=scheme)
    page = context.new_page()
    page.goto(server.url + address, wait_until="networkidle")
    await_colours(page, scheme)
    page.evaluate("document.querySelectorAll('.lecture details').forEach(one => { one.open = true; })")
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(300)
        assert not serious_violations(page), width
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    context.close()


def test_keys_lead_through_the_deck_and_the_address_follows(watched, server):
    page = watched.page
    opened(page, server.url + ADDRESS)
    page.locator(".lecture-strip").focus()
    for key, number in (
        ("ArrowRight", 2), ("PageDown", 3), ("Space", 4), ("Shift+Space", 3), ("PageUp", 2), ("ArrowLeft", 1),
        ("ArrowLeft", 1), ("End", COUNT), ("ArrowRight", COUNT), ("Home", 1),
    ):  # fmt: skip
        page.keyboard.press(key)
        is_shown(page, number)
        assert page.url == f"{server.url}{ADDRESS}#slide-{number}"
    assert page.evaluate("history.length") == 2  # an empty tab and this page: Back leaves it
    watched.assert_clean()


def test_quick_keys_are_all_counted(watched, server):
    page = watched.page
    opened(page, server.url + ADDRESS)
    page.locator(".lecture-strip").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    is_shown(page, 6)


def test_left_and_right_work_before_anything_has_the_focus_and_other_keys_are_the_pages(watched, server):
    page = watched.page
    opened(page, server.url + ADDRESS)
    page.keyboard.press("ArrowRight")
    is_shown(page, 2)
    page.keyboard.press("End")
    page.wait_for_timeout(300)
    assert current(page) == 2
    page.locator(".md-search__input").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert current(page) == 2


def test_letters_inside_the_viewer_do_not_reach_the_themes_shortcuts(watched, server):
    page = watched.page
    opened(page, server.url + ADDRESS)
    page.locator(".lecture-strip").focus()
    for key in ("n", "p", "s", "f"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert page.url == server.url + ADDRESS
    expect(page.locator(".lecture-strip")).to_be_focused()


def test_buttons_thumbnails_and_swipes(watched, server):
    page = watched.page
    opened(page, server.url + ADDRESS)
    following, previous = (page.get_by_role("button", name=name) for name in ("Next slide", "Previous slide"))
    assert previous.get_attribute("aria-disabled") == "true"
    following.click()
    is_shown(page, 2)
    following.press("Enter")
    is_shown(page, 3)
    previous.click()
    is_shown(page, 2)
    page.locator('.lecture-thumbs a[href="#slide-5"]').click()
    is_shown(page, 5)
    page.locator(".lecture-strip").evaluate("strip => strip.scrollBy({ left: strip.clientWidth, behavior: 'smooth' })")
    is_shown(page, 6)
    assert page.url.endswith("#slide-6")
    page.get_by_role("link", name=f"Slide {COUNT}", exact=True).first.click()
    is_shown(page, COUNT)
    assert following.get_attribute("aria-disabled") == "true"
    following.click(force=True)
    is_shown(page, COUNT)
    watched.assert_clean()


@pytest.mark.parametrize(
    ("address", "words"),
    [(ADDRESS, "Slide 3 of 12: The demo slide"), ("lectures/03-gan/", "第 3 页，共 12 页：The demo slide")],
)
def test_screen_readers_hear_which_slide_is_shown(watched, server, address, words):
    page = watched.page
    opened(page, server.url + address)
    status = page.locator(".lecture [role=status]")
    assert status.text_content() == ""
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    is_shown(page, 3)
    expect(status).to_have_text(words)
    group = page.locator("#slide-3")
    assert group.get_attribute("aria-label") in words
    assert page.get_by_role("img", name="The demo slide").count() == 1


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize(("fragment", "number"), [("#slide-3", 3), ("#slide-12", 12)])
def test_a_link_to_a_slide_opens_there(watched, server, width, fragment, number):
    page = watched.page
    page.set_viewport_size({"width": width, "height": 740})
    opened(page, server.url + ADDRESS + fragment)
    is_shown(page, number)


@pytest.mark.parametrize("width", [1280, 360])
def test_a_link_to_the_text_of_a_slide_unfolds_it_and_the_viewer_follows(watched, server, width):
    page = watched.page
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(server.url + ADDRESS + "#slide-9-text", wait_until="networkidle")
    expect(page.locator("#slide-9-text")).to_be_in_viewport()
    page.locator(".lecture-strip").scroll_into_view_if_needed()  # its script comes when the reader comes near
    is_shown(page, 9)


def test_the_slide_stays_when_the_window_changes(watched, server):
    page = watched.page
    opened(page, server.url + ADDRESS + "#slide-5")
    for width, height in ((700, 900), (360, 740), (740, 360), (1280, 500), (1280, 900)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(450)
        page.locator("#slide-5").scroll_into_view_if_needed()
        is_shown(page, 5)
    page.screenshot(full_page=True)  # a window as high as the page, for a moment
    page.wait_for_timeout(450)
    assert current(page) == 5
