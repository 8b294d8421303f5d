"""Building and serving the site; both are plain MkDocs, which works by itself once set up."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from demos.errors import UserError
from site_tools.messages import Annotations, annotate, plain_lines


def _mkdocs(*arguments: str) -> None:
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # Material's note about its successor, twice per build
    try:
        import click
        from mkdocs.__main__ import cli
    except ImportError:
        raise UserError("MkDocs is not installed here: run `python -m site_tools setup` in the project.") from None
    logging.getLogger("mkdocs").addHandler(Annotations(logging.WARNING))
    try:
        with _plain_log():
            cli(list(arguments), standalone_mode=False)
    except click.ClickException as error:
        error.show(sys.stderr)
        annotate("error", error.format_message())
        raise SystemExit(error.exit_code) from None


@contextmanager
def _plain_log() -> Iterator[None]:
    """Keep what pages bring into MkDocs' messages, such as the address of a broken link, from passing for a line."""
    make = logging.getLogRecordFactory()

    def plain(name: str, *arguments, **options) -> logging.LogRecord:
        record = make(name, *arguments, **options)
        if name.partition(".")[0] == "mkdocs":
            record.msg, record.args = plain_lines(record.getMessage()), None
        return record

    logging.setLogRecordFactory(plain)
    try:
        yield
    finally:
        logging.setLogRecordFactory(make)


def site(*, folder: str | None = None) -> None:
    """Build all languages, strictly; `folder` instead of the one in the configuration."""
    _mkdocs("build", "--strict", *(["--site-dir", folder] if folder else []))


def serve(*, address: str = "127.0.0.1:8000", browser: bool = False) -> None:
    """Serve all languages on one port and rebuild when a page, figure, model or piece of code changes."""
    _mkdocs("serve", "--dev-addr", address, *(["--open"] if browser else []))
