"""What readers ran into: pictures that came again, drawings that were lost, places and answers that a switch forgot."""

import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.test_pages import serious_violations

REVERSE = "en/diffusion/reverse-process/"
FORWARD = "diffusion/forward-process/"
IN_SIGHT = """element => {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 60 && bottom <= innerHeight;
}"""
INK_WIDTH = """flow => {
  const canvas = flow.querySelector('canvas'), { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  let [left, right] = [width, 0];
  for (let i = 0; i < width * height; i++) {
    if (data[4 * i + 3]) [left, right] = [Math.min(left, i % width), Math.max(right, i % width)];
  }
  return (right - left) / ((height / 4.6) * 2 * 1.62);
}"""  # in sides of the writing square, 3.24 of the 4.6 units that the canvas is high
PRESS = """async demo => {
  const ready = new Promise(resolve => demo.addEventListener('demo-ready', resolve, { once: true }));
  demo.querySelector('.live-primary').click();
  await ready;
  await demo.updateComplete;
  return demo.querySelector('canvas').toDataURL();
}"""
TOTALS = """() => {
  window.totals = new Set();
  new MutationObserver(() => {
    const shown = document.querySelector('#first-sample .live-overlay .live-numbers')?.textContent.trim();
    if (shown) totals.add(shown.split(' of ')[1]);
  }).observe(document.querySelector('#first-sample'), { subtree: true, childList: true, characterData: true });
}"""


def _full_screen(page: Page, tag: str) -> None:
    page.evaluate(
        "tag => addEventListener('click', () => document.querySelector(tag).requestFullscreen(), { once: true })", tag
    )
    page.mouse.click(5, 500)
    page.wait_for_function("() => document.fullscreenElement !== null")
    page.wait_for_timeout(300)


@pytest.mark.browser
def test_again_is_another_picture_and_counts_the_bytes_it_announced(watched, server):
    page = watched.page
    page.goto(f"{server.url}{REVERSE}?demo=first-sample&steps=2#first-sample", wait_until="networkidle")
    demo = page.locator("#first-sample reverse-process")
    announced = re.search(r"[\d.]+ MB", demo.locator(".live-cost").inner_text())[0]
    assert float(announced.removesuffix(" MB")) <= 1.1
    page.evaluate(TOTALS)
    pictures = []
    for seed in (0, 1):
        pictures.append(demo.evaluate(PRESS))
        expect(demo).to_have_attribute("seed", str(seed))
    assert pictures[0] != pictures[1]
    assert page.evaluate("[...totals]") == [announced]
    watched.assert_clean()


@pytest.mark.browser
def test_a_drawing_beside_the_square_arrives_whole_with_the_link(watched, server):
    page = watched.page
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{server.url}en/", wait_until="networkidle")
    flow = page.locator("point-flow")
    flow.get_by_role("button", name="Draw it").click()
    box = flow.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + box["height"] / 2)  # far left of the writing square
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 10, box["y"] + box["height"] / 2, steps=20)
    page.mouse.up()
    flow.get_by_role("button", name="Let the noise flow").click()
    expect(flow).to_have_attribute("data-phase", "ready")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    flow.get_by_role("button", name="Copy link").click()
    link = flow.locator(".live-link").input_value()
    strokes = flow.get_attribute("strokes")
    ink = flow.locator(".live-facts dd").nth(1).inner_text()
    page.goto("about:blank")
    page.goto(link)
    expect(flow).to_have_attribute("strokes", strokes)
    expect(flow.locator(".live-facts dd").nth(1)).to_have_text(ink)
    assert flow.evaluate(INK_WIDTH) == pytest.approx(
        1, abs=0.08
    )  # from one side of the square to the other, and not beyond
    watched.assert_clean()


@pytest.mark.browser
def test_the_language_switch_takes_place_answers_settings_and_colours_along(watched, server):
    page = watched.page
    page.goto(server.url + FORWARD, wait_until="networkidle")
    page.locator("label[for=__palette_1]:visible, label[for=__palette_0]:visible").first.click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    page.locator(".md-search__input").click()  # what a search brings into the page is not part of the place
    page.keyboard.type("噪声")
    page.keyboard.press("End")  # the theme looks when a key is let go
    page.locator(".md-search-result__item").first.wait_for(state="attached")
    page.keyboard.press("Escape")
    exercise = page.locator(".live-exercise").first
    exercise.locator("input").nth(1).check()  # on the card of a demo choosing is answering
    expect(exercise).to_have_attribute("data-verdict", re.compile("right|wrong"))
    verdict = exercise.get_attribute("data-verdict")
    demo = page.locator("#trap forward-process")
    demo.scroll_into_view_if_needed()
    expect(demo).to_have_attribute("data-phase", "ready", timeout=30_000)  # it has walked to the end
    demo.evaluate("demo => demo.setQuietly('t', 0.37)")
    page.locator("#why-shrink").evaluate("title => scrollBy(0, title.getBoundingClientRect().top - 60)")
    page.wait_for_timeout(300)
    page.locator(".course-language").click()
    page.wait_for_url(f"{server.url}en/{FORWARD}")
    expect(exercise.locator("input").nth(1)).to_be_checked()
    expect(exercise).to_have_attribute("data-verdict", verdict)
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    expect(demo).to_have_attribute("t", "0.37")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1000)
    assert abs(page.locator("#why-shrink").evaluate("title => title.getBoundingClientRect().top") - 60) < 40
    _home_knows_what_was_done(page, server)
    watched.assert_clean()


def _home_knows_what_was_done(page: Page, server) -> None:
    """The one answer of this reader, on the card of its lesson in both languages, until it is cleared."""
    for address, done, plain, go_on in (
        ("en/", "1 of 6 questions", "6 questions", "Go on here"),
        ("", "做了 1 / 6 题", "6 道题", "接着学"),
    ):
        page.goto(server.url + address)
        card = page.locator('.lesson-card[data-page="diffusion/forward-process.md"]')
        questions = card.locator(".lesson-questions")
        expect(questions).to_have_text(plain)
        card.scroll_into_view_if_needed()  # the script comes near the screen
        expect(questions).to_have_text(done)
        expect(card.locator(".lesson-next")).to_have_text(go_on)
        assert card.evaluate("card => getComputedStyle(card).getPropertyValue('--done')") == str(1 / 6)
    assert page.locator(".lesson-next").count() == page.locator(".lesson-kept").count() == 1
    assert not serious_violations(page, "#diffusion-lessons")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator(".lesson-kept").get_by_role("button").click()
    expect(questions).to_have_text(plain)
    expect(page.locator(".lesson-next, .lesson-kept")).to_have_count(0)


@pytest.mark.browser
def test_a_verdict_asked_for_by_keyboard_is_in_sight(watched, server):
    page = watched.page
    page.set_viewport_size({"width": 390, "height": 600})
    page.goto(server.url + FORWARD, wait_until="networkidle")
    exercise = page.locator(".live-exercise:not(figure *)").first
    check = exercise.get_by_role("button").first
    exercise.locator("input").first.focus()
    page.keyboard.press("Space")
    check.focus()
    check.evaluate(
        "button => scrollBy(0, button.getBoundingClientRect().bottom - innerHeight)"
    )  # at the foot of the screen
    page.keyboard.press("Enter")
    assert exercise.locator(".exercise-verdict").evaluate(IN_SIGHT)


@pytest.mark.browser
def test_search_finds_what_is_written_without_a_blank(watched, server):
    page = watched.page
    page.goto(server.url, wait_until="networkidle")
    page.locator(".md-search__input").click()
    page.keyboard.type("上传PPT")
    expect(page.locator(".md-search-result__item h1").first).to_contain_text("PPT")
    watched.assert_clean()


@pytest.mark.browser
def test_a_phone_breaks_no_word_and_shows_where_a_table_goes_on(watched, server):
    page = watched.page
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{server.url}{REVERSE}?demo=first-sample#first-sample", wait_until="networkidle")
    page.evaluate("document.querySelectorAll('.live-more').forEach(details => details.open = true)")
    broken = page.evaluate(
        """() => [...document.querySelectorAll('.live-field > span')].flatMap(label => {
          const text = label.firstChild, range = document.createRange();
          return [...text.data.matchAll(/\\S+/g)].filter(({ 0: word, index }) => {
            range.setStart(text, index); range.setEnd(text, index + word.length);
            return new Set([...range.getClientRects()].map(line => Math.round(line.top))).size > 1;
          }).map(found => found[0]);
        })"""
    )
    assert broken == []
    page.goto(server.url + "en/" + FORWARD, wait_until="networkidle")
    wide = page.locator(".md-typeset__scrollwrap").first
    assert wide.evaluate("box => box.scrollWidth > box.clientWidth")
    assert wide.evaluate("box => getComputedStyle(box).backgroundAttachment") == "local, local, scroll, scroll"
    for place in (3000, 2600):  # who scrolls up is offered the way to the top, where no title is read
        page.evaluate("place => scrollTo({ top: place, behavior: 'instant' })", place)
        page.wait_for_timeout(300)
    way_up = page.locator(".md-top").bounding_box()
    assert way_up["y"] > 600
    assert way_up["height"] < 80
    page.goto(server.url + "github/pictures/", wait_until="networkidle")
    paths = page.locator("td code").evaluate_all("all => all.map(code => [code.textContent, code.innerHTML])")
    assert all(text == re.sub(r"<wbr>", "", html).replace("&lt;", "<") for text, html in paths)
    assert ["/assets/a.png", "/assets/<wbr>a.png<wbr>"] in paths
    assert page.locator("code", has_text="docs/zh/").first.evaluate("code => code.querySelectorAll('wbr').length") >= 2


@pytest.mark.browser
def test_full_screen_on_a_beamer_holds_everything_and_stretches_nothing(watched, server):
    page = watched.page
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{server.url}{FORWARD}?demo=scrub#scrub", wait_until="networkidle")
    page.evaluate("document.querySelectorAll('.live-figure:not(#scrub)').forEach(figure => figure.remove())")
    page.locator("#scrub .live-primary:enabled").wait_for()
    _full_screen(page, "forward-process")
    for part in (".live-strip", ".live-primary", ".live-facts"):
        bottom = page.locator(f"#scrub {part}").evaluate("part => part.getBoundingClientRect().bottom")
        assert bottom <= 1080, part
    page.evaluate("document.exitFullscreen()")
    page.goto(f"{server.url}github/upload/", wait_until="networkidle")
    page.evaluate("document.querySelectorAll('github-simulator').forEach(one => one.removeAttribute('after'))")
    page.locator("github-simulator").first.scroll_into_view_if_needed()
    page.locator("github-simulator .live-frame").first.wait_for()
    page.evaluate("document.querySelector('github-simulator').covered = false")
    page.locator("github-window").first.wait_for()
    _full_screen(page, "github-simulator")
    # as wide as GitHub draws at most, in its own pixels
    assert page.locator("github-window").first.evaluate("page => page.clientWidth") <= 1280


@pytest.mark.browser
def test_on_paper_gates_show_posters_formulas_are_whole_and_no_title_ends_a_page(browser, server, tmp_path):
    context = browser.new_context(viewport={"width": 720, "height": 1000})  # as wide as the paper's text
    page = context.new_page()
    page.goto(f"{server.url}{REVERSE}", wait_until="networkidle")
    for demo in page.locator(".live-figure").all():
        demo.scroll_into_view_if_needed()
        page.wait_for_timeout(400)
    assert page.locator(".live-cover").count() > 0
    titles = [text.replace("¶", "").strip() for text in page.locator("h2, h3").all_inner_texts()]
    page.pdf(path=tmp_path / "p.pdf", format="A4")
    ends = [sheet.extract_text().strip().split("\n")[-1].strip() for sheet in PdfReader(tmp_path / "p.pdf").pages]
    assert not set(ends) & set(titles)
    page.emulate_media(media="print")
    assert all(
        page.locator(".live-cover").evaluate_all(
            "covers => covers.map(one => one.querySelector('.live-poster')?.getBoundingClientRect().height > 50)"
        )
    )
    assert not any(
        page.locator(".formula").evaluate_all("all => all.map(one => one.scrollWidth > one.clientWidth + 1)")
    )
    context.close()


@pytest.mark.browser
def test_characters_take_turns_and_leave_a_picture(watched, server, tmp_path):
    page = watched.page
    page.emulate_media(reduced_motion="reduce")
    page.goto(server.url, wait_until="networkidle")
    flow = page.locator("point-flow")
    flow.locator("input[type=text]").fill("云 雾山海川")  # the last four count
    expect(flow).to_have_attribute("text", "雾山海川")
    expect(flow.get_by_role("button", name="川", exact=True)).to_have_attribute("aria-pressed", "true", timeout=60_000)
    flow.get_by_role("button", name="雾", exact=True).click()
    expect(flow).to_have_attribute("data-phase", "ready", timeout=60_000)
    expect(flow.get_by_role("button", name="雾", exact=True)).to_have_attribute("aria-pressed", "true")
    assert "雾" in flow.locator("canvas").get_attribute("aria-label")
    flow.locator(".live-more summary").click()
    with page.expect_download() as download:
        flow.get_by_role("button", name="存成图片").click()
    picture = Image.open(download.value.path())
    assert picture.height * 4 == picture.width
    assert "text=%E9%9B%BE" in picture.text["Settings"]  # the link that makes it again
    squares = [np.asarray(picture.convert("L").crop((720 * i, 0, 720 * i + 720, 720)), float) for i in range(4)]
    assert all(square.std() > 10 for square in squares)
    watched.assert_clean()


GARMENTS = """() => [...document.querySelectorAll('draw-garment .draw-cells canvas')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((_, i) => i % 4 === 0).reduce((sum, value, i) => (sum + value * ((i % 97) + 1)) % 1e9, 0);
})"""


@pytest.mark.browser
def test_an_outline_becomes_four_garments_that_follow_the_hand(watched, server):
    page = watched.page
    page.goto(f"{server.url}en/", wait_until="networkidle")
    demo = page.locator("draw-garment")
    demo.scroll_into_view_if_needed()
    demo.locator(".draw-stage").wait_for()
    page.emulate_media(media="print")  # nobody draws on paper: the poster tells what would come
    expect(demo.locator(".live-poster").first).to_be_visible()
    for idle in (".draw-board", ".draw-cells", ".live-panel", ".live-more", "button"):
        expect(demo.locator(f"{idle} >> visible=true")).to_have_count(0)
    page.emulate_media(media="screen")
    demo.get_by_role("button", name="Turn it into four garments").click()
    page.wait_for_selector('draw-garment[data-phase="ready"]', timeout=90_000)
    first = page.evaluate(GARMENTS)
    assert len(set(first)) == 4
    demo.locator("input[type=range]").first.evaluate("e => { e.value = 0.5; e.dispatchEvent(new Event('input')); }")
    page.wait_for_function(f"before => ({GARMENTS})().every((one, i) => one !== before[i])", arg=first, timeout=60_000)
    page.wait_for_selector('draw-garment[data-phase="ready"]', timeout=60_000)
    assert demo.get_attribute("t") == "0.5"
    demo.get_by_role("button", name="Wipe").click()
    demo.get_by_role("button", name="Four others").click()
    expect(demo.locator(".live-status")).to_have_text("The board is empty: draw an outline first.")
    watched.assert_clean()
