"""An ONNX file, wherever it comes from: what a manifest says of it, what runs it, and a session that does; no torch."""

import hashlib
from collections.abc import Iterable, Mapping

import onnx
import onnxruntime
from onnx import helper

from site_tools.models.engine import engine_of, refusals
from site_tools.models.facts import Tensor
from site_tools.models.manifest import Graph


def strip(model: onnx.ModelProto) -> None:
    """Remove what no runtime needs: source paths and stack traces, shapes in between, long node names."""
    graph = model.graph
    del model.metadata_props[:], graph.metadata_props[:], graph.value_info[:]
    del model.functions[:]
    model.producer_name, model.producer_version, model.doc_string, graph.doc_string = "", "", "", ""
    graph.name = "net"
    for index, node in enumerate(graph.node):
        node.name, node.doc_string = str(index), ""
        del node.metadata_props[:]
    for tensor in graph.initializer:
        del tensor.metadata_props[:]
    for value in (*graph.input, *graph.output):
        del value.metadata_props[:]


def describe(content: bytes, file: str, weights: str, meanings: Mapping[str, tuple[str, list | None]]) -> Graph:
    """What a manifest says of a graph, read from its bytes.

    Args:
        content: the ONNX file.
        file: the name it gets.
        weights: how they are stored, see the manifest.
        meanings: tensor name -> its role and range.
    """
    model = onnx.load_from_string(content)

    def tensors(values: Iterable[onnx.ValueInfoProto]) -> dict[str, Tensor]:
        return {value.name: Tensor(*shape_and_dtype(value), *meanings[value.name]) for value in values}

    return Graph(
        file=file,
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        opset=next(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")),
        ir_version=model.ir_version,
        engine=engine_of(model),
        weights=weights,
        inputs=tensors(model.graph.input),
        outputs=tensors(model.graph.output),
    )


def shape_and_dtype(value: onnx.ValueInfoProto) -> tuple[list, str]:
    """Of an input or output; sizes that each call chooses are names, or 0 where they have none."""
    kind = value.type.tensor_type
    shape = [size.dim_param or size.dim_value for size in kind.shape.dim]
    return shape, helper.tensor_dtype_to_np_dtype(kind.elem_type).name


def told(graph: Graph, content: bytes, sent: int) -> str:
    """A line for a terminal: how large a graph is, and what runs it in a browser and why.

    Args:
        graph: what its manifest says.
        content: the ONNX file.
        sent: bytes that a site sends of it.
    """
    reasons = "; ".join(refusals(onnx.load_from_string(content)))
    engine = f"ONNX Runtime Web, because {reasons}" if reasons else "our own kernels"
    return f"{graph.file}: {graph.bytes} bytes in {graph.weights}, {sent} as sent; run by {engine}."


def open_session(content: bytes, threads: int = 1) -> onnxruntime.InferenceSession:
    """An ONNX Runtime session on the CPU."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.disable_quant_qdq", "1")  # expand int8 weights once, not in every call
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
