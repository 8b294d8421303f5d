"""A foreign ONNX model -> what a live element runs: the file, its manifest, its golden numbers and a poster.

Needs onnx, onnxruntime and NumPy, not torch; a site that shows the model needs none of them.
"""

import math
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from demos.errors import UserError, nearest
from demos.files import json_bytes, write_together
from site_tools.messages import read_text
from site_tools.models.facts import IMAGE, KINDS, LABEL, LATENT, LOGITS, GeneratorFacts, NoFacts, misfits
from site_tools.models.foreign import (
    Values,
    check_runs,
    draw,
    free_batch,
    keep_outputs,
    lower,
    read_foreign,
    run,
    unfold,
)
from site_tools.models.graph_file import describe, strip
from site_tools.models.kept import SAMPLES, SEED, batches, kept, stride_of
from site_tools.models.manifest import AS_GIVEN, GOLDEN_SUFFIX, Manifest, read_manifest
from site_tools.models.plain import spell_out_softmax
from site_tools.models.poster import poster
from site_tools.models.roles import Roles, assign

# Those whose facts the graph tells; a denoiser's schedules it does not.
FOREIGN = tuple(kind for kind, row in KINDS.items() if row.facts in (NoFacts, GeneratorFacts))
NAME = re.compile(r"[a-z][a-z0-9-]*")
ALMOST_ONE = 1e-3  # rows of probabilities, as files of float32 sum them


@dataclass(frozen=True)
class Wishes:
    """What only the author knows of a model.

    Attributes:
        kind: one of `FOREIGN`.
        name: of the model; "" for that of the file.
        labels: language, or `ANY_LANGUAGE` -> file of class names, one a line; empty if there are none.
        range: what black and white are in its images.
        roles: tensor name -> role, where the graph leaves more than one possibility.
        image: channels, height and width of images that the graph has flat; None to take a square for gray.
        credit: whose data and work it stands on.
        licence: of the weights.
    """

    kind: str
    name: str = ""
    labels: dict[str, Path] = field(default_factory=dict)
    range: tuple[float, float] = (0.0, 1.0)
    roles: dict[str, str] = field(default_factory=dict)
    image: list[int] | None = None
    credit: str = ""
    licence: str = ""


def add_model(path: Path, wishes: Wishes, assets: Path) -> tuple[Manifest, list[str]]:
    """Write models/NAME.onnx, .json and .golden.json and figures/NAME-poster below `assets`: all of them, or none.

    Returns:
        The manifest, and what was changed in the file, a clause each.

    Raises:
        UserError: the file or a wish is not what it must be; nothing is written then.
    """
    if wishes.kind not in FOREIGN:
        raise UserError(f'--kind: there is no "{wishes.kind}"; {nearest(wishes.kind, FOREIGN)}')
    low, high = wishes.range
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise UserError(f"--range {low:g} {high:g}: give the number for black and a larger one for white.")
    name, folder = _name(path, wishes.name), assets / "models"
    _keep_own(folder / f"{name}.json")
    names = {language: read_labels(file) for language, file in wishes.labels.items()}
    count = _same_count(wishes.labels, names)
    model, roles, changes = _for_browsers(path, wishes)
    label = roles.name_of(LABEL, roles.inputs)
    if label and not count:
        raise UserError(f"{path} takes labels ({label}): name their classes, --labels FILE with one a line.")
    classes = {label: count} if label else {}
    outputs = check_runs(model, classes, path)
    _shape_outputs(model, outputs)
    content = model.SerializeToString()
    graph = describe(content, f"{name}.onnx", AS_GIVEN, _meanings(roles, outputs, wishes, count))
    if problem := next(misfits(wishes.kind, graph.inputs, graph.outputs), None):
        raise UserError(f"{path} is no {wishes.kind}, for {problem}: name the kind that it is, or --role TENSOR=ROLE.")
    scores = roles.name_of(LOGITS, roles.outputs)
    if scores and count not in (0, outputs[scores].shape[1]):
        raise UserError(
            f"{next(iter(wishes.labels.values()))} names {count} classes "
            f"and {path} tells {outputs[scores].shape[1]} apart: "
            "write one name a line, in the order of the outputs."
        )
    latent = next((tensor.shape[1] for tensor in graph.inputs.values() if tensor.role == LATENT), 0)
    picture, suffix = poster(wishes.kind, graph, lambda values: run(content, values, path), count)
    manifest = Manifest(
        name=name,
        kind=wishes.kind,
        parameters=sum(numpy_helper.to_array(one).size for one in model.graph.initializer if one.data_type in _FLOATS),
        graphs={KINDS[wishes.kind].graph: graph},
        labels=names,
        metrics={},
        golden=f"{name}{GOLDEN_SUFFIX}",
        poster=f"figures/{name}-poster.{suffix}",
        credit=wishes.credit,
        licence=wishes.licence,
        facts=GeneratorFacts(latent, count if label else 0)
        if KINDS[wishes.kind].facts is GeneratorFacts
        else NoFacts(),
        training=None,
    )
    write_together(
        {
            assets / manifest.poster: picture,
            folder / graph.file: content,
            folder / manifest.golden: json_bytes(_golden(model, content, classes, path), indent=None),
            folder / f"{name}.json": json_bytes(manifest.to_json()),
        }
    )
    return manifest, changes


def _for_browsers(path: Path, wishes: Wishes) -> tuple[onnx.ModelProto, Roles, list[str]]:
    """The graph as browsers read it, what its tensors mean, and what was changed for that, a clause each."""
    model = read_foreign(path)
    changes = lower(model, path)
    free_batch(model, path)
    try:
        roles = assign(model, wishes.kind, wishes.roles, wishes.image)
    except UserError as error:
        raise UserError(f"{path}: {error}") from None
    if dropped := [port.name for port in model.graph.output if port.name not in roles.outputs]:
        keep_outputs(model, list(roles.outputs))
        changes.append(f"without the output {', '.join(dropped)}")
    for tensor, shape in roles.flat.items():
        unfold(model, tensor, shape)
        changes.append(f"{tensor} became an image of {' x '.join(map(str, shape))}")
    if spell_out_softmax(model):
        changes.append("Softmax is spelt out, so that our own kernels run it")
    strip(model)
    return model, roles, changes


_FLOATS = (onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16, onnx.TensorProto.INT8, onnx.TensorProto.UINT8)


def _name(path: Path, given: str) -> str:
    name = given or path.stem
    if not NAME.fullmatch(name):
        raise UserError(f'"{name}" cannot name a model: give --name of small letters, digits and "-", a letter first.')
    return name


def _keep_own(manifest: Path) -> None:
    """A model of our own training is made anew by `export`, and not by another file of its name."""
    if manifest.is_file() and read_manifest(manifest).training is not None:
        raise UserError(f"{manifest} is a model that `export` makes: give yours another --name.")


def _same_count(files: dict[str, Path], names: dict[str, list[str]]) -> int:
    """How many classes there are, in every language the same; 0 if none is named."""
    counts = {files[language]: len(one) for language, one in names.items()}
    if len(set(counts.values())) > 1:
        told = " and ".join(f"{path} {count}" for path, count in counts.items())
        raise UserError(f"the languages name different numbers of classes, {told}: write the same classes in each.")
    return next(iter(counts.values()), 0)


def read_labels(path: Path) -> list[str]:
    """Class names, one a line, in the order of the model's outputs.

    Raises:
        UserError: the file cannot be read, a line is empty, or a name stands twice.
    """
    names = [line.strip() for line in read_text(path).rstrip().split("\n")]
    if empty := [number for number, one in enumerate(names, start=1) if not one]:
        raise UserError(f"{path}:{empty[0]}: the line is empty; write one class name a line.")
    if twice := [number for number, one in enumerate(names, start=1) if one in names[: number - 1]]:
        raise UserError(f'{path}:{twice[0]}: "{names[twice[0] - 1]}" stands twice; give every class its own name.')
    return names


def _meanings(roles: Roles, outputs: Values, wishes: Wishes, classes: int) -> dict[str, tuple[str, list | None]]:
    """Tensor name -> role and range."""

    def range_of(name: str, role: str) -> list | None:
        if role == IMAGE:
            return [float(one) for one in wishes.range]
        if role == LABEL:
            return [0, classes - 1]
        return [0, 1] if role == LOGITS and _are_probabilities(outputs[name]) else None

    return {name: (role, range_of(name, role)) for name, role in (roles.inputs | roles.outputs).items()}


def _are_probabilities(scores: np.ndarray) -> bool:
    return bool((scores >= 0).all() and (np.abs(scores.sum(axis=-1) - 1) < ALMOST_ONE).all())


def _shape_outputs(model: onnx.ModelProto, outputs: Values) -> None:
    """Write the sizes that a run has shown where the file leaves them open."""
    for value in model.graph.output:
        sizes = value.type.tensor_type.shape.dim
        found = outputs[value.name].shape
        del sizes[:]
        sizes.add().dim_param = "B"
        for size in found[1:]:
            sizes.add().dim_value = size


def _golden(model: onnx.ModelProto, content: bytes, classes: dict[str, int], path: Path) -> dict:
    """Inputs by seed and stream, and some of the outputs, as `site_tools.models.golden` keeps those of our own."""
    calls, shape = [], tuple(size.dim_value for size in model.graph.output[0].type.tensor_type.shape.dim)[1:]
    for stream, batch in enumerate(batches(list(range(SAMPLES)))):
        values = draw(model, len(batch), classes, stream, SEED)
        labels = {name: values[name].tolist() for name in classes}
        found = {name: kept(output) for name, output in run(content, values, path).items()}
        calls.append({"seed": SEED, "stream": stream, "count": len(batch), **labels, **found})
    return {"pixel_stride": stride_of(shape), "calls": calls}
