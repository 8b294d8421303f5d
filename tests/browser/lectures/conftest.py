"""In this folder the server shows a site with one deck."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.lectures.viewer import make_lectures
from tests.browser.server import SiteServer


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    return make_lectures(tmp_path_factory.mktemp("lectures"))


@pytest.fixture
def server(site) -> Iterator[SiteServer]:
    served = SiteServer(site)
    yield served
    served.close()
