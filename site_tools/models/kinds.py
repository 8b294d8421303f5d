"""How each kind of model becomes files: its one graph, the golden inputs and outputs, and its block of facts."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from demos.data import DATA_SETS, DataSet, to_bytes
from demos.diffusion.guidance import make_denoise
from demos.diffusion.networks import LOG_SNR_LIMIT
from demos.diffusion.noise import SCHEDULES
from demos.diffusion.samplers import DEFAULT_SAMPLER, DEFAULT_STEPS, SAMPLERS, run
from demos.errors import UserError
from demos.measuring.cost import training_cost
from demos.measuring.evaluate import Make, Settings, sample
from demos.random import normal_tensor
from demos.training.families import FAMILIES, Generator
from demos.training.release import Released
from site_tools.models.facts import (
    DENOISE,
    GENERATE,
    IMAGE,
    LABEL,
    LATENT,
    LOG_SNR,
    POINT,
    VECTOR,
    DenoiserFacts,
    GeneratorFacts,
)
from site_tools.models.golden import SEED, golden_calls, golden_samples, golden_vectors
from site_tools.models.manifest import Training

TYPICAL = 40  # inputs


@dataclass(frozen=True)
class Exportable:
    """A released model, ready to become files.

    Attributes:
        kind: of the manifest, one of its `KINDS`.
        role: of the graph.
        network: what the graph computes; called with the values of `example` in order.
        example: input -> example, [B, ...] with B > 1.
        output: name of the output.
        typical: inputs as they are met in use, [N, ...] each, by which the cost of rounding is judged.
        make: the network, in whatever runtime, and how a denoiser is sampled -> what makes its images; None for points.
        golden: the network, in whatever runtime -> what the golden file holds.
        meanings: tensor name -> its role and range.
        facts: the block of the kind.
        poster: see the manifest.
    """

    kind: str
    role: str
    network: nn.Module
    example: Mapping[str, Tensor]
    output: str
    typical: Callable[[], Sequence[Tensor]]
    make: Callable[[Callable[..., Tensor], Settings], Make] | None
    golden: Callable[[Callable[..., Tensor]], dict]
    meanings: Mapping[str, tuple[str, list | None]]
    facts: Any
    poster: str = ""

    @property
    def parameters(self) -> int:
        """Weights that the output depends on: a discriminator or an encoder that stays at home counts for nothing."""
        weights = list(self.network.parameters())
        with torch.enable_grad():
            output = self.network(*self.example.values()).sum()
            slopes = torch.autograd.grad(output, weights, allow_unused=True)
        return sum(weight.numel() for weight, slope in zip(weights, slopes, strict=True) if slope is not None)


def schedule_arguments() -> dict:
    """The defaults of every schedule, so that no other language has to retype them."""
    return {
        name: {key: parameter.default for key, parameter in inspect.signature(make).parameters.items()}
        for name, make in SCHEDULES.items()
    }


def training(released: Released) -> Training:
    """Where the weights come from; steps and hours of all stages of training."""
    cost = training_cost(released)
    return Training(
        preset=released.facts["preset"], trained_steps=cost["steps"], training_hours=round(cost["hours"], 2)
    )


@torch.no_grad()
def met_while_sampling(net: nn.Module, data: DataSet) -> tuple[Tensor, ...]:
    """Some (x, log_snr, y) that the default sampler asks a denoiser about on its way to samples of every class."""
    calls: list[tuple[Tensor, ...]] = []

    def recording(*inputs: Tensor) -> Tensor:
        calls.append(inputs)
        return net(*inputs)

    labels = torch.arange(data.num_classes)

    def noise(stream: int) -> Tensor:
        return normal_tensor(SEED, stream, (len(labels), *data.shape))

    sampler, schedule = SAMPLERS[DEFAULT_SAMPLER], SCHEDULES["flow"]()
    run(sampler(make_denoise(recording, labels), schedule, noise(0), DEFAULT_STEPS, step_noise=noise))
    chosen = torch.linspace(0, len(calls) * len(labels) - 1, TYPICAL).long()
    return tuple(torch.cat(column)[chosen] for column in zip(*calls, strict=True))


def _form(data: DataSet) -> str:
    return "image" if len(data.shape) == 3 else "point"


def _sample(data: DataSet) -> tuple[str, list | None]:
    """Role and range of what stands for a sample of the data."""
    return (IMAGE, [-1.0, 1.0]) if _form(data) == "image" else (POINT, None)


def _denoiser(
    released: Released, data: DataSet, golden: Callable[[Callable[..., Tensor]], dict], poster: str = ""
) -> Exportable:
    return Exportable(
        kind=f"{_form(data)}-denoiser",
        role=DENOISE,
        network=released.net,
        example={
            "x": torch.randn(2, *data.shape),
            "log_snr": torch.randn(2),
            "y": torch.tensor([1, data.num_classes]),
        },
        output="velocity",
        typical=lambda: met_while_sampling(released.net, data),
        make=_sampled if _form(data) == "image" else None,
        golden=golden,
        facts=DenoiserFacts(
            unconditional=data.num_classes,
            log_snr_limit=LOG_SNR_LIMIT,
            schedules=schedule_arguments(),
        ),
        meanings={
            "x": _sample(data),
            "log_snr": (LOG_SNR, [-LOG_SNR_LIMIT, LOG_SNR_LIMIT]),
            "y": (LABEL, [0, data.num_classes]),
            "velocity": (VECTOR, None),
        },
        poster=poster,
    )


def _image_denoiser(released: Released, data: DataSet) -> Exportable:
    return _denoiser(released, data, golden_vectors, f"figures/{released.facts['preset']['name']}-poster.png")


def _point_denoiser(released: Released, data: DataSet) -> Exportable:
    return _denoiser(released, data, lambda net: golden_calls(net, data.shape, data.num_classes))


class OneCall(nn.Module):
    """A family's generator as one network: (z, y), or z alone if it reads no labels."""

    def __init__(self, parts: Mapping[str, nn.Module], generator: Generator):
        super().__init__()
        self.parts, self.generator = nn.ModuleDict(parts), generator

    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        labels = z.new_zeros(z.shape[0], dtype=torch.long) if y is None else y
        return self.generator.generate(dict(self.parts.items()), z, labels)


def _generator(released: Released, data: DataSet, generator: Generator) -> Exportable:
    latent_size = generator.latent_size(released.parts, released.config)
    classes = data.num_classes if generator.reads_labels else 0
    return Exportable(
        kind=f"{_form(data)}-generator",
        role=GENERATE,
        network=OneCall(released.parts, generator).eval(),
        example={"z": torch.randn(2, latent_size)} | ({"y": torch.tensor([0, classes - 1])} if classes else {}),
        output="x",
        typical=lambda: (
            normal_tensor(SEED, 0, (TYPICAL, latent_size)),
            *((torch.arange(TYPICAL) % classes,) if classes else ()),
        ),
        make=(lambda net, settings: _generated(net, latent_size, classes)) if _form(data) == "image" else None,
        golden=lambda generate: golden_samples(generate, data.shape, latent_size, classes),
        meanings={"z": (LATENT, None), "y": (LABEL, [0, classes - 1]), "x": _sample(data)},
        facts=GeneratorFacts(latent_size=latent_size, classes=classes),
    )


def _sampled(net: Callable[..., Tensor], settings: Settings) -> Make:
    return lambda labels, seed, first: sample(net, labels, settings, seed, first)


def _generated(net: Callable[..., Tensor], latent_size: int, classes: int) -> Make:
    @torch.no_grad()
    def make(labels: Tensor, seed: int, first: int) -> np.ndarray:
        z = normal_tensor(seed, 0, (len(labels), latent_size), first)  # as every such family's own `sample` draws it
        return to_bytes(net(z, *((labels,) if classes else ())))

    return make


# Families that are called many times a sample; one with a `generator` needs no row.
DENOISERS: dict[str, Callable[[Released, DataSet], Exportable]] = {
    "denoiser": _image_denoiser,
    "point-denoiser": _point_denoiser,
}


def exportable(name: str, released: Released) -> Exportable:
    """What is to be exported of a released model.

    Raises:
        UserError: it is of a kind that no page can run.
    """
    family, data = released.facts["kind"], DATA_SETS[released.facts["preset"]["data"]]
    if family in DENOISERS:
        return DENOISERS[family](released, data)
    if generator := FAMILIES[family].generator:
        return _generator(released, data, generator)
    known = ", ".join([*DENOISERS, *(kind for kind, one in FAMILIES.items() if one.generator)])
    raise UserError(f"{name} is a {family}, which is not exported: only these are: {known}.")
