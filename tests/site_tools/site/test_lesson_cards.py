"""Cards of lessons: what their pages say, in the order of the navigation, or one sentence on what is missing."""

import json
import re
from pathlib import Path

import pytest
import yaml
from mkdocs.exceptions import Abort

from site_tools.authoring.blocks.lessons import lesson_problems
from tests.site_tools.site.test_plugin import NOTEBOOK, runtime
from tests.support.sites import build_site, make_site, messages

HOME = "# Home\n\n```lessons\nchapter: First steps\n```\n"
EXERCISE = "```exercise\nid: {}\nkind: compute\nquestion: 1 + 1?\nanswer: 2\nsolution: 2\n```\n"
DEMO = "```demo\nuse: spin-noise\ncaption: Noise\n```\n"
NAV = "nav:\n  - index.md\n  - First steps:\n      - Two: b.md\n      - Deeper:\n          - a.md\n"


def page(lesson: str = "minutes: 20", more: str = "", body: str = DEMO) -> str:
    """A lesson whose front matter has `lesson: {...}`."""
    return f"---\ndescription: What a & b are.\nlesson: {{{lesson}}}\n{more}---\n\n# A <title>\n\n{body}"


def cards(root: Path, pages: dict[str, str], nav: str = NAV) -> list[dict]:
    """Build a course of one language; what each card of its home says."""
    config = make_site(root, {f"en/{name}": text for name, text in pages.items()}, languages=("en",))
    config.write_text(config.read_text() + nav)
    html = (build_site(config) / "index.html").read_text()
    return [
        {
            "page": re.search(r'data-page="(.*?)"', card)[1],
            "exercises": re.search(r'data-exercises="(.*?)"', card)[1],
            "link": re.search(r'<a href="(.*?)"', card)[1],
            "pictures": re.findall(r'<img class="lesson-picture" src="(.*?)" alt=""', card),
            "title": re.search(r'class="lesson-title">(.*?)</b>', card)[1],
            "outcome": re.search(r"</a><p>(.*?)</p>", card)[1],
            "facts": re.findall(r"<span[^>]*>([^<]+)</span>", card),
        }
        for card in re.findall(r'<li class="lesson-card".*?</li>', html)
    ]


def test_a_card_says_what_its_page_says_in_the_order_of_the_navigation(tmp_path):
    pages = {
        "index.md": HOME,
        "a.md": page("minutes: 20", body=EXERCISE.format("ex-a") + "\n" + DEMO),
        "b.md": page(
            "minutes: 35, outcome: 'Do [[lesson.minutes]] things.', picture: figures/dots-dark.svg",
            "title: Second\n",
            f"Takes [[lesson.minutes]] minutes.\n\n{EXERCISE.format('ex-b')}\n{EXERCISE.format('ex-c')}",
        ),
    }
    second, first = cards(tmp_path, pages)
    assert second == {
        "page": "b.md", "exercises": "ex-b ex-c", "link": "b/", "pictures": ["assets/figures/dots-dark.svg"],
        "title": "Second", "outcome": "Do 35 things.", "facts": ["35 min", "2 questions"],
    }  # fmt: skip
    # without words of its own: the description, the heading and the poster of its demo, by day and by night
    assert first == {
        "page": "a.md", "exercises": "ex-a", "link": "a/",
        "pictures": ["assets/figures/dots-light.svg#only-light", "assets/figures/dots-dark.svg#only-dark"],
        "title": "A", "outcome": "What a &amp; b are.", "facts": ["20 min", "1 question"],
    }  # fmt: skip
    assert "Takes 35 minutes." in (tmp_path / "site/b/index.html").read_text()


def test_the_page_brings_the_script_and_its_own_name_and_a_notebook_may_be_a_lesson(tmp_path):
    lesson = {"minutes": 5, "outcome": "Train.", "picture": "figures/dots-light.svg"}
    notebook = json.dumps(NOTEBOOK | {"metadata": NOTEBOOK["metadata"] | {"lesson": lesson}})
    config = make_site(
        tmp_path,
        {"zh/deep/home.md": HOME, "zh/a.md": page(), "zh/train.ipynb": notebook, "zh/index.md": "# P"},
        languages=("zh",),
    )
    nav = "nav:\n  - index.md\n  - deep/home.md\n  - First steps: [a.md, train.ipynb]\n"
    config.write_text(config.read_text().replace("plugins:\n", "plugins:\n  mkdocs-jupyter: {}\n") + nav)
    html = (build_site(config) / "deep/home/index.html").read_text()
    table = runtime(html)
    assert list(table["files"]) == ["elements/lesson-cards.js"]
    assert (table["page"], table["root"]) == ("deep/home.md", "../../")
    assert re.findall(r'<a href="([^"]*)"><span class="lesson-frame"', html) == ["../../a/", "../../train/"]
    assert re.findall(r'class="lesson-facts">(.*?)</p>', html) == ["<span>20 分钟</span>", "<span>5 分钟</span>"]


def test_a_page_that_is_no_lesson_says_so(tmp_path):
    pages = {"index.md": HOME, "a.md": page(), "b.md": "---\nlesson: false\n---\n\n# Reading list\n"}
    assert [card["page"] for card in cards(tmp_path, pages)] == ["a.md"]


BLOCK = "docs/en/index.md:4: lessons block: "
LACKING = [
    ("# A\n", f'{BLOCK}the card of a.md has no time; write "lesson:" and below it "minutes: 20" into its front matter'),
    (page(body=""), f"{BLOCK}the card of a.md has no picture, and no demo of that page has one"),
    (page("minutes: 20, picture: x.svg"), f'{BLOCK}the card of a.md: there is no picture "x.svg" below assets/.'),
    (page("minutes: 20, picture: ../mkdocs.yml"), 'there is no picture "../mkdocs.yml" below assets/.'),
    (page().replace("description", "author"), f"{BLOCK}the card of a.md has no sentence"),
    (page("minutes: 20, outcome: '[[no.such]]'"), f'{BLOCK}the card of a.md: unknown number "no.such"'),
    (page("minutes: soon"), 'docs/en/a.md:3: front matter: "lesson.minutes" must be a whole number of minutes.'),
    (page("minuts: 20"), 'docs/en/a.md:3: front matter: "lesson.minuts" is unknown; did you mean "minutes"?'),
]


@pytest.mark.parametrize(("lesson", "words"), LACKING)
def test_what_a_card_lacks_is_one_sentence_with_its_place(tmp_path, caplog, lesson, words):
    with pytest.raises(Abort):
        cards(tmp_path, {"index.md": HOME, "a.md": lesson, "b.md": page()})
    assert words in messages(caplog)


def test_a_chapter_that_the_navigation_does_not_have_is_refused_with_the_nearest(tmp_path, caplog):
    with pytest.raises(Abort):
        cards(tmp_path, {"index.md": HOME.replace("steps", "step"), "a.md": page(), "b.md": page()})
    assert f'{BLOCK}the navigation has no chapter "First step"; did you mean "First steps"?' in messages(caplog)


def test_twins_of_the_course_agree_on_time_and_picture():
    def declared(language: str) -> dict[str, dict]:
        found = {}
        for path in sorted(Path("docs", language).rglob("*.*")):
            text = path.read_text(encoding="utf-8")
            if path.suffix == ".ipynb":
                lesson = json.loads(text)["metadata"].get("lesson")
            else:
                lesson = yaml.safe_load(text.split("---\n")[1]).get("lesson")
            if lesson:
                assert not list(lesson_problems(lesson))
                found[path.relative_to(Path("docs", language)).as_posix()] = lesson
        return found

    zh, en = declared("zh"), declared("en")
    assert len(zh) >= 9
    for key in ("minutes", "picture"):
        assert {name: lesson[key] for name, lesson in zh.items()} == {name: lesson[key] for name, lesson in en.items()}
