"""The shipped denoiser in our kernels: one call and fifty are those of native ONNX Runtime, and memory comes back."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper

from site_tools.models.graph_file import open_session
from tests.support.kernels import Graph

DENOISER = Path("docs/assets/models/fashion-diffusion.onnx")


@pytest.fixture(scope="module")
def denoisers(server):
    """Both runtimes as `(x, log_snr, y) -> velocity`."""
    content = DENOISER.read_bytes()
    session, graph = open_session(content), Graph(server, content)

    def theirs(**feeds: np.ndarray) -> np.ndarray:
        return session.run(["velocity"], feeds)[0]

    def ours(**feeds: np.ndarray) -> np.ndarray:
        return graph(feeds, ["velocity"])["velocity"]

    return theirs, ours


def test_a_call_of_the_denoiser_is_that_of_onnx_runtime(denoisers):
    theirs, ours = denoisers
    random = np.random.default_rng(0)
    for batch in (16, 3, 1, 16, 2):
        feeds = {
            "x": random.normal(size=(batch, 1, 28, 28)).astype(np.float32),
            "log_snr": random.uniform(-15, 15, batch).astype(np.float32),
            "y": random.integers(0, 11, batch),
        }
        assert np.abs(ours(**feeds) - theirs(**feeds)).max() < 1e-4


def test_an_image_does_not_depend_on_its_batch(denoisers):
    """Bit for bit, so that two workers may share a batch."""
    ours = denoisers[1]
    random = np.random.default_rng(4)
    feeds = {
        "x": random.normal(size=(16, 1, 28, 28)).astype(np.float32),
        "log_snr": random.uniform(-15, 15, 16).astype(np.float32),
        "y": random.integers(0, 11, 16),
    }
    whole = ours(**feeds)
    for cuts in ([8], [1, 4, 9]):
        parts = zip(*(np.split(feeds[name], cuts) for name in ("x", "log_snr", "y")), strict=True)
        assert (np.concatenate([ours(x=x, log_snr=t, y=y) for x, t, y in parts]) == whole).all()


def test_weights_of_eight_bits_are_expanded_as_onnx_runtime_expands_them(server):
    model = onnx.load(DENOISER)
    graph = model.graph
    for cast in [one for one in graph.node if one.op_type == "Cast"]:
        (half,) = (one for one in graph.initializer if one.name == cast.input[0])
        values = onnx.numpy_helper.to_array(half).astype(np.float32)
        if values.ndim < 2 or values.size < 4000:
            continue
        scale = np.abs(values).reshape(len(values), -1).max(1) / 127
        numbers = np.round(values / scale.reshape(-1, *[1] * (values.ndim - 1))).astype(np.int8)
        graph.initializer.remove(half)
        names = [f"{cast.output[0]}.{part}" for part in ("int8", "scale")]
        graph.initializer.extend(map(onnx.numpy_helper.from_array, (numbers, scale), names))
        expand = helper.make_node("DequantizeLinear", names, [cast.output[0]], axis=0)
        graph.node.insert(list(graph.node).index(cast), expand)
        graph.node.remove(cast)
    content = model.SerializeToString()
    session, ours = open_session(content), Graph(server, content)
    random = np.random.default_rng(3)
    for batch in (4, 1, 4):
        x = random.normal(size=(batch, 1, 28, 28)).astype(np.float32)
        feeds = {"x": x, "log_snr": np.zeros(batch, np.float32), "y": np.arange(batch)}
        expected = session.run(["velocity"], feeds)[0]
        assert np.abs(ours(feeds, ["velocity"])["velocity"] - expected).max() < 1e-4
    ours.release()


def test_fifty_calls_of_the_denoiser_end_where_onnx_runtime_does(denoisers):
    """Euler's method on the straight path x = (1 - t) data + t noise, whose log SNR is 2 log((1 - t) / t)."""
    times = np.linspace(0.999, 0.001, 51)
    ends = []
    for net in denoisers:
        x = np.random.default_rng(1).normal(size=(4, 1, 28, 28)).astype(np.float32)
        for now, then in zip(times, times[1:], strict=False):
            log_snr = np.full(4, 2 * np.log((1 - now) / now), np.float32)
            x = x + np.float32(then - now) * net(x=x, log_snr=log_snr, y=np.array([0, 3, 7, 9]))
        ends.append(x)
    assert np.abs(ends[0]).max() > 0.5  # images, not noise that faded away
    assert np.abs(ends[0] - ends[1]).max() < 1e-3


@pytest.mark.slow
def test_memory_returns_after_fifty_loads(server):
    content = DENOISER.read_bytes()
    feeds = {"x": np.zeros((2, 1, 28, 28), np.float32), "log_snr": np.zeros(2, np.float32), "y": np.zeros(2, np.int64)}
    before = server.ask(op="memory")
    totals = []
    for _ in range(50):
        graph = Graph(server, content)
        graph(feeds, ["velocity"])
        graph.release()
        assert server.ask(op="memory")["used"] == before["used"]
        totals.append(server.ask(op="memory")["total"])
    assert totals[0] == totals[-1]


def test_many_batch_sizes_keep_a_bounded_memory(server):
    graph = Graph(server, DENOISER.read_bytes())
    used = []
    for batch in (8, 7, 6, 5, 4, 3, 8, 7, 6, 5, 4, 3, 8, 7, 6, 5):
        feeds = {
            "x": np.zeros((batch, 1, 28, 28), np.float32),
            "log_snr": np.zeros(batch, np.float32),
            "y": np.zeros(batch, np.int64),
        }
        graph(feeds, ["velocity"])
        used.append(server.ask(op="memory")["used"])
    assert used[-1] == used[9]  # the same four plans as after the first round
    graph.release()
