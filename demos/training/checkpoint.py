"""Checkpoints and released weights: safetensors for numbers, JSON for what they are.

A checkpoint is a folder `step-0001000/` with `state.safetensors` and `checkpoint.json`, which holds the
checksum of the first. It is written under a name of its own and renamed, so a run that is killed at any
moment leaves only whole checkpoints behind. No pickles anywhere.
"""

import hashlib
import json
import math
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from demos.errors import UserError
from demos.training.presets import Preset

KEEP = 2  # the newest checkpoints of a run
STATE, FACTS = "state.safetensors", "checkpoint.json"
_PARTIAL = ".partial-"
_FOLDER = re.compile(r"step-(\d{7,})")


def build_facts() -> dict:
    """What bit-identical resuming depends on."""
    return {
        "torch": torch.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processor": processor(),
        "threads": torch.get_num_threads(),
    }


@cache
def processor() -> str:
    """The processor's name as its maker gives it; "" where the system does not tell."""
    name = ""
    try:
        if sys.platform == "linux":
            found = re.search(r"^model name\s*:(.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.M)
            name = found[1] if found else ""
        elif sys.platform == "darwin":
            command = ["sysctl", "-n", "machdep.cpu.brand_string"]
            name = subprocess.run(command, capture_output=True, text=True, check=True, timeout=5).stdout
    except (OSError, ValueError, subprocess.SubprocessError):
        pass
    return " ".join((name or platform.processor()).split())


def same_build(recorded: Mapping, now: Mapping) -> bool:
    """Whether two builds agree in everything that both record: older checkpoints know less."""
    return all(recorded[key] == value for key, value in now.items() if key in recorded)


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
    """Write `run/step-<step>/` atomically and drop all but the newest two.

    Raises:
        UserError: the disk is full, or the folder cannot be written; what was saved before is untouched.
    """
    final = run / f"step-{step:07d}"
    partial = None
    try:
        run.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=run))
        save_file({key: value.detach().contiguous() for key, value in tensors.items()}, partial / STATE)
        facts = {
            "step": step,
            "elapsed_s": round(elapsed_s, 1),
            "preset": preset.to_json(),
            "build": build_facts(),
            "sha256": _sha256(partial / STATE),
        }
        (partial / FACTS).write_text(json.dumps(facts, indent=1), encoding="utf-8")
        os.chmod(partial, 0o755)  # mkdtemp makes it for its owner alone
        shutil.rmtree(final, ignore_errors=True)
        os.replace(partial, final)
    except (OSError, SafetensorError) as error:  # the latter where the disk is full: its library writes by itself
        raise UserError(
            f"The checkpoint could not be written to {run} ({_one_line(error)}): make room or choose another folder "
            "with --runs; what was saved before is untouched."
        ) from error
    finally:
        if partial:
            shutil.rmtree(partial, ignore_errors=True)
    for old in _folders(run)[:-KEEP]:
        shutil.rmtree(old, ignore_errors=True)
    return final


def remove_partial(run: Path) -> None:
    """Remove what killed trainings left half-written; only for who holds the run's lock."""
    for left in run.glob(f"{_PARTIAL}*"):
        shutil.rmtree(left, ignore_errors=True)


def _folders(run: Path) -> list[Path]:
    """The checkpoints of a run by their steps; copies under other names do not count."""
    found = [(int(name[1]), path) for path in run.glob("step-*") if (name := _FOLDER.fullmatch(path.name))]
    return [path for _, path in sorted(found) if path.is_dir()]


def newest_step(run: Path) -> int:
    """The step of the newest checkpoint, damaged or not; 0 if there is none."""
    folders = _folders(run)
    return int(folders[-1].name.removeprefix("step-")) if folders else 0


def load_newest(run: Path) -> Checkpoint | None:
    """The newest checkpoint of a run, or None if there is none.

    Raises:
        UserError: it is damaged.
    """
    folders = _folders(run)
    if not folders:
        return None
    try:
        return _read(folders[-1])
    except (OSError, ValueError, RecursionError, SafetensorError) as error:
        raise damaged(run, error) from error


def damaged(run: Path, error: object) -> UserError:
    """What to say of the newest checkpoint of a run, and what to do with it."""
    *earlier, newest = _folders(run)
    then = f"training then goes on from {earlier[-1].name}" if earlier else "training then starts anew"
    return UserError(f"The checkpoint {newest} is damaged ({_one_line(error)}): delete that folder; {then}.")


def _read(folder: Path) -> Checkpoint:
    """One checkpoint.

    Raises:
        OSError, ValueError, RecursionError, SafetensorError: it is damaged.
    """
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    if not isinstance(facts, dict):
        raise ValueError(f"{FACTS} holds no facts")
    step, elapsed_s = facts.get("step"), facts.get("elapsed_s")
    if type(step) is not int or f"step-{step:07d}" != folder.name:
        raise ValueError(f"{FACTS} gives {step!r} as its step")
    if isinstance(elapsed_s, bool) or not isinstance(elapsed_s, int | float) or not 0 <= elapsed_s < math.inf:
        raise ValueError(f"{FACTS} gives {elapsed_s!r} as its seconds")
    preset, build = facts.get("preset"), facts.get("build")
    if not isinstance(build, dict):
        raise ValueError(f"{FACTS} names no build")
    if not isinstance(preset, dict) or not all(isinstance(preset.get(key), dict) for key in ("model", "training")):
        raise ValueError(f"{FACTS} names no preset")
    # absent in checkpoints from before there were checksums
    if "sha256" in facts and facts["sha256"] != _sha256(folder / STATE):
        raise ValueError(f"{STATE} does not match its checksum")
    return Checkpoint(step, elapsed_s, preset, build, load_file(folder / STATE))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _one_line(error: object) -> str:
    return " ".join(str(error).split())
