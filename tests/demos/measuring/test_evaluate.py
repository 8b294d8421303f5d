"""The protocol: what is sampled, what it is compared with, and that it can be interrupted."""

import json

import numpy as np
import pytest
import torch

from demos.data import to_bytes
from demos.diffusion.guidance import make_denoise
from demos.diffusion.noise import SCHEDULES, flow_schedule
from demos.diffusion.samplers import SAMPLERS, ddim, run
from demos.measuring.evaluate import Settings, balanced_labels, evaluate, generate, kept_folder, sample
from demos.measuring.ruler import Ruler
from demos.random import normal_images
from demos.training.release import load_released

SMALL = Settings("ddim", num_steps=3, num_samples=200, seeds=(0, 1))


class ClassMeans:
    """A network that guesses a grey value a class and a trace of the noise, and says so as a velocity."""

    def __init__(self):
        self.images = 0

    def __call__(self, x, log_snr, y):
        self.images += len(x)
        u = torch.sigmoid(-log_snr / 2)[:, None, None, None]
        x0_hat = (y / 5.5 - 1)[:, None, None, None] + 0.1 * torch.tanh(x)
        return (x - x0_hat) / u


@pytest.fixture(scope="module")
def ruler():
    return Ruler(200)


def making(net):
    """The network as what `generate` calls."""
    return lambda labels, seed, first: sample(net, labels, SMALL, seed, first)


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_an_image_depends_on_its_seed_and_number_alone(sampler, schedule):
    settings = Settings(sampler, schedule, num_steps=3)

    def net(x, log_snr, y):
        return x + y[:, None, None, None] / 10

    labels = balanced_labels(12)
    together = sample(net, labels, settings, seed=4)
    apart = [sample(net, labels[i : i + 1], settings, 4, first=i) for i in range(12)]
    np.testing.assert_array_equal(together, np.concatenate(apart))
    assert (together != sample(net, labels, settings, seed=5)).any()


def test_sample_is_the_sampler_rounded_to_eight_bits():
    labels = balanced_labels(2)
    expected = run(ddim(make_denoise(ClassMeans(), labels, 2.0), flow_schedule(), normal_images(7, 0, 2), 4)).x
    settings = Settings(num_steps=4, guidance_scale=2.0)
    np.testing.assert_array_equal(sample(ClassMeans(), labels, settings, 7), to_bytes(expected))


def test_classes_are_balanced():
    assert torch.bincount(balanced_labels(1000)).tolist() == [100] * 10


def test_nfe_counts_both_branches_of_guidance():
    assert Settings(num_steps=50).nfe == 50
    assert Settings(num_steps=50, guidance_scale=2.0).nfe == 100
    for settings in (Settings(num_steps=5), Settings(num_steps=5, guidance_scale=3.0)):
        net = ClassMeans()
        sample(net, balanced_labels(2), settings, 0)
        assert net.images == 2 * settings.nfe


def test_an_interrupted_measurement_goes_on_where_it_stopped(tmp_path):
    expected = list(generate(making(ClassMeans()), 500, 0, chunk=100))
    steps = generate(making(ClassMeans()), 500, 0, tmp_path, chunk=100)
    next(steps), next(steps)
    steps.close()
    (tmp_path / "seed-0-000100.bin").write_bytes(b"damaged")
    net = ClassMeans()
    again = list(generate(making(net), 500, 0, tmp_path, chunk=100))
    np.testing.assert_array_equal(np.concatenate(again), np.concatenate(expected))
    assert len({image.tobytes() for image in np.concatenate(again)}) == 500, "every image has noise of its own"
    assert net.images == 400 * SMALL.num_steps


def test_kept_images_belong_to_one_network_and_one_way_of_sampling(tmp_path):
    others = [
        kept_folder(tmp_path, "a", Settings()),
        kept_folder(tmp_path, "b", Settings()),
        kept_folder(tmp_path, "a", Settings(num_steps=10)),
        kept_folder(tmp_path, "a", Settings(guidance_scale=2.0)),
    ]
    assert len(set(others)) == 4
    assert kept_folder(tmp_path, "a", Settings(seeds=(5,), num_samples=10)) == others[0]


def test_result_holds_settings_numbers_and_yardsticks(ruler):
    made = []
    result = evaluate(ClassMeans(), SMALL, ruler, progress=made.append)
    assert sum(made) == 400
    assert json.loads(json.dumps(result)) == result
    for key in ("fd_cnn", "fd_ae", "class_fd_ae", "precision", "recall", "coverage", "class_kl", "zeros"):
        for prefix in ("", "floor_", "repeated_", "blurred_"):
            assert result[prefix + key] >= 0
            assert result[f"{prefix}{key}_sd"] >= 0
    assert result["sampler"] == "ddim"
    assert result["seeds"] == [0, 1]
    assert (result["nfe"], result["num_samples"], result["guidance_scale"]) == (3, 200, 1.0)
    assert result["extractor"] == load_released("fashion-features").sha256
    assert result["autoencoder"] == load_released("fashion-code").sha256
    for key in ("fd_cnn", "fd_ae"):
        assert result[key] > 10 * result[f"floor_{key}"], "plain grey images look like no garment"
    assert result["coverage"] < 0.2 < result["floor_coverage"]
