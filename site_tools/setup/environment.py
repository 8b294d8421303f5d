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
from site_tools.setup import runtime_lzma
from site_tools.setup.programs import ROOT, apt_install, ensure_converters, run

VENV = ROOT / ".venv"
WEB = ROOT / "site_tools" / "web"
TOOLS = ROOT / "tests" / "browser" / "tools"  # of the slow browser tests
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")

TORCH = "torch==2.13.0"
EXTRAS_WITH_TORCH = {"train", "test"}
WITHIN = {"lectures": ("test",), "models": ("train", "test")}  # extra -> those that hold it
DEBIAN_DATA = Path("/usr/share/datasets/fashion-mnist")  # demos.data looks there; it needs packages, this file none


def in_checkout() -> bool:
    """Whether this package lies in a checkout of the project (and not in site-packages)."""
    return (ROOT / "pyproject.toml").is_file() and (ROOT / "constraints.txt").is_file()


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
    folders = (WEB / "src", WEB / "bundling")
    sources = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    digest = _digest([*sources, WEB / "build.mjs", WEB / "package-lock.json"])
    stamp = WEB / "dist" / ".stamp"
    if _fresh(stamp, digest):
        return
    print("Bundling the web code ...", flush=True)
    run(_npm(), "run", "--silent", "build", cwd=WEB, env=node())
    runtime_lzma.ensure_packed(WEB / "dist" / "ort-wasm-simd-threaded.wasm")
    stamp.write_text(digest, encoding="utf-8")


def ensure_browser_tools() -> None:
    """What the slow tests use: Lighthouse, other engines and what converts decks, where they can be installed."""
    ensure_node_modules(TOOLS)
    if not (shutil.which("firefox-esr") or shutil.which("firefox")):
        apt_install("Firefox", "firefox-esr")
    if not (shutil.which("WebKitWebDriver") and shutil.which("Xvfb")):
        apt_install("WebKitGTK", "webkit2gtk-driver", "xvfb")
    ensure_converters()


def ensure_data() -> None:
    """Fashion-MNIST from Debian's package where that can be installed; elsewhere `demos.data` downloads it."""
    if not DEBIAN_DATA.is_dir() and "FASHION_MNIST" not in os.environ:
        apt_install("Fashion-MNIST", "dataset-fashion-mnist")


def enter_venv(arguments: list[str]) -> int | None:
    """Run `python -m site_tools` again inside `.venv`; None if this is already that Python."""
    if Path(sys.prefix).resolve() == VENV.resolve():
        return None
    return subprocess.run(
        [PYTHON, "-m", "site_tools", *arguments], cwd=ROOT, env={**os.environ, "PYTHONUTF8": "1"}
    ).returncode
