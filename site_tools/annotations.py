"""In a workflow of GitHub, what went wrong stands on the page of the run, where a beginner sees it."""

import logging
import os
from typing import Literal


def annotate(kind: Literal["error", "warning"], sentence: str) -> None:
    """Say it in GitHub's way (docs.github.com, "Workflow commands"); anywhere else nothing happens."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        text = sentence.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        print(f"::{kind}::{text}", flush=True)


class Annotations(logging.Handler):
    """Warnings of MkDocs, which stop a strict build."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say one."""
        annotate("error" if record.levelno >= logging.ERROR else "warning", record.getMessage())
