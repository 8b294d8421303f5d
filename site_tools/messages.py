"""How files are told to whoever runs a command or reads a page: where they are, and how large."""

from pathlib import Path


def from_here(path: Path) -> Path:
    """The path from the current folder if it lies below: messages are shorter without what everybody knows."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def shown(path: Path) -> str:
    """The same as text, with "/" on every system."""
    return from_here(path).as_posix()


def size(num_bytes: int) -> str:
    """Bytes in decimal units, as the browser's code writes them: "389 KB", "2.3 MB"."""
    return f"{max(1, round(num_bytes / 1e3))} KB" if num_bytes < 1e6 else f"{num_bytes / 1e6:.1f} MB"
