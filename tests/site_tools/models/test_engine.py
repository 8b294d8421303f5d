"""What our runtime refuses in the browser is refused in Python beforehand, with the same words."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from demos.errors import UserError
from site_tools.models.engine import OPERATORS, read_supported, unsupported
from site_tools.setup.environment import WEB
from tests.support.kernels import Graph, Refused
from tests.support.operator_cases import MAKERS, operator_case

SUPPORTED = read_supported(WEB / "src" / "runtime" / "kernels" / OPERATORS)
MODELS = sorted(Path("docs/assets/models").glob("*.onnx"))


def graph(*nodes: onnx.NodeProto, opset: int = 18, dtype: int = TensorProto.FLOAT, **constants) -> onnx.ModelProto:
    """A graph from x [N, 4] to y."""
    x, y = helper.make_tensor_value_info("x", dtype, ["N", 4]), helper.make_tensor_value_info("y", dtype, None)
    tensors = [numpy_helper.from_array(np.asarray(values), name) for name, values in constants.items()]
    made = helper.make_graph(list(nodes), "one", [x], [y], tensors)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)


node = helper.make_node
REFUSED = [
    (graph(node("Erf", ["x"], ["y"])), ["the operator Erf is not known"]),
    (
        graph(node("Softmax", ["x"], ["z"]), node("Elu", ["z"], ["y"])),
        ["the operator Softmax is not known", "the operator Elu is not known"],
    ),
    (graph(node("Gelu", ["x"], ["y"], domain="com.microsoft")), ["the operator com.microsoft::Gelu is not known"]),
    (graph(node("Neg", ["x"], ["y"]), opset=12), ["the opset is 12; known are 13 to 23"]),
    (graph(node("Neg", ["x"], ["y"], new=1)), ["the operator Neg has an attribute new, which is not known"]),
    (
        graph(node("MaxPool", ["x"], ["y"], kernel_shape=[2], ceil_mode=1)),
        ["the operator MaxPool has ceil_mode = 1; known is 0"],
    ),
    (
        graph(node("MaxPool", ["x"], ["y"], kernel_shape=[2], dilations=[2])),
        ["the operator MaxPool has dilations = [2]; known is [1], [1, 1]"],
    ),
    (
        graph(node("Resize", ["x", "", "s"], ["y"], mode="linear"), s=np.float32([1, 2])),
        ["the operator Resize has mode = linear; known is nearest"],
    ),
    (
        graph(node("Neg", ["x"], ["y"]), dtype=TensorProto.DOUBLE),
        ["x is float64", "y is float64", "the operator Neg cannot take float64"],
    ),
    (
        graph(node("Cast", ["x"], ["n"], to=TensorProto.INT64), node("Add", ["n", "n"], ["y"])),
        ["the operator Add cannot take int64"],
    ),
    (
        graph(node("Cast", ["x"], ["n"], to=TensorProto.INT64), node("Reshape", ["x", "n"], ["y"])),
        ["the operator Reshape has an input 2 that is not known before the call"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("model", "sentences"), REFUSED)
def test_a_refusal_has_the_same_words_in_both_languages(server, model, sentences):
    assert unsupported(model, SUPPORTED) == sentences
    with pytest.raises(Refused) as caught:
        Graph(server, model.SerializeToString())
    assert str(caught.value) == "; ".join(sentences)


def test_sizes_that_a_graph_computes_are_taken(server):
    nodes = [
        node("Shape", ["x"], ["s"]),
        node("Gather", ["s", "zero"], ["n"]),
        node("Mul", ["n", "two"], ["m"]),
        node("Concat", ["m", "two"], ["shape"], axis=0),
        node("Reshape", ["x", "shape"], ["y"]),
    ]
    model = graph(*nodes, zero=np.array([0]), two=np.array([2]))
    assert unsupported(model, SUPPORTED) == []
    y = Graph(server, model.SerializeToString())({"x": np.arange(12, dtype=np.float32).reshape(3, 4)}, ["y"])["y"]
    assert y.tolist() == np.arange(12).reshape(6, 2).tolist()


def test_every_operator_that_is_tried_is_on_the_list():
    tried = set()
    for seed in range(8 * len(MAKERS)):
        model = onnx.load_from_string(operator_case(seed).model)
        assert unsupported(model, SUPPORTED) == []
        tried |= {one.op_type for one in model.graph.node}
    assert tried == SUPPORTED["operators"].keys()


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_our_models_are_taken(path):
    assert unsupported(onnx.load(path), SUPPORTED) == []


def test_a_broken_table_is_one_sentence(tmp_path):
    with pytest.raises(UserError, match=r"operators.json is no table of operators .* web` writes it anew"):
        read_supported(tmp_path / OPERATORS)
    (tmp_path / OPERATORS).write_text("{}")
    with pytest.raises(UserError, match="is no table of operators"):
        read_supported(tmp_path / OPERATORS)
