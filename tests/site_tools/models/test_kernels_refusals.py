"""What our kernels refuse, by name, and what a call that cannot be says."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from site_tools.models.graph_file import open_session
from tests.support.kernels import Graph, Refused, one_node

DENOISER = Path("docs/assets/models/fashion-diffusion.onnx")


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
