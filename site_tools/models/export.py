"""Released weights -> ONNX, manifest and golden vectors in docs/assets/models.

Nothing is written unless ONNX Runtime and PyTorch agree on every golden input.
"""

import inspect
import json
from pathlib import Path

import torch

from demos.data import IMAGE_SIZE
from demos.diffusion.networks import LOG_SNR_LIMIT, UNCONDITIONAL
from demos.diffusion.noise import SCHEDULES
from demos.errors import UserError
from demos.files import json_bytes, write_together
from demos.training.release import WEIGHTS, load_released
from site_tools.models.golden import golden_vectors
from site_tools.models.labels import FASHION_LABELS
from site_tools.models.manifest import DENOISE, GOLDEN_SUFFIX, DenoiserFacts, Manifest
from site_tools.models.onnx_file import OnnxDenoiser, describe, to_onnx

TOLERANCE = 2e-4  # largest difference of a pixel; float32 sums in another order reach about 1e-5
LARGEST_BYTES = 2_000_000
CREDIT = "Trained on Fashion-MNIST (Xiao, Rasul and Vollgraf 2017, arXiv 1708.07747)"
LICENCE = "MIT"


def largest_difference(first, second) -> float:
    """The largest absolute difference between two nested lists of numbers of the same shape."""
    if isinstance(first, list):
        return max((largest_difference(a, b) for a, b in zip(first, second, strict=True)), default=0.0)
    return abs(first - second)


def compare_golden(first: dict, second: dict) -> float:
    """The largest difference between the outputs of two golden files."""
    calls = [(a["velocity"], b["velocity"]) for a, b in zip(first["calls"], second["calls"], strict=True)]
    runs = [
        (a["timesteps_and_x"], b["timesteps_and_x"])
        for a, b in zip(first["trajectories"], second["trajectories"], strict=True)
    ]
    return max(largest_difference(a, b) for a, b in calls + runs)


def schedule_arguments() -> dict:
    """The defaults of every schedule, so that no other language has to retype them."""
    return {
        name: {key: parameter.default for key, parameter in inspect.signature(make).parameters.items()}
        for name, make in SCHEDULES.items()
    }


def metrics_path(name: str) -> Path:
    """Where the measured quality of a released model is kept: beside its weights."""
    return WEIGHTS / f"{name}.metrics.json"


def denoiser_to_onnx(net: torch.nn.Module) -> bytes:
    """A denoiser as the file that ships."""
    example = {
        "x": torch.randn(2, 1, IMAGE_SIZE, IMAGE_SIZE),
        "log_snr": torch.randn(2),
        "y": torch.tensor([1, UNCONDITIONAL]),
    }
    return to_onnx(net, example, "velocity").SerializeToString()


def export(name: str, folder: Path) -> Manifest:
    """Write `<name>.onnx`, `<name>.golden.json` and `<name>.json` into `folder`: all of them, or none.

    Args:
        name: a released model, see `demos/weights`.
        folder: usually docs/assets/models.

    Raises:
        UserError: not released, too large, or ONNX Runtime and PyTorch disagree; nothing is written then.
    """
    released = load_released(name)
    content = denoiser_to_onnx(released.net)
    if len(content) > LARGEST_BYTES:
        raise UserError(f"{name} is {len(content)} bytes as ONNX, more than {LARGEST_BYTES}: make the network smaller.")
    golden = golden_vectors(released.net)
    difference = compare_golden(golden, golden_vectors(OnnxDenoiser(content)))
    if not difference <= TOLERANCE:
        raise UserError(
            f"{name}: ONNX Runtime differs from PyTorch by {difference:.2g} (allowed {TOLERANCE}): nothing was written."
        )
    metrics = metrics_path(name)
    manifest = Manifest(
        name=name,
        kind="image-denoiser",
        parameters=sum(parameter.numel() for parameter in released.net.parameters()),
        graphs={DENOISE: describe(content, f"{name}.onnx")},
        labels=FASHION_LABELS,
        metrics=json.loads(metrics.read_text(encoding="utf-8")) if metrics.exists() else {},
        golden=f"{name}{GOLDEN_SUFFIX}",
        poster=f"figures/{name}-poster.png",
        credit=CREDIT,
        licence=LICENCE,
        facts=DenoiserFacts(
            unconditional=UNCONDITIONAL,
            log_snr_limit=LOG_SNR_LIMIT,
            schedules=schedule_arguments(),
            preset=released.facts["preset"],
            trained_steps=released.facts["step"],
            training_hours=round(released.facts["elapsed_s"] / 3600, 2),
        ),
    )
    write_together(
        {
            folder / manifest.graphs[DENOISE].file: content,
            folder / manifest.golden: json_bytes(golden, indent=None),
            folder / f"{name}.json": json_bytes(manifest.to_json()),
        }
    )
    return manifest
