"""What each kind of model is: the roles of its tensors, the name of its graph, and its block of facts.

A kind is one row of `KINDS`. What an element accepts, what `add-model` looks for in a foreign graph and what a
manifest must hold all follow from that row. Standard library only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from demos.errors import nearest

DENOISE, GENERATE = "denoise", "generate"  # the roles of a denoiser's and of a generator's one graph
CLASSIFY, FIELD, SIGNAL = "classify", "field", "signal"

IMAGE, LATENT, LABEL, LOG_SNR, POINT = "image", "latent", "label", "log_snr", "point"
LOGITS, VECTOR, SCALAR, STATE = "logits", "vector", "scalar", "state"
INPUT_ROLES = (IMAGE, LATENT, LABEL, LOG_SNR, POINT, SIGNAL, STATE)
OUTPUT_ROLES = (IMAGE, LOGITS, VECTOR, POINT, SIGNAL, SCALAR, STATE)


@dataclass(frozen=True)
class Tensor:
    """One input or output of a graph.

    Attributes:
        shape: sizes, the batch first; a name such as "B" stands for a size that each call chooses.
        dtype: "float32", "int64" and so on, as NumPy says it.
        role: what it means, one of `INPUT_ROLES` or `OUTPUT_ROLES`; its name in the file may be any.
        range: [lowest, highest]: of an image what black and white are, of a label the first and the last, of logits
            [0, 1] if they are probabilities already; None where any number may stand.
    """

    shape: list
    dtype: str
    role: str
    range: list | None


@dataclass(frozen=True)
class Port:
    """What a kind says of one tensor.

    Attributes:
        sizes: those behind the batch; None for any.
        dtype: as NumPy says it.
        optional: whether a model of the kind may do without.
    """

    sizes: tuple[int | None, ...]
    dtype: str = "float32"
    optional: bool = False


@dataclass(frozen=True)
class NoFacts:
    """Of a kind whose tensors say everything."""


@dataclass(frozen=True)
class DenoiserFacts:
    """What is known of a denoiser alone.

    Attributes:
        unconditional: the label that stands for no class.
        log_snr_limit: the network clamps log_snr to plus or minus this.
        schedules: schedule name -> the arguments that make it (arrays are in the golden file).
    """

    unconditional: int
    log_snr_limit: float
    schedules: dict


@dataclass(frozen=True)
class GeneratorFacts:
    """What is known of a generator alone: one call turns noise into samples.

    Attributes:
        latent_size: standard normal numbers behind a sample: the input z is [B, latent_size].
        classes: labels 0, 1, ... that the input y [B] takes; 0 where there is no such input.
    """

    latent_size: int
    classes: int


@dataclass(frozen=True)
class Kind:
    """One kind of model.

    Attributes:
        graph: role of its one graph.
        inputs, outputs: role -> what that tensor is; of those that are optional at least one output is there.
        facts: its block of facts.
    """

    graph: str
    inputs: Mapping[str, Port]
    outputs: Mapping[str, Port]
    facts: type = field(default=NoFacts)


_NUMBER, _PLANE, _ROW, _PICTURE = Port(()), Port((2,)), Port((None,)), Port((None, None, None))
_LABEL = Port((), "int64")
_MAYBE_LABEL, _MAYBE_ROW = Port((), "int64", optional=True), Port((None,), optional=True)

# A kind of model is a row here.
KINDS: dict[str, Kind] = {
    "image-denoiser": Kind(
        DENOISE, {IMAGE: _PICTURE, LOG_SNR: _NUMBER, LABEL: _LABEL}, {VECTOR: _PICTURE}, DenoiserFacts
    ),
    "image-generator": Kind(GENERATE, {LATENT: _ROW, LABEL: _MAYBE_LABEL}, {IMAGE: _PICTURE}, GeneratorFacts),
    "image-classifier": Kind(CLASSIFY, {IMAGE: _PICTURE}, {LOGITS: _ROW}),
    "point-denoiser": Kind(DENOISE, {POINT: _PLANE, LOG_SNR: _NUMBER, LABEL: _LABEL}, {VECTOR: _PLANE}, DenoiserFacts),
    "point-generator": Kind(GENERATE, {LATENT: _ROW, LABEL: _MAYBE_LABEL}, {POINT: _PLANE}, GeneratorFacts),
    "field-2d": Kind(FIELD, {POINT: _PLANE}, {SCALAR: Port((1,), optional=True), VECTOR: Port((2,), optional=True)}),
    "signal-1d": Kind(SIGNAL, {LATENT: _MAYBE_ROW, SIGNAL: _MAYBE_ROW, LABEL: _MAYBE_LABEL}, {SIGNAL: _ROW}),
}


def shape_text(sizes: tuple[int | None, ...] | list) -> str:
    """A shape as a sentence names it, the batch first: "[B, 1, 28, 28]", "any" for what is free."""
    return f"[{', '.join(['B', *('any' if size is None else str(size) for size in sizes)])}]"


def fits(tensor: Tensor, sizes: tuple[int | None, ...]) -> bool:
    """Whether a tensor has these sizes behind its batch."""
    rest = tensor.shape[1:]
    return (
        bool(tensor.shape)
        and len(rest) == len(sizes)
        and all(isinstance(size, int) and wanted in (None, size) for size, wanted in zip(rest, sizes, strict=True))
    )


def misfits(kind: str, inputs: Mapping[str, Tensor], outputs: Mapping[str, Tensor]) -> Iterator[str]:
    """Why a graph with these tensors is not of that kind, each a clause that names the tensor; none if it is."""
    row = KINDS[kind]
    for side, tensors, ports, roles in (
        ("input", inputs, row.inputs, INPUT_ROLES),
        ("output", outputs, row.outputs, OUTPUT_ROLES),
    ):
        for name, tensor in tensors.items():
            if tensor.role not in roles:
                yield f'the {side} {name} has the unknown role "{tensor.role}"; {nearest(tensor.role, roles)[:-1]}'
            elif tensor.role not in ports:
                yield f"the {side} {name} is {tensor.role}, and one of the kind {kind} has no such {side}"
            elif [other.role for other in tensors.values()].count(tensor.role) > 1:
                yield f"the {side} {name} is not the only {tensor.role}"
            elif not fits(tensor, ports[tensor.role].sizes) or tensor.dtype != ports[tensor.role].dtype:
                wanted = f"{ports[tensor.role].dtype} {shape_text(ports[tensor.role].sizes)}"
                yield f"the {side} {name} ({tensor.role}) is {tensor.dtype} {tensor.shape}, not {wanted}"
            if tensor.range is not None and not _is_range(tensor.range):
                yield f"the range of {name} is {tensor.range}, not [lowest, highest]"
        there = {tensor.role for tensor in tensors.values()}
        for role, port in ports.items():
            if role not in there and not port.optional:
                yield f"no {side} is {role}"
        if not there:
            yield f"it has no {side}"


def _is_range(values: list) -> bool:
    numbers = [one for one in values if isinstance(one, int | float) and not isinstance(one, bool)]
    return len(values) == len(numbers) == 2 and numbers[0] <= numbers[1]
