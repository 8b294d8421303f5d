"""What MkDocs logs while a preview is built: gathered for the browser, or left to the whole build."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from mkdocs.exceptions import Abort
from mkdocs.utils import DuplicateFilter


class Told(logging.Handler):
    """Gathers what is wrong."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.errors: list[str] = []
        self.warnings: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message; one that ends in a colon only announces the next."""
        if not (text := record.getMessage()).endswith(":"):
            (self.errors if record.levelno >= logging.ERROR else self.warnings).extend(text.splitlines())

    def reasons(self, error: BaseException) -> list[str]:
        """Why a build ended with `error`; a strict one also ends for its warnings."""
        return [*self.errors] or [*self.warnings] * isinstance(error, Abort) or [str(error) or repr(error)]


@contextmanager
def gathered() -> Iterator[Told]:
    """What is logged as wrong meanwhile; a mistake that is made again is told again."""
    told, logger = Told(), logging.getLogger("mkdocs")
    for once in logging.getLogger("mkdocs.commands.build").filters:
        if isinstance(once, DuplicateFilter):
            once.msgs.clear()
    logger.addHandler(told)
    try:
        yield told
    finally:
        logger.removeHandler(told)


@contextmanager
def silence() -> Iterator[None]:
    """Nothing is logged meanwhile."""
    logger = logging.getLogger("mkdocs")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
