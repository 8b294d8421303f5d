"""Setting up: skipped when fresh, one sentence when something is missing, no make and no shell needed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from demos.errors import UserError
from site_tools.setup import environment


def test_commands_work_without_make_and_sh_on_the_path(tmp_path):
    environment = {key: value for key, value in os.environ.items() if key in ("HOME", "SYSTEMROOT")}
    for command in (["site_tools", "--help"], ["demos", "list"]):
        done = subprocess.run(
            [sys.executable, "-m", *command], env={**environment, "PATH": str(tmp_path)}, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr


def test_stamp_is_fresh_only_for_the_same_content(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    source, stamp = tmp_path / "a", tmp_path / "stamp"
    source.write_text("1")
    digest = environment._digest([source])
    assert not environment._fresh(stamp, digest)
    stamp.write_text(digest)
    assert environment._fresh(stamp, digest)
    source.write_text("2")
    assert not environment._fresh(stamp, environment._digest([source]))


def test_missing_venv_module_names_the_package(monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "PYTHON", tmp_path / "none")
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"install the package python3\.\d+-venv"):
        environment.ensure_venv()


def test_makefile_only_forwards():
    recipes = [line for line in Path("Makefile").read_text().splitlines() if line.startswith("\t")]
    assert all(line.startswith("\t@$(PYTHON) -m site_tools") for line in recipes)


def test_nothing_pulls_torchvision():
    names = {line.split("==")[0].lower() for line in Path("constraints.txt").read_text().splitlines()}
    assert "torch" in names
    assert not names & {"torchvision", "torchaudio"}


def test_an_extra_that_another_holds_is_not_installed_again(monkeypatch, tmp_path):
    ran = []
    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.setattr(environment, "ensure_venv", lambda: None)
    monkeypatch.setattr(environment, "run", lambda *words, **_: ran.append(words))
    environment.ensure_packages("lectures")
    assert len(ran) == 1
    (tmp_path / ".stamp-lectures").rename(tmp_path / ".stamp-test")
    environment.ensure_packages("lectures")
    assert len(ran) == 1
    environment.ensure_packages("notebook")
    assert len(ran) == 2
