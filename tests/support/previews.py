"""A course under plain `mkdocs serve`, and when a browser has painted what was written into one of its pages."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
COURSE = ("docs", "demos", "mkdocs.yml", "mkdocs.en.yml", "site_tools/overrides", "site_tools/course/garment_means.py")

PROBLEMS = "preview-problems"  # the id of the box over a page

# Notes when the edit with the highest number, or the box of problems, has been painted: a frame later than it is there.
WATCH = """(() => {
  let last = '';
  const look = () => {
    const id = (document.getElementById('preview-problems') ?? document.querySelector('h2[id^="edit-"]'))?.id ?? '';
    if (id !== last) requestAnimationFrame(() => setTimeout(() => { window.painted = { id, at: Date.now() }; }));
    last = id;
    requestAnimationFrame(look);
  };
  look();
})()"""


@dataclass(frozen=True)
class Course:
    """One that is being served.

    Attributes:
        folder: of its configuration.
        url: of its root, ending in "/".
        log: what the server says.
    """

    folder: Path
    url: str
    log: Path


def copy_course(folder: Path) -> Path:
    """This project's course as a folder in which one may write."""
    for name in COURSE:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "weights"))
        else:
            shutil.copy(source, target)
    return folder


@contextmanager
def served(folder: Path) -> Iterator[Course]:
    """Plain `mkdocs serve` in a folder; ready when it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    log = folder / ".serve.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "mkdocs", "serve", "--dev-addr", address],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "1700000000"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://{address}/", timeout=10).close()
                break
            except OSError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
        yield Course(folder, f"http://{address}/", log)
    finally:
        process.send_signal(signal.SIGINT)  # as Ctrl-C: it removes its folders
        process.wait(20)


def write_and_wait(page: Page, path: Path, text: str, seen: str) -> float:
    """Write a file; milliseconds until the page shows the heading or box with the id `seen`."""
    page.evaluate("() => { window.painted = undefined; }")
    start = time.time()
    path.write_text(text, encoding="utf-8")
    page.wait_for_function("(id) => window.painted?.id === id", arg=seen)
    return page.evaluate("() => window.painted.at") - 1000 * start
