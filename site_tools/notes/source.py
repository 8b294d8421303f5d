"""A note as its author saved it: any usual encoding, and the settings that Typora keeps in the front matter."""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from demos.errors import UserError

_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# a line across the page looks like the first line of front matter; a key behind it tells them apart
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<lines>(?=\s*[\w-]+[ \t]*:).*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_SETTING = re.compile(r"^typora-(?P<key>root-url|copy-images-to)[ \t]*:[ \t]*(?P<value>.*?)[ \t]*(?:\n|\Z)", re.M)


@dataclass(frozen=True)
class Note:
    """One note.

    Attributes:
        path: its file, which is only read.
        encoding: how it was read.
        head: its front matter without Typora's settings, "" or ending in a newline.
        body: the text below.
        above: how many lines of the file stand above the body.
        root: folder that a path beginning with / counts from, or "".
        pictures: folder into which Typora copies pictures, or "".
    """

    path: Path
    encoding: str
    head: str
    body: str
    above: int
    root: str
    pictures: str


def read_note(path: Path) -> Note:
    """Read a note.

    Raises:
        UserError: no such file, or not a text.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"There is no note {path}: correct the path.") from None
    except IsADirectoryError:
        raise UserError(f"{path} is a folder: name the note in it.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): mend its rights, or copy it elsewhere.") from None
    text, encoding = decode(content, path)
    front = _FRONT_MATTER.match(text)
    lines = front["lines"] if front else ""
    settings = {found["key"]: found["value"].strip("\"'") for found in _SETTING.finditer(lines)}
    kept = _SETTING.sub("", lines)
    return Note(
        path=path,
        encoding=encoding,
        head=f"---\n{kept}---\n" if kept.strip() else "",
        body=text[front.end() :] if front else text,
        above=text.count("\n", 0, front.end()) if front else 0,
        root=settings.get("root-url", ""),
        pictures=settings.get("copy-images-to", "").replace("${filename}", path.stem),
    )


def decode(content: bytes, path: Path) -> tuple[str, str]:
    r"""The text with every line ending in \n, and the name of its encoding.

    Raises:
        UserError: neither UTF-8, UTF-16 with a mark nor GB18030 (which holds GBK and GB2312), or not a text.
    """
    marked = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "gb18030"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _NOT_IN_TEXT.search(text):
            break
        name = "UTF-8" if encoding.startswith("utf-8") else encoding.upper()
        text = re.sub(r"\r\n?", "\n", text)
        return text if text.endswith("\n") or not text else f"{text}\n", name
    raise UserError(f"{path} is not a text in UTF-8, UTF-16 or GB18030: open it in its editor and save it as UTF-8.")
