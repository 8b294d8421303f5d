"""Programs of the system: run, found, and installed where that needs no asking.

Standard library only: this runs before anything is installed, on Linux, macOS and Windows.
"""

import os
import shutil
import subprocess
from pathlib import Path

from demos.errors import UserError

ROOT = Path(__file__).resolve().parents[2]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

# Names in Debian and Ubuntu; -math draws formulas, the fonts are those that `fonts.STAND_INS` names.
OFFICE_PACKAGES = ("libreoffice-impress-nogui", "libreoffice-math-nogui")
POPPLER_PACKAGE = "poppler-utils"
FONT_PACKAGES = ("fonts-noto-cjk", "fonts-liberation", "fonts-crosextra-carlito", "fonts-crosextra-caladea")
_OFFICE_NAMES = ("soffice", "libreoffice")
_OFFICE_PLACES = (
    Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"),
    Path(os.environ.get("PROGRAMFILES", "C:/Program Files")) / "LibreOffice/program/soffice.com",
)


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a command and stop with one sentence if it fails."""
    words = [str(word) for word in command]
    try:
        subprocess.run(words, cwd=cwd, check=True, env={**os.environ, "PYTHONUTF8": "1", **(env or {})})
    except FileNotFoundError:
        raise UserError(f"{words[0]} was not found: install it and run the command again.") from None
    except subprocess.CalledProcessError as error:
        raise UserError(
            f"`{' '.join(words)}` failed with status {error.returncode}; its output stands above."
        ) from None


def find_browser() -> str | None:
    """A Chromium: `CHROME_PATH`, else the first one on PATH."""
    if path := os.environ.get("CHROME_PATH"):
        if not Path(path).is_file():
            raise UserError(f"CHROME_PATH is {path}, where there is no file: correct or unset it.")
        return path
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def apt_install(what: str, *packages: str) -> None:
    """Install Debian packages where that is possible without asking: as root, or with sudo on a CI machine."""
    apt = shutil.which("apt-get")
    if apt is None:
        return
    command: tuple[str, ...] = (apt,)
    if os.geteuid() != 0:
        sudo = shutil.which("sudo") if os.environ.get("CI") else None
        if sudo is None or subprocess.run([sudo, "-n", "true"], capture_output=True).returncode != 0:
            return
        command = (sudo, "-n", apt)
    print(f"Installing {what} ...", flush=True)
    run(*command, "update", "-qq")
    run(*command, "install", "-y", "-qq", "--no-install-recommends", *packages)


def ensure_browser() -> str:
    """A Chromium for the tests, installed by the system's package manager if need be and possible."""
    if found := find_browser():
        return found
    apt_install("Chromium", "chromium", "fonts-noto-cjk")
    if found := find_browser():
        return found
    raise UserError(
        "No Chromium was found: install one (Debian: sudo apt-get install chromium; macOS and Windows: Google Chrome) "
        "or set CHROME_PATH to its program."
    )


def find_office() -> str | None:
    """LibreOffice's program, on PATH or where its installers put it."""
    found = next(filter(None, map(shutil.which, _OFFICE_NAMES)), None)
    return found or next((str(place) for place in _OFFICE_PLACES if place.is_file()), None)


def ensure_converters(*, office: bool = True) -> None:
    """What makes lecture pages of decks, where it can be installed; whoever then lacks a program says which.

    Args:
        office: whether more than PDF files are to be converted.
    """
    packages: list[str] = []
    if not (shutil.which("pdftoppm") and shutil.which("pdftotext")):
        packages.append(POPPLER_PACKAGE)
    if office and not find_office():
        packages += [*OFFICE_PACKAGES, *FONT_PACKAGES]
    elif office and shutil.which("fc-list"):
        chinese = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True).stdout
        packages += [] if chinese.strip() else FONT_PACKAGES
    if packages:
        apt_install("LibreOffice, poppler and fonts" if office else "poppler", *packages)
