"""How files are read and told to whoever runs a command or reads a page: where they are, and how large."""

from pathlib import Path

from demos.errors import UserError


def from_here(path: Path) -> Path:
    """The path from the current folder if it lies below: messages are shorter without what everybody knows."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def shown(path: Path) -> str:
    """The same as text, with "/" on every system."""
    return from_here(path).as_posix()


def size(num_bytes: int) -> str:
    """Bytes in decimal units, as the browser's code writes them: "389 KB", "2.3 MB"."""
    return f"{max(1, round(num_bytes / 1e3))} KB" if num_bytes < 1e6 else f"{num_bytes / 1e6:.1f} MB"


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
