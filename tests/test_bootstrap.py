"""Setting up: skipped when fresh, one sentence when something is missing, no make and no shell needed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from demos.errors import UserError
from site_tools import bootstrap


def test_commands_work_without_make_and_sh_on_the_path(tmp_path):
    environment = {key: value for key, value in os.environ.items() if key in ("HOME", "SYSTEMROOT")}
    for command in (["site_tools", "--help"], ["demos", "list"]):
        done = subprocess.run(
            [sys.executable, "-m", *command], env={**environment, "PATH": str(tmp_path)}, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr


def test_stamp_is_fresh_only_for_the_same_content(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    source, stamp = tmp_path / "a", tmp_path / "stamp"
    source.write_text("1")
    digest = bootstrap._digest([source])
    assert not bootstrap._fresh(stamp, digest)
    stamp.write_text(digest)
    assert bootstrap._fresh(stamp, digest)
    source.write_text("2")
    assert not bootstrap._fresh(stamp, bootstrap._digest([source]))


def test_wrong_chrome_path_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("CHROME_PATH", str(tmp_path / "none"))
    with pytest.raises(UserError, match="CHROME_PATH is .* correct or unset it"):
        bootstrap.find_browser()


def test_missing_browser_names_what_to_install(monkeypatch):
    monkeypatch.delenv("CHROME_PATH", raising=False)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    with pytest.raises(UserError, match="No Chromium was found: install one"):
        bootstrap.ensure_browser()


def test_missing_venv_module_names_the_package(monkeypatch, tmp_path):
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / "none")
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"install the package python3\.\d+-venv"):
        bootstrap.ensure_venv()


def test_failed_and_missing_commands_are_one_sentence(tmp_path):
    with pytest.raises(UserError, match="was not found"):
        bootstrap.run(tmp_path / "none")
    with pytest.raises(UserError, match="failed with status 3"):
        bootstrap.run(sys.executable, "-c", "raise SystemExit(3)")


def test_makefile_only_forwards():
    recipes = [line for line in Path("Makefile").read_text().splitlines() if line.startswith("\t")]
    assert all(line.startswith("\t@$(PYTHON) -m site_tools") for line in recipes)


def test_nothing_pulls_torchvision():
    names = {line.split("==")[0].lower() for line in Path("constraints.txt").read_text().splitlines()}
    assert "torch" in names
    assert not names & {"torchvision", "torchaudio"}
