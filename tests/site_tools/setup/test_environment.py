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


def test_wrong_chrome_path_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("CHROME_PATH", str(tmp_path / "none"))
    with pytest.raises(UserError, match="CHROME_PATH is .* correct or unset it"):
        environment.find_browser()


def test_missing_browser_names_what_to_install(monkeypatch):
    monkeypatch.delenv("CHROME_PATH", raising=False)
    monkeypatch.setattr(environment.shutil, "which", lambda name: None)
    with pytest.raises(UserError, match="No Chromium was found: install one"):
        environment.ensure_browser()


def test_missing_venv_module_names_the_package(monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "PYTHON", tmp_path / "none")
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"install the package python3\.\d+-venv"):
        environment.ensure_venv()


def test_failed_and_missing_commands_are_one_sentence(tmp_path):
    with pytest.raises(UserError, match="was not found"):
        environment.run(tmp_path / "none")
    with pytest.raises(UserError, match="failed with status 3"):
        environment.run(sys.executable, "-c", "raise SystemExit(3)")


def test_makefile_only_forwards():
    recipes = [line for line in Path("Makefile").read_text().splitlines() if line.startswith("\t")]
    assert all(line.startswith("\t@$(PYTHON) -m site_tools") for line in recipes)


def test_nothing_pulls_torchvision():
    names = {line.split("==")[0].lower() for line in Path("constraints.txt").read_text().splitlines()}
    assert "torch" in names
    assert not names & {"torchvision", "torchaudio"}


@pytest.fixture
def machine(monkeypatch):
    """A machine described by its programs and its user; returns the commands that were run."""

    def describe(*programs: str, root: bool = False, sudo: bool = False, ci: bool = False) -> list[tuple[str, ...]]:
        ran: list[tuple[str, ...]] = []
        monkeypatch.setattr(environment.shutil, "which", lambda name: f"/bin/{name}" if name in programs else None)
        monkeypatch.setattr(environment.os, "geteuid", lambda: 0 if root else 1000, raising=False)
        monkeypatch.setenv("CI", "true") if ci else monkeypatch.delenv("CI", raising=False)
        monkeypatch.setattr(environment, "run", lambda *words, **_: ran.append(words))
        monkeypatch.setattr(environment, "find_office", lambda: "soffice" if "soffice" in programs else None)

        def probe(words, **_):
            fonts = b"Noto" if "noto" in programs else b""
            return subprocess.CompletedProcess(words, 0 if sudo else 1, stdout=fonts)

        monkeypatch.setattr(environment.subprocess, "run", probe)
        return ran

    return describe


def installed(ran: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The Debian packages of the last command."""
    return ran[-1][ran[-1].index("--no-install-recommends") + 1 :] if ran else ()


@pytest.mark.parametrize(
    ("user", "command"),
    [
        ({"root": True}, ("/bin/apt-get",)),
        ({"ci": True, "sudo": True}, ("/bin/sudo", "-n", "/bin/apt-get")),
        ({"ci": True, "sudo": False}, None),
        ({"sudo": True}, None),  # somebody's own computer: nothing is installed without asking
        ({}, None),
    ],
)
def test_packages_are_installed_where_nobody_need_be_asked(machine, user, command):
    ran = machine("apt-get", "sudo", **user)
    environment.ensure_converters()
    assert [words[:-1] if "update" in words else words[: len(command or ())] for words in ran] == (
        [(*command, "update"), command] if command else []
    )


def test_only_what_is_missing_is_installed(machine):
    everything = {"libreoffice-impress-nogui", "poppler-utils", "fonts-noto-cjk"}
    ran = machine("apt-get", root=True)
    environment.ensure_converters()
    assert everything < set(installed(ran))
    environment.ensure_converters(office=False)
    assert installed(ran) == ("poppler-utils",)
    ran = machine("apt-get", "pdftoppm", "pdftotext", "soffice", "fc-list", root=True)
    environment.ensure_converters()
    assert "fonts-noto-cjk" in installed(ran)
    assert not any("libreoffice" in name for name in installed(ran))
    ran = machine("apt-get", "pdftoppm", "pdftotext", "soffice", "fc-list", "noto", root=True)
    environment.ensure_converters()
    assert not ran


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
