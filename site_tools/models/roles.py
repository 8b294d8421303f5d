"""What the inputs and outputs of a foreign graph mean, where its kind leaves one possibility, or as its author says."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import onnx
from onnx import helper

from demos.errors import UserError, nearest
from site_tools.models.facts import IMAGE, INPUT_ROLES, KINDS, OUTPUT_ROLES, Port, shape_text

CHANNELS = (1, 3, 0)  # of images that a page can draw; 0 where only a run tells


@dataclass(frozen=True)
class Roles:
    """Of one graph: tensor name -> role, and the flat tensors [B, N] that are images, with the shape to give them."""

    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    flat: dict[str, list[int]] = field(default_factory=dict)

    def name_of(self, role: str, side: Mapping[str, str]) -> str | None:
        """The tensor that plays a role on one side."""
        return next((name for name, one in side.items() if one == role), None)


def assign(model: onnx.ModelProto, kind: str, given: Mapping[str, str], image: list[int] | None) -> Roles:
    """Find the role of every input, and of the outputs that the kind has.

    Args:
        model: after `site_tools.models.foreign.free_batch`.
        kind: one of `KINDS`.
        given: tensor name -> role, as the author says.
        image: channels, height and width of images that the graph has flat; None to take a square for gray.

    Raises:
        UserError: a name or role is unknown, or what the graph has and what the kind wants do not meet.
    """
    inputs, outputs = {port.name: port for port in model.graph.input}, {port.name: port for port in model.graph.output}
    for name, role in given.items():
        if name not in inputs | outputs:
            raise UserError(f'--role {name}={role}: the model has no "{name}"; {nearest(name, inputs | outputs)}')
        known = INPUT_ROLES if name in inputs else OUTPUT_ROLES
        if role not in known:
            raise UserError(f'--role {name}={role}: there is no role "{role}"; {nearest(role, known)}')
    roles, row = Roles(), KINDS[kind]
    for side, values, ports, found in (
        ("input", inputs, row.inputs, roles.inputs),
        ("output", outputs, row.outputs, roles.outputs),
    ):
        for name, role in given.items():
            if name in values:
                if role not in ports:
                    raise UserError(
                        f"--role {name}={role}: one of the kind {kind} has no such {side}; {_wanted(ports)}"
                    )
                found[name] = role
        for name, value in values.items():
            free = {role: port for role, port in ports.items() if role not in found.values()}
            if name in found:
                continue
            fitting = [role for role, port in free.items() if _may_be(value, role, port)]
            if len(fitting) == 1:
                found[name] = fitting[0]
            elif len(fitting) > 1 or side == "input":
                raise UserError(_puzzle(side, name, value, kind, fitting, ports))
        for role, port in ports.items():
            if role not in found.values() and (not port.optional or not found):
                had = ", ".join(f"{name} {_text(value)}" for name, value in values.items()) or "none"
                raise UserError(f"one of the kind {kind} has an {side} {_wanted({role: port})[:-1]}; this has {had}.")
    _one_each(outputs, {name: role for name, role in roles.outputs.items() if name not in given}, roles, row.outputs)
    for values, found in ((inputs, roles.inputs), (outputs, roles.outputs)):
        for name, role in found.items():
            if role != IMAGE:
                continue
            sizes = _sizes(values[name]) or []
            if len(sizes) == 3 and sizes[0] not in CHANNELS:
                raise UserError(_channels(name, values[name], sizes))
            if len(sizes) == 1:
                roles.flat[name] = image or _square(name, sizes[0])
                if math.prod(roles.flat[name]) != sizes[0]:
                    raise UserError(
                        f"--image {'x'.join(map(str, roles.flat[name]))} is {math.prod(roles.flat[name])} numbers, "
                        f"and {name} has {sizes[0]}: give channels, height and width."
                    )
    return roles


def _one_each(
    values: Mapping[str, onnx.ValueInfoProto], guessed: Mapping[str, str], roles: Roles, ports: Mapping[str, Port]
) -> None:
    """Two outputs may look alike, such as logits and probabilities: whoever made them must say which is meant."""
    for name, role in guessed.items():
        others = [
            one for one, value in values.items() if one not in roles.outputs and _may_be(value, role, ports[role])
        ]
        if others:
            raise UserError(f"the outputs {name} and {others[0]} may both be {role}: say which, --role {name}={role}.")


def _may_be(value: onnx.ValueInfoProto, role: str, port: Port) -> bool:
    sizes = _sizes(value)
    if sizes is None or _dtype(value) != port.dtype:
        return False
    if role == IMAGE and len(sizes) == 1:  # flat, as in tables of pixels
        return True
    return len(sizes) == len(port.sizes) and all(
        wanted is None or size in (wanted, 0) for size, wanted in zip(sizes, port.sizes, strict=True)
    )


def _sizes(value: onnx.ValueInfoProto) -> list[int] | None:
    """Sizes behind the batch, 0 for one that only a run tells; None of what is no tensor."""
    if value.type.WhichOneof("value") != "tensor_type":
        return None
    return [size.dim_value for size in value.type.tensor_type.shape.dim][1:]


def _dtype(value: onnx.ValueInfoProto) -> str:
    return helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type).name


def _text(value: onnx.ValueInfoProto) -> str:
    sizes = _sizes(value)
    if sizes is None:
        return f"({value.type.WhichOneof('value').removesuffix('_type')})"
    return f"{_dtype(value)} {shape_text([size or None for size in sizes])}"


def _wanted(ports: Mapping[str, Port]) -> str:
    return "; ".join(f"{role}, {port.dtype} {shape_text(port.sizes)}" for role, port in ports.items()) + "."


def _puzzle(
    side: str, name: str, value: onnx.ValueInfoProto, kind: str, fitting: Iterable[str], ports: Mapping[str, Port]
) -> str:
    if many := " or ".join(fitting):
        return f"the {side} {name} may be {many}: say which, such as --role {name}={next(iter(fitting))}."
    dtype = "" if _sizes(value) is None else _dtype(value)
    if dtype in ("float64", "float16"):
        return f"the {side} {name} is {dtype}: export the model in float32, which browsers calculate in."
    return f"the {side} {name} is {_text(value)}, and one of the kind {kind} takes {_wanted(ports)}"


def _channels(name: str, value: onnx.ValueInfoProto, sizes: list[int]) -> str:
    if sizes[2] in CHANNELS:
        return (
            f"{name} is {_text(value)}, with the channels last: "
            "transpose inside the model, so that its images are [B, channels, height, width]."
        )
    return f"{name} is {_text(value)}, images of {sizes[0]} channels: pages draw 1 (gray) or 3 (red, green, blue)."


def _square(name: str, size: int) -> list[int]:
    side = math.isqrt(size)
    if side * side != size:
        raise UserError(
            f"{name} is flat, {size} numbers and no square: say how they lie, --image CHANNELSxHEIGHTxWIDTH."
        )
    return [1, side, side]
