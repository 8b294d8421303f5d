"""The practice as a part of its page: accessible, fast, light, and without forms, passwords and dead ends."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.practice import DEMO, PAGES, Student
from tests.browser.test_pages import serious_violations


def upload_practice(page: Page, address: str) -> Locator:
    """The practice of the upload lesson."""
    page.goto(f"{address}en/github/upload/#practice-upload", wait_until="networkidle")
    demo = page.locator("#practice-upload github-simulator")
    demo.locator(".address").wait_for()
    return demo


def open_upload_form(demo: Locator) -> None:
    demo.get_by_role("button", name="Add file").click()
    demo.get_by_role("button", name="Upload files").click()


def upload_form(page: Page, address: str) -> Locator:
    """The same, where a deck is chosen."""
    demo = upload_practice(page, address)
    open_upload_form(demo)
    return demo


@pytest.mark.browser
def test_every_page_of_the_practice_is_accessible(browser, server):
    context = browser.new_context(reduced_motion="reduce", bypass_csp=True)
    page = context.new_page()
    upload_practice(page, server.url)
    demo = "#practice-upload github-simulator"
    for scheme in ("default", "slate"):
        page.evaluate("scheme => { document.body.dataset.mdColorScheme = scheme }", scheme)
        for screen in (
            "home", "sign-up", "puzzle", "verify", "sign-in", "dashboard", "new-repository", "repository",
            "empty-repository", "new-file", "upload",
        ):  # fmt: skip
            page.evaluate(
                """async ([demo, screen]) => {
                  const element = document.querySelector(demo);
                  const problems = { mail: 'blank', country: 'blank', code: 'code-wrong', files: 'file-big' };
                  element.simulation = { ...element.simulation, screen, problems, lesson: 'file-big' };
                  await element.updateComplete;
                }""",
                [demo, screen],
            )
            assert not serious_violations(page, ".live-figure"), (scheme, screen)
    context.close()


@pytest.mark.browser
def test_the_certificate_waits_for_every_lesson(watched, server):
    """Who skips signing in again is sent there before being told that it is done."""
    page = watched.page
    demo = upload_practice(page, server.url)
    page.evaluate(
        """() => {
          const demo = document.querySelector('#practice-upload github-simulator');
          demo.simulation = { ...demo.simulation, done: demo.simulation.done.filter(one => one !== 'sign-in') };
        }"""
    )
    open_upload_form(demo)
    demo.locator(".desk-file").first.click()
    demo.locator(".Progress-item.full").wait_for()
    demo.get_by_role("button", name="Commit changes").click()
    assert demo.locator(".certificate").count() == 0
    demo.get_by_role("button", name="Open user menu").click()
    demo.get_by_role("button", name="Sign out").click()
    demo.get_by_role("button", name="Sign in").click()
    demo.get_by_role("button", name="Sign in").click()
    demo.get_by_role("button", name="li-ming-dm/data-mining-ppt").click()
    demo.locator(".certificate").wait_for()
    watched.assert_clean()


@pytest.mark.browser
def test_typing_a_message_does_not_hold_up_the_upload(watched, server):
    page = watched.page
    demo = upload_form(page, server.url)
    demo.locator(".desk-file").first.click()
    for letter in "Slides of lecture 1":
        demo.get_by_label("Commit message").press_sequentially(letter, delay=150)
    assert demo.locator(".Progress-item.full").count() == 1


@pytest.mark.browser
@pytest.mark.parametrize("name", ["account", "repository", "upload", "publish"])
def test_numbered_parts_are_inside_their_drawing_on_a_phone(browser, server, name):
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{server.url}github/{name}/", wait_until="networkidle")
    outside, numbers = page.evaluate(
        """() => {
          const marks = [...document.querySelectorAll('.github-figure .github-host')].flatMap(host =>
            [...host.shadowRoot.querySelectorAll('[data-callout]')].map(part => [host.getBoundingClientRect(), part]));
          const outside = marks.filter(([box, part]) => {
            const { left, right, width } = part.getBoundingClientRect();
            return width === 0 || left < box.left || right > box.right;
          });
          return [outside.map(([, part]) => part.dataset.part), marks.length];
        }"""
    )
    explained = page.locator(".github-figure ol li").count()
    assert not outside
    assert numbers == explained > 0
    context.close()


@pytest.mark.browser
def test_without_javascript_a_drawing_stands_for_the_practice(browser, server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url + "github/upload/")
    assert page.locator("#practice-upload .github-host").bounding_box()["height"] > 200
    context.close()


@pytest.mark.browser
def test_the_code_waits_among_the_spam(watched, server):
    page = watched.page
    page.goto(server.url + PAGES["en"] + "#practice-account", wait_until="networkidle")
    student = Student(page, "en")
    student.press("Sign up")
    for field, value in (
        ("Email", "li.ming@example.edu.cn"), ("Password", "lamp-post-7"), ("Username", "li-ming-dm"),
        ("Your Country/Region", "China"),
    ):  # fmt: skip
        student.choose(field, value)
    student.press(re.compile("^Create account"))
    student.press("Arrow up")
    digits = student.code("Spam")
    student.learns("mail-in-spam")
    student.write("Enter code", digits)
    student.is_at("/dashboard")


@pytest.mark.browser
def test_there_is_no_password_field_and_no_form(watched, server):
    page = watched.page
    page.goto(server.url + PAGES["zh"] + "#practice-account", wait_until="networkidle")
    Student(page, "zh").press("Sign up")
    found = page.evaluate(
        """() => {
          const inside = e => e.shadowRoot ? all(e.shadowRoot) : [];
          const all = root => [...root.querySelectorAll('*')].flatMap(e => [e, ...inside(e)]);
          return all(document.querySelector('article')).filter(e => e.matches('form, [type=password]')).length;
        }"""
    )
    assert found == 0


@pytest.mark.browser
def test_a_file_is_dragged_from_the_desk_and_from_outside(watched, server):
    page = watched.page
    demo = upload_form(page, server.url)
    desk = demo.locator(".desk-file", has_text="01-introduction.pptx")
    desk.drag_to(demo.locator("[data-drop]"))
    demo.locator(".waiting .file-name", has_text="01-introduction.pptx").wait_for()
    zone = demo.locator("[data-drop]")
    data = page.evaluate_handle(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(2e6)], 'my-own.pptx'));
          return data;
        }"""
    )
    page.locator("#practice-upload github-window").dispatch_event("dragover", {"dataTransfer": data})  # beside the box
    assert demo.locator("[data-drop].over").count() == 0
    zone.dispatch_event("dragover", {"dataTransfer": data})
    assert demo.locator("[data-drop].over").count() == 1
    zone.dispatch_event("drop", {"dataTransfer": data})
    assert demo.locator("[data-drop].over").count() == 0
    assert "2.0 MB" in demo.locator(".waiting .file-name", has_text="my-own.pptx").inner_text()
    watched.assert_clean()


@pytest.mark.browser
def test_of_another_desk_only_what_is_on_this_one_too_is_taken(watched, server):
    """Two tabs with the practice: the smaller decks lie on one desk only."""
    page = watched.page
    demo = upload_form(page, server.url)
    for name in ("all-lectures-compressed.pptx", "01-introduction.pptx"):
        data = page.evaluate_handle(
            """name => {
              const data = new DataTransfer();
              data.setData('application/x-desk-file', name);
              return data;
            }""",
            name,
        )
        demo.locator("[data-drop]").dispatch_event("drop", {"dataTransfer": data})
    demo.locator(".waiting .file-name", has_text="01-introduction.pptx").wait_for()
    assert demo.locator(".waiting .file-name").count() == 1
    watched.assert_clean()


@pytest.mark.browser
def test_a_folder_from_outside_is_neither_a_file_nor_empty(watched, server, tmp_path):
    page = watched.page
    demo = upload_form(page, server.url)
    folder = tmp_path / "homework"
    folder.mkdir()
    (folder / "01.pptx").write_bytes(b"slides")
    client = page.context.new_cdp_session(page)

    def drop(path: Path) -> None:
        demo.locator("[data-drop]").scroll_into_view_if_needed()
        box = demo.locator("[data-drop]").bounding_box()
        data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
        for event in ("dragEnter", "dragOver", "drop"):
            client.send(
                "Input.dispatchDragEvent", {"type": event, "x": box["x"] + 20, "y": box["y"] + 20, "data": data}
            )

    drop(folder)
    demo.locator(".coach-lesson[data-lesson=whole-folder]").wait_for()
    assert demo.locator(".waiting").count() == demo.locator(".flash").count() == 0
    drop(folder / "01.pptx")
    demo.locator(".waiting .file-name", has_text="01.pptx").wait_for()
    watched.assert_clean()


@pytest.mark.browser
def test_what_a_field_does_not_take_is_not_seen_in_it(watched, server):
    page = watched.page
    page.goto(server.url + PAGES["en"] + "#practice-account", wait_until="networkidle")
    demo = page.locator(DEMO)
    for screen, label, taken in (("verify", "Enter code", "12"), ("new-repository", "Description", "字" * 350)):
        demo.evaluate("(demo, screen) => { demo.simulation = { ...demo.simulation, screen } }", screen)
        field = demo.get_by_label(label, exact=True)
        field.focus()
        for text in (taken, "a", "b"):
            page.keyboard.insert_text(text)
        assert field.input_value() == taken
    watched.assert_clean()


@pytest.mark.browser
def test_an_input_method_is_not_disturbed(watched, server):
    """Letters of a composition are not yet the name: nothing is judged, nothing in the field is replaced."""
    page = watched.page
    page.goto(server.url + "github/repository/#practice-repository", wait_until="networkidle")
    demo = page.locator("#practice-repository github-simulator")
    demo.get_by_role("button", name="Create new…").click()
    demo.get_by_role("button", name="New repository").click()
    field = demo.get_by_label("Repository name", exact=True)
    field.focus()
    client = page.context.new_cdp_session(page)
    client.send("Input.imeSetComposition", {"text": "shuju", "selectionStart": 5, "selectionEnd": 5})
    assert field.input_value() == "shuju"
    assert demo.locator(".coach-lesson").get_attribute("data-lesson") is None
    client.send("Input.insertText", {"text": "数据"})
    assert field.input_value() == "数据"
    assert demo.locator(".coach-lesson").get_attribute("data-lesson") == "name-changed"
    watched.assert_clean()


@pytest.mark.browser
def test_a_composition_outlives_the_end_of_an_upload(watched, server):
    """The page is drawn anew meanwhile: what is being composed is left alone."""
    page = watched.page
    demo = upload_form(page, server.url)
    demo.locator(".desk-file").first.click()
    field = demo.get_by_label("Commit message")
    field.focus()
    client = page.context.new_cdp_session(page)
    client.send("Input.imeSetComposition", {"text": "kejian", "selectionStart": 6, "selectionEnd": 6})
    demo.locator(".Progress-item.full").wait_for()
    assert field.input_value() == "kejian"
    client.send("Input.insertText", {"text": "课件"})
    assert field.input_value() == "课件"
    watched.assert_clean()


@pytest.mark.browser
def test_what_the_simulator_brings_weighs_at_most_40_kb(browser, server):
    """Its script and styles, as sent, and only when a reader comes near it."""
    context = browser.new_context(viewport={"width": 360, "height": 500})
    page = context.new_page()
    page.goto(server.url + "github/account/", wait_until="networkidle")
    assert not [path for path, _ in server.sent if path.endswith(".js") and "github-simulator" in path]
    page.locator(DEMO).scroll_into_view_if_needed()
    page.locator(f"{DEMO} .live-cover").wait_for()
    own = {path: size for path, size in server.sent if re.search(r"github", path.rsplit("/", 1)[-1])}
    assert len(own) >= 2
    assert sum(own.values()) <= 40_000, own
    context.close()
