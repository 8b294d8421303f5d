"""Our kernels for the browser against native ONNX Runtime: every operator, random shapes, changing batches."""

import gzip
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from site_tools.models.onnx_file import open_session
from site_tools.setup.environment import BIN, WEB
from tests.support.kernels import WASM, Graph, Refused, Server, bundle
from tests.support.operator_cases import MAKERS, Case, operator_case

FEW, MANY = 2 * len(MAKERS), 2100
DENOISER = Path("docs/assets/models/fashion-diffusion.onnx")


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    with Server(bundle(tmp_path_factory.mktemp("kernels"))) as server:
        yield server


def difference(server: Server, case: Case) -> str | None:
    """What is wrong with our outputs of a case; None if nothing is. All its calls go to one opened graph."""
    session = open_session(case.model)
    graph = Graph(server, case.model)
    for number, feeds in enumerate(case.calls):
        expected = dict(zip(case.outputs, session.run(case.outputs, feeds), strict=True))
        for name, ours in graph(feeds, case.outputs).items():
            theirs = expected[name]
            if (ours.dtype, ours.shape) != (theirs.dtype, theirs.shape):
                return f"call {number}: {ours.dtype}{ours.shape} instead of {theirs.dtype}{theirs.shape}"
            allowed = case.tolerance * max(1.0, float(np.abs(theirs.astype(np.float64)).max(initial=0)))
            error = np.abs(ours.astype(np.float64) - theirs.astype(np.float64)).max(initial=0)
            if not error <= allowed:
                return f"call {number}: off by {error:.2g}, allowed {allowed:.2g}"
    graph.release()
    return None


def failures(server: Server, seeds: range) -> dict[str, str]:
    found = {}
    for seed in seeds:
        case = operator_case(seed)
        try:
            if wrong := difference(server, case):
                found[f"{seed} {case.name}"] = wrong
        except Exception as error:
            found[f"{seed} {case.name}"] = f"{type(error).__name__}: {error}"
    return found


def test_operators_agree_with_onnx_runtime(server):
    assert not failures(server, range(FEW))


@pytest.mark.slow
def test_many_more_operators_agree_with_onnx_runtime(server):
    assert not failures(server, range(FEW, FEW + MANY))


def test_the_runtime_is_small():
    esbuild = WEB / "node_modules" / "esbuild" / "bin" / "esbuild"
    script = subprocess.run(
        [BIN / "node", esbuild, "src/runtime/kernels/engine.ts", "--bundle", "--minify", "--format=esm",
         "--target=es2021", "--log-level=warning"],
        cwd=WEB, capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert len(gzip.compress(script)) + len(gzip.compress(WASM.read_bytes())) <= 25_000


# --- functions against NumPy's in double precision -----------------------------------------------------------

FUNCTIONS = {
    "Exp": (np.exp, -87, 88), "Log": (np.log, 1e-3, 1e3), "Sin": (np.sin, -2000, 2000), "Cos": (np.cos, -2000, 2000),
    "Tanh": (np.tanh, -12, 12), "Sigmoid": (lambda x: 1 / (1 + np.exp(-x)), -80, 80), "Sqrt": (np.sqrt, 0, 1e6),
    "Softplus": (lambda x: np.log1p(np.exp(-abs(x))) + np.maximum(x, 0), -15, 40),
}  # fmt: skip


def one_node(*nodes: onnx.NodeProto, constants: tuple[onnx.TensorProto, ...] = (), opset: int = 18) -> onnx.ModelProto:
    """A graph from x [N] to y."""
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N"]) for name in ("x", "y"))
    graph = helper.make_graph(list(nodes), "one", [x], [y], list(constants))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_precise(server, name):
    function, low, high = FUNCTIONS[name]
    graph = Graph(server, one_node(helper.make_node(name, ["x"], ["y"])).SerializeToString())
    x = np.linspace(low, high, 40_001).astype(np.float32)
    x[:2000] = np.maximum(np.linspace(-1e-2, 1e-2, 2000), low)  # relative precision near 0
    expected = function(x.astype(np.float64))
    error = np.abs(graph({"x": x}, ["y"])["y"] - expected) / np.maximum(np.abs(expected), 1e-12)
    if name in ("Sin", "Cos"):  # whose zeros are where the argument is large
        error *= np.abs(expected)
    assert error.max() < 1e-6


def test_what_is_not_finite_goes_through(server):
    x = np.array([np.nan, np.inf, -np.inf, 100, -100, 0], np.float32)
    for name, (function, *_) in FUNCTIONS.items():
        graph = Graph(server, one_node(helper.make_node(name, ["x"], ["y"])).SerializeToString())
        with np.errstate(all="ignore"):
            expected = function(x.astype(np.float64)).astype(np.float32)
        np.testing.assert_allclose(graph({"x": x}, ["y"])["y"], expected, rtol=1e-6, atol=1e-37, err_msg=name)


# --- the shipped denoiser --------------------------------------------------------------------------------------


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


# --- what is refused -------------------------------------------------------------------------------------------


def constant(name: str, values) -> onnx.TensorProto:
    return onnx.numpy_helper.from_array(np.asarray(values), name)


REFUSED = {
    "the operator Erf is not known": (helper.make_node("Erf", ["x"], ["y"]),),
    "the operator com.microsoft::Gelu is not known": (helper.make_node("Gelu", ["x"], ["y"], domain="com.microsoft"),),
    "MaxPool has ceil_mode = 1; known is 0": (
        helper.make_node("MaxPool", ["x"], ["y"], kernel_shape=[2, 2], ceil_mode=1),
    ),
    "Cast has to = 11": (helper.make_node("Cast", ["x"], ["y"], to=TensorProto.DOUBLE),),
    "Elu is not known; the operator Selu is not known": (
        helper.make_node("Elu", ["x"], ["z"]),
        helper.make_node("Selu", ["z"], ["y"]),
    ),
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_is_not_known_is_refused_by_name(server, message):
    with pytest.raises(Refused) as caught:
        Graph(server, one_node(*REFUSED[message]).SerializeToString())
    assert message in str(caught.value)


def test_types_shapes_and_opsets_are_refused_by_name(server):
    cast = helper.make_node("Cast", ["x"], ["n"], to=TensorProto.INT64)
    add = helper.make_node("Add", ["n", "n"], ["m"])
    back = helper.make_node("Cast", ["m"], ["y"], to=TensorProto.FLOAT)
    with pytest.raises(Refused, match="the operator Add cannot take int64"):
        Graph(server, one_node(cast, add, back).SerializeToString())
    with pytest.raises(Refused, match="the opset is 12; known are 13 to"):
        Graph(server, one_node(helper.make_node("Neg", ["x"], ["y"]), opset=12).SerializeToString())
    weights = constant("w", np.ones((4, 4, 3, 3), np.float32))
    conv = helper.make_node("Conv", ["x", "w"], ["y"])
    with pytest.raises(Refused, match=r"Conv \(y\): the input \[1\] does not fit the weights \[4, 4, 3, 3\]"):
        Graph(server, one_node(conv, constants=(weights,)).SerializeToString())


def test_a_call_that_does_not_fit_says_why(server):
    graph = Graph(server, one_node(helper.make_node("Neg", ["x"], ["y"])).SerializeToString())
    x = np.ones(3, np.float32)
    for feeds, outputs, message in (
        ({}, ["y"], "the input x is missing"),
        ({"x": x}, ["z"], "the graph has no output z"),
        ({"x": x.astype(np.int64)}, ["y"], "the input x is float32, not int64"),
        ({"x": x[None]}, ["y"], r"the input x is \[N\], not \[1, 3\]"),
    ):
        with pytest.raises(RuntimeError, match=message):
            graph(feeds, outputs)
    assert graph({"x": x}, ["y"])["y"].tolist() == [-1, -1, -1]


def test_an_index_outside_is_an_error_as_in_onnx_runtime(server):
    table = constant("table", np.ones((4, 2), np.float32))
    nodes = (
        helper.make_node("Cast", ["x"], ["i"], to=TensorProto.INT64),
        helper.make_node("Gather", ["table", "i"], ["rows"]),
        helper.make_node("ReduceSum", ["rows"], ["y"], keepdims=0),
    )
    graph = Graph(server, one_node(*nodes, constants=(table,)).SerializeToString())
    assert graph({"x": np.array([3, -4], np.float32)}, ["y"])["y"] == 4
    with pytest.raises(RuntimeError, match=r"Gather \(rows\): an index lies outside of the 4 there are"):
        graph({"x": np.array([4], np.float32)}, ["y"])


def test_a_graph_too_deep_to_be_planned_is_refused(server):
    names = ["x", *(f"v{i}" for i in range(9000)), "y"]
    nodes = [helper.make_node("Neg", [before], [after]) for before, after in zip(names, names[1:], strict=False)]
    with pytest.raises(Refused, match="the graph is too deep"):
        Graph(server, one_node(*nodes).SerializeToString())


def test_what_does_not_fit_into_memory_is_an_error_and_leaves_nothing_behind(server):
    nodes = (helper.make_node("Expand", ["x", "sizes"], ["wide"]), helper.make_node("Exp", ["wide"], ["y"]))
    sizes = constant("sizes", np.array([100_000, 1]))
    graph = Graph(server, one_node(*nodes, constants=(sizes,)).SerializeToString())
    before = server.ask(op="memory")
    with pytest.raises(RuntimeError, match="out of memory"):
        graph({"x": np.ones(100_000, np.float32)}, ["y"])
    assert server.ask(op="memory") == before
    assert graph({"x": np.zeros(2, np.float32)}, ["y"])["y"].shape == (100_000, 2)


def test_every_size_may_be_open(server):
    random = np.random.default_rng(5)
    weights = constant("w", random.normal(size=(8, 8, 3, 3)).astype(np.float32))
    nodes = (helper.make_node("Conv", ["x", "w"], ["z"], pads=[1, 1, 1, 1]), helper.make_node("Add", ["x", "z"], ["y"]))
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", 8, "H", "W"]) for name in ("x", "y"))
    made = helper.make_graph(nodes, "open", [x], [y], [weights])
    content = helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=10).SerializeToString()
    session, graph = open_session(content), Graph(server, content)
    for shape in ((1, 8, 5, 9), (2, 8, 12, 4), (1, 8, 5, 9), (1, 8, 1, 1), (3, 8, 33, 31)):
        feeds = {"x": random.normal(size=shape).astype(np.float32)}
        np.testing.assert_allclose(graph(feeds, ["y"])["y"], session.run(["y"], feeds)[0], atol=2e-4)


def test_weights_may_come_with_the_call(server):
    random = np.random.default_rng(6)
    shapes = {"x": ("N", 8, 9, 9), "w": ("K", 8, 3, 3), "b": ("K",)}
    ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    made = helper.make_graph([helper.make_node("Conv", ["x", "w", "b"], ["y"])], "live", ports, [y])
    content = helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=10).SerializeToString()
    session, graph = open_session(content), Graph(server, content)
    for outputs in (8, 3, 21):
        draw = lambda *shape: random.normal(size=shape).astype(np.float32)  # noqa: E731
        feeds = {"x": draw(2, 8, 9, 9), "w": draw(outputs, 8, 3, 3), "b": draw(outputs)}
        np.testing.assert_allclose(graph(feeds, ["y"])["y"], session.run(["y"], feeds)[0], atol=2e-4)


@pytest.mark.parametrize("length", [0, 5, 1000, -1])
def test_what_is_no_whole_file_is_said(server, length):
    with pytest.raises(RuntimeError, match="not a whole ONNX file"):
        Graph(server, DENOISER.read_bytes()[:length])
