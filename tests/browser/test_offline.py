"""The site opened by double click: no server, the same files, and the model still runs."""

import os
import subprocess
import sys

import pytest

from tests.browser.conftest import ROOT
from tests.browser.test_reverse_process import DEMO, ink, is_ready


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The offline build, as it would come out of a zip."""
    target = tmp_path_factory.mktemp("offline") / "site"
    done = subprocess.run(
        [sys.executable, "-m", "site_tools", "site", "--offline", "--folder", str(target)],
        cwd=ROOT, capture_output=True, text=True, env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return target


@pytest.mark.browser
@pytest.mark.parametrize("page", ["diffusion/reverse-process.html", "en/diffusion/reverse-process.html"])
def test_model_runs_from_disk(browser, unpacked, page):
    context = browser.new_context()
    tab = context.new_page()
    errors, elsewhere = [], []
    tab.on("console", lambda message: message.type == "error" and errors.append(message.text))
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("request", lambda request: request.url.startswith(("http:", "https:")) and elsewhere.append(request.url))
    tab.goto((unpacked / page).as_uri())
    demo = tab.locator(DEMO)
    demo.scroll_into_view_if_needed()
    tab.locator(f"{DEMO} .live-cover button").click()
    demo.locator(".live-primary").click()
    is_ready(tab)
    assert ink(tab) > 30
    assert not errors
    assert not elsewhere
    context.close()
