"""The commands of `python -m site_tools`, by name; a new one is a function and a row in one of these modules."""

from site_tools.commands import authors, building, own, released
from site_tools.commands.command import Command

COMMANDS: dict[str, Command] = {**building.COMMANDS, **authors.COMMANDS, **released.COMMANDS, **own.COMMANDS}
FOR_AUTHORS = tuple(name for name, command in COMMANDS.items() if command.for_authors)
