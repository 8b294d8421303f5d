"""An ONNX graph while it is drawn at random: nodes, constants, and inputs whose first axis is the batch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import onnx
from numpy.random import Generator
from onnx import NodeProto, TensorProto, helper, numpy_helper

OPSET = 21
DTYPES = {
    "float32": TensorProto.FLOAT,
    "int64": TensorProto.INT64,
    "bool": TensorProto.BOOL,
    "float16": TensorProto.FLOAT16,
}


@dataclass
class Draft:
    """A graph while it is made: its nodes, constants and inputs [N, ...] by name."""

    random: Generator
    nodes: list[NodeProto] = field(default_factory=list)
    constants: dict[str, np.ndarray] = field(default_factory=dict)
    inputs: dict[str, tuple[tuple[int, ...], str, Callable[[tuple[int, ...]], np.ndarray]]] = field(
        default_factory=dict
    )
    outputs: dict[str, str] = field(default_factory=dict)
    tolerance: float = 2e-6

    def integer(self, low: int, high: int) -> int:
        """Between `low` and `high`, both included."""
        return int(self.random.integers(low, high + 1))

    def choice(self, values: Sequence):
        return values[self.integer(0, len(values) - 1)]

    def coin(self) -> bool:
        return self.integer(0, 1) == 1

    def shape(self, rank: int, largest: int = 6) -> tuple[int, ...]:
        return tuple(self.integer(1, largest) for _ in range(rank))

    def image(self, channels: int | None = None) -> tuple[int, ...]:
        """[C, H, W] of an input; the batch comes before it."""
        channels = channels or self.choice((1, 2, 3, 4, 5, 8, 12, 16, 20))
        return (channels, self.integer(1, 11), self.integer(1, 11))

    def feed(self, rest: tuple[int, ...], dtype: str = "float32", values: Callable | None = None) -> str:
        """An input [N, *rest]."""
        name = f"x{len(self.inputs)}"
        self.inputs[name] = (rest, dtype, values or (lambda shape: self.random.normal(size=shape).astype(dtype)))
        return name

    def constant(self, values) -> str:
        name = f"c{len(self.constants)}"
        self.constants[name] = np.asarray(values)
        return name

    def weights(self, *shape: int) -> str:
        return self.constant(self.random.normal(size=shape).astype(np.float32))

    def add(self, operator: str, *inputs: str, outputs: int = 1, **attributes) -> str | list[str]:
        names = [f"v{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(operator, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def finish(self, name: str | list[str], dtype: str = "float32") -> None:
        for one in [name] if isinstance(name, str) else name:
            self.outputs[one] = dtype

    def model(self) -> bytes:
        def info(name: str, dtype: str, shape: list | None) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, DTYPES[dtype], shape)

        graph = helper.make_graph(
            self.nodes,
            "case",
            [info(name, dtype, ["N", *rest]) for name, (rest, dtype, _) in self.inputs.items()],
            [info(name, dtype, None) for name, dtype in self.outputs.items()],
            [numpy_helper.from_array(values, name) for name, values in self.constants.items()],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
        return onnx.shape_inference.infer_shapes(model).SerializeToString()

    def feeds(self, batch: int) -> dict[str, np.ndarray]:
        return {name: values((batch, *rest)) for name, (rest, _, values) in self.inputs.items()}
