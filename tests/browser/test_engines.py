"""The same pages in Firefox, and in WebKitGTK as the nearest to Safari; from a server and from disk."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from site_tools.setup.environment import BIN, TOOLS
from tests.browser.lectures.viewer import ADDRESS, COUNT, make_lectures
from tests.browser.pages import demos
from tests.browser.server import SiteServer
from tests.browser.webkit import WebKit, is_installed

USE_PAGE, USE_LECTURE = TOOLS / "use_page.js", TOOLS / "use_lecture.js"
PAGES = ("", "en/diffusion/forward-process/", "diffusion/reverse-process/", "github/upload/")

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def firefox(urls: list[str], script: Path) -> list[list[dict]]:
    """Every page used in Firefox as a script says; per page its results, and no error on the console."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if not program:
        pytest.skip("Firefox is not installed")
    command = [BIN / "node", TOOLS / "firefox.mjs", program, script, *urls]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    pages = [json.loads(line) for line in done.stdout.splitlines()]
    assert not [error for page in pages for error in page["errors"]]
    return [page["result"] for page in pages]


def webkit(urls: list[str], script: Path) -> list[list[dict]]:
    """The same in WebKitGTK, whose driver tells nothing of the console."""
    if not is_installed():
        pytest.skip("WebKitGTK's driver is not installed")
    with WebKit() as browser:
        return [browser.run(url, script.read_text(encoding="utf-8")) for url in urls]


@pytest.mark.parametrize("engine", [firefox, webkit], ids=["firefox", "webkit"])
@pytest.mark.parametrize("origin", ["server", "disk"])
def test_demos_run(request, engine, origin):
    if origin == "server":
        root = request.getfixturevalue("server").url
        urls = [root + page for page in PAGES]
    else:
        unpacked: Path = request.getfixturevalue("offline_site")
        urls = [(unpacked / f"{page.rstrip('/') or 'index'}.html").as_uri() for page in PAGES]
    for page, results in zip(PAGES, engine(urls, USE_PAGE), strict=True):
        assert [result["tag"] for result in results] == demos(page)
        for result in results:
            assert result["phase"] == "ready", result
            assert result["pictured"], result


@pytest.mark.parametrize("engine", [firefox, webkit], ids=["firefox", "webkit"])
@pytest.mark.parametrize("origin", ["server", "disk"])
def test_lectures_are_paged_through(tmp_path, engine, origin):
    site = make_lectures(tmp_path, offline=origin == "disk")
    server = SiteServer(site)
    try:
        page = (site / "en" / "lectures" / "03-gan.html").as_uri() if origin == "disk" else server.url + ADDRESS
        (results,) = engine([f"{page}#slide-3"], USE_LECTURE)
    finally:
        server.close()
    steps = {"opened": 3, "key": 4, "button": 3, "thumbnail": 9, "swipe": 10, "end": COUNT}
    assert results == [
        {
            "step": step,
            "current": slide,
            "position": f"{slide} / {COUNT}",
            "hash": f"#slide-{slide}",
            "scrolled": slide,
            "thumb": f"#slide-{slide}",
        }
        for step, slide in steps.items()
    ]
