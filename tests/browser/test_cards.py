"""Question and demo are one card: the start stands still, choosing presses play, the verdict answers the choice.

Then the film is the slider, a second picture is pinned beside the first, settings follow the hand, and a class sees it
all on one screen.
"""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from demos.random import normal
from tests.browser.test_pages import serious_violations
from tests.browser.test_reverse_process import DEMO, PAGES, is_ready

CARD = "#first-sample"
# the gray values of the canvas, one number a pixel of the images: 16 images of 28 x 28, 4 in a row
IMAGES = """selector => {
  const canvas = document.querySelector(selector), { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  return Array.from({ length: 16 }, (_, image) => Array.from({ length: 784 }, (_, pixel) => {
    const x = (image % 4) * 120 + (pixel % 28) * 4 + 2;
    const y = Math.floor(image / 4) * 120 + Math.floor(pixel / 28) * 4 + 2;
    return data[4 * (y * width + x)];
  }));
}"""
# what every call of the model is asked for: its batch and the first labels
CALLS = """
window.calls = [];
const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (message, ...rest) {
  if (message.op === 'run') calls.push(message.feeds.x.dims[0]);
  return post.call(this, message, ...rest);
};
"""
PHILOX = np.clip(np.rint((normal(0, 0, 16, 784).astype(np.float32) + 1) * 127.5), 0, 255)


def to_card(page: Page, address: str, steps: int = 2) -> None:
    """The card with its question open, on the screen; few steps, as others use the computer too."""
    page.goto(address, wait_until="networkidle")
    page.locator(CARD).scroll_into_view_if_needed()
    page.locator(f"{DEMO} .live-cover canvas").wait_for()
    page.evaluate("([demo, steps]) => { document.querySelector(demo).steps = steps; }", [DEMO, steps])


def run_plain(page: Page, address: str, steps: int = 2, **state) -> None:
    """The demo without its question, after one run."""
    query = "".join(f"&{name}={value}" for name, value in state.items())
    page.goto(f"{address}?demo=first-sample&steps={steps}{query}#first-sample", wait_until="networkidle")
    page.locator(f"{DEMO} .live-primary").click()
    is_ready(page)


def full_screen(page: Page) -> None:
    """The demo on full screen; a browser grants that to a click."""
    page.evaluate(
        "demo => addEventListener('click', () => document.querySelector(demo).requestFullscreen(), { once: true })",
        DEMO,
    )
    page.mouse.click(5, 500)
    page.wait_for_function("() => document.fullscreenElement !== null")
    page.wait_for_timeout(300)


def accessible(page: Page) -> None:
    """In both colours, as it stands."""
    for scheme in ("default", "slate"):
        page.evaluate("scheme => { document.body.dataset.mdColorScheme = scheme }", scheme)
        page.wait_for_timeout(300)  # colours change by degrees
        assert not serious_violations(page, DEMO), scheme


def shown(page: Page, name: str = "live-b") -> np.ndarray:
    """The 16 images on a canvas [16, 784]."""
    return np.array(page.evaluate(IMAGES, f"{DEMO} canvas.{name}"))


@pytest.mark.browser
@pytest.mark.parametrize("language", PAGES)
def test_the_true_noise_stands_behind_the_choices_and_nothing_is_given_away(watched, server, language):
    page = watched.page
    to_card(page, server.url + PAGES[language])
    page.wait_for_function(
        f"() => {{ const c = document.querySelector('{DEMO} canvas'); return c.width === 472; }}"
    )  # the noise is drawn
    assert np.abs(shown(page) - PHILOX).max() <= 1  # a tie may round either way
    assert page.locator(f"{DEMO} .live-question .exercise-choice").count() == 3
    for hidden in ("img.live-poster", ".exercise-why", ".exercise-solution", ".live-panel", ".live-facts"):
        assert page.locator(f"{DEMO} {hidden} >> visible=true").count() == 0, hidden
    assert "MB" in page.locator(f"{DEMO} .live-cost").inner_text()
    assert not [path for path, _ in server.sent if path.endswith((".wasm", ".onnx"))]
    watched.assert_clean()


@pytest.mark.browser
def test_before_its_program_is_here_a_card_gives_nothing_away_either(watched, server):
    page = watched.page
    page.set_viewport_size({"width": 1280, "height": 300})  # far from the demo
    page.goto(server.url + PAGES["zh"])
    page.wait_for_function("() => customElements.get('live-exercise')")
    poster = page.locator("#restore img.live-poster").first
    assert not poster.is_visible()
    page.emulate_media(media="print")
    assert poster.is_visible()  # paper comes without scripts' help


@pytest.mark.browser
def test_choosing_plays_and_the_verdict_has_choice_outcome_and_reason(watched, server):
    page = watched.page
    to_card(page, server.url + PAGES["en"])
    choice = page.locator(f"{DEMO} .exercise-choice", has_text="With both")
    choice.locator("span").click()
    verdict = page.locator(f"{DEMO} .exercise-verdict")
    expect(verdict).to_contain_text("You said With both")
    is_ready(page)
    lines = verdict.locator("p").all_inner_texts()
    assert re.search(
        r"^It did Sampler DDIM: All 16 images are identical\. Sampler DDPM \(small .*\): 0 of 16", lines[1]
    )
    assert lines[2].startswith("Why DDPM keeps drawing")
    a, b = shown(page, "live-a"), shown(page)
    assert np.abs(a - b).mean() > 2  # DDPM's, the last of the experiment
    assert np.abs(shown(page, "live-difference") - np.abs(a - b)).max() <= 1
    assert page.locator(f"{DEMO} .live-stage").evaluate("stage => stage.getBoundingClientRect().top >= 0")
    # eta = 1 makes DDIM that very DDPM
    page.evaluate(
        """async selector => {
          const demo = document.querySelector(selector);
          demo.sampler = 'ddim'; demo.eta = 1; demo.path = 0;
          await demo.run();
        }""",
        DEMO,
    )
    expect(page.locator(f"{DEMO} .live-compared")).to_have_text("All 16 images are identical.")
    watched.assert_clean()


@pytest.mark.browser
def test_arrow_keys_move_between_choices_and_enter_takes_one(watched, server):
    page = watched.page
    to_card(page, server.url + PAGES["zh"])
    inputs = page.locator(f"{DEMO} .exercise-choice input")
    inputs.first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(inputs.nth(1)).to_be_checked()
    expect(page.locator(f"{DEMO} .live-cover")).to_have_count(1)  # not taken yet
    page.keyboard.press("Enter")
    expect(page.locator(f"{DEMO} .exercise-verdict")).to_contain_text("你说")
    assert page.evaluate("document.activeElement.className").split()[:2] == ["live-button", "live-primary"]
    is_ready(page)
    expect(page.locator(f"{DEMO} .exercise-verdict p")).to_have_count(3)
    watched.assert_clean()


@pytest.mark.browser
def test_a_failure_keeps_no_reason_back_and_the_retry_tells_what_it_did(watched, server):
    page = watched.page
    server.broken[".onnx"] = 404
    to_card(page, server.url + PAGES["zh"])
    page.locator(f"{DEMO} .exercise-choice label").first.click()
    page.locator(f"{DEMO} [role=alert]").wait_for()
    expect(page.locator(f"{DEMO} .exercise-verdict p").last).to_contain_text("原因")
    assert page.locator(f"{DEMO} img.live-poster").is_visible()
    server.broken.clear()
    page.locator(f"{DEMO} .live-failure button").click()
    is_ready(page)


@pytest.mark.browser
def test_the_film_is_the_slider_under_finger_and_arrow_keys(watched, server):
    page = watched.page
    run_plain(page, server.url + PAGES["zh"], steps=4, sampler="ddim")  # its steps are even in t
    time = page.locator(f"{DEMO} .live-transport output")
    assert time.inner_text() == "t = 0.00"
    film = page.locator(f"{DEMO} .live-film")
    box = film.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 5, box["y"] + 10)
    page.mouse.down()
    seen = []
    for share in (0.7, 0.5, 0.3, 0.02):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + 10)
        page.wait_for_timeout(50)
        seen.append(time.inner_text())
    page.mouse.up()
    assert seen == ["t = 0.25", "t = 0.50", "t = 0.75", "t = 1.00"]
    assert np.abs(shown(page) - PHILOX).max() <= 1
    film.locator("input").focus()
    page.keyboard.press("ArrowRight")
    expect(time).to_have_text("t = 0.75")
    assert film.locator("input").get_attribute("aria-valuetext") == "第 1 / 4 步"
    mark, frames = film.locator(".live-film-mark").bounding_box(), box["width"] / 9
    assert mark["x"] + mark["width"] / 2 == pytest.approx(box["x"] + 2.5 * frames, abs=3)  # a quarter of eight
    watched.assert_clean()


@pytest.mark.browser
def test_what_is_dragged_is_followed_by_few_and_ends_with_all(watched, server):
    page = watched.page
    page.add_init_script(CALLS)
    run_plain(page, server.url + PAGES["zh"], steps=1, label=9)
    page.locator(f"{DEMO} .live-primary").click()  # the first call of all is no measure of the others
    expect(page.locator(DEMO)).to_have_attribute("seed", "1")
    is_ready(page)
    before = shown(page)
    page.evaluate("calls.length = 0")
    slider = page.locator(f"{DEMO} .live-slider", has_text="引导").locator("input[type=range]")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page.mouse.move(box["x"] + 0.12 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    for share in (0.2, 0.3, 0.4, 0.5):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
    page.wait_for_function("() => calls.length")
    page.mouse.up()
    page.wait_for_function(f"() => document.querySelector('{DEMO}').few === undefined && calls.at(-1) === 32")
    is_ready(page)
    calls = page.evaluate("calls")
    assert set(calls) <= {4, 8, 16, 32}  # with a guidance, every image goes through the network twice
    assert calls[-1] == 32
    assert calls[0] in (8, 32)  # few, unless this computer does all of them at once
    assert len(calls) <= 12  # of the wishes on the way the newest only
    after = shown(page)
    assert (np.abs(after - before).mean(axis=1) > 1).all()
    watched.assert_clean()


@pytest.mark.browser
def test_a_pin_travels_in_the_link(watched, server):
    page = watched.page
    run_plain(page, server.url + PAGES["en"])
    page.get_by_role("button", name="Pin to compare").first.click()
    page.locator(f"{DEMO} .live-primary").click()  # new garments
    expect(page.locator(f"{DEMO} .live-compared")).to_contain_text("0 of 16")
    is_ready(page)
    a, b = shown(page, "live-a"), shown(page)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    page.locator(f"{DEMO} .live-tool").first.click()
    link = page.locator(f"{DEMO} .live-link").input_value()
    page.goto("about:blank")
    page.goto(link, wait_until="networkidle")
    page.locator(f"{DEMO} .live-primary").click()
    is_ready(page)
    assert (shown(page, "live-a") == a).all()
    assert (shown(page) == b).all()
    expect(page.locator(f"{DEMO} .live-shot", has_text="A")).to_contain_text(["Noise seed 0", "A − B"])


@pytest.mark.browser
def test_between_two_noises_a_garment_becomes_another(watched, server):
    page = watched.page
    run_plain(page, server.url + PAGES["zh"], label=9, starts="between")
    rows = page.locator(f"{DEMO} .live-film")
    assert rows.count() == 2
    picture = f"document.querySelector('{DEMO} canvas.live-b').toDataURL()"
    pictures = [page.evaluate(picture)]
    rows.first.locator("input").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(50)
        pictures.append(page.evaluate(picture))
    assert len(set(pictures)) == 4
    assert rows.first.locator("input").get_attribute("aria-valuetext") == "第 3 / 15 张"


@pytest.mark.browser
def test_on_a_phone_the_picture_comes_first_and_settings_rise_below_it(watched, server):
    page = watched.page
    page.set_viewport_size({"width": 360, "height": 640})
    run_plain(page, server.url + PAGES["en"])
    expect(page.locator(f"{DEMO} .exercise-skip")).to_be_hidden()  # the link led past it
    stage, settings = page.locator(f"{DEMO} .live-stage"), page.locator(f"{DEMO} .live-sheet")
    expect(settings).not_to_be_visible()
    button = page.locator(f"{DEMO} .live-open-sheet")
    assert button.bounding_box()["y"] > stage.locator("canvas").first.bounding_box()["y"]
    button.click()
    expect(settings).to_be_visible()
    page.wait_for_timeout(300)
    picture = stage.locator("canvas").first.bounding_box()
    assert picture["y"] >= 48  # below the header
    assert settings.bounding_box()["y"] - picture["y"] > 200  # most of the picture is in sight
    page.keyboard.press("Escape")
    expect(settings).not_to_be_visible()
    expect(button).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    full_screen(page)  # which is no beamer: the card stays as it is
    assert page.locator(f"{DEMO} .live-primary").evaluate("one => parseFloat(getComputedStyle(one).fontSize)") < 20
    sides = page.locator(f"{DEMO} :is(button, canvas)").evaluate_all(
        "all => all.filter(one => one.checkVisibility()).map(one => one.getBoundingClientRect().right)"
    )
    assert max(sides) <= 360


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("language", PAGES)
def test_a_class_sees_everything_on_one_screen_in_large_type(watched, server, language):
    page = watched.page
    for size in ({"width": 1280, "height": 720}, {"width": 1920, "height": 1080}):
        page.set_viewport_size(size)
        to_card(page, server.url + PAGES[language])
        if page.locator(f"{DEMO} .live-cover").count():
            page.locator(f"{DEMO} .exercise-choice label").first.click()
            is_ready(page)
        page.locator(f"{DEMO} .live-tool").nth(-1).scroll_into_view_if_needed()
        full_screen(page)
        parts = page.evaluate(
            """demo => [...document.querySelectorAll(demo + ' :is(.live-bar, canvas, button, p, dd, span, output)')]
              .filter(part => part.checkVisibility({ visibilityProperty: true }) && part.getClientRects().length)
              .map(part => [part.className, part.getBoundingClientRect().bottom, part.getBoundingClientRect().right,
                part.textContent.trim() ? parseFloat(getComputedStyle(part).fontSize) : 28])""",
            DEMO,
        )
        assert len(parts) > 12
        for name, bottom, right, font in parts:
            assert bottom <= size["height"] + 1, (name, bottom)
            assert right <= size["width"] + 1, (name, right)
            assert font >= 28, name
        sizes = page.locator(f"{DEMO} .live-shot canvas").evaluate_all(
            "all => all.map(canvas => Math.min(canvas.clientWidth, canvas.clientHeight))"
        )
        assert len(sizes) == 3
        assert min(sizes) > 180
        time = page.locator(f"{DEMO} .live-transport output")
        page.evaluate("document.activeElement.blur()")
        for key, moved in (("PageUp", True), ("ArrowRight", False), ("ArrowLeft", True), ("PageDown", False)):
            page.keyboard.press(key)
            assert (time.inner_text() != "t = 0.00") is moved, key
        page.keyboard.press("Space")
        page.wait_for_timeout(600)
        assert time.inner_text() == "t = 0.00"  # played again, to its end
        page.evaluate("document.exitFullscreen()")
        page.evaluate("sessionStorage.clear()")
    watched.assert_clean()
    full_screen(page)
    accessible(page)  # pinned, before a class
    page.evaluate("document.exitFullscreen()")
    page.set_viewport_size({"width": 360, "height": 640})
    page.locator(f"{DEMO} .live-open-sheet").click()
    expect(page.locator(f"{DEMO} .live-sheet")).to_be_visible()
    page.locator(f"{DEMO} .live-sheet summary").click()
    accessible(page)  # pinned, with an open sheet
