"""Checkpoints and released weights: safetensors for numbers, JSON for what they are.

A checkpoint is a folder `step-0001000/` with `state.safetensors` and `checkpoint.json`. It is
written under another name and renamed, so a run that is killed at any moment leaves only whole
checkpoints behind. No pickles anywhere.
"""

import json
import os
import platform
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from demos.errors import UserError
from demos.training.presets import Preset

KEEP = 2  # the newest checkpoints of a run


def build_facts() -> dict:
    """What bit-identical resuming depends on."""
    return {
        "torch": torch.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "threads": torch.get_num_threads(),
    }


@dataclass(frozen=True)
class Checkpoint:
    """A training run at one step.

    Attributes:
        step: optimiser steps done.
        elapsed_s: seconds of training behind them, over all sittings.
        preset: the preset's JSON.
        build: see `build_facts`.
        tensors: named "net.*", "ema.*" and "optimizer.*".
    """

    step: int
    elapsed_s: float
    preset: dict
    build: dict
    tensors: dict[str, Tensor]

    def part(self, name: str) -> dict[str, Tensor]:
        """The tensors of one part, its prefix removed."""
        prefix = name + "."
        return {key.removeprefix(prefix): value for key, value in self.tensors.items() if key.startswith(prefix)}


def prepare_folder(run: Path) -> None:
    """Create a run's folder and try writing into it, so that a wrong place is told before the training, not after.

    Raises:
        UserError: it cannot be written.
    """
    try:
        run.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=run):
            pass
    except OSError as error:
        raise UserError(
            f"The run folder {run} cannot be written ({error.strerror}): choose another with --runs."
        ) from error


def save_checkpoint(run: Path, step: int, elapsed_s: float, preset: Preset, tensors: dict[str, Tensor]) -> Path:
    """Write `run/step-<step>/` atomically and drop all but the newest two."""
    final, partial = run / f"step-{step:07d}", run / ".partial"
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        save_file({key: value.detach().contiguous() for key, value in tensors.items()}, partial / "state.safetensors")
        facts = {"step": step, "elapsed_s": round(elapsed_s, 1), "preset": preset.to_json(), "build": build_facts()}
        (partial / "checkpoint.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
        shutil.rmtree(final, ignore_errors=True)
        os.replace(partial, final)
    except OSError as error:
        raise UserError(
            f"The checkpoint could not be written to {run} ({error}): make room or choose another folder with --runs; "
            "what was saved before is untouched."
        ) from error
    for old in _folders(run)[:-KEEP]:
        shutil.rmtree(old, ignore_errors=True)
    return final


def _folders(run: Path) -> list[Path]:
    return sorted(path for path in run.glob("step-*") if path.is_dir())


def load_newest(run: Path) -> Checkpoint | None:
    """The newest checkpoint of a run, or None if there is none.

    Raises:
        UserError: it is damaged.
    """
    folders = _folders(run)
    if not folders:
        return None
    newest = folders[-1]
    try:
        facts = json.loads((newest / "checkpoint.json").read_text(encoding="utf-8"))
        tensors = load_file(newest / "state.safetensors")
        return Checkpoint(facts["step"], facts["elapsed_s"], facts["preset"], facts["build"], tensors)
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        earlier = f"training then goes on from {folders[-2].name}" if len(folders) > 1 else "training then starts anew"
        raise UserError(f"The checkpoint {newest} is damaged ({error}): delete that folder; {earlier}.") from error
