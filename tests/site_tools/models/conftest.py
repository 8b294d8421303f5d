"""What the tests of our browser runtime share."""

from collections.abc import Iterator

import pytest

from tests.support.kernels import Server, bundle


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    with Server(bundle(tmp_path_factory.mktemp("kernels"))) as server:
        yield server
