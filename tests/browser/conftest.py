"""One Chromium and one built site for all browser tests."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Page, sync_playwright

from site_tools.setup.programs import find_browser
from tests.browser.server import SiteServer

SITE_URL = "https://example.org/course/"  # where hreflang and canonical links point; never requested
ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def build(target: Path, *options: str, **environment: str) -> Path:
    """Both languages, built as a maintainer would."""
    done = subprocess.run(
        [sys.executable, "-m", "site_tools", "site", *options, "--folder", str(target)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000", **environment},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return target


def build_once(factory: pytest.TempPathFactory, name: str, *options: str, **environment: str) -> Path:
    """A site that all workers of a run share: the first that asks builds it, the others wait."""
    shared = factory.getbasetemp().parent if os.environ.get("PYTEST_XDIST_WORKER") else factory.getbasetemp()
    site, done = shared / name, shared / f"{name}.done"
    with FileLock(shared / f"{name}.lock"):
        if not done.exists():
            build(site, *options, **environment)
            done.touch()
    return site


@pytest.fixture(scope="session")
def built_site(tmp_path_factory) -> Path:
    """The site for a server; it is only read."""
    return build_once(tmp_path_factory, "built-site", SITE_URL=SITE_URL)


@pytest.fixture(scope="session")
def offline_site(tmp_path_factory) -> Path:
    """The site for opening from disk, as it would come out of a zip; it is only read."""
    return build_once(tmp_path_factory, "offline-site", "--offline")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_browser()
    assert path, "no Chromium: run `python -m site_tools test`, which finds or installs one"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def server(built_site) -> Iterator[SiteServer]:
    site = SiteServer(built_site)
    yield site
    site.close()


class Watched:
    """A page that keeps what must not happen: console errors and requests to other origins."""

    def __init__(self, page: Page, origin: str):
        self.page, self.errors, self.foreign = page, [], []
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self._check(request.url, origin))

    def _check(self, url: str, origin: str) -> None:
        if not url.startswith((origin, "data:", "blob:")):
            self.foreign.append(url)

    def assert_clean(self) -> None:
        """No console error and no request to another origin so far."""
        assert not self.errors
        assert not self.foreign


@pytest.fixture
def watched(browser, server) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield Watched(page, server.url)
    context.close()
