"""Weights in eight bits: a quarter of float32, half of float16, and expanded again when the file is loaded.

Each output channel of a convolution or a matrix has one scale: what it multiplies is a whole number from -127 to
127. Only storage changes; every runtime computes in float32 with the expanded weights, so all of them agree on
what the file means, and the sole question is whether the rounded network is as good (`site_tools.models.gate`).
"""

from collections.abc import Collection, Mapping

import numpy as np
import onnx
from onnx import helper, numpy_helper

LEVELS = 127  # on each side of 0; -128 is left out, so that a weight and its negative are equally exact
CLIPPED = (1.0, 0.95, 0.9, 0.85, 0.8)  # a channel's largest weight, cut to that share of itself, becomes LEVELS
SMALLEST_STORED_AS_INT8 = 4096  # elements; below that the scales and the node cost what is gained
CODES, SCALE = ".int8", ".scale"  # what is stored of an initializer, behind its name


def quantize(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whole numbers and one scale for each row that give the row back with a small squared error.

    For every share of `CLIPPED` the row is rounded, and its scale is then the least-squares one for these whole
    numbers, s = <w, q> / <q, q>; the best share wins. Cutting off a few large weights makes all the others finer.

    Args:
        weight: float [M, ...], one row for each output channel.

    Returns:
        int8 as `weight` is shaped, from -127 to 127, and float32 [M], above 0.
    """
    rows = weight.reshape(len(weight), -1).astype(np.float64)
    largest = np.abs(rows).max(axis=1, initial=0)
    codes, scales = np.zeros_like(rows), np.ones(len(rows))
    least = np.full(len(rows), np.inf)
    for share in CLIPPED:
        step = np.where(largest > 0, largest * share / LEVELS, 1)
        tried = np.clip(np.rint(rows / step[:, None]), -LEVELS, LEVELS)
        norm = (tried**2).sum(1)
        scale = np.where(norm > 0, (rows * tried).sum(1) / np.maximum(norm, 1), 1).astype(np.float32)
        error = ((tried * scale[:, None] - rows) ** 2).sum(1)
        better = error < least
        codes[better], scales[better], least[better] = tried[better], scale[better], error[better]
    return codes.astype(np.int8).reshape(weight.shape), scales.astype(np.float32)


def expand(codes: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """What DequantizeLinear makes of int8 [M, ...] and float32 [M]: float32 [M, ...]."""
    return codes.astype(np.float32) * scale.reshape(-1, *(1 for _ in codes.shape[1:]))


def store_as_int8(model: onnx.ModelProto, names: Collection[str]) -> None:
    """Store the large weights of convolutions and matrices as int8, each followed by a DequantizeLinear.

    That is what only Conv, or Gemm with transB, reads as its weights: there the first axis is the output channel.
    Everything else stays as it is: tables of embeddings, and what the exporter has computed from weights, such as the
    inverse of a matrix.

    Args:
        names: of the network's own weights.
    """
    graph = model.graph
    readers: dict[str, list[bool]] = {}
    for node in graph.node:
        for index, name in enumerate(node.input):
            readers.setdefault(name, []).append(index == 1 and _has_rows_of_channels(node))
    expanding = []
    for tensor in list(graph.initializer):
        values = numpy_helper.to_array(tensor)
        name = tensor.name
        large = values.dtype == np.float32 and values.size >= SMALLEST_STORED_AS_INT8
        if not large or name not in names or not all(readers.get(name, [False])):
            continue
        codes, scale = quantize(values)
        graph.initializer.remove(tensor)
        graph.initializer.extend(
            [numpy_helper.from_array(codes, name + CODES), numpy_helper.from_array(scale, name + SCALE)]
        )
        expanding.append(helper.make_node("DequantizeLinear", [name + CODES, name + SCALE], [name], axis=0))
    nodes = expanding + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)


def _has_rows_of_channels(node: onnx.NodeProto) -> bool:
    attributes = {one.name: helper.get_attribute_value(one) for one in node.attribute}
    return node.op_type == "Conv" or (node.op_type == "Gemm" and attributes.get("transB") == 1)


def rounded_weights(model: onnx.ModelProto) -> Mapping[str, np.ndarray]:
    """Name -> float32 weights, of those that a file stores as int8."""
    stored = {tensor.name: tensor for tensor in model.graph.initializer}
    return {
        name.removesuffix(CODES): expand(
            numpy_helper.to_array(tensor), numpy_helper.to_array(stored[name.removesuffix(CODES) + SCALE])
        )
        for name, tensor in stored.items()
        if name.endswith(CODES)
    }
