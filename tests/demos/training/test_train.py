"""Training: reproducible, resumable bit for bit, and the same on two processes."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from demos.errors import UserError
from demos.training.checkpoint import load_newest
from demos.training.families import build_network
from demos.training.presets import PRESETS, SMOKE_NETWORKS, TrainingConfig, get_preset
from demos.training.release import load_released
from demos.training.train import Training, ema_decay, learning_rate, step_generator
from tests.support.tiny_training import tiny_data, tiny_preset

STEPS = 20
ONE_THREAD = {**os.environ, "OMP_NUM_THREADS": "1"}


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def train(folder, preset=None, **options):
    training = Training(preset or tiny_preset(STEPS), folder)
    losses = [progress.loss for progress in training.steps(*tiny_data(), **options)]
    return training, losses


def assert_equal_runs(first, second):
    first, second = load_newest(first), load_newest(second)
    assert first.step == second.step
    assert first.tensors.keys() == second.tensors.keys()
    for name, value in first.tensors.items():
        assert torch.equal(value, second.tensors[name]), name


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unbroken")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    train(folder)
    torch.set_num_threads(threads)
    return folder


def test_loss_falls_and_the_average_follows(tmp_path):
    training, losses = train(tmp_path, tiny_preset(100))
    assert sum(losses[-20:]) < 0.8 * sum(losses[:20])
    assert all(value.isfinite().all() for value in training.ema.values())
    assert not training.ema_network().training


@pytest.mark.parametrize("stops", [[7], [1, 2, 19]])
def test_stopped_and_resumed_equals_unbroken(tmp_path, unbroken, stops):
    for stop in stops:
        for progress in Training(tiny_preset(STEPS), tmp_path).steps(*tiny_data()):
            if progress.step == stop:
                break
        assert load_newest(tmp_path).step == stop
    train(tmp_path)
    assert_equal_runs(tmp_path, unbroken)


def test_killed_and_resumed_equals_unbroken(tmp_path, unbroken):
    """SIGKILL at a random moment of a process that does nothing but train and save."""
    command = [sys.executable, "-m", "tests.support.tiny_training", str(tmp_path), str(STEPS)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ONE_THREAD)
    for line in process.stdout:
        if int(line) == 9:
            process.kill()
            break
    process.stdout.close()
    process.wait()
    assert 8 <= load_newest(tmp_path).step < STEPS
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ONE_THREAD)
    assert_equal_runs(tmp_path, unbroken)


def test_two_processes_equal_one(tmp_path):
    steps = 6
    module = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2", "-m", "tests.support.tiny_training"]
    command = [sys.executable, *module, str(tmp_path / "two"), str(steps)]
    subprocess.run(command, check=True, capture_output=True, env=ONE_THREAD)
    train(tmp_path / "one", tiny_preset(steps))
    two, one = load_newest(tmp_path / "two"), load_newest(tmp_path / "one")
    assert two.step == one.step == steps
    # compared by what the networks say: a bias before a GroupNorm has no gradient but rounding, which Adam blows up
    net, x = build_network(tiny_preset()), tiny_data()[0]
    for part in ("net", "ema"):
        said = []
        for checkpoint in (one, two):
            net.load_state_dict(checkpoint.part(part))
            said.append(net(x, torch.linspace(-14, 14, len(x)), torch.arange(len(x)) % 11))
        torch.testing.assert_close(*said, rtol=0, atol=1e-3)
        assert said[0].std() > 0.1


def test_finished_run_has_nothing_left_to_do(unbroken):
    assert list(Training(tiny_preset(STEPS), unbroken).steps(*tiny_data())) == []


def test_run_of_another_preset_is_refused(unbroken):
    with pytest.raises(UserError, match="another version of the preset tiny: move that folder away, .* --runs"):
        Training(tiny_preset(STEPS + 1), unbroken)


def test_another_build_is_one_warning(tmp_path, unbroken, monkeypatch):
    monkeypatch.setattr("demos.training.train.build_facts", lambda: {"torch": "0.1"})
    with pytest.warns(UserWarning, match="goes on, but not bit for bit"):
        Training(tiny_preset(STEPS), unbroken)


def test_batch_that_does_not_divide_is_refused(tmp_path):
    training = Training(tiny_preset(STEPS), tmp_path)
    training.accelerator = type("Three", (), {"num_processes": 3})()
    with pytest.raises(UserError, match="batch of 8 does not divide among 3 processes"):
        next(training.steps(*tiny_data()))


def test_a_checkpoint_is_written_while_training(tmp_path):
    steps = Training(tiny_preset(STEPS), tmp_path).steps(*tiny_data(), save_every_s=0)
    next(steps)
    assert load_newest(tmp_path).step == 1
    steps.close()


def test_first_weights_depend_on_the_seed_alone(tmp_path):
    first, again = (Training(tiny_preset(STEPS), tmp_path).parameters for _ in range(2))
    other = Training(tiny_preset(STEPS, seed=1), tmp_path).parameters
    assert all(torch.equal(value, again[name]) for name, value in first.items())
    assert not torch.equal(first["conv_in.weight"], other["conv_in.weight"])


def test_each_step_draws_its_own_numbers():
    draws = [
        torch.rand(4, generator=step_generator(seed, step)).tolist() for seed, step in [(0, 0), (0, 1), (1, 0), (0, 0)]
    ]
    assert draws[0] == draws[3]
    assert draws[0] != draws[1] != draws[2] != draws[0]


def test_learning_rate_rises_stays_and_falls():
    config = TrainingConfig(1000, learning_rate=1e-3, warmup_steps=100)
    rates = [learning_rate(step, config) for step in range(1000)]
    assert rates[0] == pytest.approx(1e-5)
    assert rates[99] == rates[300] == rates[500] == pytest.approx(1e-3)
    assert rates[750] == pytest.approx(0.51e-3)
    assert rates[999] == pytest.approx(0.02e-3, rel=0.02)


def test_learning_rate_can_fall_to_nothing():
    config = TrainingConfig(1000, learning_rate=1e-3, final_rate=0.0)
    assert 0 < learning_rate(999, config) < 1e-8


def test_training_begins_with_the_weights_that_the_preset_names(tmp_path):
    preset = replace(PRESETS["fashion-features"], start="fashion-features")
    begun = Training(preset, tmp_path, precision="no")
    for name, value in load_released("fashion-features").net.named_parameters():
        assert torch.equal(begun.ema[name], value)
        assert torch.equal(begun.parameters[name], value)
    with pytest.raises(UserError, match="no released weights .*nowhere.safetensors"):
        Training(replace(preset, start="nowhere"), tmp_path, precision="no")


def test_average_forgets_the_start_first():
    config = TrainingConfig(1000, ema_decay=0.99)
    assert ema_decay(0, config) == 0.1
    assert ema_decay(80, config) == 0.9
    assert ema_decay(10_000, config) == 0.99


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_trains_in_small(tmp_path, name):
    preset = get_preset(name, smoke=True)
    assert preset.network == SMOKE_NETWORKS[preset.network.kind]
    preset = replace(preset, training=replace(preset.training, steps=30, warmup_steps=5))
    _, losses = train(tmp_path, preset)
    assert sum(losses[-5:]) < sum(losses[:5])
