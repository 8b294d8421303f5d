"""What holds for every family: its randomness is its generator's, its samples are theirs alone, its settings travel."""

import dataclasses
import json

import pytest
import torch

from demos.data import DATA_SETS
from demos.training.configs import DenoiserConfig, NoiseDensity
from demos.training.families import FAMILIES, build_parts, family_of
from demos.training.presets import PRESETS, get_preset

# one preset of every family, in small
SMALL = {family_of(preset).kind: get_preset(preset.name, smoke=True) for preset in PRESETS.values()}
MAKERS = [kind for kind, family in FAMILIES.items() if family.sample]
MEASURED = [kind for kind, family in FAMILIES.items() if family.log_prob]


@pytest.fixture(scope="module")
def examples():
    return {name: DATA_SETS[name].load("test") for name in {preset.data for preset in SMALL.values()}}


def parts_of(preset):
    torch.manual_seed(0)
    return build_parts(preset)


def test_every_family_has_a_preset():
    assert SMALL.keys() == FAMILIES.keys()


@pytest.mark.parametrize("kind", FAMILIES)
def test_a_batch_is_a_function_of_its_generator(kind, examples):
    preset, family = SMALL[kind], FAMILIES[kind]
    first, again, other = (
        family.draw(examples[preset.data], preset.model, 8, torch.Generator().manual_seed(seed), 0.5)
        for seed in (1, 1, 2)
    )
    assert all(len(part) == 8 for part in first)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert any(not torch.equal(a, b) for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize("kind", FAMILIES)
def test_losses_are_pure_scalars_of_the_parts_they_name(kind, examples):
    preset, family = SMALL[kind], FAMILIES[kind]
    parts = parts_of(preset)
    assert family.losses.keys() == parts.keys()
    batch = family.draw(examples[preset.data], preset.model, 8, torch.Generator().manual_seed(0), 0.5)
    for loss in family.losses.values():
        first, again = loss(parts, batch, preset.model), loss(parts, batch, preset.model)
        assert first.shape == ()
        assert first.isfinite()
        assert torch.equal(first, again)


@pytest.mark.parametrize("kind", MAKERS)
def test_a_sample_depends_on_its_seed_and_number_and_not_on_its_batch(kind):
    preset, family = SMALL[kind], FAMILIES[kind]
    parts = {name: net.eval() for name, net in parts_of(preset).items()}
    labels = torch.arange(6) % DATA_SETS[preset.data].num_classes
    with torch.no_grad():
        whole = family.sample(parts, preset.model, labels, 5, 0)
        tail = family.sample(parts, preset.model, labels[4:], 5, 4)
        other = family.sample(parts, preset.model, labels, 6, 0)
    assert whole.shape == (6, *DATA_SETS[preset.data].shape)
    torch.testing.assert_close(whole[4:], tail, rtol=1e-4, atol=1e-4)
    assert not torch.allclose(whole, other)
    assert family.nfe >= 1


def test_a_likelihood_says_of_which_kind_it_is():
    assert [kind for kind, family in FAMILIES.items() if family.likelihood != "none"] == MEASURED


@pytest.mark.parametrize("kind", MEASURED)
def test_a_likelihood_depends_on_example_number_and_seed_alone(kind, examples):
    preset, family = SMALL[kind], FAMILIES[kind]
    parts = {name: net.eval() for name, net in parts_of(preset).items()}
    x, y, _ = examples[preset.data]
    with torch.no_grad():
        whole = family.log_prob(parts, preset.model, x[:6], y[:6], 5, 0)
        tail = family.log_prob(parts, preset.model, x[4:6], y[4:6], 5, 4)
        other = family.log_prob(parts, preset.model, x[:6], y[:6], 6, 0)
    assert whole.shape == (6,)
    torch.testing.assert_close(whole[4:], tail, rtol=1e-4, atol=1e-3)
    assert torch.equal(whole, other) or family.likelihood == "bound"


@pytest.mark.parametrize("kind", FAMILIES)
def test_settings_survive_their_json(kind):
    config = SMALL[kind].model
    assert FAMILIES[kind].config_from_json(json.loads(json.dumps(dataclasses.asdict(config)))) == config


def test_settings_inside_settings_survive_too():
    config = DenoiserConfig(noise=NoiseDensity(0.5, 0.1, 2.0, 3.0))
    assert FAMILIES["denoiser"].config_from_json(dataclasses.asdict(config)) == config
