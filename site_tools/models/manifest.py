"""The JSON that travels beside a model: what a page must know, and nothing that a page could retype.

Every model has the same small core, and one block of facts that depends on its kind. This module is the only
reader and writer in Python; `web/src/runtime/manifest.ts` reads the same in the browser. Standard library only:
sites are built without torch and NumPy.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, fields, is_dataclass
from pathlib import Path
from types import GenericAlias, UnionType
from typing import Any, get_args, get_type_hints

from demos.errors import UserError, nearest
from site_tools.models.facts import IMAGE, KINDS, Tensor, misfits

SCHEMA = 2
GOLDEN_SUFFIX = ".golden.json"  # of the other JSON files beside models
ENGINES = ("kernels", "onnxruntime")
STORAGES = ("fp16", "int8")  # that our own export writes
DEFAULT_STORAGE = "fp16"
AS_GIVEN = "fp32"  # of a foreign model, whose numbers stay as they are
ANY_LANGUAGE = "any"  # class names that are the same in every language: digits, names


@dataclass(frozen=True)
class Graph:
    """One ONNX file of a model.

    Attributes:
        file: its name, beside the manifest.
        sha256, bytes: of the file.
        opset, ir_version: of ONNX, which decide what can run it.
        engine: what runs it in a browser: "kernels", our own, or "onnxruntime", for what they do not know.
        weights: how the large ones are stored: "fp16", "int8" with a scale for each output channel, or "fp32".
        inputs, outputs: tensor name -> what it is.
    """

    file: str
    sha256: str
    bytes: int
    opset: int
    ir_version: int
    engine: str
    weights: str
    inputs: dict[str, Tensor]
    outputs: dict[str, Tensor]


@dataclass(frozen=True)
class Training:
    """How a model came to be, where our own training made it.

    Attributes:
        preset: its JSON: network and training.
        trained_steps: optimiser steps behind the weights, in all stages of training.
        training_hours: what they took, on the machine that trained them.
    """

    preset: dict
    trained_steps: int
    training_hours: float


@dataclass(frozen=True)
class Manifest:
    """One model.

    Attributes:
        name: of the model and of this file.
        kind: one of `site_tools.models.facts.KINDS`.
        parameters: number of weights.
        graphs: role -> the file that plays it, such as "denoise".
        labels: language, or `ANY_LANGUAGE` -> class names; empty if it knows no classes.
        metrics: measured quality and how it was measured; empty if it was not.
        golden: name of the file of golden inputs and outputs, beside this one.
        poster: picture shown before the model runs, relative to docs/assets; "" for none.
        credit: whose data and work it stands on, in one line.
        licence: of the weights.
        facts: the block of its kind.
        training: how it came to be; None of a foreign model.
    """

    name: str
    kind: str
    parameters: int
    graphs: dict[str, Graph]
    labels: dict
    metrics: dict
    golden: str
    poster: str
    credit: str
    licence: str
    facts: Any
    training: Training | None

    @property
    def bytes(self) -> int:
        """Size of all its graphs."""
        return sum(graph.bytes for graph in self.graphs.values())

    def tensors(self, role: str) -> list[Tensor]:
        """Those that play a role, inputs first; the twin of `tensorsOf` in the browser."""
        graphs = self.graphs.values()
        every = [*(graph.inputs for graph in graphs), *(graph.outputs for graph in graphs)]
        return [tensor for side in every for tensor in side.values() if tensor.role == role]

    @property
    def image_shape(self) -> list[int]:
        """Channels, height and width of the images it takes or makes; [] if it has none."""
        return next((tensor.shape[1:] for tensor in self.tensors(IMAGE)), [])

    def to_json(self) -> dict:
        """As it is written, the schema first."""
        return {"schema": SCHEMA, **asdict(self)}


def read_manifest(path: Path) -> Manifest:
    """Read and check one manifest.

    Raises:
        UserError: missing, not JSON, of another schema, kind or name, or fields missing, unknown or of another type.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path} does not exist: {_anew(path)}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"{path} is not a manifest ({error}): {_anew(path)}") from error
    if not isinstance(value, dict) or value.pop("schema", None) != SCHEMA:
        raise UserError(f"{path} has another schema than {SCHEMA}: {_anew(path)}")
    kind = value.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise UserError(f"{path} is of the unknown kind {kind!r}; {nearest(str(kind), KINDS)}")
    try:
        core = _read(Manifest, value, "")
        manifest = Manifest(**{**vars(core), "facts": _read(KINDS[kind].facts, core.facts, "facts.")})
    except ValueError as error:
        raise UserError(f"{path} {error}: {_anew(path)}") from None
    if manifest.name != path.stem:
        raise UserError(f"{path} is the manifest of {manifest.name}: give it back its name, {manifest.name}.json.")
    for graph in manifest.graphs.values():
        if graph.file != f"{manifest.name}.onnx":  # which is what pages load: another file would be vouched for in vain
            raise UserError(f'{path} names the graph "{graph.file}", not {manifest.name}.onnx: {_anew(path)}')
        if graph.engine not in ENGINES:
            raise UserError(f'{path} names the engine "{graph.engine}"; {nearest(graph.engine, ENGINES)}')
        if graph.weights not in (*STORAGES, AS_GIVEN):
            raise UserError(
                f'{path} stores weights as "{graph.weights}"; {nearest(graph.weights, (*STORAGES, AS_GIVEN))}'
            )
        if problem := next(misfits(kind, graph.inputs, graph.outputs), None):
            raise UserError(f"{path} is no {kind}, for {problem}: {_anew(path)}")
    if (played := list(manifest.graphs)) != [KINDS[kind].graph]:
        raise UserError(
            f"{path} has the graphs {played}, and one of the kind {kind} has {KINDS[kind].graph}: {_anew(path)}"
        )
    return manifest


def storage_of(name: str, folder: Path) -> str:
    """How the model in `folder` stores its weights, one of `STORAGES`: whoever makes the file anew keeps that choice.

    The default where there is no such model, or its manifest is not to be read.
    """
    try:
        (graph,) = read_manifest(folder / f"{name}.json").graphs.values()
    except UserError:
        return DEFAULT_STORAGE
    return graph.weights


def manifest_files(folder: Path) -> list[Path]:
    """The manifests in a folder, one a model; none if there is no such folder."""
    return [path for path in sorted(folder.glob("*.json")) if not path.name.endswith(GOLDEN_SUFFIX)]


def read_manifests(folder: Path) -> dict[str, Manifest]:
    """Name -> manifest, for every model in a folder.

    Raises:
        UserError: as of `read_manifest`.
    """
    return {path.stem: read_manifest(path) for path in manifest_files(folder)}


def verify_model(path: Path, manifest: Manifest) -> dict[str, bytes]:
    """Role -> the bytes of the graph beside `path`, after comparing size and SHA-256.

    Raises:
        UserError: one is missing, or changed since it was exported.
    """
    contents = {}
    for role, graph in manifest.graphs.items():
        file = path.parent / graph.file
        try:
            content = file.read_bytes()
        except OSError as error:
            raise UserError(f"{file} cannot be read ({error.strerror}): {_anew(path)}") from error
        if len(content) != graph.bytes or hashlib.sha256(content).hexdigest() != graph.sha256:
            raise UserError(f"{file} does not match the SHA-256 and size in {path.name}: {_anew(path)}")
        contents[role] = content
    return contents


def _anew(path: Path) -> str:
    """What to do about a damaged pair of files: our own models have their command, and foreign ones theirs."""
    return (
        f"`python -m site_tools export {path.stem}` writes both anew, "
        f"of a model from elsewhere `python -m site_tools add-model {path.stem}.onnx`."
    )


def _read(kind: Any, value: object, place: str) -> Any:
    """A JSON value as a dataclass, a dict of them or a plain type; a ValueError says what is wrong and where.

    Args:
        kind: what it must become.
        value: what was read.
        place: its key with a dot behind, "" for the whole file.
    """
    if isinstance(kind, type) and is_dataclass(kind):
        known = {field.name for field in fields(kind)}
        if not isinstance(value, dict) or known != value.keys():
            wrong = known ^ (value.keys() if isinstance(value, dict) else set())
            raise ValueError(f"lacks or misnames {', '.join(sorted(f'{place}{name}' for name in wrong))}")
        hints = get_type_hints(kind)
        return kind(**{name: _read(hints[name], one, f"{place}{name}.") for name, one in value.items()})
    if isinstance(kind, GenericAlias):  # dict[str, ...]
        items, inner = _read(dict, value, place), get_args(kind)[1]
        return {name: _read(inner, one, f"{place}{name}.") for name, one in items.items()}
    if isinstance(kind, UnionType):  # something or None
        return None if value is None else _read(get_args(kind)[0], value, place)
    wanted = int | float if kind is float else kind
    if kind is not Any and (not isinstance(value, wanted) or isinstance(value, bool)):
        raise ValueError(f"has a value of another type for {place.rstrip('.')}")
    return value
