"""How files are told to whoever runs a command or reads a page: where they are, and how large."""

import unicodedata
from pathlib import Path


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


def is_unseen(character: str) -> bool:
    """Whether a character moves others, and is not seen itself."""
    category = unicodedata.category(character)
    return category.startswith("C") or category in ("Zl", "Zp")


def size(num_bytes: int) -> str:
    """Bytes in decimal units, as the browser's code writes them: "389 KB", "2.3 MB"."""
    return f"{max(1, round(num_bytes / 1e3))} KB" if num_bytes < 1e6 else f"{num_bytes / 1e6:.1f} MB"
