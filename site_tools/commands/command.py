"""What a command of `python -m site_tools` is: one row of its module."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Arguments = argparse.Namespace
Parser = argparse.ArgumentParser
ASSETS = Path("docs/assets")


@dataclass(frozen=True)
class Command:
    """One command.

    Attributes:
        run: does it. It imports what it needs when it runs: `setup` must work before anything is installed, and
            building the site never needs torch.
        help: one line.
        needs: what must be set up first: "" nothing, else "site", "bundle" or an extra.
        arguments: adds its own to its parser; None if it has none.
        for_authors: whether it works with the installed package; the rest makes or checks this course and needs its
            repository.
    """

    run: Callable[[Arguments], None]
    help: str
    needs: str = ""
    arguments: Callable[[Parser], None] | None = None
    for_authors: bool = False


def preset_argument(parser: Parser) -> None:
    """The model that a command is about."""
    parser.add_argument("name", help="a preset, see `python -m demos list`")
