"""The viewer of a deck as readers use it: keys, links, hotspots, full screen, on paper, without scripts, from disk."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from site_tools.lectures.record import Font, Link, Losses
from tests.browser.conftest import ROOT, Watched
from tests.browser.server import SiteServer
from tests.browser.test_pages import LARGEST_PAGE, serious_violations
from tests.decks import Made, converted
from tests.sites import build_site, make_site

COUNT = 12
ADDRESS = "en/lectures/03-gan/"
DEMO = "# A page\n\n```demo\nuse: point-flow\nid: flow\ncaption: Points flow.\n```\n"
RUN = Link("deep/page/?demo=flow&steps=30#flow", "Flow", ((200, 200, 400, 200),))
JUMP = Link("#slide-2", "back", ((900, 600, 200, 80),))

PALETTE = ", ".join(
    f"{{media: '(prefers-color-scheme: {name})', scheme: {scheme}, primary: custom, accent: custom}}"
    for name, scheme in (("light", "default"), ("dark", "slate"))
)

pytestmark = pytest.mark.browser


def make_lectures(root: Path, *, offline: bool = False) -> Path:
    """A small site with the real bundle and the course's looks, and a deck of twelve slides."""
    texts = {"index.md": "# Home\n", "deep/page.md": DEMO, "lectures/index.md": "# All\n\n[[lectures]]\n"}
    pages = {f"{language}/{name}": text for language in ("zh", "en") for name, text in texts.items()}
    truth = str(offline).lower()
    bundle = ROOT / "site_tools" / "web" / "dist"
    config = make_site(root, pages, lectures=True, bundle=str(bundle), offline=truth)
    (root / "styles" / "own.css").write_text((ROOT / "docs/stylesheets/extra.css").read_text("utf-8"), "utf-8")
    for file in root.glob("mkdocs*.yml"):
        text = file.read_text("utf-8").replace("font: false}", f"font: false, palette: [{PALETTE}]}}")
        text = text.replace("plugins:\n", f"plugins:\n  search: {{}}\n  offline: {{enabled: {truth}}}\n")
        file.write_text(text, "utf-8")
    slides = [Made(f"Slide {n}", (f"text {n}",), f"Note {n}" if n % 2 else "") for n in range(1, COUNT + 1)]
    slides[2] = Made("The demo slide", ("a zebra is here",), "Note 3", (RUN, JUMP))
    converted(root / "docs" / "lectures" / "03-gan", *slides, losses=Losses(fonts=(Font("Calibri", "Carlito"),)))
    return build_site(config)


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    return make_lectures(tmp_path_factory.mktemp("lectures"))


@pytest.fixture
def server(site) -> Iterator[SiteServer]:
    served = SiteServer(site)
    yield served
    served.close()


def current(page: Page) -> int:
    return page.evaluate("document.querySelector('lecture-slides').current")


def is_shown(page: Page, number: int, count: int = COUNT) -> None:
    """The viewer has come to rest on a slide: number, address, thumbnail and strip all say so."""
    expect(page.locator(".lecture-position")).to_have_text(f"{number} / {count}")
    page.wait_for_function(
        """number => {
          const strip = document.querySelector('.lecture-strip');
          return Math.abs(strip.scrollLeft - (number - 1) * strip.clientWidth) < 2;
        }""",
        arg=number,
    )
    assert current(page) == number
    thumbs = page.locator(".lecture-thumbs a[aria-current]")
    assert thumbs.evaluate_all("links => links.map(link => link.hash)") == [f"#slide-{number}"]
    expect(page.locator(f"#slide-{number}")).to_be_in_viewport()


def opened(page: Page, url: str) -> None:
    page.goto(url, wait_until="networkidle")
    page.locator(".lecture-position").wait_for()


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
    assert pictures(server, "thumb") == list(range(1, 10))
    assert sum(size for path, size in server.sent if not re.search(r"search_index|/workers/", path)) <= LARGEST_PAGE


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
    page.wait_for_function("document.querySelector('#slide-2 img').naturalWidth > 0")
    assert page.locator("#slide-2 img").evaluate("image => image.getClientRects().length") == 1
    context.close()


def test_a_link_to_a_slide_loads_it_and_not_those_before(watched, server):
    opened(watched.page, server.url + ADDRESS + "#slide-9")
    is_shown(watched.page, 9)
    watched.page.wait_for_function("document.querySelector('#slide-9 img').naturalWidth > 0")
    assert 2 not in pictures(server, "slide")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", [ADDRESS + "#slide-3", "lectures/03-gan/#slide-3", "en/lectures/"])
def test_axe_finds_nothing_serious(browser, server, scheme, address):
    context = browser.new_context(reduced_motion="reduce", color_scheme=scheme)
    page = context.new_page()
    page.goto(server.url + address, wait_until="networkidle")
    assert page.evaluate("document.body.dataset.mdColorScheme") == {"light": "default", "dark": "slate"}[scheme]
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
