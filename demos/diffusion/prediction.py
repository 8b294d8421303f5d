"""What a network may predict, and the clean image that each prediction implies.

With x_t = alpha x0 + sigma eps and neither coefficient 0, knowing x_t and any one of x0, eps,
v = alpha eps - sigma x0 or velocity = eps - x0 gives all of them: they differ in which errors the loss
punishes, not in what they can express (Salimans and Ho 2022, arXiv 2202.00512, section 4). Where alpha
is 0, x_t is the noise, and eps says nothing about x0; v and velocity still do.
"""

from torch import Tensor

PREDICTION_TYPES = ("epsilon", "x0", "v", "velocity")


def to_x0(
    prediction: Tensor, prediction_type: str, x_t: Tensor, alpha: Tensor | float, sigma: Tensor | float
) -> Tensor:
    """The clean image that a prediction implies.

    Args:
        prediction: [B, ...], the network's output.
        prediction_type: one of `PREDICTION_TYPES`.
        x_t: [B, ...].
        alpha, sigma: broadcastable to x_t. "epsilon" needs alpha > 0.
    """
    match prediction_type:
        case "epsilon":
            return (x_t - sigma * prediction) / alpha
        case "x0":
            return prediction
        case "v":
            return (alpha * x_t - sigma * prediction) / (alpha**2 + sigma**2)
        case "velocity":
            return (x_t - sigma * prediction) / (alpha + sigma)
    raise ValueError(f"unknown prediction type {prediction_type!r}; known: {', '.join(PREDICTION_TYPES)}")
