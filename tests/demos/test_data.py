"""Fashion-MNIST: the right bytes, or one sentence that says what to do."""

import functools
import gzip
import hashlib
import http.server
import threading

import numpy as np
import pytest
import torch

from demos import data
from demos.data import CHECKSUMS, CLASS_NAMES, load_fashion_mnist, to_bytes, to_model_range
from demos.errors import UserError

LABELS = "t10k-labels-idx1-ubyte.gz"
IMAGES = "t10k-images-idx3-ubyte.gz"


def test_splits_have_the_published_sizes_and_balance():
    for split, count in (("train", 60_000), ("test", 10_000)):
        images, labels = load_fashion_mnist(split)
        assert images.shape == (count, 28, 28)
        assert images.dtype == labels.dtype == np.uint8
        assert np.bincount(labels).tolist() == [count // len(CLASS_NAMES)] * len(CLASS_NAMES)


def test_pixel_statistics():
    count = np.bincount(load_fashion_mnist("train")[0].ravel(), minlength=256)
    value, share = np.arange(256) / 255, count / count.sum()
    mean = share @ value
    assert mean == pytest.approx(0.286, abs=5e-4)
    assert (share @ (value - mean) ** 2) ** 0.5 == pytest.approx(0.353, abs=5e-4)


def test_bytes_survive_the_model_range():
    images = np.arange(256, dtype=np.uint8).repeat(784).reshape(256, 28, 28)
    x = to_model_range(images)
    assert x.shape == (256, 1, 28, 28)
    assert x.dtype == torch.float32
    assert (x.min(), x.max()) == (-1, 1)
    np.testing.assert_array_equal(to_bytes(x), images)


def test_values_outside_the_range_are_clipped_and_rounded():
    x = torch.tensor([-9.0, -1.001, 0.0, 0.0035, 1.2]).view(5, 1, 1, 1)
    assert to_bytes(x).ravel().tolist() == [0, 0, 128, 128, 255]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("FASHION_MNIST", str(tmp_path))
    return tmp_path


def refused(match):
    with pytest.raises(UserError, match=match) as caught:
        load_fashion_mnist("test")
    assert "\n" not in str(caught.value)


def test_missing_file_is_named(folder):
    refused(f"FASHION_MNIST points at {folder}, which holds no {IMAGES}: unset it or put the file there")


# named: gzip writes the second into its header, and two workers would not find the same tests
@pytest.mark.parametrize(
    "content", [b"", b"not gzip at all", gzip.compress(b"x" * 5000)[:-9]], ids=["empty", "no gzip", "cut short"]
)
def test_damaged_file_is_named(folder, content):
    (folder / IMAGES).write_bytes(content)
    refused(f"{IMAGES} .*: delete it")


def test_wrong_content_is_refused(folder):
    """MNIST itself has files of the same names and sizes."""
    (folder / IMAGES).write_bytes(gzip.compress(bytes(16 + 784 * 10_000)))
    refused("wrong SHA-256, so it is not Fashion-MNIST")


def test_one_changed_bit_is_noticed(tmp_path, monkeypatch):
    content = bytearray(data._read(IMAGES))
    content[1000] ^= 1
    (tmp_path / IMAGES).write_bytes(gzip.compress(bytes(content), compresslevel=1))
    monkeypatch.setenv("FASHION_MNIST", str(tmp_path))
    refused("wrong SHA-256")


def test_failed_download_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.delenv("FASHION_MNIST", raising=False)
    monkeypatch.setenv("DEMOS_CACHE", str(tmp_path))
    monkeypatch.setattr(data, "DEBIAN_FOLDER", tmp_path / "none")
    monkeypatch.setattr(data, "SOURCE_URL", "http://127.0.0.1:9/")
    refused("could not be downloaded .* install Debian's dataset-fashion-mnist, or set FASHION_MNIST")


def test_download_is_checked_and_kept(tmp_path, monkeypatch):
    """A file server of our own stands for the authors' repository."""
    content = data._find(LABELS).read_bytes()
    served = tmp_path / "served"
    served.mkdir()
    (served / LABELS).write_bytes(content)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=served))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        monkeypatch.delenv("FASHION_MNIST", raising=False)
        monkeypatch.setenv("DEMOS_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(data, "DEBIAN_FOLDER", tmp_path / "none")
        monkeypatch.setattr(data, "SOURCE_URL", f"http://127.0.0.1:{server.server_port}/")
        md5 = hashlib.md5(content).hexdigest()  # Debian compresses the same bytes differently
        monkeypatch.setitem(CHECKSUMS, LABELS, (md5, CHECKSUMS[LABELS][1]))
        assert len(data._read(LABELS)) == 10_008
        assert (tmp_path / "cache" / "data" / LABELS).is_file()
    finally:
        server.shutdown()
        server.server_close()


def test_chunks_change_nothing():
    x = torch.randn(11, 1, 28, 28)
    torch.testing.assert_close(data.in_chunks(lambda chunk: 2 * chunk, x, size=4), 2 * x)
