"""What each kind of network learns: its class, its batches and its loss.

`demos.training.train` is one loop for all of them; a new family of models adds a row here and a preset.
"""

import dataclasses
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from demos.classifier import LabelledBatch, PoolingClassifier, StridedClassifier, draw_labelled, label_loss
from demos.diffusion.networks import Denoiser
from demos.diffusion.objective import Batch as DiffusionBatch
from demos.diffusion.objective import make_batch, velocity_loss
from demos.training.presets import Preset, TrainingConfig

Batch = DiffusionBatch | LabelledBatch


class Task(NamedTuple):
    """One kind of network and how it is trained."""

    network: Callable[..., nn.Module]
    make_batch: Callable[[Tensor, Tensor, TrainingConfig, torch.Generator], Batch]  # images, labels, ... -> batch
    loss: Callable[[nn.Module, Batch], Tensor]


def _labelled_batch(images, labels, config, generator) -> LabelledBatch:
    return draw_labelled(images, labels, config.batch_size, generator)


TASKS = {
    "denoiser": Task(Denoiser, make_batch, velocity_loss),
    "pooling-classifier": Task(PoolingClassifier, _labelled_batch, label_loss),
    "strided-classifier": Task(StridedClassifier, _labelled_batch, label_loss),
}


def build_network(preset: Preset) -> nn.Module:
    """The preset's network with fresh random weights."""
    return TASKS[preset.network.kind].network(**dataclasses.asdict(preset.network))
