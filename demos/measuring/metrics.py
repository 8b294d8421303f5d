"""How good is a set of generated images? Distances between two sets of features.

The features come from our own small networks: those of a classifier (`demos.classifier`) give FD-CNN, the code
of an autoencoder (`demos.autoencoder`) gives FD-AE; neither compares with what another network measured.
One number cannot tell blurred from memorised, which is why precision, recall, density and coverage
stand beside it. All of it is computed in float64.
"""

from typing import NamedTuple

import torch
from torch import Tensor


def _sqrt_psd(matrix: Tensor) -> Tensor:
    """The square root of a symmetric positive semidefinite matrix; rounding may push eigenvalues below 0."""
    values, vectors = torch.linalg.eigh(matrix)
    return (vectors * values.clamp(min=0).sqrt()) @ vectors.T


def frechet_distance(first: Tensor, second: Tensor) -> float:
    """The squared Frechet (2-Wasserstein) distance of two Gaussians fitted to features.

    |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)), as in FID (Heusel et al. 2017, arXiv 1706.08500). The
    trace of (S1 S2)^(1/2) is that of (S1^(1/2) S2 S1^(1/2))^(1/2), which is symmetric, so no complex
    numbers arise from rounding.

    Args:
        first, second: [N, D] and [M, D], N and M at least 2.
    """
    first, second = first.double(), second.double()
    cov_1, cov_2 = torch.cov(first.T), torch.cov(second.T)
    root = _sqrt_psd(cov_1)
    cross = torch.linalg.eigvalsh(root @ cov_2 @ root).clamp(min=0).sqrt().sum()
    mean_term = (first.mean(0) - second.mean(0)).square().sum()
    return max(0.0, (mean_term + cov_1.trace() + cov_2.trace() - 2 * cross).item())


def class_frechet_distance(first: Tensor, first_labels: Tensor, second: Tensor, second_labels: Tensor) -> float:
    """The mean over classes of the Frechet distance between the members of each.

    It sees what `frechet_distance` cannot: classes that are mixed up among each other. A class has a tenth of
    the images, and the distance of two finite sets is never 0 (its bias falls as 1/N), so a number
    means something beside the same number of real images only. No shrinkage: it would hide that.

    Args:
        first, second: [N, D] and [M, D].
        first_labels, second_labels: int64 [N] and [M].

    Raises:
        ValueError: a class of the one has fewer than two members in the other.
    """
    distances = []
    for label in torch.cat([first_labels, second_labels]).unique():
        sets = first[first_labels == label], second[second_labels == label]
        if min(map(len, sets)) < 2:
            raise ValueError(f"class {label.item()} has {len(sets[0])} and {len(sets[1])} members: 2 are needed")
        distances.append(frechet_distance(*sets))
    return sum(distances) / len(distances)


class Neighbours(NamedTuple):
    """Four answers from k-nearest-neighbour balls; see `neighbour_metrics`."""

    precision: float
    recall: float
    density: float
    coverage: float


def _radii(points: Tensor, k: int, chunk: int) -> Tensor:
    """The distance of each point to its k-th nearest neighbour, itself not counted: [N]."""
    if not 1 <= k < len(points):
        raise ValueError(f"k must be at least 1 and below the number of distinct points, got {k} of {len(points)}")
    parts = [torch.cdist(part, points).kthvalue(k + 1, dim=1).values for part in points.split(chunk)]
    return torch.cat(parts)


def neighbour_metrics(real: Tensor, generated: Tensor, k: int = 5, chunk: int = 1000) -> Neighbours:
    """Precision and recall (Kynkaanniemi et al. 2019, arXiv 1904.06991), density and coverage (Naeem et al. 2020,
    arXiv 2002.09797).

    Around each point lies a ball that reaches its k-th nearest neighbour of the same set. Points generated several
    times have one ball: a point that is its own neighbour has a ball of radius 0, and whoever copies
    a few images would have recall 0 for that alone.
    precision: share of generated points inside some real ball (do they look real?);
    recall: share of real points inside some generated ball (is everything real made?);
    density: mean number of real balls a generated point lies in, over k; may exceed 1;
    coverage: share of real balls that hold a generated point.

    Args:
        real, generated: [N, D] and [M, D]; equal N and M keep precision and recall comparable.
        k: neighbours, below N and the number of distinct generated points.
        chunk: rows of the distance matrix held at once.
    """
    real = real.double()
    generated, times = generated.double().unique(dim=0, return_counts=True)
    real_radii, generated_radii = _radii(real, k, chunk), _radii(generated, k, chunk)
    inside_count = torch.zeros(len(generated), dtype=torch.int64)  # in how many real balls each generated point lies
    recalled, covered = [], []
    for part, radii in zip(real.split(chunk), real_radii.split(chunk), strict=True):
        distance = torch.cdist(part, generated)  # [chunk, distinct points]
        inside_count += (distance < radii[:, None]).sum(0)
        recalled.append((distance < generated_radii).any(1))
        covered.append(distance.min(1).values < radii)
    return Neighbours(
        precision=times[inside_count > 0].sum().item() / times.sum().item(),
        recall=torch.cat(recalled).double().mean().item(),
        density=(inside_count * times).sum().item() / times.sum().item() / k,
        coverage=torch.cat(covered).double().mean().item(),
    )


def label_agreement(logits: Tensor, labels: Tensor) -> float:
    """The share of images that a classifier gives the label they were asked to have.

    Args:
        logits: [N, classes].
        labels: int64 [N].
    """
    return (logits.argmax(1) == labels).double().mean().item()


def class_histogram_kl(logits: Tensor) -> float:
    """KL(histogram of predicted classes || uniform), in nats: ln(10 / 9) = 0.105 if one of ten classes is missing.

    Args:
        logits: [N, classes].
    """
    share = torch.bincount(logits.argmax(1), minlength=logits.shape[1]).double() / len(logits)
    return torch.special.xlogy(share, share * len(share)).sum().item()


def class_entropy(logits: Tensor) -> float:
    """The mean entropy of a classifier's answers, in nats: 0 where it is sure of each image, ln(10) where it is lost.

    For models that read no label this stands where `label_agreement` stands for the others.

    Args:
        logits: [N, classes].
    """
    log_share = logits.double().log_softmax(1)
    return -(log_share.exp() * log_share).sum(1).mean().item()
