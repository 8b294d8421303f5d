"""LibreOffice and poppler as separate programs: found, run with a limit, and ended with all they started."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from demos.errors import UserError
from site_tools.setup.programs import OFFICE_PACKAGES, POPPLER_PACKAGE, find_office

OFFICE_SECONDS = 300.0
PAGE_SECONDS = 120.0


def require_office() -> str:
    """LibreOffice's program.

    Raises:
        UserError: there is none.
    """
    if found := find_office():
        return found
    raise UserError(
        f"LibreOffice was not found: install it (Debian: sudo apt-get install {OFFICE_PACKAGES[0]}; "
        "macOS and Windows: libreoffice.org) and run the command again."
    )


def require_poppler(program: str) -> str:
    """One of poppler's programs.

    Raises:
        UserError: it is not there.
    """
    if found := shutil.which(program):
        return found
    raise UserError(
        f"{program} of poppler was not found: install it (Debian: sudo apt-get install {POPPLER_PACKAGE}; "
        "macOS: brew install poppler; Windows: put poppler's bin folder on PATH) and run the command again."
    )


# What LibreOffice is told before it opens a deck: to follow no link in it, run nothing, and reach no network,
# for which a proxy stands that nobody answers at.
_SETTINGS = {
    "org.openoffice.Office.Common/Security/Scripting": {
        "BlockUntrustedRefererLinks": "true", "DisableActiveContent": "true", "DisableMacrosExecution": "true",
    },
    "org.openoffice.Inet/Settings": {
        "ooInetProxyType": "2", "ooInetHTTPProxyName": "127.0.0.1", "ooInetHTTPProxyPort": "9",
        "ooInetHTTPSProxyName": "127.0.0.1", "ooInetHTTPSProxyPort": "9", "ooInetNoProxy": "",
    },
}  # fmt: skip


class ToolError(Exception):
    """A program failed; the text is what it said last, or how it ended."""


def run_tool(*command: str | Path, seconds: float, env: Mapping[str, str] | None = None) -> bytes:
    """Run a program to its end and return what it wrote.

    It has a session of its own: LibreOffice starts further processes, and when its time is over, or
    we are interrupted, all of them are ended.

    Raises:
        ToolError: it failed, or took longer than `seconds`.
    """
    process = subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **(env or {})},
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise ToolError(f"did not finish within {seconds:.0f} s and was stopped") from None
    finally:
        _end(process)
    if process.returncode != 0:
        said = errors.decode("utf-8", "replace").strip().splitlines()
        raise ToolError(said[-1].strip() if said else f"ended with status {process.returncode}")
    return output


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and everything it started; nothing happens if all is over."""
    if os.name == "nt":
        if process.poll() is None:
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return
    process.communicate()


def office_convert(source: Path, target: str, name: str, env: Mapping[str, str] | None = None) -> Path:
    """Convert a deck with LibreOffice, beside itself.

    Args:
        source: a copy in a folder of its own, with a plain name: LibreOffice leaves lock files and profiles there.
        target: "pdf" or "pptx".
        name: of the deck, for messages.
        env: further environment variables.

    Returns:
        The new file.

    Raises:
        UserError: LibreOffice is missing, hangs, dies or cannot read the deck.
    """
    office = require_office()
    profile = _profile(source.parent / "profile").as_uri()
    filters = {"pdf": "pdf:impress_pdf_Export", "pptx": "pptx:Impress MS PowerPoint 2007 XML"}
    made = source.with_suffix(f".{target}")
    advice = "open it in PowerPoint and save it again as .pptx, or export it as PDF and upload that"
    try:
        run_tool(
            office, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--convert-to", filters[target],
            "--outdir", source.parent, source, seconds=OFFICE_SECONDS, env=env,
        )  # fmt: skip
    except ToolError as error:
        raise UserError(f"LibreOffice could not convert {name} (it {_told(error)}): {advice}.") from None
    if not made.is_file() or not made.stat().st_size:
        raise UserError(f"LibreOffice could not read {name}: {advice}.")
    return made


def _profile(folder: Path) -> Path:
    """LibreOffice's settings for one deck; two runs on one profile would wait for each other."""
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>\n'
        for path, values in _SETTINGS.items()
        for name, value in values.items()
    )
    (folder / "user").mkdir(parents=True, exist_ok=True)
    (folder / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<oor:items xmlns:oor="http://openoffice.org/2001/registry">\n{items}</oor:items>\n',
        encoding="utf-8",
    )
    return folder


def _told(error: ToolError) -> str:
    text = str(error)
    return text if text.startswith(("did not", "ended")) else f"said: {text}"
