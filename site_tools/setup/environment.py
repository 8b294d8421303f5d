"""Everything the project needs, installed by the project: `.venv`, Node, the web bundle, a browser.

Standard library only: this runs before anything is installed, on Linux, macOS and Windows. Every
step leaves a stamp of what it was made from and is skipped while that has not changed.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from demos.errors import UserError
from site_tools.lectures.converting.programs import FONT_PACKAGES, OFFICE_PACKAGES, POPPLER_PACKAGE, find_office

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
WEB = ROOT / "site_tools" / "web"
TOOLS = ROOT / "tests" / "browser" / "tools"  # of the slow browser tests
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")

TORCH = "torch==2.13.0"
EXTRAS_WITH_TORCH = {"train", "test"}
WITHIN = {"lectures": ("test",)}  # extra -> those that hold it
DEBIAN_DATA = Path("/usr/share/datasets/fashion-mnist")  # demos.data looks there; it needs packages, this file none
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def in_checkout() -> bool:
    """Whether this package lies in a checkout of the project (and not in site-packages)."""
    return (ROOT / "pyproject.toml").is_file() and (ROOT / "constraints.txt").is_file()


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


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _fresh(stamp: Path, digest: str) -> bool:
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == digest


def ensure_venv() -> None:
    """Create `.venv` if there is none."""
    if PYTHON.is_file():
        return
    if sys.version_info < (3, 11):  # noqa: UP036  (this file runs before anything checked the version)
        raise UserError(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: install a newer one.")
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise UserError(f"Python's venv module is incomplete: install the package python{version}-venv and try again.")
    print("Creating .venv ...", flush=True)
    run(sys.executable, "-m", "venv", VENV)


def ensure_packages(extra: str = "") -> None:
    """Install the project with one extra ("", "lectures", "train" or "test") under the pinned constraints."""
    ensure_venv()
    digest = _digest([ROOT / "pyproject.toml", ROOT / "constraints.txt"])
    stamp = VENV / f".stamp-{extra or 'site'}"
    if any(_fresh(one, digest) for one in (stamp, *(VENV / f".stamp-{name}" for name in WITHIN.get(extra, ())))):
        return
    print(f"Installing Python packages ({extra or 'site'}) ...", flush=True)
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", ROOT / "constraints.txt")
    if extra in EXTRAS_WITH_TORCH:
        # torch first and alone: TORCH_INDEX can point at PyTorch's own index, whose CPU build is small
        index = os.environ.get("TORCH_INDEX")
        run(*pip, TORCH, *(["--index-url", index] if index else []))
    run(*pip, "-e", f"{ROOT}[{extra}]" if extra else ROOT)
    stamp.write_text(digest, encoding="utf-8")


def node() -> dict[str, str]:
    """The environment in which `node` and `npm` are those of `.venv`."""
    return {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}


def _npm() -> Path:
    return BIN / ("npm.exe" if os.name == "nt" else "npm")


def ensure_node_modules(folder: Path = WEB) -> None:
    """Install the packages of the web code, or of another folder, exactly as locked."""
    ensure_packages()
    digest = _digest([folder / "package.json", folder / "package-lock.json"])
    stamp = folder / "node_modules" / ".stamp"
    if _fresh(stamp, digest):
        return
    print(f"Installing the packages of {folder.relative_to(ROOT).as_posix()} ...", flush=True)
    run(_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", cwd=folder, env=node())
    stamp.write_text(digest, encoding="utf-8")


def ensure_bundle() -> None:
    """Bundle the web code into `site_tools/web/dist`."""
    ensure_node_modules()
    sources = sorted(path for path in (WEB / "src").rglob("*") if path.is_file())
    digest = _digest([*sources, WEB / "build.mjs", WEB / "package-lock.json"])
    stamp = WEB / "dist" / ".stamp"
    if _fresh(stamp, digest):
        return
    print("Bundling the web code ...", flush=True)
    run(_npm(), "run", "--silent", "build", cwd=WEB, env=node())
    stamp.write_text(digest, encoding="utf-8")


def find_browser() -> str | None:
    """A Chromium: `CHROME_PATH`, else the first one on PATH."""
    if path := os.environ.get("CHROME_PATH"):
        if not Path(path).is_file():
            raise UserError(f"CHROME_PATH is {path}, where there is no file: correct or unset it.")
        return path
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def _apt_install(what: str, *packages: str) -> None:
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
    _apt_install("Chromium", "chromium", "fonts-noto-cjk")
    if found := find_browser():
        return found
    raise UserError(
        "No Chromium was found: install one (Debian: sudo apt-get install chromium; macOS and Windows: Google Chrome) "
        "or set CHROME_PATH to its program."
    )


def ensure_browser_tools() -> None:
    """What the slow tests use: Lighthouse, other engines and what converts decks, where they can be installed."""
    ensure_node_modules(TOOLS)
    if not (shutil.which("firefox-esr") or shutil.which("firefox")):
        _apt_install("Firefox", "firefox-esr")
    if not (shutil.which("WebKitWebDriver") and shutil.which("Xvfb")):
        _apt_install("WebKitGTK", "webkit2gtk-driver", "xvfb")
    ensure_converters()


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
        _apt_install("LibreOffice, poppler and fonts" if office else "poppler", *packages)


def ensure_data() -> None:
    """Fashion-MNIST from Debian's package where that can be installed; elsewhere `demos.data` downloads it."""
    if not DEBIAN_DATA.is_dir() and "FASHION_MNIST" not in os.environ:
        _apt_install("Fashion-MNIST", "dataset-fashion-mnist")


def enter_venv(arguments: list[str]) -> int | None:
    """Run `python -m site_tools` again inside `.venv`; None if this is already that Python."""
    if Path(sys.prefix).resolve() == VENV.resolve():
        return None
    return subprocess.run(
        [PYTHON, "-m", "site_tools", *arguments], cwd=ROOT, env={**os.environ, "PYTHONUTF8": "1"}
    ).returncode
