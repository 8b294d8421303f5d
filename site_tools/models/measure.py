"""Quality of a model as it ships: the ONNX file itself is sampled, in float32, on ONNX Runtime.

`python -m demos evaluate` prints the same numbers of any torch network; these are of what the reader's
browser runs, and are what the pages quote.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from demos.data import cache_folder
from demos.files import write_json
from demos.measuring.evaluate import Settings, evaluate, kept_folder
from demos.measuring.ruler import Ruler
from demos.measuring.sampler_choice import choose
from demos.training.release import load_released
from site_tools.models.export import graph_bytes, metrics_path
from site_tools.models.kinds import exportable
from site_tools.models.onnx_file import OnnxNetwork


def _shipped(name: str, weights: str, threads: int) -> tuple[OnnxNetwork, dict[str, Any]]:
    """The network as it ships, and what names it: hashes of the release and of the file, and what runs it."""
    released = load_released(name)
    content = graph_bytes(exportable(name, released), weights)
    return OnnxNetwork(content, threads), {
        "weights": released.sha256,
        "model": hashlib.sha256(content).hexdigest(),
        "runtime": "ONNX Runtime",
        "step": released.facts["step"],
    }


def measure(name: str, settings: Settings, *, weights: str, threads: int = 1, progress: Callable[[int], None]) -> Path:
    """Write `demos/weights/<name>.metrics.json`; a killed measurement goes on where it stopped.

    Args:
        name: a released denoiser.
        settings: how it is sampled, and how often.
        weights: how the file that ships stores them, see `site_tools.models.manifest.storage_of`.
        threads: of ONNX Runtime.
        progress: called with the number of images just made.
    """
    net, facts = _shipped(name, weights, threads)
    kept, path = kept_folder(cache_folder(), facts["model"], settings), metrics_path(name)
    write_json(path, {**facts, **evaluate(net, settings, Ruler(settings.num_samples), kept=kept, progress=progress)})
    return path


def choose_sampler(name: str, *, weights: str, threads: int = 1, progress: Callable[[int], None]) -> dict:
    """Write `demos/weights/<name>.sampler.json` and return it: see `demos.measuring.sampler_choice`.

    Args:
        name, weights, threads, progress: as of `measure`.
    """
    net, facts = _shipped(name, weights, threads)
    return choose(net, facts, metrics_path(name).with_name(f"{name}.sampler.json"), progress=progress)
