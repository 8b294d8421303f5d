"""What a model costs: only what sampling reads is sent, and a run's earlier stages count."""

import time

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from demos.measuring import cost
from demos.measuring.cost import milliseconds, parameters, training_cost
from demos.training.families import FAMILIES
from demos.training.release import Released, load_released


def test_only_what_sampling_reads_is_sent():
    """However it is called: as a module, as a function of its weight, through a view, or in one of its methods."""

    class Generator(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer, self.unused = nn.Linear(4, 3), nn.Linear(4, 100)
            self.scale, self.label = nn.Parameter(torch.ones(3)), nn.Embedding(10, 3)

        def inverse(self, z):
            weight = self.unused.weight.shape[1]  # its size is known without reading it
            return F.linear(z[:, :weight], self.layer.weight.T.contiguous().T) * self.scale + self.label(
                torch.tensor([3])
            )

    parts = {"generator": Generator(), "discriminator": nn.Linear(3, 1)}
    found = parameters(parts, lambda: parts["generator"].inverse(torch.randn(2, 4)))
    assert found == {
        "trained": {"generator": 12 + 3 + 500 + 3 + 30, "discriminator": 4},
        "sent": 12 + 3 + 30,  # not the bias, which `inverse` does not add
    }


@pytest.mark.parametrize(
    ("name", "helpers"), [("ring-gan", ["discriminator"]), ("ring-diffusion", []), ("ring-flow", [])]
)
def test_of_released_models_all_is_sent_but_the_helpers(name, helpers):
    released = load_released(name)
    sample = FAMILIES[released.facts["kind"]].sample
    found = parameters(
        released.parts, lambda: sample(released.parts, released.config, torch.zeros(2, dtype=torch.long), 0, 0)
    )
    assert found["sent"] == sum(count for part, count in found["trained"].items() if part not in helpers)


def test_the_decoder_alone_of_a_variational_autoencoder_is_sent():
    released = load_released("ring-vae")
    net = released.net
    sample = FAMILIES["point-vae"].sample
    found = parameters(
        released.parts, lambda: sample(released.parts, released.config, torch.zeros(2, dtype=torch.long), 0, 0)
    )
    assert found["sent"] == sum(one.numel() for one in net.decoder.parameters())
    assert found["sent"] < found["trained"]["vae"]


def released(name, steps, hours, start=""):
    preset = {"name": name, "start": start, "training": {"batch_size": 128}}
    facts = {"preset": preset, "step": steps, "elapsed_s": 3600 * hours, "build": {"processor": f"of {name}"}}
    return Released({}, None, facts, "")


def test_training_counts_its_earlier_stages(monkeypatch):
    monkeypatch.setattr(cost, "load_released", lambda name: {"first": released("first", 1000, 1.5)}[name])
    assert training_cost(released("second", 10, 0.25, "first")) == {
        "stages": ["first", "second"],
        "steps": 1010,
        "examples": 1010 * 128,
        "hours": 1.75,
        "processor": "of second",
    }


def test_the_time_is_the_processors():
    def work():
        time.sleep(0.05)
        end = time.process_time() + 0.01
        while time.process_time() < end:
            pass

    assert 9.9 < milliseconds(work, repeats=3) < 30
