"""Released weights: what a finished run leaves in the repository.

A release is `demos/weights/<name>.safetensors`: the averaged weights in float16, and beside them in
the file's metadata what made them. It is small, loads without running code, and is where figures,
export and measurements start. The measurements lie next to it in `<name>.metrics.json`.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import nn

from demos.data import DATA_SETS, cache_folder
from demos.errors import UserError
from demos.files import write_bytes
from demos.training.checkpoint import Checkpoint, damaged, load_newest
from demos.training.families import FAMILIES
from demos.training.presets import Preset

WEIGHTS = Path(__file__).parents[1] / "weights"
# how facts and tensors that do not belong together are noticed
_DAMAGE = (OSError, ValueError, LookupError, TypeError, ArithmeticError, RuntimeError, SafetensorError)


@dataclass(frozen=True)
class Released:
    """A trained model and what made it.

    Attributes:
        parts: its networks by name, in float32, ready to call.
        config: the model's settings, see `demos.training.configs`.
        facts: "kind", "preset", "step", "elapsed_s", "seed" and "build"; see `demos.training.checkpoint`.
        sha256: of the file of weights.
    """

    parts: dict[str, nn.Module]
    config: Any
    facts: dict
    sha256: str

    @property
    def net(self) -> nn.Module:
        """The network of a model that has only one."""
        (net,) = self.parts.values()
        return net


def run_folder(preset: Preset, runs: Path | None = None) -> Path:
    """Where the checkpoints of a preset's run live."""
    return (runs or cache_folder() / "runs") / preset.name


def _newest(preset: Preset, runs: Path | None) -> Checkpoint:
    folder = run_folder(preset, runs)
    checkpoint = load_newest(folder)
    if checkpoint is None:
        raise UserError(f"There is no training run in {folder}: start with `{preset.train_command}`.")
    return checkpoint


def _pack(preset: Preset, checkpoint: Checkpoint) -> bytes:
    facts = {
        "kind": preset.model.kind,
        "preset": checkpoint.preset,
        "step": checkpoint.step,
        "elapsed_s": checkpoint.elapsed_s,
        "seed": checkpoint.preset["training"]["seed"],
        "build": checkpoint.build,
    }
    half = {
        name: (value.half() if value.is_floating_point() else value).contiguous()
        for name, value in checkpoint.part("ema").items()
    }
    return save(half, metadata={"facts": json.dumps(facts, sort_keys=True)})


def _unpack(content: bytes) -> Released:
    size = int.from_bytes(content[:8], "little")  # the format: header length, JSON header, numbers
    facts = json.loads(json.loads(content[8 : 8 + size])["__metadata__"]["facts"])
    family, preset = FAMILIES[facts["kind"]], facts["preset"]
    config, tensors = family.config_from_json(preset["model"]), load(content)
    parts = family.build(config, DATA_SETS[preset["data"]])
    for part, net in parts.items():
        net.load_state_dict(
            {name: tensors.pop(f"{part}.{name}").to(value.dtype) for name, value in net.state_dict().items()}
        )
        net.eval()
    if tensors:
        raise ValueError(f"it holds {', '.join(sorted(tensors))}, which the model has not")
    return Released(parts, config, facts, hashlib.sha256(content).hexdigest())


def load_run(preset: Preset, runs: Path | None = None) -> Released:
    """The averaged network of a run's newest checkpoint, finished or not, rounded as a release rounds it.

    Raises:
        UserError: there is no run, or its checkpoint is damaged.
    """
    return _unpack(_packed(preset, _newest(preset, runs), runs))


def _packed(preset: Preset, checkpoint: Checkpoint, runs: Path | None) -> bytes:
    """A release that was tried: it can be loaded again."""
    try:
        content = _pack(preset, checkpoint)
        _unpack(content)
    except _DAMAGE as error:
        raise damaged(run_folder(preset, runs), error) from error
    return content


def release(preset: Preset, runs: Path | None = None, folder: Path | None = None) -> Path:
    """Write the finished run's averaged weights to `folder` (default: demos/weights).

    Raises:
        UserError: there is no run, it is damaged or not finished, or it belongs to another version of the preset.
    """
    checkpoint, path = _newest(preset, runs), (folder or WEIGHTS) / f"{preset.name}.safetensors"
    where = run_folder(preset, runs)
    if checkpoint.preset != preset.to_json():
        raise UserError(f"The run in {where} was made with another version of the preset {preset.name}: train it anew.")
    if checkpoint.step < preset.training.steps:
        raise UserError(
            f"The run in {where} stands at step {checkpoint.step} of {preset.training.steps}: "
            f"finish it with `{preset.train_command}`."
        )
    write_bytes(path, _packed(preset, checkpoint, runs))
    return path


def load_released(name: str, folder: Path | None = None) -> Released:
    """A released network by name.

    Raises:
        UserError: not released, damaged, or without the facts that a release carries.
    """
    path = (folder or WEIGHTS) / f"{name}.safetensors"
    if not path.is_file():
        known = ", ".join(sorted(found.stem for found in path.parent.glob("*.safetensors"))) or "none"
        raise UserError(f"There are no released weights {path} (released: {known}): train {name} and release it.")
    try:
        return _unpack(path.read_bytes())
    except _DAMAGE as error:
        reason = " ".join(str(error).split())  # torch lists missing weights line by line
        raise UserError(f"{path} is damaged ({reason}): restore it with `git checkout -- {path}`.") from error
