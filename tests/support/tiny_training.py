"""A training run so small that tests can repeat it: `python -m tests.support.tiny_training RUN STEPS`."""

import sys
from pathlib import Path

import torch

from demos.data import Examples
from demos.training.configs import DenoiserConfig, TrainingConfig
from demos.training.presets import Preset
from demos.training.train import Training


def tiny_preset(steps: int = 20, **training) -> Preset:
    """A denoiser of a few thousand weights, in float32."""
    options = {"batch_size": 8, "warmup_steps": 5, "ema_decay": 0.9, "precision": "no", **training}
    return Preset("tiny", "for tests", DenoiserConfig((8, 8), 8), TrainingConfig(steps, **options))


def tiny_data() -> Examples:
    """Plain grey images whose label is their brightness."""
    labels = torch.arange(60) % 10
    return Examples((labels / 4.5 - 1)[:, None, None, None].expand(-1, 1, 28, 28).contiguous(), labels, 10)


if __name__ == "__main__":
    torch.set_num_threads(1)
    run = Training(tiny_preset(int(sys.argv[2])), Path(sys.argv[1]))
    for progress in run.steps(tiny_data(), save_every_s=0):
        print(progress.step, flush=True)
