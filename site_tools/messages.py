"""What is told to whoever runs a command or reads a page: where files are, how large, and what was meant."""

import logging
import os
from pathlib import Path
from typing import Literal

from demos.errors import nearest as nearest  # one definition, also for the commands of `demos`


def from_here(path: Path) -> Path:
    """The path from the current folder if it lies below: messages are shorter without what everybody knows."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def shown(path: Path) -> str:
    """The same as text, with "/" on every system."""
    return from_here(path).as_posix()


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
