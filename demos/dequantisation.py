"""From 8-bit pixels to real numbers and back, so that a density of real numbers bounds the probability of bytes.

A pixel of level k becomes v = k + u with 0 < u < 1, and any q(u|x) gives, for a density p of v
(Theis et al. 2016, arXiv 1511.01844; Ho et al. 2019, arXiv 1902.00275, section 3.1),

    log P(x) >= E_q [log p(x + u) - log q(u|x)].

The uniform q is the usual one. It leaves the model a cliff at each edge of a level, and half of
Fashion-MNIST's pixels are of level 0; a learned q shapes what lies within a level as the model likes it.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from demos.coupling import Affine, FlowStep, GatedBlock
from demos.likelihood import LEVELS

LOGIT_MEAN, LOGIT_STD = -3.1, 3.8  # of Fashion-MNIST's pixels, uniformly dequantised, after the logit


def to_real(levels: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
    """logit((k + u) / 256) with u = Phi(h), scaled to mean 0 and variance 1.

    The open interval fills the real line: no mass is lost past an edge. Level 0 (255) needs log u
    (log (1 - u)) itself, since u may be far below what float32 can add to anything.

    Args:
        levels: float [B, ...], 0..255.
        h: float [B, ...], any real number; normal h makes u uniform.

    Returns:
        y: float [B, ...].
        log_det: log |dy/du| summed over pixels, [B].
    """
    above, below = _log_sum(levels, h), _log_sum(LEVELS - 1 - levels, -h)  # log (k + u), log (256 - k - u)
    log_slope = math.log(LEVELS) - above - below - math.log(LOGIT_STD)
    return (above - below - LOGIT_MEAN) / LOGIT_STD, log_slope.flatten(1).sum(1)


def _log_sum(whole: Tensor, h: Tensor) -> Tensor:
    """log(whole + Phi(h)) of whole numbers."""
    return torch.where(whole == 0, torch.special.log_ndtr(h), (whole.clamp(min=1) + torch.special.ndtr(h)).log())


def to_picture(y: Tensor) -> Tensor:
    """The inverse of `to_real`, as a picture in the model range [-1, 1]; rounded to bytes it has the level k."""
    value = LEVELS * torch.sigmoid(LOGIT_STD * y + LOGIT_MEAN)
    return ((value - 0.5) * (2 / (LEVELS - 1)) - 1).clamp(-1, 1)


class Dequantiser(nn.Module):
    """q(u|x): normal noise through a small flow that sees the picture, then u = Phi(h).

    Fresh or without steps, h is the noise and u uniform.
    """

    def __init__(self, shape: tuple[int, ...], width: int, steps: int):
        super().__init__()
        channels = 4 * shape[0]
        self.steps = nn.ModuleList()
        if steps:
            self.look = nn.Sequential(nn.Conv2d(channels, width, 3, padding=1), GatedBlock(width), GatedBlock(width))
            self.steps.extend(FlowStep(channels, width, width, 0) for _ in range(steps))
            self.last = Affine(width, channels, width, 0)

    def forward(self, levels: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """levels 0..255 and normal noise, both [B, *shape] -> (h [B, *shape], log q(u|x) [B])."""
        if not self.steps:
            return noise, torch.zeros(len(noise), dtype=noise.dtype)
        middle, _ = to_real(levels, torch.zeros_like(noise))
        seen = self.look(F.pixel_unshuffle(middle, 2)).to(noise.dtype)
        h = F.pixel_unshuffle(noise, 2)
        log_det = torch.zeros(len(noise), dtype=noise.dtype)
        for step in self.steps:
            h, change = step(h, seen)
            log_det = log_det + change
        h, change = self.last(h, seen)
        h = F.pixel_shuffle(h, 2)
        # N(noise) / |dh/dnoise| / N(h): the last, because u = Phi(h) has slope N(h)
        gained = (h.square() - noise.square()).flatten(1).sum(1) / 2
        return h, gained - log_det - change
