"""Quality of a model as it ships: the ONNX file itself is sampled, in float32, on ONNX Runtime.

`python -m demos evaluate` prints the same numbers of any torch network; these are of what the reader's
browser runs, and are what the pages quote.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

from demos.data import cache_folder
from demos.files import write_json
from demos.measuring.evaluate import Settings, evaluate, kept_folder
from demos.measuring.ruler import Ruler
from demos.training.release import load_released
from site_tools.models.export import graph_bytes, metrics_path
from site_tools.models.kinds import exportable
from site_tools.models.onnx_file import OnnxNetwork


def measure(name: str, settings: Settings, *, weights: str, threads: int = 1, progress: Callable[[int], None]) -> Path:
    """Write `demos/weights/<name>.metrics.json`; a killed measurement goes on where it stopped.

    Args:
        name: a released denoiser.
        settings: how it is sampled, and how often.
        weights: how the file that ships stores them, see `site_tools.models.manifest.storage_of`.
        threads: of ONNX Runtime.
        progress: called with the number of images just made.
    """
    released = load_released(name)
    content = graph_bytes(exportable(name, released), weights)
    sha256 = hashlib.sha256(content).hexdigest()
    numbers = evaluate(
        OnnxNetwork(content, threads),
        settings,
        Ruler(settings.num_samples),
        kept=kept_folder(cache_folder(), sha256, settings),
        progress=progress,
    )
    path = metrics_path(name)
    facts = {"weights": released.sha256, "model": sha256, "runtime": "ONNX Runtime", "step": released.facts["step"]}
    write_json(path, {**facts, **numbers})
    return path
