"""A Softmax in operators that our kernels know, where they then take the whole graph: 13 KB for readers, not 3.7 MB."""

import numpy as np
import onnx
from onnx import helper, numpy_helper

from site_tools.models.engine import refusals

AXES_ARE_INPUTS = 18  # from this opset on, of ReduceMax; of ReduceSum from 13


def spell_out_softmax(model: onnx.ModelProto) -> bool:
    """Replace every Softmax by exp(x - max) / sum; returns whether that was done, which is only where it helps.

    Softmax as of opset 13, along one axis (ONNX, Operators).
    """
    opset = next((one.version for one in model.opset_import if one.domain in ("", "ai.onnx")), 0)
    if opset < 13 or "Softmax" not in {node.op_type for node in model.graph.node if not node.domain}:
        return False
    plain = onnx.ModelProto()
    plain.CopyFrom(model)
    nodes: list[onnx.NodeProto] = []
    for node in model.graph.node:
        spelt = _softmax(node, opset, plain.graph) if node.op_type == "Softmax" and not node.domain else [node]
        nodes.extend(spelt)
    del plain.graph.node[:]
    plain.graph.node.extend(nodes)
    if refusals(plain):
        return False
    model.CopyFrom(plain)
    return True


def _softmax(node: onnx.NodeProto, opset: int, graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    (source,), (target,) = node.input, node.output
    axis = next((helper.get_attribute_value(one) for one in node.attribute if one.name == "axis"), -1)
    axes, top, below, power, total = (f"{target}.{part}" for part in ("axes", "top", "below", "power", "total"))
    graph.initializer.append(numpy_helper.from_array(np.array([axis], np.int64), axes))
    if opset >= AXES_ARE_INPUTS:
        largest = helper.make_node("ReduceMax", [source, axes], [top], keepdims=1)
    else:
        largest = helper.make_node("ReduceMax", [source], [top], axes=[axis], keepdims=1)
    return [
        largest,
        helper.make_node("Sub", [source, top], [below]),
        helper.make_node("Exp", [below], [power]),
        helper.make_node("ReduceSum", [power, axes], [total], keepdims=1),
        helper.make_node("Div", [power, total], [target]),
    ]
