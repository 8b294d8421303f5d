"""Somebody who uses the practice of the GitHub chapter with a keyboard and no mouse."""

import re

from playwright.sync_api import Locator, Page

from tests.browser.conftest import ROOT

PAGES = {"zh": "github/account/", "en": "en/github/account/"}
DEMO = "#practice-account github-simulator"
WEB = ROOT / "site_tools" / "web"


def lessons() -> dict[str, dict[str, str]]:
    """Language -> key -> how its explanation begins, from the sources of the simulator."""
    text = (WEB / "src" / "elements" / "github-simulator" / "texts.ts").read_text(encoding="utf-8")
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
