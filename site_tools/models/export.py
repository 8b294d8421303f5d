"""Released weights -> ONNX, manifest and golden vectors in docs/assets/models.

Nothing is written unless ONNX Runtime and PyTorch agree on every golden input.
"""

import copy
import json
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn

from demos.errors import UserError
from demos.files import json_bytes, write_together
from demos.training.release import WEIGHTS, load_released
from site_tools.models.graph_file import describe
from site_tools.models.kinds import Exportable, exportable, training
from site_tools.models.labels import LABELS
from site_tools.models.manifest import DEFAULT_STORAGE, GOLDEN_SUFFIX, Manifest, storage_of
from site_tools.models.onnx_file import OnnxNetwork, storage_in, to_onnx
from site_tools.models.quantize import rounded_weights
from site_tools.models.sensitivity import costs, sensitive

TOLERANCE = 2e-4  # largest difference of a pixel; float32 sums in another order reach about 1e-5
LARGEST_BYTES = 2_000_000
# By data set; the others are points, which the course draws itself.
CREDITS = {"fashion": "Trained on Fashion-MNIST (Xiao, Rasul and Vollgraf 2017, arXiv 1708.07747)"}
CREDIT_OF_POINTS = "Trained on points drawn by the course's own code"
LICENCE = "MIT"


def compare_golden(expected, found) -> float:
    """The largest difference between what a golden file says and what `found` holds, which may lack some of it.

    Infinite where a number is none, or where words or lengths differ.
    """
    if isinstance(found, dict):
        return max((compare_golden(expected[key], value) for key, value in found.items()), default=0.0)
    if isinstance(found, list):
        if len(found) != len(expected):
            return math.inf
        return max((compare_golden(a, b) for a, b in zip(expected, found, strict=True)), default=0.0)
    if isinstance(found, str):
        return 0.0 if found == expected else math.inf
    difference = abs(expected - found)
    return math.inf if math.isnan(difference) else difference


def metrics_path(name: str) -> Path:
    """Where the measured quality of a released model is kept: beside its weights."""
    return WEIGHTS / f"{name}.metrics.json"


def graph_bytes(model: Exportable, weights: str = DEFAULT_STORAGE) -> bytes:
    """The model as the file that ships; `weights` says how they are stored, one of the manifest's `STORAGES`."""
    exact = _sensitive(model) if weights == "int8" else ()
    return to_onnx(model.network, model.example, model.output, weights, exact).SerializeToString()


def _sensitive(model: Exportable) -> set[str]:
    sizes = {name: weight.numel() for name, weight in model.network.named_parameters()}
    return sensitive(costs(model.network, model.typical()), sizes)


@torch.no_grad()
def with_weights(network: nn.Module, rounded: Mapping[str, np.ndarray]) -> nn.Module:
    """The network as a file means it, in PyTorch: a copy in which weights are those that the file gives back.

    Raises:
        KeyError: one of them is no weight of the network, but something that the exporter has computed.
    """
    if not rounded:
        return network
    network = copy.deepcopy(network)
    own = dict(network.named_parameters())
    for name, values in rounded.items():
        own[name].copy_(torch.from_numpy(values))
    return network


def export(name: str, folder: Path, weights: str | None = None) -> Manifest:
    """Write `<name>.onnx`, `<name>.golden.json` and `<name>.json` into `folder`: all of them, or none.

    Args:
        name: a released model, see `demos/weights`.
        folder: usually docs/assets/models.
        weights: how they are stored; without, as `storage_of` says. The golden vectors are those of the weights as
            stored, so that they show what a runtime gets wrong and not what rounding costs: `site_tools.models.gate`
            measures that.

    Raises:
        UserError: not released, of a kind that no page runs, too large, or ONNX Runtime and PyTorch disagree;
            nothing is written then.
    """
    released = load_released(name)
    model = exportable(name, released)
    try:
        content = graph_bytes(model, weights or storage_of(name, folder))
    except ValueError as error:
        raise UserError(f"{name} cannot run in a browser: {error}; use other operations in its network.") from error
    if len(content) > LARGEST_BYTES:
        raise UserError(f"{name} is {len(content)} bytes as ONNX, more than {LARGEST_BYTES}: make the network smaller.")
    golden = model.golden(with_weights(model.network, rounded_weights(onnx.load_from_string(content))))
    difference = compare_golden(golden, model.golden(OnnxNetwork(content)))
    if not difference <= TOLERANCE:
        raise UserError(
            f"{name}: ONNX Runtime differs from PyTorch by {difference:.2g} (allowed {TOLERANCE}): nothing was written."
        )
    metrics, data = metrics_path(name), released.facts["preset"]["data"]
    manifest = Manifest(
        name=name,
        kind=model.kind,
        parameters=model.parameters,
        graphs={model.role: describe(content, f"{name}.onnx", storage_in(content), model.meanings)},
        labels=LABELS.get(data, {}),
        metrics=json.loads(metrics.read_text(encoding="utf-8")) if metrics.exists() else {},
        golden=f"{name}{GOLDEN_SUFFIX}",
        poster=model.poster,
        credit=CREDITS.get(data, CREDIT_OF_POINTS),
        licence=LICENCE,
        facts=model.facts,
        training=training(released),
    )
    write_together(
        {
            folder / manifest.graphs[model.role].file: content,
            folder / manifest.golden: json_bytes(golden, indent=None),
            folder / f"{name}.json": json_bytes(manifest.to_json()),
        }
    )
    return manifest
