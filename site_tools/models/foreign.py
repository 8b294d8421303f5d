"""A foreign ONNX file becomes one that a browser reads: whole, in a version it knows, with a free batch.

Every change is one that keeps the outputs; what cannot be kept is refused with what to export instead. No torch.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import helper, numpy_helper, version_converter

from demos.errors import UserError
from demos.random import normal
from site_tools.models.graph_file import open_session

IR_VERSION = 13  # the last that ONNX Runtime Web reads
IR_WITHOUT_WEIGHTS_AS_INPUTS = 4  # before it, every weight is an input too
OPSETS = (13, 23)  # that our kernels read; ONNX Runtime Web reads these and older ones
LARGEST_BYTES = 20_000_000
TOLERANCE = 1e-5  # of outputs after a change, relative to the largest
BATCH = "B"
EXPORT = "torch.onnx.export(model.eval(), x, path, opset_version=18, dynamic_axes={'x': {0: 'B'}})"

Values = dict[str, np.ndarray]


def read_foreign(path: Path) -> onnx.ModelProto:
    """The model in a file, with weights that lie beside it taken in.

    Raises:
        UserError: there is no such file, it is no ONNX, or files that belong to it are missing.
    """
    if not path.is_file():
        raise UserError(f"{path} does not exist: name the .onnx file that your training wrote.")
    if (size := path.stat().st_size) > LARGEST_BYTES:
        raise UserError(_too_large(path, size))
    try:
        model = onnx.load(path, load_external_data=False)
    except DecodeError:
        model = onnx.ModelProto()
    if not model.graph.node:
        raise UserError(
            f"{path} is no ONNX model: export one first, with torch by {EXPORT}, with scikit-learn by skl2onnx."
        )
    outside = [
        entry.value
        for tensor in model.graph.initializer
        for entry in tensor.external_data
        if entry.key == "location" and tensor.data_location == onnx.TensorProto.EXTERNAL
    ]
    if missing := [name for name in dict.fromkeys(outside) if not (path.parent / name).is_file()]:
        raise UserError(
            f"{path} keeps weights in {missing[0]}, which is not beside it: copy both here, "
            "or export with external_data=False."
        )
    if (size := sum(os.path.getsize(path.parent / name) for name in set(outside))) > LARGEST_BYTES:
        raise UserError(_too_large(path, size))
    try:
        onnx.external_data_helper.load_external_data_for_model(model, str(path.parent))
        for tensor in model.graph.initializer:  # says of itself that it is whole
            del tensor.external_data[:]
            tensor.data_location = onnx.TensorProto.DEFAULT
    except (OSError, ValueError, onnx.checker.ValidationError) as error:
        raise UserError(f"{path}: its weights cannot be read ({_first(error)}): export it anew.") from None
    return model


def lower(model: onnx.ModelProto, path: Path) -> list[str]:
    """Bring the version of the format and of the operators to what browsers read; returns what was changed.

    Raises:
        UserError: the operators cannot be had in an older version, or then give other numbers.
    """
    changes = []
    weights = {tensor.name for tensor in model.graph.initializer}
    if weights & {value.name for value in model.graph.input}:
        inputs = [value for value in model.graph.input if value.name not in weights]
        del model.graph.input[:]
        model.graph.input.extend(inputs)
        changes.append("its weights are no longer inputs")
    ir = min(max(model.ir_version, IR_WITHOUT_WEIGHTS_AS_INPUTS), IR_VERSION)
    if ir != model.ir_version:
        changes.append(f"IR version {model.ir_version} became {ir}")
        model.ir_version = ir
    opset = next((one.version for one in model.opset_import if one.domain in ("", "ai.onnx")), OPSETS[0])
    if opset <= OPSETS[1]:
        return changes
    before = model.SerializeToString()
    remedy = f"export it with opset {OPSETS[1]} or lower, with torch by {EXPORT}"
    try:
        converted = version_converter.convert_version(model, OPSETS[1])
    except Exception as error:  # the converter raises what it likes
        raise UserError(
            f"{path} has opset {opset}, browsers read {OPSETS[1]}, "
            f"and it cannot be lowered ({_first(error)}): {remedy}."
        ) from None
    converted.ir_version = ir
    difference = _difference(before, converted.SerializeToString(), path)
    if not difference <= TOLERANCE:
        raise UserError(
            f"{path} has opset {opset}, and in opset {OPSETS[1]}, which browsers read, its outputs differ by "
            f"{difference:.1g}: {remedy}."
        )
    model.CopyFrom(converted)
    return [*changes, f"opset {opset} became {OPSETS[1]}, with the same outputs"]


def free_batch(model: onnx.ModelProto, path: Path) -> None:
    """Call the first size of every input and output B; whether the graph keeps to it, `check_runs` tries.

    Raises:
        UserError: an input or output is no tensor, has no batch, or another size that is open.
    """
    for side, values in (("input", model.graph.input), ("output", model.graph.output)):
        for value in values:
            if value.type.WhichOneof("value") != "tensor_type":
                continue  # of an output, which nobody may want; an input is refused where it gets no role
            sizes = value.type.tensor_type.shape.dim
            if not sizes:
                if side == "input":
                    raise UserError(
                        f"{path}: the input {value.name} has no shape: export it with one, the batch first."
                    )
                continue
            sizes[0].Clear()
            sizes[0].dim_param = BATCH
            open_sizes = [index for index, size in enumerate(sizes) if index and not size.dim_value]
            if open_sizes and side == "input":
                raise UserError(
                    f"{path}: size {open_sizes[0] + 1} of the input {value.name} is open: "
                    "export it with fixed sizes, all but the batch."
                )


def keep_outputs(model: onnx.ModelProto, names: list[str]) -> None:
    """Take out the other outputs, and all that only they need."""
    graph = model.graph
    outputs = [value for value in graph.output if value.name in names]
    needed, nodes = set(names), []
    for node in reversed(graph.node):
        if needed & set(node.output):
            nodes.append(node)
            needed |= set(node.input)
            for attribute in node.attribute:  # what a branch or a loop takes from outside
                for inner in (attribute.g, *attribute.graphs):
                    needed |= {name for one in inner.node for name in one.input}
    weights = [tensor for tensor in graph.initializer if tensor.name in needed]
    for field, kept in ((graph.output, outputs), (graph.node, nodes[::-1]), (graph.initializer, weights)):
        copies = [type(one).FromString(one.SerializeToString()) for one in kept]
        del field[:]
        field.extend(copies)


def unfold(model: onnx.ModelProto, name: str, shape: list[int]) -> None:
    """Give a flat input or output [B, N] the shape [B, *shape], by a Reshape in the graph."""
    graph, flat, sizes = model.graph, f"{name}.flat", f"{name}.sizes"
    is_input = name in {value.name for value in graph.input}
    rest = [int(np.prod(shape))] if is_input else shape
    graph.initializer.append(numpy_helper.from_array(np.array([-1, *rest], np.int64), sizes))
    ends = (name, flat) if is_input else (flat, name)
    for node in graph.node:
        for names in (node.input, node.output):
            names[:] = [flat if one == name else one for one in names]
    reshape = helper.make_node("Reshape", [ends[0], sizes], [ends[1]])
    graph.node.insert(0 if is_input else len(graph.node), reshape)
    value = next(one for one in (*graph.input, *graph.output) if one.name == name)
    dtype = value.type.tensor_type.elem_type
    value.CopyFrom(helper.make_tensor_value_info(name, dtype, [BATCH, *shape]))


def draw(model: onnx.ModelProto, count: int, labels: Mapping[str, int], stream: int = 0, seed: int = 2026) -> Values:
    """Inputs for a run: standard normal numbers, all inputs of floats the same; labels count from 0.

    Args:
        labels: input of labels -> how many there are.
    """
    values: Values = {}
    for port in model.graph.input:
        sizes = [size.dim_value for size in port.type.tensor_type.shape.dim][1:]
        if port.name in labels:
            values[port.name] = np.arange(count) % labels[port.name]
        else:
            numbers = normal(seed, stream, count, int(np.prod(sizes)))
            values[port.name] = numbers.astype(np.float32).reshape(count, *sizes)
    return values


def run(content: bytes, values: Values, path: Path, times: int = 1) -> Values:
    """Outputs by name, of the last of so many runs.

    Raises:
        UserError: ONNX Runtime cannot run it; its reason is in the sentence.
    """
    try:
        session = open_session(content)
        for _ in range(times):
            found = session.run(None, values)
        return dict(zip([one.name for one in session.get_outputs()], found, strict=True))
    except Exception as error:  # its exceptions are of many classes
        raise UserError(f"{path} does not run ({_first(error)}): mend the model and export it anew.") from None


def check_runs(model: onnx.ModelProto, labels: Mapping[str, int], path: Path) -> Values:
    """Run three samples at once, again, and one by one; returns the three outputs.

    Raises:
        UserError: it cannot be run, gives other numbers the second time or alone, or none.
    """
    content, three = model.SerializeToString(), draw(model, 3, labels)
    batch = f"export it with an open batch, with torch by {EXPORT}"
    try:
        together = run(content, three, path)
    except UserError as error:
        one = {name: value[:1] for name, value in three.items()}
        run(content, one, path)  # if this fails as well, that is the sentence
        raise UserError(f"{path} takes one sample at a time only: {batch}.") from error
    for name, first in together.items():
        if not len(first) == 3 or first.ndim < 1:
            raise UserError(f"{path}: the output {name} of 3 samples is {list(first.shape)}: {batch}.")
        if not np.isfinite(first).all():
            raise UserError(f"{path}: the output {name} is not finite: look for a division or logarithm of 0.")
    if _furthest(together, run(content, three, path, times=2)) > 0:
        raise UserError(
            f"{path} gives other numbers each time: export it in evaluation mode (model.eval()) "
            "and with the noise as an input."
        )
    alone = [run(content, {name: value[i : i + 1] for name, value in three.items()}, path) for i in range(3)]
    joined = {name: np.concatenate([one[name] for one in alone]) for name in together}
    if _furthest(together, joined) > TOLERANCE:
        raise UserError(f"{path} mixes the samples of a batch: export it in evaluation mode (model.eval()).")
    return together


def _difference(before: bytes, after: bytes, path: Path) -> float:
    model = onnx.load_from_string(before)
    integers = [port.name for port in model.graph.input if port.type.tensor_type.elem_type == onnx.TensorProto.INT64]
    for port in model.graph.input:
        for size in port.type.tensor_type.shape.dim:
            size.dim_value = size.dim_value or 1
    values = draw(model, model.graph.input[0].type.tensor_type.shape.dim[0].dim_value, dict.fromkeys(integers, 1))
    return _furthest(run(before, values, path), run(after, values, path))


def _furthest(first: Values, second: Values) -> float:
    """The largest difference, relative to the largest number of its output."""
    return max(
        float(np.abs(one.astype(np.float64) - second[name]).max(initial=0) / max(1.0, np.abs(one).max(initial=0)))
        for name, one in first.items()
        if isinstance(one, np.ndarray) and one.dtype != object
    )


def _too_large(path: Path, size: int) -> str:
    return (
        f"{path} has {size} bytes and a page takes {LARGEST_BYTES}: "
        "a reader's telephone loads it; make the network smaller or store its weights as float16."
    )


def _first(error: Exception) -> str:
    """What an error of another library says, as part of a sentence."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return lines[0].rstrip(".")[:200]
