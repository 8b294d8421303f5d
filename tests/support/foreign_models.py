"""Foreign models as other people's scripts write them: NumPy and onnx.helper, no torch."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT, INT64, DOUBLE = TensorProto.FLOAT, TensorProto.INT64, TensorProto.DOUBLE
Port = tuple[str, int, Sequence[int | str | None] | None]


def model(
    nodes: Sequence[onnx.NodeProto],
    inputs: Sequence[Port],
    outputs: Sequence[Port],
    weights: dict[str, np.ndarray] | None = None,
    opset: int = 18,
    ir_version: int = 10,
) -> onnx.ModelProto:
    """A model; a port is (name, element type, shape), and a shape of None says nothing."""

    def ports(values: Sequence[Port]) -> list[onnx.ValueInfoProto]:
        return [helper.make_tensor_value_info(name, kind, shape) for name, kind, shape in values]

    stored = [numpy_helper.from_array(value, name) for name, value in (weights or {}).items()]
    graph = helper.make_graph(list(nodes), "net", ports(inputs), ports(outputs), stored)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    made.ir_version = ir_version
    return made


def linear(size: int, classes: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Weights of one linear layer."""
    random = np.random.default_rng(seed)
    return {
        "w": random.normal(0, 1, (size, classes)).astype(np.float32),
        "b": random.normal(0, 1, classes).astype(np.float32),
    }


def logistic_regression(size: int = 64, classes: int = 10, **versions: int) -> onnx.ModelProto:
    """As scikit-learn's exporter writes it: rows of pixels; the label and the probabilities come out."""
    nodes = [
        helper.make_node("Gemm", ["X", "w", "b"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1),
        helper.make_node("ArgMax", ["scores"], ["label"], axis=1, keepdims=0),
    ]
    outputs = [("label", INT64, ["N"]), ("probabilities", FLOAT, ["N", classes])]
    return model(nodes, [("X", FLOAT, ["N", size])], outputs, linear(size, classes), **versions)


def decoder(latent: int = 8, side: int = 8, last: str = "Sigmoid") -> onnx.ModelProto:
    """Of a principal component analysis: rows of pixels come out."""
    nodes = [helper.make_node("Gemm", ["z", "w", "b"], ["x"]), helper.make_node(last, ["x"], ["image"])]
    return model(nodes, [("z", FLOAT, [None, latent])], [("image", FLOAT, [None, side**2])], linear(latent, side**2))


def field() -> onnx.ModelProto:
    """A saddle: x^2 - y^2."""
    signs = {"signs": np.array([[1], [-1]], np.float32)}
    nodes = [helper.make_node("Mul", ["p", "p"], ["squares"]), helper.make_node("MatMul", ["squares", "signs"], ["h"])]
    return model(nodes, [("p", FLOAT, ["n", 2])], [("h", FLOAT, ["n", 1])], signs)


def wave(size: int = 64) -> onnx.ModelProto:
    """A sum of waves whose strengths are the latent; `Erf` is an operator that only ONNX Runtime knows."""
    waves = np.sin(np.outer(np.arange(1, 5), np.linspace(0, 2 * np.pi, size))).astype(np.float32)
    nodes = [helper.make_node("MatMul", ["z", "waves"], ["sum"]), helper.make_node("Erf", ["sum"], ["signal"])]
    return model(nodes, [("z", FLOAT, ["n", 4])], [("signal", FLOAT, ["n", size])], {"waves": waves})


def written(made: onnx.ModelProto, path: Path, external: bool = False) -> Path:
    """The model in a file, or with its weights in another one beside it."""
    onnx.save_model(made, path, save_as_external_data=external, location=f"{path.name}.data", size_threshold=0)
    return path
