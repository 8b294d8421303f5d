"""Demos that answer under the hand: the picture is there before any click, and follows what is moved."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from demos.diffusion.noise import SCHEDULES
from demos.random import normal
from site_tools.course.samples import read_samples
from tests.browser.conftest import ROOT
from tests.browser.test_cards import CALLS
from tests.browser.test_pages import serious_violations
from tests.browser.test_reverse_process import PAGES as REVERSE
from tests.browser.test_reverse_process import is_ready

FORWARD = {"zh": "diffusion/forward-process/", "en": "en/diffusion/forward-process/"}
TRAP, RESTORE, FLOW = "#trap forward-process", "#restore restore-or-new", "#flow-demo point-flow"
DRAW = "#doodle draw-garment"
BEFORE_A_CLASS = [(FORWARD["en"], TRAP), (REVERSE["en"], RESTORE), ("diffusion/overview/", FLOW), ("en/", DRAW)]
# the gray values of one image on a canvas, one number a pixel of 28 x 28
IMAGE = """canvas => {
  const { width } = canvas, scale = width / 28;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, width);
  return Array.from({ length: 784 }, (_, i) =>
    data[4 * ((Math.floor(i / 28) + 0.5) * scale * width + (i % 28 + 0.5) * scale)]);
}"""


def real(label: int) -> np.ndarray:
    """The first real image of a class, in bytes [784]."""
    images, labels = read_samples(ROOT / "docs" / "assets" / "data" / "fashion-samples.json")
    return images[labels == label][0].reshape(784).astype(float)


def noised(label: int, alpha: float, sigma: float) -> np.ndarray:
    """The same under the noise of seed 0, in bytes [784]."""
    x = alpha * (real(label) / 127.5 - 1) + sigma * normal(0, 0, 1, 784)[0]
    return np.clip((x + 1) * 127.5, 0, 255)


def shown(page: Page, selector: str) -> np.ndarray:
    return np.array(page.locator(selector).evaluate(IMAGE), float)


def samples_sent(server) -> list[str]:
    return [path for path, _ in server.sent if "fashion-samples" in path]


@pytest.mark.browser
@pytest.mark.parametrize("language", FORWARD)
def test_the_image_is_there_before_any_click_and_costs_nothing(watched, server, language):
    page = watched.page
    page.goto(server.url + FORWARD[language], wait_until="networkidle")
    page.locator(TRAP).scroll_into_view_if_needed()
    page.wait_for_function(f"() => document.querySelector('{TRAP} .live-cover canvas')?.width === 280")
    assert np.abs(shown(page, f"{TRAP} canvas") - real(9)).max() <= 1
    assert page.locator(f"{TRAP} .live-film").count() == 0  # its end would be the answer
    page.locator(f"{TRAP} .exercise-skip").click()
    is_ready(page, TRAP)
    alpha, sigma = SCHEDULES["linear"](100).alpha[100].item(), SCHEDULES["linear"](100).sigma[100].item()
    assert np.abs(shown(page, f"{TRAP} .forward-image") - noised(9, alpha, sigma)).max() <= 1
    assert not samples_sent(server)
    page.locator(f"{TRAP} select").select_option("3")
    page.wait_for_function(f"() => document.querySelector('{TRAP}').phase === 'ready'")
    page.locator(f"{TRAP} .live-film input").press("Home")
    expect(page.locator(f"{TRAP} output")).to_have_text("t = 0.00")
    assert np.abs(shown(page, f"{TRAP} .forward-image") - real(3)).max() <= 1
    assert samples_sent(server)
    watched.assert_clean()


@pytest.mark.browser
def test_choosing_walks_from_the_image_to_the_end(watched, server):
    page = watched.page
    page.goto(server.url + FORWARD["en"], wait_until="networkidle")
    page.locator(TRAP).scroll_into_view_if_needed()
    page.evaluate(
        """selector => {
          window.times = [];
          const demo = document.querySelector(selector), note = () => times.push(Number(demo.getAttribute('t')));
          new MutationObserver(note).observe(demo, { attributeFilter: ['t'] });
        }""",
        TRAP,
    )
    page.locator(f"{TRAP} .exercise-choice label").first.click()
    verdict = page.locator(f"{TRAP} .exercise-verdict p")
    expect(verdict).to_have_count(3, timeout=30_000)
    assert "coefficient 0.603, 36.4% of its power" in verdict.nth(1).inner_text()
    times = page.evaluate("times")
    assert times[0] == 0
    assert times[-1] == 1
    assert times == sorted(times)
    assert len(times) > 10
    watched.assert_clean()


@pytest.mark.browser
def test_the_film_of_the_forward_process_is_its_slider(watched, server):
    page = watched.page
    page.goto(f"{server.url}{FORWARD['zh']}?demo=scrub#scrub", wait_until="networkidle")
    film, time = page.locator("#scrub .live-film"), page.locator("#scrub output")
    film.scroll_into_view_if_needed()
    expect(film.locator("input")).to_be_enabled()  # nothing was pressed
    box = film.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 10)
    page.mouse.down()
    seen = []
    for frame in (0, 2, 4, 8):
        page.mouse.move(box["x"] + (frame + 0.5) / 9 * box["width"], box["y"] + 10)
        page.wait_for_timeout(50)
        seen.append(time.inner_text())
    page.mouse.up()
    assert seen == ["t = 0.00", "t = 0.25", "t = 0.50", "t = 1.00"]
    film.locator("input").press("ArrowLeft")
    expect(time).to_have_text("t = 0.99")
    assert film.locator("input").get_attribute("aria-valuetext") == "t = 0.99，第 990 步（共 1000 步）"
    watched.assert_clean()


@pytest.mark.browser
@pytest.mark.parametrize("language", REVERSE)
def test_behind_the_question_stand_the_real_one_and_its_noised_self(watched, server, language):
    page = watched.page
    page.goto(server.url + REVERSE[language], wait_until="networkidle")
    page.locator(RESTORE).scroll_into_view_if_needed()
    page.wait_for_function(f"() => document.querySelector('{RESTORE} .restore-noised canvas')?.width === 112")
    assert np.abs(shown(page, f"{RESTORE} .restore-real canvas") - real(7)).max() <= 1
    assert np.abs(shown(page, f"{RESTORE} .restore-noised canvas") - noised(7, 0.4, 0.6)).max() <= 1
    for hidden in ("img.live-poster", ".restore-walk", ".restore-drift", ".exercise-why", ".live-slider"):
        assert page.locator(f"{RESTORE} {hidden} >> visible=true").count() == 0, hidden
    assert not samples_sent(server)
    assert not [path for path, _ in server.sent if path.endswith((".wasm", ".onnx"))]
    watched.assert_clean()


@pytest.mark.browser
def test_the_fan_follows_the_hand_and_ends_with_all_its_steps(watched, server):
    page = watched.page
    page.add_init_script(CALLS)
    page.goto(server.url + REVERSE["en"], wait_until="networkidle")
    page.locator(RESTORE).scroll_into_view_if_needed()
    page.locator(f"{RESTORE} .exercise-choice label").first.click()
    is_ready(page, RESTORE)
    verdict = page.locator(f"{RESTORE} .exercise-verdict p")
    expect(verdict).to_have_count(3)
    assert re.search(
        r"It did [\d.]+% from the real one on average, [\d.]+% among the four\.", verdict.nth(1).inner_text()
    )
    assert page.evaluate("calls") == [4] * 12  # 20 steps for the whole way, and 0.6 of it
    fan = [shown(page, f"{RESTORE} .restore-walk:nth-child({i + 1}) canvas") for i in range(4)]
    apart = np.mean([np.abs(a - b).mean() for i, a in enumerate(fan) for b in fan[:i]]) / 255
    away = np.mean([np.abs(one - real(7)).mean() for one in fan]) / 255
    assert page.locator(f"{RESTORE} .restore-drift b").all_inner_texts() == [
        f"{100 * away:.1f}%",
        f"{100 * apart:.1f}%",
    ]
    images, labels = read_samples(ROOT / "docs" / "assets" / "data" / "fashion-samples.json")
    shoes = images[labels == 7].reshape(-1, 784).astype(float)
    usual = np.mean([np.abs(a - b).mean() for i, a in enumerate(shoes) for b in shoes[:i]]) / 255
    bars = [float(bar.get_attribute("width")) for bar in page.locator(f"{RESTORE} .restore-drift rect").all()]
    assert bars == pytest.approx([75 * away / usual, 75 * apart / usual], abs=0.1)

    page.evaluate("calls.length = 0")
    slider = page.locator(f"{RESTORE} .live-slider input[type=range]").first
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page.mouse.move(box["x"] + 0.58 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    for share in (0.65, 0.75, 0.9):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        page.wait_for_timeout(40)
    page.wait_for_function("() => calls.length >= 6")
    page.mouse.up()
    page.wait_for_timeout(100)
    page.wait_for_function(f"() => document.querySelector('{RESTORE}').phase === 'ready' && calls.length >= 18")
    page.wait_for_timeout(1000)
    assert set(page.evaluate("calls")) == {4}
    t = float(page.locator(RESTORE).get_attribute("t"))
    assert page.locator(f"{RESTORE} .live-facts dd").first.inner_text() == str(round(20 * t))
    now = [float(bar.get_attribute("width")) for bar in page.locator(f"{RESTORE} .restore-drift rect").all()]
    assert now[0] > bars[0]
    assert now[1] > bars[1]  # the more noise, the further apart
    assert np.abs(shown(page, f"{RESTORE} .restore-noised canvas") - noised(7, 1 - t, t)).max() <= 1
    watched.assert_clean()


@pytest.mark.browser
@pytest.mark.parametrize("language", REVERSE)
def test_a_phone_shows_real_noised_and_fan_in_one_view(watched, server, language):
    page = watched.page
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"{server.url}{REVERSE[language]}?demo=restore&steps=2#restore", wait_until="networkidle")
    settings = page.locator(f"{RESTORE} .live-sheet")
    expect(settings).not_to_be_visible()
    page.locator(f"{RESTORE} .live-primary").click()
    is_ready(page, RESTORE)
    stage = page.locator(f"{RESTORE} .live-stage")
    stage.evaluate("stage => stage.scrollIntoView({ block: 'start', behavior: 'instant' })")
    for part in (".restore-real canvas", ".restore-walk:last-of-type canvas", ".restore-drift", ".live-slider"):
        box = page.locator(f"{RESTORE} {part}").first.bounding_box()
        assert box["y"] >= 48, part  # below the header
        assert box["y"] + box["height"] <= 640, part
    page.locator(f"{RESTORE} .live-open-sheet").click()
    expect(settings).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    watched.assert_clean()


@pytest.mark.browser
def test_what_is_seen_of_the_points_is_chosen_on_the_picture_by_keyboard_too(watched, server):
    page = watched.page
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{server.url}en/?demo=hero&t=0.6#hero", wait_until="networkidle")
    flow = page.locator("point-flow")
    expect(flow).to_have_attribute("data-phase", "ready", timeout=60_000)
    canvas, tabs = flow.locator("canvas").bounding_box(), flow.locator(".flow-views label")
    assert tabs.count() == 3
    for tab in tabs.all():
        box = tab.bounding_box()
        assert canvas["y"] <= box["y"]
        assert box["y"] + box["height"] <= canvas["y"] + canvas["height"] / 4
        assert box["height"] >= 24
    pictures = [flow.locator("canvas").evaluate("canvas => canvas.toDataURL()")]
    tabs.first.locator("input").focus()
    for view in ("x0", "paths"):
        page.keyboard.press("ArrowRight")
        expect(flow).to_have_attribute("view", view)
        pictures.append(flow.locator("canvas").evaluate("canvas => canvas.toDataURL()"))
    assert len(set(pictures)) == 3
    watched.assert_clean()


@pytest.mark.browser
@pytest.mark.parametrize(("language", "reached"), [("zh", "目标达成"), ("en", "Goal reached")])
def test_the_goal_of_an_exercise_stands_in_the_demo_until_it_is_reached(watched, server, language, reached):
    page = watched.page
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{server.url}{FORWARD[language]}?demo=trap&timesteps=100&t=1#trap", wait_until="networkidle")
    chip = page.locator(f"{TRAP} .live-goal")
    expect(chip).to_have_attribute("href", "#ex-rescue")
    assert reached not in chip.inner_text()
    colour = chip.evaluate("chip => getComputedStyle(chip).color")
    page.locator(f"{TRAP} .live-segments input[value=cosine]").check(force=True)
    expect(chip).to_contain_text(reached)
    assert chip.evaluate("chip => getComputedStyle(chip).color") != colour
    expect(page.locator("#ex-rescue")).to_have_attribute("data-verdict", "right")
    # noted for the cards at home, once, and for both languages in one place
    assert page.evaluate("() => localStorage['live-done /course/ diffusion/forward-process.md']") == "ex-rescue"
    watched.assert_clean()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(("address", "demo"), BEFORE_A_CLASS)
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080)])
def test_a_class_sees_all_of_it_on_one_screen(watched, server, address, demo, width, height):
    page = watched.page
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": height})
    page.goto(server.url + address, wait_until="networkidle")
    page.locator(demo).scroll_into_view_if_needed()
    page.locator(f"{demo} :is(.exercise-choice label, .live-primary)").first.click()
    is_ready(page, demo)
    page.locator(f"{demo} .live-bar .live-tool").last.click()
    page.wait_for_function("() => document.fullscreenElement !== null")
    page.wait_for_timeout(300)
    parts = page.evaluate(
        """demo => [...document.querySelectorAll(`${demo} :is(.live-bar, canvas, button, p, dd, span, output, b)`)]
          .filter(part => part.checkVisibility({ visibilityProperty: true }) && part.getClientRects().length)
          .map(part => { const { bottom, right } = part.getBoundingClientRect();
            const font = part.textContent.trim() ? parseFloat(getComputedStyle(part).fontSize) : 28;
            return [part.className, bottom, right, font]; })""",
        demo,
    )
    assert len(parts) > 10
    for name, bottom, right, font in parts:
        assert bottom <= height + 1, name
        assert right <= width + 1, name
        assert font >= 28, name
    pictures = [canvas.bounding_box() for canvas in page.locator(f"{demo} canvas:visible").all()]
    for i, a in enumerate(pictures):
        for b in pictures[:i]:
            apart_x = a["x"] >= b["x"] + b["width"] - 1 or b["x"] >= a["x"] + a["width"] - 1
            assert apart_x or a["y"] >= b["y"] + b["height"] - 1 or b["y"] >= a["y"] + a["height"] - 1
    if demo == FLOW:  # of the three, the one whose clicker nothing else tries
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("PageUp")
        expect(page.locator(f"{demo} .flow-clock")).to_have_text("t = 0.05")
        page.keyboard.press("ArrowRight")
        expect(page.locator(f"{demo} .flow-clock")).to_have_text("t = 0.00")
    if demo == DRAW:
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("ArrowLeft")
        expect(page.locator(demo)).to_have_attribute("t", "0.7")
        is_ready(page, demo)
        page.locator(f"{demo} .draw-board canvas").focus()  # here the arrows move the pen
        page.keyboard.press("ArrowRight")
        expect(page.locator(demo)).to_have_attribute("t", "0.7")
    watched.assert_clean()
    for scheme in ("default", "slate"):
        page.evaluate("scheme => { document.body.dataset.mdColorScheme = scheme }", scheme)
        page.wait_for_timeout(300)  # colours change by degrees
        assert not serious_violations(page, demo), scheme
