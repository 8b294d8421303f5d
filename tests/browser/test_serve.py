"""The course under plain `mkdocs serve`, as an author sees it: edits, mistakes, and in the end what a build makes."""

import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.serve_benchmark import BROKEN, PAGE, edited_page
from tests.browser.test_pages import serious_violations
from tests.support.previews import PROBLEMS, ROOT, copy_course, served

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SCRIPT = re.compile(rb'<script src="/livereload/client\.js" data-version="\d+"></script>')


def get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.read()


def test_edits_mistakes_and_the_state_in_which_everything_has_followed(browser, tmp_path):
    folder = copy_course(tmp_path / "course")
    sources = {language: folder / "docs" / language / f"{PAGE}.md" for language in ("zh", "en")}
    with served(folder) as course:
        pages = {language: browser.new_page() for language in sources}
        refused: list[str] = []
        for number, (language, page) in enumerate(pages.items()):
            page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
            page.goto(f"{course.url}{'' if language == 'zh' else 'en/'}{PAGE}/")
            text = edited_page(sources[language].read_text("utf-8"), number)
            sources[language].write_text(text, "utf-8")
            expect(page.locator(f"#edit-{number}")).to_be_visible()

        # a mistake stands over the page, in a new tab as well, and both are whole
        zh, right = pages["zh"], sources["zh"].read_text("utf-8")
        sources["zh"].write_text(right + BROKEN, "utf-8")
        line = (right + BROKEN).count("\n") - 1  # that of `use`
        new = browser.new_page()
        new.goto(f"{course.url}en/")
        for page in (zh, pages["en"], new):
            box = page.locator(f"#{PROBLEMS}")
            expect(box).to_contain_text(f"docs/zh/{PAGE}.md:{line}")
            expect(box).to_contain_text('did you mean "reverse-process"?')
        assert not serious_violations(new, f"#{PROBLEMS}")
        expect(zh.locator("#edit-0")).to_be_visible()
        sources["zh"].write_text(right, "utf-8")
        for page in (zh, pages["en"], new):
            expect(page.locator(f"#{PROBLEMS}")).to_have_count(0)

        # the search index is the last that follows
        for address, number in (("", 0), ("en/", 1)):
            new.goto(course.url)
            new.wait_for_function(
                "async ([url, words]) => (await (await fetch(url)).text()).includes(words)",
                arg=[f"{course.url}{address}search/search_index.json", f"Edit {number}"],
            )
        assert not refused
        built = tmp_path / "built"
        subprocess.run(
            [sys.executable, "-P", "-m", "mkdocs", "build", "--strict", "--site-dir", str(built)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "SITE_URL": course.url, "SOURCE_DATE_EPOCH": "1700000000"},
            check=True,
        )
        files = [path for path in built.rglob("*") if path.is_file()]
        assert len(files) > 100
        different = [
            path.relative_to(built).as_posix()
            for path in files
            if SCRIPT.sub(b"", get(course.url + path.relative_to(built).as_posix())) != path.read_bytes()
        ]
        assert not different
        assert not Path(folder, "site").exists()
