"""What is changed in the text of a note: a link gets another target, a width, or a word that its file is missing."""

import re
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

from site_tools.authoring.links import Link, Span, attributes
from site_tools.authoring.pictures import picture_size
from site_tools.authoring.prose import prose

Edit = tuple[Span, str]

_NUMBER = r"(\d*\.?\d+)"

MISSING = {
    "zh": {"picture": "图片缺失：{}", "file": "文件缺失：{}", "words": "{}（{}）"},
    "en": {"picture": "Picture missing: {}", "file": "File missing: {}", "words": "{} ({})"},
}


def apply(body: str, edits: Iterable[Edit]) -> str:
    """The text with every edit made; one inside the span of another is dropped."""
    parts, end = [], 0
    for (start, stop), text in sorted(edits, key=lambda edit: (edit[0][0], -edit[0][1])):
        if start >= end:
            parts += [body[end:start], text]
            end = stop
    return "".join([*parts, body[end:]])


def without_boxes(body: str) -> Iterator[Edit]:
    """A space for what browsers draw as a box, such as the line breaks of PowerPoint; code keeps all it has."""
    for found in re.finditer(r"[\v\f\x85]", prose(body)):
        yield found.span(), " "


def point(link: Link, address: str) -> Edit:
    """The link with another target; its words, title and attributes stay."""
    return link.place, f'"{escape(address)}"' if link.form == "tag" else address


def words_of(body: str, link: Link) -> str:
    """The words or the alternative text of a link."""
    if link.form != "tag":
        return body[slice(*link.text)]
    return next((value for name, value, *_ in attributes(body, link.text) if name == "alt"), "")


def missing(body: str, link: Link, references: list[Link], name: str, language: str) -> Iterator[Edit]:
    """In the place of a link whose file is missing: its words, and for everybody to see that it is.

    Args:
        body: the text of the note.
        link: the link; of a definition, the `references` to it are edited too.
        name: of the file.
        language: of the page.
    """
    if link.form == "definition":
        yield link.span, ""
    elif link.form == "tag" and not link.picture:
        ((attribute, _),) = [(span, place) for *_, span, place in attributes(body, link.text) if place == link.place]
        yield (link.span[0], link.span[0]), _mark(name, "", "file", language)
        yield attribute, ""
    for place in references if link.form == "definition" else [link]:
        if place.picture:
            yield place.span, _mark(name, words_of(body, place), "picture", language)
        elif place.form != "tag":
            yield (place.span[0], place.text[0]), ""
            yield (place.text[1], place.span[1]), " " + _mark(name, "", "file", language)


def _mark(name: str, words: str, kind: str, language: str) -> str:
    text = MISSING.get(language, MISSING["en"])
    words = " ".join(words.split())
    shown = name if words in ("", name, Path(name).stem) else text["words"].format(name, words) if name else words
    return f"<mark>{text[kind].format(_plain(shown))}</mark>"


def _plain(text: str) -> str:
    """Text that neither Markdown nor HTML, nor a table or a formula, can take for anything else."""
    return re.sub(r"(?<![^\W_])_|_(?![^\W_])|(?![\w\s.()-])[\x00-\x7f]", lambda found: f"&#{ord(found[0])};", text)


def without_style(body: str, link: Link, file: Path | None) -> Iterator[Edit]:
    """Of an `<img>`: no inline style, which the pages forbid; a zoom or width in it becomes an attribute.

    Args:
        file: the picture, if it is here; without its size a zoom is dropped.
    """
    found = list(attributes(body, link.text))
    sized = any(name == "width" for name, *_ in found)
    for name, value, (start, end), _ in found:
        if name == "style":
            width = None if sized else _width(value, file)
            yield (start - 1, end), f' width="{width}"' if width else ""


def _width(style: str, file: Path | None) -> str | None:
    rules = (rule.lower().partition(":") for rule in style.split(";"))
    values = {name.strip(): value.strip() for name, _, value in rules}
    if found := re.fullmatch(rf"{_NUMBER}(%?)", values.get("zoom", "")):
        size = picture_size(file) if file else None
        return str(max(1, round(size[0] * float(found[1]) / (100 if found[2] else 1)))) if size else None
    if found := re.fullmatch(rf"{_NUMBER}(px|%)", values.get("width", "")):
        return f"{max(1, round(float(found[1])))}{'%' if found[2] == '%' else ''}"
    return None
