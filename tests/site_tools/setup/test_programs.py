"""Programs of the system: one sentence when one is missing, and nothing is installed without asking."""

import subprocess
import sys

import pytest

from demos.errors import UserError
from site_tools.setup import programs


def test_failed_and_missing_commands_are_one_sentence(tmp_path):
    with pytest.raises(UserError, match="was not found"):
        programs.run(tmp_path / "none")
    with pytest.raises(UserError, match="failed with status 3"):
        programs.run(sys.executable, "-c", "raise SystemExit(3)")


def test_wrong_chrome_path_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("CHROME_PATH", str(tmp_path / "none"))
    with pytest.raises(UserError, match="CHROME_PATH is .* correct or unset it"):
        programs.find_browser()


def test_missing_browser_names_what_to_install(monkeypatch):
    monkeypatch.delenv("CHROME_PATH", raising=False)
    monkeypatch.setattr(programs.shutil, "which", lambda name: None)
    with pytest.raises(UserError, match="No Chromium was found: install one"):
        programs.ensure_browser()


@pytest.fixture
def machine(monkeypatch):
    """A machine described by its programs and its user; returns the commands that were run."""

    def describe(*there: str, root: bool = False, sudo: bool = False, ci: bool = False) -> list[tuple[str, ...]]:
        ran: list[tuple[str, ...]] = []
        monkeypatch.setattr(programs.shutil, "which", lambda name: f"/bin/{name}" if name in there else None)
        monkeypatch.setattr(programs.os, "geteuid", lambda: 0 if root else 1000, raising=False)
        monkeypatch.setenv("CI", "true") if ci else monkeypatch.delenv("CI", raising=False)
        monkeypatch.setattr(programs, "run", lambda *words, **_: ran.append(words))
        monkeypatch.setattr(programs, "find_office", lambda: "soffice" if "soffice" in there else None)

        def probe(words, **_):
            fonts = b"Noto" if "noto" in there else b""
            return subprocess.CompletedProcess(words, 0 if sudo else 1, stdout=fonts)

        monkeypatch.setattr(programs.subprocess, "run", probe)
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
    programs.ensure_converters()
    assert [words[:-1] if "update" in words else words[: len(command or ())] for words in ran] == (
        [(*command, "update"), command] if command else []
    )


def test_only_what_is_missing_is_installed(machine):
    everything = {"libreoffice-impress-nogui", "poppler-utils", "fonts-noto-cjk"}
    ran = machine("apt-get", root=True)
    programs.ensure_converters()
    assert everything < set(installed(ran))
    programs.ensure_converters(office=False)
    assert installed(ran) == ("poppler-utils",)
    ran = machine("apt-get", "pdftoppm", "pdftotext", "soffice", "fc-list", root=True)
    programs.ensure_converters()
    assert "fonts-noto-cjk" in installed(ran)
    assert not any("libreoffice" in name for name in installed(ran))
    ran = machine("apt-get", "pdftoppm", "pdftotext", "soffice", "fc-list", "noto", root=True)
    programs.ensure_converters()
    assert not ran
