"""The practice run by keyboard alone, in both languages, with every mistake made once and its explanation read."""

import re

import pytest

from tests.browser.practice import DEMO, LESSONS, PAGES, Student
from tests.browser.test_pages import serious_violations

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
    student.learns("proposed")
    student.press("Create pull request")
    student.learns("pull-request-open")
    student.press("Merge pull request")
    student.learns("merged")
    student.press("Add file")
    student.press("Upload files")
    student.press(re.compile("all-lectures-compressed"))
    student.demo.locator(".Progress-item.full").wait_for()
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
    page.locator(f"{DEMO} .live-cover .exercise-skip").focus()
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
    assert demo.locator("github-window [data-part=commits]").inner_text().split() == ["3", "Commits"]
    assert demo.locator(".checklist li[data-done]").count() == demo.locator(".checklist li").count() == 9
    certificate = demo.locator(".certificate")
    assert "li-ming-dm/data-mining-ppt" in certificate.inner_text()
    assert certificate.locator("input").count() == 0
    assert demo.get_by_role("button", name=WORDS[language]["print"], exact=False).count() == 1
    the_certificate_prints_alone(student)
    # what the spam folder teaches needs a right address from the start, and a folder of one's own a mouse
    assert set(LESSONS[language]) - set(student.met) == {"mail-in-spam", "whole-folder"}

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
