"""Training: reproducible, resumable bit for bit, and the same on two processes."""

import math
import os
import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from demos.data import DATA_SETS
from demos.errors import UserError
from demos.training.checkpoint import load_newest
from demos.training.configs import OptimizerConfig, TrainingConfig
from demos.training.families import build_parts, family_of
from demos.training.presets import PRESETS, SMOKE_MODELS, get_preset
from demos.training.release import load_released
from demos.training.train import Training, _named, ema_decay, learning_rate, step_generator
from tests.support.tiny_training import tiny_data, tiny_preset

STEPS = 20
ONE_THREAD = {**os.environ, "OMP_NUM_THREADS": "1"}


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def train(folder, preset=None, data=None, **options):
    training = Training(preset or tiny_preset(STEPS), folder)
    losses = [progress.loss for progress in training.steps(data or tiny_data(), **options)]
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
    assert not training.ema_parts()["net"].training


@pytest.mark.parametrize("stops", [[7], [1, 2, 19]])
def test_stopped_and_resumed_equals_unbroken(tmp_path, unbroken, stops):
    for stop in stops:
        for progress in Training(tiny_preset(STEPS), tmp_path).steps(tiny_data()):
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
    net, x = build_parts(tiny_preset())["net"], tiny_data().x
    for part in ("net", "ema"):
        said = []
        for checkpoint in (one, two):
            net.load_state_dict(checkpoint.part(f"{part}.net"))
            said.append(net(x, torch.linspace(-14, 14, len(x)), torch.arange(len(x)) % 11))
        torch.testing.assert_close(*said, rtol=0, atol=1e-3)
        assert said[0].std() > 0.1


def test_finished_run_has_nothing_left_to_do(unbroken):
    assert list(Training(tiny_preset(STEPS), unbroken).steps(tiny_data())) == []


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
        next(training.steps(tiny_data()))


def test_a_checkpoint_is_written_while_training(tmp_path):
    steps = Training(tiny_preset(STEPS), tmp_path).steps(tiny_data(), save_every_s=0)
    next(steps)
    assert load_newest(tmp_path).step == 1
    steps.close()


def test_first_weights_depend_on_the_seed_alone(tmp_path):
    first, again = (Training(tiny_preset(STEPS), tmp_path).ema for _ in range(2))
    other = Training(tiny_preset(STEPS, seed=1), tmp_path).ema
    assert all(torch.equal(value, again[name]) for name, value in first.items())
    assert not torch.equal(first["net.conv_in.weight"], other["net.conv_in.weight"])


def test_each_step_draws_its_own_numbers():
    draws = [
        torch.rand(4, generator=step_generator(seed, step)).tolist() for seed, step in [(0, 0), (0, 1), (1, 0), (0, 0)]
    ]
    assert draws[0] == draws[3]
    assert draws[0] != draws[1] != draws[2] != draws[0]


def rates(**optimizer):
    config = TrainingConfig(1000, warmup_steps=100)
    return [learning_rate(step, config, OptimizerConfig(1e-3, **optimizer)) for step in range(1000)]


def test_learning_rate_rises_stays_and_falls():
    rate = rates()
    assert rate[0] == pytest.approx(1e-5)
    assert rate[99] == rate[300] == rate[500] == pytest.approx(1e-3)
    assert rate[750] == pytest.approx(0.51e-3)
    assert rate[999] == pytest.approx(0.02e-3, rel=0.02)


def test_learning_rate_can_fall_to_nothing():
    assert 0 < rates(final_rate=0.0)[999] < 1e-8


def test_training_begins_with_the_weights_that_the_preset_names(tmp_path):
    preset = replace(PRESETS["fashion-features"], start="fashion-features")
    begun = Training(preset, tmp_path, precision="no")
    for name, value in load_released("fashion-features").net.state_dict().items():
        assert torch.equal(begun.ema[f"net.{name}"], value)
        assert torch.equal(begun.parts["net"].state_dict()[name], value)
    with pytest.raises(UserError, match="no released weights .*nowhere.safetensors"):
        Training(replace(preset, start="nowhere"), tmp_path, precision="no")


def test_average_forgets_the_start_first():
    config = TrainingConfig(1000, ema_decay=0.99)
    assert ema_decay(0, config) == 0.1
    assert ema_decay(80, config) == 0.9
    assert ema_decay(10_000, config) == 0.99


def small(name, steps):
    preset = get_preset(name, smoke=True)
    return replace(preset, training=replace(preset.training, steps=steps, warmup_steps=5))


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_trains_in_small(tmp_path, name):
    preset = small(name, 30 if PRESETS[name].data == "fashion" else 150)
    assert all(getattr(preset.model, key) == value for key, value in SMOKE_MODELS[preset.model.kind].items())
    _, losses = train(tmp_path, preset, DATA_SETS[preset.data].load("test"))
    if "generator" in family_of(preset).losses:  # two players: neither loss has to fall
        assert all(math.isfinite(loss) for loss in losses)
    else:
        sixth = len(losses) // 6
        assert sum(losses[-sixth:]) < sum(losses[:sixth])


@pytest.mark.parametrize("name", ["ring-gan", "fashion-gan"])
def test_several_parts_resume_bit_for_bit(tmp_path, name):
    preset = small(name, 12)
    data = DATA_SETS[preset.data].load("test")
    train(tmp_path / "unbroken", preset, data)
    for progress in Training(preset, tmp_path / "broken").steps(data):
        if progress.step == 5:
            break
    train(tmp_path / "broken", preset, data)
    assert_equal_runs(tmp_path / "unbroken", tmp_path / "broken")


@pytest.mark.parametrize("name", ["ring-gan", "fashion-gan"])
@pytest.mark.parametrize("part", ["discriminator", "generator"])
def test_a_part_moves_only_down_its_own_loss(tmp_path, name, part):
    preset = small(name, 4)
    training = Training(preset, tmp_path)
    batch = training._local_batch(DATA_SETS[preset.data].load("test"))
    before = {name: value.clone() for name, value in _named(training.parts).items()}
    training._step_part(part, batch)
    moved = {
        name.split(".")[0] for name, value in _named(training.parts).items() if not torch.equal(value, before[name])
    }
    assert moved == {part}


def test_buffers_are_averaged_and_counters_copied(tmp_path):
    training = Training(tiny_preset(10), tmp_path)
    net = training.parts["net"]
    net.register_buffer("level", torch.zeros(2))
    net.register_buffer("count", torch.tensor(0))
    training.ema |= {"net.level": torch.zeros(2), "net.count": torch.tensor(0)}
    net.level.fill_(1.0)
    net.count.fill_(7)
    training._average()
    assert training.ema["net.count"] == 7
    torch.testing.assert_close(training.ema["net.level"], torch.full((2,), 1 - ema_decay(0, training.preset.training)))
