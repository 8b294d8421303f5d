"""The practice run by keyboard alone, in both languages, with every mistake made once and its explanation read."""

import re

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.conftest import ROOT
from tests.browser.test_pages import serious_violations

PAGES = {"zh": "github/account/", "en": "en/github/account/"}
DEMO = "#practice-account github-simulator"
WEB = ROOT / "site_tools" / "web"


def lessons() -> dict[str, dict[str, str]]:
    """Language -> key -> how its explanation begins, from the sources of the simulator."""
    text = (WEB / "src" / "github" / "texts.ts").read_text(encoding="utf-8")
    found = {}
    for language, start in (("zh", "const zh:"), ("en", "const en:")):
        block = re.search(r"\n  lessons: \{\n(.*?)\n  \},\n", text[text.index(start) :], re.S)[1]
        found[language] = dict(re.findall(r"^    '?([\w-]+)'?: ['`]([^'`$]{4,12})", block, re.M))
    return found


LESSONS = lessons()


class Student:
    """Somebody with a keyboard and no mouse."""

    def __init__(self, page: Page, language: str):
        self.page, self.language = page, language
        self.demo, self.met = page.locator(DEMO), []

    def focus(self, target: Locator) -> None:
        """Reach something by the Tab key: it is an error if it cannot be reached at all."""
        target.wait_for()
        assert target.evaluate("element => element.tabIndex >= 0 && !element.disabled")
        target.focus()
        assert target.evaluate("element => element.getRootNode().activeElement === element")

    def press(self, name: str | re.Pattern, key: str = "Enter", exact: bool = True) -> None:
        """Work a button of the window or of what stands around it."""
        self.focus(self.demo.get_by_role("button", name=name, exact=exact).first)
        self.page.keyboard.press(key)

    def choose(self, field: str, value: str) -> None:
        """Go down a list until the value is there."""
        select = self.demo.get_by_label(field, exact=True)
        self.focus(select)
        options = select.evaluate("element => [...element.options].map(option => option.value)")
        self.page.keyboard.press("Home")
        for _ in range(options.index(value)):
            self.page.keyboard.press("ArrowDown")
        assert select.input_value() == value

    def write(self, field: str, text: str) -> None:
        """Type into a field, instead of what stands there."""
        self.focus(self.demo.get_by_label(field, exact=True))
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def learns(self, *keys: str) -> None:
        """The explanation of one of these is on the screen, in the page's language."""
        lesson = self.demo.locator(".coach-lesson")
        self.page.wait_for_function(
            "([demo, keys]) => keys.includes(document.querySelector(demo + ' .coach-lesson').dataset.lesson)",
            arg=[DEMO, list(keys)],
        )
        key = lesson.get_attribute("data-lesson")
        assert lesson.inner_text().startswith(LESSONS[self.language][key])
        self.met.append(key)

    def is_at(self, address: str) -> None:
        """The window shows this address, the keyboard is inside it, and its top is on the screen."""
        self.demo.locator(".address", has_text=re.compile(rf"^github\.com{address}$")).wait_for()
        self.page.wait_for_function(
            """demo => {
              const window = document.querySelector(demo + ' github-window');
              const covered = document.querySelector(demo + ' .coach').getBoundingClientRect().bottom;
              const { top } = window.getBoundingClientRect();
              return window.shadowRoot.activeElement?.matches('.page') && top >= covered - 1 && top < innerHeight - 100;
            }""",
            arg=DEMO,
        )

    def holds(self, name: str) -> None:
        """The keyboard is at this button of the window."""
        window = self.demo.locator("github-window")
        focused = window.evaluate("w => w.shadowRoot.activeElement?.ariaLabel ?? w.shadowRoot.activeElement?.innerText")
        assert focused == name

    def code(self, folder: str) -> str:
        """Read the digits of the newest mail of a folder."""
        self.press(folder)
        return re.search(r"\d{8}", self.demo.locator(".mail").last.inner_text())[0]


WORDS = {
    "zh": {"inbox": "收件箱", "print": "打印", "ways": ["压缩媒体", "按讲拆分", "用 Git 推送", "放进 Release"]},
    "en": {
        "inbox": "Inbox", "print": "Print",
        "ways": ["Compress media", "Split by lecture", "Push with Git", "Attach to a release"],
    },
}  # fmt: skip


def an_account(student: Student) -> None:
    words = WORDS[student.language]
    student.press("Sign in")
    student.learns("sign-in-first")
    student.press("Sign up")
    student.is_at("/signup")
    student.press("Continue with Google")
    student.learns("other-account")
    student.press(re.compile("^Create account"))
    student.learns("blank")
    student.choose("Email", "li.ming@ten-minutes.example")
    student.learns("mail-throwaway")
    student.choose("Email", "li.ming@exmaple.edu.cn")
    for password, lesson in (
        ("liming1", "password-short"), ("abcdefgh", "password-no-digit"), ("LIMING2026", "password-no-lowercase"),
        ("password123", "password-leaked"),
    ):  # fmt: skip
        student.choose("Password", password)
        student.learns(lesson)
    student.choose("Password", "lamp river nine mushroom")
    for username, lesson in (
        ("liming", "username-taken"), ("li_ming", "username-letters"), ("李明", "username-letters"),
        ("-liming", "username-hyphens"), ("li--ming", "username-hyphens"),
        ("liming-who-studies-data-mining-in-hangzhou", "username-long"),
    ):  # fmt: skip
        student.choose("Username", username)
        student.learns(lesson)
    student.choose("Username", "li-ming-dm")
    student.choose("Your Country/Region", "China")
    student.press(re.compile("^Create account"))
    student.press("Arrow to the right")
    student.learns("puzzle-wrong")
    student.press("Arrow up")
    student.is_at("/account_verifications")
    student.press("Resend the code")
    student.learns("mail-typo")
    student.press("update your email address")
    student.learns("mail-updated")
    old = student.code(words["inbox"])
    student.press("Resend the code")
    student.learns("mail-resent")
    student.press("update your email address")
    student.learns("mail-same")
    student.write("Enter code", old)
    student.learns("code-old")
    student.write("Enter code", "12345678")
    student.learns("code-wrong")
    student.write("Enter code", student.code(words["inbox"]))
    student.is_at("/dashboard")
    student.press("Open user menu")
    student.page.keyboard.press("Escape")
    assert student.demo.get_by_role("button", name="Sign out").count() == 0
    student.press("Open user menu")
    student.press("Sign out")
    student.press("Sign up")
    student.learns("sign-up-again")
    student.press("Sign in")
    student.is_at("/login")
    student.press("Sign in")
    student.is_at("/dashboard")


def a_repository(student: Student) -> None:
    for readme, name in ((False, "slides"), (True, "data-mining-ppt")):
        student.press("Create new…")
        if not readme:
            student.press("New gist")
            student.learns("not-needed")
            student.holds("Create new…")  # the list is closed, the keyboard is where it was opened
            student.press("Create new…")
        student.press("New repository")
        student.is_at("/new")
        if not readme:
            student.press("Create repository")
            student.learns("name-blank")
            student.write("Repository name", "demo")
            student.learns("name-taken")
            student.write("Repository name", "数据挖掘")
            student.learns("name-changed")
            student.choose("Choose visibility", "Private")
            student.learns("private")
            student.choose("Choose visibility", "Public")
        student.write("Repository name", name)
        student.write("Description", "数据挖掘课程课件")
        if readme:
            student.focus(student.demo.get_by_role("switch", name="Add README"))
            student.page.keyboard.press("Space")
        student.press("Create repository")
        student.is_at(f"/li-ming-dm/{name}")
        if not readme:
            student.learns("readme-off")
            student.press("uploading an existing file")
            student.press(name)  # back to the empty repository, with nothing lost
            student.is_at(f"/li-ming-dm/{name}")


def a_deck(student: Student) -> None:
    student.press("Add file")
    student.press("Create new file")
    student.learns("create-new-file")
    student.press("Cancel changes")
    student.press("Add file")
    student.press("Upload files")
    student.is_at("/li-ming-dm/data-mining-ppt/upload/main")
    student.press("Commit changes")
    student.learns("nothing-to-commit")
    student.press("choose your files")
    assert student.page.evaluate("document.activeElement.matches('.desk-file')")
    student.press(re.compile("untitled.pptx"))
    student.learns("file-empty")
    student.press(re.compile("homework"))
    student.learns("files-many")
    student.press(re.compile("all-lectures-with-video"))
    student.learns("file-big")
    for way, lesson in zip(WORDS[student.language]["ways"], ("compress", "split", "git", "release"), strict=True):
        student.press(way)
        student.learns(f"way-{lesson}")
    student.press(re.compile("第3讲"))
    student.learns("file-name")
    student.press(re.compile("^Remove"))
    student.page.wait_for_timeout(50)
    student.holds("choose your files")
    student.press(re.compile("第3讲"))
    student.press("Commit changes")
    student.learns("still-uploading")
    student.demo.locator(".Progress-item.full").wait_for()
    student.press("data-mining-ppt")
    student.learns("not-committed")
    student.press("Add file")
    student.press("Upload files")
    student.press(re.compile("all-lectures-compressed"))
    student.demo.locator(".Progress-item.full").wait_for()
    student.focus(student.demo.get_by_role("radio").first)
    student.page.keyboard.press("ArrowDown")
    student.learns("new-branch")
    student.press("Propose changes")
    student.learns("new-branch")
    student.focus(student.demo.get_by_role("radio").last)
    student.page.keyboard.press("ArrowUp")
    student.press("Commit changes")
    student.learns("default-message")


def the_certificate_prints_alone(student: Student) -> None:
    """The reader asks for paper: this figure without buttons, and nothing else of the page."""
    page, demo = student.page, student.demo
    page.evaluate("window.print = () => {}")
    student.press(re.compile(f"^{WORDS[student.language]['print']}"))
    page.emulate_media(media="print")
    for shown in (".certificate", "github-window"):
        assert demo.locator(shown).is_visible()
    for hidden in ("h1", ".md-header", f"{DEMO} .coach", f"{DEMO} .live-panel", "#ex-password"):
        assert not page.locator(hidden).first.is_visible(), hidden
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("h1").is_visible()


@pytest.mark.browser
@pytest.mark.parametrize("language", PAGES)
def test_all_three_lessons_by_keyboard_with_every_mistake_once(watched, server, language):
    page = watched.page
    page.emulate_media(reduced_motion="reduce")
    page.goto(server.url + PAGES[language], wait_until="networkidle")
    page.locator(DEMO).scroll_into_view_if_needed()
    page.locator(f"{DEMO} .live-cover button").focus()
    page.keyboard.press("Enter")
    page.locator(f"{DEMO} .address").wait_for()
    page.wait_for_load_state("networkidle")
    loaded, requests = len(server.sent), []
    page.on("request", lambda request: requests.append(request.url))
    student = Student(page, language)
    an_account(student)
    a_repository(student)
    a_deck(student)

    demo = student.demo
    assert demo.locator("github-window .file-row").count() == 2
    assert demo.locator("github-window [data-part=commits]").inner_text().split() == ["2", "Commits"]
    assert demo.locator(".checklist li[data-done]").count() == demo.locator(".checklist li").count() == 9
    certificate = demo.locator(".certificate")
    assert "li-ming-dm/data-mining-ppt" in certificate.inner_text()
    assert certificate.locator("input").count() == 0
    assert demo.get_by_role("button", name=WORDS[language]["print"], exact=False).count() == 1
    the_certificate_prints_alone(student)
    # what the spam folder teaches needs a right address from the start
    assert set(LESSONS[language]) - set(student.met) == {"mail-in-spam"}

    # nothing was sent, nothing is kept
    assert not requests
    assert len(server.sent) == loaded
    watched.assert_clean()
    assert not serious_violations(page, ".live-figure")  # axe itself writes inline styles, which the policy refuses
    kept = page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert not re.search("li-ming|data-mining-ppt|48209316", kept)
    page.reload(wait_until="networkidle")
    page.locator(DEMO).scroll_into_view_if_needed()
    page.locator(f"{DEMO} .address").wait_for()
    assert page.locator(f"{DEMO} .checklist li[data-done]").count() == 0


@pytest.mark.browser
def test_every_page_of_the_practice_is_accessible(browser, server):
    context = browser.new_context(reduced_motion="reduce", bypass_csp=True)
    page = context.new_page()
    page.goto(server.url + "en/github/upload/#practice-upload", wait_until="networkidle")
    demo = "#practice-upload github-simulator"
    page.locator(f"{demo} .address").wait_for()
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
    page.goto(server.url + "en/github/upload/#practice-upload", wait_until="networkidle")
    demo = page.locator("#practice-upload github-simulator")
    demo.locator(".address").wait_for()
    page.evaluate(
        """() => {
          const demo = document.querySelector('#practice-upload github-simulator');
          demo.simulation = { ...demo.simulation, done: demo.simulation.done.filter(one => one !== 'sign-in') };
        }"""
    )
    demo.get_by_role("button", name="Add file").click()
    demo.get_by_role("button", name="Upload files").click()
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
    page.goto(server.url + "en/github/upload/#practice-upload", wait_until="networkidle")
    demo = page.locator("#practice-upload github-simulator")
    demo.get_by_role("button", name="Add file").click()
    demo.get_by_role("button", name="Upload files").click()
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
    page.goto(server.url + "github/upload/#practice-upload", wait_until="networkidle")
    demo = page.locator("#practice-upload github-simulator")
    demo.get_by_role("button", name="Add file").click()
    demo.get_by_role("button", name="Upload files").click()
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
