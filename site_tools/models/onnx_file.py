"""From a torch module to one small ONNX file that every runtime reads.

The file holds one network call with a dynamic batch; samplers, guidance and schedules stay outside,
where students can change them. Weights are stored as float16 and cast to float32 when the file is
loaded: half the bytes, the same speed, and no float16 arithmetic, which is slow in WebAssembly. The large
ones may be stored as int8 instead, see `site_tools.models.quantize`.
"""

import warnings
from collections.abc import Collection, Mapping

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from site_tools.models.graph_file import open_session, strip
from site_tools.models.manifest import DEFAULT_STORAGE
from site_tools.models.quantize import CODES, store_as_int8

OPSET = 18  # opset 21's GroupNormalization runs about half as fast in the browser
SMALLEST_STORED_AS_FP16 = 64  # elements; constants of the graph stay exact

# fmt: off
ALLOWED_OPERATORS = frozenset((
    "Add", "Cast", "Clip", "Concat", "Conv", "Cos", "DepthToSpace", "DequantizeLinear", "Div", "Exp", "Gather",
    "Gemm", "Greater", "InstanceNormalization", "LeakyRelu", "Mul", "Neg", "Pow", "Reciprocal", "ReduceMax",
    "ReduceSum", "Relu", "Reshape", "Resize", "Shape", "Sigmoid", "Sin", "Slice", "Softplus", "Split", "Sqrt",
    "Squeeze", "Sub", "Tanh", "Transpose", "Unsqueeze", "Where",
))
# fmt: on


def to_onnx(
    net: nn.Module,
    inputs: Mapping[str, Tensor],
    output: str,
    weights: str = DEFAULT_STORAGE,
    exact: Collection[str] = (),
) -> onnx.ModelProto:
    """Trace `net` and return a stripped model with small weights, whose first axes are a dynamic batch.

    Args:
        net: called with the values of `inputs` in order.
        inputs: name -> example, [B, ...] with B > 1 (1 would be taken for a constant).
        output: name of the one output.
        weights: how they are stored, one of `site_tools.models.manifest.STORAGES`.
        exact: names of those that are never stored in eight bits.
    """
    batch = torch.export.Dim("B", min=1, max=4096)
    with warnings.catch_warnings():
        # the exporter warns about its own internals: a deprecated isinstance, an axis named twice
        warnings.filterwarnings("ignore", category=FutureWarning)
        warnings.filterwarnings("ignore", message=".*axis name: B will not be used.*")
        program = torch.onnx.export(
            net.eval(),
            tuple(inputs.values()),
            input_names=list(inputs),
            output_names=[output],
            dynamic_shapes=tuple({0: batch} for _ in inputs),
            opset_version=OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    assert program is not None  # it is None only without dynamo
    model = program.model_proto
    if weights == "int8":
        store_as_int8(model, dict(net.named_parameters()).keys() - set(exact))
    store_as_fp16(model)
    strip(model)
    check(model)
    return model


def store_as_fp16(model: onnx.ModelProto) -> None:
    """Store the large float32 initializers as float16, each followed by a Cast back to float32.

    Released weights lose nothing by it. What the exporter has computed from them beforehand, such as the
    inverse of a matrix, would: it stays as it is.
    """
    graph = model.graph
    casts = []
    for tensor in list(graph.initializer):
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < SMALLEST_STORED_AS_FP16:
            continue
        with np.errstate(over="ignore"):
            half = values.astype(np.float16)
        if not np.array_equal(half.astype(np.float32), values):
            continue
        name = tensor.name
        graph.initializer.remove(tensor)
        graph.initializer.append(numpy_helper.from_array(half, name + ".fp16"))
        casts.append(helper.make_node("Cast", [name + ".fp16"], [name], to=TensorProto.FLOAT))
    nodes = casts + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)


def check(model: onnx.ModelProto) -> None:
    """Refuse a model that the browser could not take.

    Raises:
        ValueError: invalid graph, external data, another opset, or an operator that is not on the list.
    """
    onnx.checker.check_model(model, full_check=True)
    if any(tensor.data_location == TensorProto.EXTERNAL for tensor in model.graph.initializer):
        raise ValueError("the model keeps weights in another file")
    versions = {entry.domain: entry.version for entry in model.opset_import}
    if versions != {"": OPSET}:
        raise ValueError(f"expected opset {OPSET} alone, got {versions}")
    if unknown := {node.op_type for node in model.graph.node} - ALLOWED_OPERATORS:
        raise ValueError(f"operators never tried in the browser: {', '.join(sorted(unknown))}")


def storage_in(content: bytes) -> str:
    """How a file of ours stores its weights, one of `STORAGES`."""
    stored = onnx.load_from_string(content).graph.initializer
    return "int8" if any(tensor.name.endswith(CODES) for tensor in stored) else DEFAULT_STORAGE


class OnnxNetwork:
    """The shipped file as a function of torch tensors, in the order of its inputs: float32, labels int64."""

    def __init__(self, content: bytes, threads: int = 1):
        self.session = open_session(content, threads)
        self.inputs = {value.name: value.type for value in self.session.get_inputs()}

    def __call__(self, *inputs: Tensor) -> Tensor:
        feeds = {
            name: (value.long() if kind == "tensor(int64)" else value.float()).numpy()
            for (name, kind), value in zip(self.inputs.items(), inputs, strict=True)
        }
        return torch.from_numpy(self.session.run(None, feeds)[0])
