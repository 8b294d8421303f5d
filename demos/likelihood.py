"""The likelihood of 8-bit pixels: a mixture of logistic distributions, cut into 256 bins.

Salimans et al. 2017 (arXiv 1701.05517, equation 2). Pixel v takes the probability of the interval
v - 1/2 .. v + 1/2; the bins 0 and 255 reach to infinity. So the 256 probabilities sum to one exactly,
a black ground can be certain, and bits per dimension are those of a code for the file's own bytes:
no noise has to be added to the pixels, and no density is mistaken for a probability.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

LEVELS = 256
HALF_BIN = 1 / (LEVELS - 1)  # of the range [-1, 1]
MIN_LOG_SCALE = -7.0  # a component this narrow lies within one bin; narrower ones only overflow


def to_pixels(x: Tensor) -> Tensor:
    """Model range [-1, 1] -> whole numbers 0..255, still float."""
    return ((x.float().clamp(-1, 1) + 1) / (2 * HALF_BIN)).round()


def to_range(pixels: Tensor) -> Tensor:
    """The inverse of `to_pixels`: 0..255, of any type -> float in [-1, 1]."""
    return pixels.float() * (2 * HALF_BIN) - 1


def split_logits(parameters: Tensor, channels: int = 1) -> tuple[Tensor, Tensor, Tensor]:
    """A network's answer as a mixture of K logistics for every channel of every pixel, in at least float32.

    Args:
        parameters: [B, 3 * K * channels, H, W].

    Returns:
        logit: [B, K, channels, H, W], the logarithms of the weights but for a summand that all K share.
        mean, log_scale: likewise; in units of the model range, `log_scale` at least `MIN_LOG_SCALE`.

    Raises:
        ValueError: the number of channels does not divide.
    """
    size = parameters.shape[1]
    if size % (3 * channels):
        raise ValueError(f"a mixture needs 3 x K x {channels} channels of parameters, got {size}")
    if parameters.dtype in (torch.float16, torch.bfloat16):
        parameters = parameters.float()
    logit, mean, log_scale = parameters.unflatten(1, (3, -1, channels)).unbind(1)
    return logit, mean, log_scale.clamp(min=MIN_LOG_SCALE)


def split_parameters(parameters: Tensor, channels: int = 1) -> tuple[Tensor, Tensor, Tensor]:
    """The same with log_weight [B, K, channels, H, W] for the logits: their exponentials sum to one over K."""
    logit, mean, log_scale = split_logits(parameters, channels)
    return F.log_softmax(logit, dim=1), mean, log_scale


# --8<-- [start:log_prob]
def discretised_logistic_mixture_log_prob(parameters: Tensor, pixels: Tensor) -> Tensor:
    """Logarithm of the probability of every pixel value in nats, [B, C, H, W]; sum it for an image's.

    With a and b the upper and lower end of the bin in a component's own units, and s the logistic function,
    s(a) - s(b) = s(a) s(-b) (1 - exp(b - a)): a sum of logarithms that loses nothing in the tails. The bin 0
    has no lower end and 255 no upper one: what belongs to the end that is missing falls away.

    Args:
        parameters: see `split_parameters`.
        pixels: whole numbers 0..255 of any type, [B, C, H, W].
    """
    log_weight, mean, log_scale = split_parameters(parameters, pixels.shape[1])
    pixels = pixels[:, None].to(mean.dtype)
    distance, scale = pixels * (2 * HALF_BIN) - 1 - mean, (-log_scale).exp()
    below_upper = F.logsigmoid((distance + HALF_BIN) * scale)
    above_lower = F.logsigmoid((HALF_BIN - distance) * scale)
    width = (-torch.expm1(-2 * HALF_BIN * scale)).log()
    has_upper, has_lower = pixels < LEVELS - 1, pixels > 0
    log_bin = below_upper * has_upper + above_lower * has_lower + width * (has_upper & has_lower)
    return torch.logsumexp(log_weight + log_bin, dim=1)


# --8<-- [end:log_prob]


def mixture_mean(parameters: Tensor, channels: int = 1) -> Tensor:
    """The expected pixel value in the model range, [B, C, H, W].

    What reaches beyond the range counts as its end, as in the bins: E clip(X, -1, 1) of a logistic X is
    -1 + integral of P(X > t) from -1 to 1, which has a closed form. The bins within are taken as points of a
    continuum: at most half a level is lost by that, and next to nothing unless a component lies inside one bin.

    Decoders end with this when they are exported. The weights are divided by their sum in the open, not by a softmax,
    which small runtimes in browsers do not have.
    """
    logit, mean, log_scale = split_logits(parameters, channels)
    weight = (logit - logit.amax(1, keepdim=True)).exp()
    scale = log_scale.exp()
    clipped = scale * (F.softplus((mean + 1) / scale) - F.softplus((mean - 1) / scale)) - 1
    return (weight * clipped).sum(1) / weight.sum(1)


def mixture_sample(parameters: Tensor, uniform: Tensor) -> Tensor:
    """Pixels drawn from the mixture, whole numbers 0..255 as float, [B, C, H, W].

    Args:
        parameters: see `split_parameters`.
        uniform: [B, C, H, W] within (0, 1): one number a pixel. It picks the component, and where it lies within
            that component's share is uniform again and picks the value.
    """
    log_weight, mean, log_scale = split_parameters(parameters, uniform.shape[1])
    weight = log_weight.exp()
    upper = weight.cumsum(1)
    index = (uniform[:, None] > upper[:, :-1]).sum(1, keepdim=True)
    weight, upper, mean, log_scale = (part.gather(1, index)[:, 0] for part in (weight, upper, mean, log_scale))
    rest = (1 - (upper - uniform) / weight).clamp(1e-6, 1 - 1e-6)
    return to_pixels(mean + log_scale.exp() * torch.logit(rest))


def bits_per_dim(nats: Tensor, dims: int) -> Tensor:
    """Logarithms of probabilities in nats, [B] -> bits a number of the data, [B]; fewer are better.

    Args:
        nats: log p of whole examples, exact or a lower bound (the bits are then an upper one).
        dims: numbers an example has, such as 784.
    """
    return -nats / (dims * math.log(2))
