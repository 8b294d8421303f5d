"""Samples of a denoiser: what the other families make in one call."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from demos.diffusion.guidance import make_denoise
from demos.diffusion.noise import flow_schedule
from demos.diffusion.samplers import DEFAULT_SAMPLER, DEFAULT_STEPS, SAMPLERS, Denoise, run
from demos.random import normal_tensor
from demos.training.configs import DenoiserConfig, PointDenoiserConfig

# Points lie on modes so narrow that twelve calls are too few, and calls of so small a net cost nothing.
POINT_SAMPLER, POINT_STEPS = "ddim", 50
IMAGE_NFE = SAMPLERS[DEFAULT_SAMPLER].nfe(DEFAULT_STEPS)  # network evaluations of a sample
POINT_NFE = SAMPLERS[POINT_SAMPLER].nfe(POINT_STEPS)


def _sample(denoise: Denoise, how: tuple[str, int], shape: tuple[int, ...], seed: int, first: int, **options) -> Tensor:
    def noise(stream: int) -> Tensor:
        return normal_tensor(seed, stream, shape, first)

    sampler, num_steps = how
    return run(SAMPLERS[sampler](denoise, flow_schedule(), noise(0), num_steps, step_noise=noise, **options)).x


def sample_images(
    parts: Mapping[str, nn.Module], config: DenoiserConfig, labels: Tensor, seed: int, first: int = 0
) -> Tensor:
    """Images of the given classes, float32 [B, 1, 28, 28]."""
    how = DEFAULT_SAMPLER, DEFAULT_STEPS
    return _sample(make_denoise(parts["net"], labels), how, (len(labels), 1, 28, 28), seed, first)


def sample_points(
    parts: Mapping[str, nn.Module], config: PointDenoiserConfig, labels: Tensor, seed: int, first: int = 0
) -> Tensor:
    """Points, float32 [B, 2]; the labels are not read."""
    net = parts["net"]
    denoise = make_denoise(net, torch.full_like(labels, net.num_classes))
    return _sample(denoise, (POINT_SAMPLER, POINT_STEPS), (len(labels), 2), seed, first, clip_x0=False)
