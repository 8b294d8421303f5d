"""The command line where the package is installed without the repository around it."""

import pytest

from site_tools.__main__ import main
from site_tools.commands import COMMANDS, FOR_AUTHORS
from site_tools.setup import environment


@pytest.fixture
def installed(monkeypatch):
    monkeypatch.setattr(environment, "in_checkout", lambda: False)


def test_help_shows_what_an_author_can_do(installed, capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = {line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("    ")}
    assert listed & COMMANDS.keys() == set(FOR_AUTHORS)


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - set(FOR_AUTHORS)))
def test_a_command_of_the_course_says_that_it_needs_the_repository(installed, capsys, command):
    needed = {"pipeline": ["figures"]} | {
        name: ["x"] for name in ("choose-sampler", "export", "gate", "measure", "timing")
    }
    assert main([command, *needed.get(command, [])]) == 2
    error = capsys.readouterr().err
    assert f"`{command}` makes or checks this course itself and needs its repository: clone it" in error
    assert error.count("\n") == 1


def test_in_a_checkout_every_command_is_shown(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = {line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("    ")}
    assert listed >= COMMANDS.keys()
