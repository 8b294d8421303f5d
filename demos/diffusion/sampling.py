"""Samples of a denoiser by the default sampler: what the other families make in one call."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from demos.diffusion.guidance import make_denoise
from demos.diffusion.noise import flow_schedule
from demos.diffusion.samplers import ddim, run
from demos.random import normal_tensor
from demos.training.configs import DenoiserConfig, PointDenoiserConfig

NUM_STEPS = 50  # of DDIM on the straight path, one network evaluation each


def sample_images(
    parts: Mapping[str, nn.Module], config: DenoiserConfig, labels: Tensor, seed: int, first: int = 0
) -> Tensor:
    """Images of the given classes, float32 [B, 1, 28, 28]."""
    noise = normal_tensor(seed, 0, (len(labels), 1, 28, 28), first)
    return run(ddim(make_denoise(parts["net"], labels), flow_schedule(), noise, NUM_STEPS)).x


def sample_points(
    parts: Mapping[str, nn.Module], config: PointDenoiserConfig, labels: Tensor, seed: int, first: int = 0
) -> Tensor:
    """Points, float32 [B, 2]; the labels are not read."""
    net = parts["net"]
    denoise = make_denoise(net, torch.full_like(labels, net.num_classes))
    noise = normal_tensor(seed, 0, (len(labels), 2), first)
    return run(ddim(denoise, flow_schedule(), noise, NUM_STEPS, clip_x0=False)).x
