"""What is told to whoever runs a command or reads a page: where files are, how large, and what was meant."""

import logging
import os
import unicodedata
from pathlib import Path
from typing import Literal

from demos.errors import UserError
from demos.errors import nearest as nearest  # one definition, also for the commands of `demos`


def from_here(path: Path) -> Path:
    """The path from the current folder if it lies below: messages are shorter without what everybody knows."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def shown(path: Path) -> str:
    """The same as one line of text, with "/" on every system."""
    return one_line(from_here(path).as_posix())


def one_line(text: str) -> str:
    """Text that comes from a file or its name as one line of a log, in which it can pass for nothing else.

    What cannot be seen (line ends, escape sequences, reversed writing) is spelled out, and GitHub finds no command.
    """
    seen = (character.encode("unicode_escape").decode() if is_unseen(character) else character for character in text)
    return "".join(seen).replace("##[", "## [")  # which GitHub would obey anywhere in a line


def plain_lines(text: str) -> str:
    """The same for a message of several lines: none of them becomes a command of GitHub's, which begins with "::"."""
    first, *others = map(one_line, text.split("\n"))
    for line in others:
        first += f"\\n{line}" if line.lstrip().startswith("::") else f"\n{line}"
    return first


def is_unseen(character: str) -> bool:
    """Whether a character moves others, and is not seen itself."""
    category = unicodedata.category(character)
    return category.startswith("C") or category in ("Zl", "Zp")


def size(num_bytes: int) -> str:
    """Bytes in decimal units, as the browser's code writes them: "389 KB", "2.3 MB"."""
    return f"{max(1, round(num_bytes / 1e3))} KB" if num_bytes < 1e6 else f"{num_bytes / 1e6:.1f} MB"


def annotate(kind: Literal["error", "warning"], sentence: str) -> None:
    """Say it where a beginner sees it, on the page of a workflow's run at GitHub; anywhere else nothing happens.

    How: docs.github.com, "Workflow commands".
    """
    if os.environ.get("GITHUB_ACTIONS") == "true":
        text = sentence.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        print(f"::{kind}::{text}", flush=True)


class Annotations(logging.Handler):
    """Warnings of MkDocs, which stop a strict build."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say one."""
        annotate("error" if record.levelno >= logging.ERROR else "warning", record.getMessage())


def short(text: str, most: int = 60) -> str:
    """What somebody wrote, in one line of at most `most` characters."""
    line = " ".join(text[: 4 * most].split())
    return line if len(line) <= most and len(text) <= 4 * most else f"{line[: most - 1]}…"


def read_text(path: Path) -> str:
    """What an author wrote in a file, without the mark that some editors put first.

    Raises:
        UserError: the file cannot be read, or is in another encoding than UTF-8.
    """
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"{shown(path)} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UserError(f"{shown(path)}:{line}: this is not UTF-8; save the file in that encoding.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
