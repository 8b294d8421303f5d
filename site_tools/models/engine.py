"""Which graphs the browser's own runtime takes; ONNX Runtime Web runs the others.

The table of operators is the runtime's own, `web/src/runtime/kernels/operators.json`, which the bundle carries along;
`support.ts` beside it is the twin of this module, and says what the table's words mean.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
from onnx import NodeProto, TensorProto, helper

from demos.errors import UserError

OPERATORS = "operators.json"
WEB = Path(__file__).parents[1] / "web"
_WHOLE = frozenset(("int64", "int32", "bool"))  # types that planning can work out


@dataclass(frozen=True)
class _Expected:
    """What is seen of a value beforehand: its type, and whether its numbers are known before a call."""

    dtype: str
    known: bool


def read_supported(path: Path) -> dict[str, Any]:
    """The table of a bundle.

    Raises:
        UserError: there is none, or it is no such table.
    """
    try:
        supported = json.loads(path.read_text(encoding="utf-8"))
        if set(supported) != {"opsets", "types", "operators"}:
            raise ValueError("other keys")
    except (OSError, ValueError) as error:
        raise UserError(
            f"{path} is no table of operators ({error}): `python -m site_tools web` writes it anew."
        ) from None
    return supported


def refusals(model: onnx.ModelProto) -> list[str]:
    """Why our runtime does not take a graph, as `unsupported` says it.

    The table is that of the sources where they are, else that of the bundle.

    Raises:
        UserError: as of `read_supported`.
    """
    sources = WEB / "src" / "runtime" / "kernels" / OPERATORS
    return unsupported(model, read_supported(sources if sources.is_file() else WEB / "dist" / OPERATORS))


def engine_of(model: onnx.ModelProto) -> str:
    """What runs a graph in a browser: "kernels" or "onnxruntime"."""
    return "onnxruntime" if refusals(model) else "kernels"


def unsupported(model: onnx.ModelProto, supported: Mapping[str, Any]) -> list[str]:
    """Why our runtime does not take a graph: a sentence for each operator, attribute, type and opset; none if it does.

    Args:
        model: a whole graph with its weights, in the order of its calculation.
        supported: as `read_supported` gives it.
    """
    first, last = supported["opsets"]
    graph = model.graph
    opset = next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), 0)
    problems = [] if first <= opset <= last else [f"the opset is {opset}; known are {first} to {last}"]
    if model.functions:
        problems.append("the file defines functions of its own")
    values: dict[str, _Expected] = {}
    for tensor in graph.initializer:
        values[tensor.name] = _Expected(_dtype(tensor.data_type), known=True)
    for port in (*graph.input, *graph.output):
        dtype = _dtype(port.type.tensor_type.elem_type)
        if dtype not in supported["types"]["any"]:
            problems.append(f"{port.name} is {dtype}")
    for port in graph.input:
        values.setdefault(port.name, _Expected(_dtype(port.type.tensor_type.elem_type), known=False))
    for node in graph.node:
        problems += _node_problems(node, values, supported)
    return list(dict.fromkeys(problems))


def _dtype(code: int) -> str:
    """NumPy's name of an element type; ONNX's own where NumPy has none."""
    try:
        return helper.tensor_dtype_to_np_dtype(code).name
    except (KeyError, TypeError):
        return TensorProto.DataType.Name(code).lower()


def _node_problems(node: NodeProto, values: dict[str, _Expected], supported: Mapping[str, Any]) -> list[str]:
    """What is wrong with one node; its outputs are added to `values`."""
    name = f"{node.domain}::{node.op_type}" if node.domain not in ("", "ai.onnx") else node.op_type
    operator = supported["operators"].get(name)
    if operator is None:
        return [f"the operator {name} is not known"]
    attributes = {one.name: _value(one) for one in node.attribute}
    given = [values.get(one) for one in node.input]
    result = _result(node, operator, attributes, given)
    for output in node.output:
        values[output] = result
    problems = [_attribute_problem(name, operator["attributes"], *one) for one in attributes.items()]
    for index, value in enumerate(given):
        if value is None:
            continue
        types = supported["types"][operator["types"][min(index, len(operator["types"]) - 1)]]
        if value.dtype not in types and not result.known:
            problems.append(f"the operator {name} cannot take {value.dtype}")
        if index in operator.get("known", ()) and not value.known:
            problems.append(f"the operator {name} has an input {index + 1} that is not known before the call")
    return [problem for problem in problems if problem]


def _value(attribute: onnx.AttributeProto) -> Any:
    value = helper.get_attribute_value(attribute)
    return value.decode() if isinstance(value, bytes) else value


def _attribute_problem(operator: str, allowed: Mapping[str, Any], name: str, value: Any) -> str | None:
    if name not in allowed:
        return f"the operator {operator} has an attribute {name}, which is not known"
    if allowed[name] is True or value in allowed[name]:
        return None
    return f"the operator {operator} has {name} = {value}; known is {', '.join(map(str, allowed[name]))}"


def _result(node: NodeProto, operator: Mapping, attributes: Mapping, given: list[_Expected | None]) -> _Expected:
    """What comes out of a node."""
    if node.op_type == "Constant":
        value = attributes.get("value")
        floats = "value_float" in attributes or "value_floats" in attributes
        return _Expected(_dtype(value.data_type) if value is not None else "float32" if floats else "int64", known=True)
    known = node.op_type == "Shape" or (
        operator.get("whole", False) and all(one is None or (one.known and one.dtype in _WHOLE) for one in given)
    )
    if node.op_type == "Cast":
        return _Expected(_dtype(attributes["to"]), known)
    if node.op_type == "ConstantOfShape":
        return _Expected(_dtype(attributes["value"].data_type) if "value" in attributes else "float32", known)
    source = given[1 if node.op_type == "Where" else 0] if given else None
    return _Expected(operator.get("result") or (source.dtype if source else "undefined"), known)
