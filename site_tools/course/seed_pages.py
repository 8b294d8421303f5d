"""The page that shows where every idea of the customer's document lives, made from tests/seed_map.yml.

Links are named after the heading, caption or step they lead to, so that the page follows the pages.
"""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from demos.errors import UserError
from demos.files import write_bytes

PAGE = "appendix/original-and-corrections.md"

TEXT = {
    "zh": {
        "title": "原文与修订对照",
        "description": "这门课脱胎于一份数据挖掘课的讲义。原文的每一个意思、{pictures} 张图、{corrections} 处修订，"
        "各在网站的什么地方，逐条列出。",
        "intro": "这门课脱胎于一份数据挖掘课的讲义（WuWenlianDataMing）。它的步骤、思路和次序都保留着，文字全部重写，"
        "差错逐条订正。下面是对照：原文的 {groups} 个意思、{pictures} 张图、{corrections} 处修订，现在各在哪里。"
        "引号里只摘原文的几个字，用来定位。",
        "groups": "一句一句",
        "group_head": "原文 | 现在的位置 | 修订",
        "pictures": "{pictures} 张图",
        "picture_intro": "原来的图都存在作者自己的硬盘上（`D:\\Typora\\workplace\\picture`），"
        "[别人看不到](../github/pictures.md#guess)。{here} 张已经重画，或改成排好的公式；{later} 张留给将来的课。",
        "picture_head": "原来的文件 | 画的是什么 | 现在的位置",
        "corrections": "{corrections} 处修订",
        "correction_head": " | 改了什么 | 现在的位置",
        "later": "将来的一课：{}",
        "quote": "“{}”",
        "join": "；",
    },
    "en": {
        "title": "Original and corrections",
        "description": "This course grew out of the notes of a data mining class. Every idea of theirs, "
        "{pictures} pictures and {corrections} corrections, each with its place on the site.",
        "intro": "This course grew out of the notes of a data mining class (WuWenlianDataMing). Their steps, ideas and "
        "order are kept, the text is new throughout, and slips are corrected one by one. Here is the account: "
        "{groups} ideas, {pictures} pictures and {corrections} corrections, and where each lives now. The few words "
        "quoted, in Chinese like the notes, only locate the place.",
        "groups": "Line by line",
        "group_head": "Original | Now in | Corrected",
        "pictures": "{pictures} pictures",
        "picture_intro": "The pictures lay on their author's own disk (`D:\\Typora\\workplace\\picture`), where "
        "[nobody else sees them](../github/pictures.md#guess). {here} are drawn anew or, if formulas, typeset; "
        "{later} belong to lessons to come.",
        "picture_head": "File | What it showed | Now in",
        "corrections": "{corrections} corrections",
        "correction_head": " | What changed | Now in",
        "later": "a lesson to come: {}",
        "quote": "“{}”",
        "join": "; ",
    },
}


def anchors(text: str) -> dict[str, str]:
    """Id -> name of every place that can be linked to: headings, steps, and captions of blocks."""
    found = {identifier: heading for heading, identifier in re.findall(r"^#+ (.*) \{ #([\w-]+) \}$", text, re.M)}
    found |= {step: words for words, step in re.findall(r"^\*\*(.+?)\*\*.*\n\{ #([\w-]+) \}$", text, re.M)}
    for block in re.findall(r"^```(?:demo|exercise|screen)\n(.*?)^```$", text, re.M | re.S):
        identifier = re.search(r"^id: ([\w-]+)$", block, re.M)
        caption = re.search(r"^caption: (.+)$", block, re.M)
        if identifier:
            found[identifier[1]] = caption[1] if caption else identifier[1]
    return found


def _plain(name: str) -> str:
    """A heading or step as the text of a link: no mark-up, no number, no full stop."""
    return re.sub(r"^\d+\. |[*`]|[。.：:]$", "", name)


class _Places:
    """Links to places, named in one language."""

    def __init__(self, docs: Path, text: dict[str, str]) -> None:
        self.docs, self.text = docs, text
        self._anchors: dict[str, dict[str, str]] = {}

    def link(self, place: str) -> str:
        page, _, anchor = place.partition("#")
        if page == PAGE:
            return f"[{self.text['title']}](#{anchor})"
        if page not in self._anchors:
            file = self.docs / page
            self._anchors[page] = anchors(file.read_text(encoding="utf-8")) if file.is_file() else {}
        names = self._anchors[page]
        if anchor not in names:
            raise UserError(
                f"{self.docs / page} has no #{anchor}: correct tests/seed_map.yml, which sends readers there."
            )
        title = _plain(next(iter(names.values())))  # a page's first heading
        name = _plain(names[anchor])
        return f"[{title if name == title else f'{title} · {name}'}]({posixpath.relpath(page, 'appendix')}#{anchor})"

    def of(self, entry: dict, chapters: dict[str, str]) -> str:
        if entry["status"] == "later":
            return self.text["later"].format(chapters[entry["chapter"]])
        return self.text["join"].join(map(self.link, entry["where"]))


def _table(head: str, rows: Iterator[list[str]]) -> Iterator[str]:
    yield f"| {head} |"
    yield "|" + "---|" * (head.count("|") + 1)
    yield from (f"| {' | '.join(row)} |" for row in rows)


def seed_page(seed: dict, docs: Path, language: str) -> str:
    """The page in one language.

    Args:
        seed: what tests/seed_map.yml holds.
        docs: the pages of that language.

    Raises:
        UserError: a place that a page does not have.
    """
    text, counts = TEXT[language], seed["counts"]
    places = _Places(docs, text)
    chapters = {chapter["zh"]: chapter[language] for chapter in seed["chapters"]}

    later = sum(picture["status"] == "later" for picture in seed["pictures"])

    def corrections(entry: dict) -> str:
        return " ".join(f"[{one}](#{one})" for one in entry.get("corrected", ()))

    lines = ["---", f"title: {text['title']}", f"description: {text['description'].format(**counts)}", "---", ""]
    lines += [f"# {text['title']} {{ #original-and-corrections }}", "", text["intro"].format(**counts), ""]
    lines += [f"## {text['groups']} {{ #groups }}", ""]
    for section in seed["sections"]:
        rows = (
            [text["quote"].format(group["quote"]), places.of(group, chapters), corrections(group)]
            for group in seed["groups"]
            if group["section"] == section["zh"]
        )
        name = section["zh"] if language == "zh" else f"{section['zh']} ({section[language]})"
        lines += [f"**{name}**", "", *_table(text["group_head"], rows), ""]
    lines += [
        f"## {text['pictures'].format(**counts)} {{ #pictures }}",
        "",
        text["picture_intro"].format(here=counts["pictures"] - later, later=later),
        "",
    ]
    rows = ([f"`{one['file']}`", one["shows"][language], places.of(one, chapters)] for one in seed["pictures"])
    lines += [*_table(text["picture_head"], rows), ""]
    lines += [f"## {text['corrections'].format(**counts)} {{ #corrections }}", ""]
    rows = (
        [f'<span id="{one["id"]}">{one["id"]}</span>', one["about"][language], places.of(one, chapters)]
        for one in seed["corrections"]
    )
    lines += [*_table(text["correction_head"], rows)]
    return "\n".join(lines) + "\n"


def write_seed_pages(seed_map: Path, docs: Path) -> None:
    """Write the page in every language below `docs`."""
    seed = yaml.safe_load(seed_map.read_text(encoding="utf-8"))
    for language in TEXT:
        write_bytes(docs / language / PAGE, seed_page(seed, docs / language, language).encode())
