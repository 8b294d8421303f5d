"""`python -m site_tools COMMAND`: set up, serve, build and check the course."""

import argparse
import sys
from typing import Any

from demos.errors import UserError
from site_tools.commands import COMMANDS, FOR_AUTHORS
from site_tools.messages import annotate, one_line
from site_tools.setup import environment


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m site_tools", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        shown: dict[str, Any] = {"help": command.help} if command.for_authors or environment.in_checkout() else {}
        own = commands.add_parser(name, description=command.help, **shown)
        if command.arguments:
            command.arguments(own)
    return parser


def _prepare(needs: str) -> None:
    if not environment.in_checkout():  # installed as a package: everything is there already
        return
    if needs in ("train", "test", "notebook", "kernels", "models"):
        environment.ensure_packages(needs)
    elif needs == "site":
        environment.ensure_packages()
    if needs in ("bundle", "test"):
        environment.ensure_bundle()


def main(argv: list[str] | None = None) -> int:
    """Run one command; a `UserError` becomes a line on standard error for each of its sentences, and status 2."""
    argv = sys.argv[1:] if argv is None else argv
    arguments = _parser().parse_args(argv)
    try:
        if not environment.in_checkout() and arguments.command not in FOR_AUTHORS:
            raise UserError(
                f"`{arguments.command}` makes or checks this course itself and needs its repository: clone it and run "
                f"the command there; with the package alone there are {', '.join(FOR_AUTHORS)}."
            )
        if environment.in_checkout():
            environment.ensure_venv()
            if (status := environment.enter_venv(argv)) is not None:
                return status
        command = COMMANDS[arguments.command]
        _prepare(command.needs)
        command.run(arguments)
    except UserError as error:
        for sentence in map(one_line, str(error).splitlines()):
            print(f"error: {sentence}", file=sys.stderr)
            annotate("error", sentence)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
