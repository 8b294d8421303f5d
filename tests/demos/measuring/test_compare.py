"""The comparison on models whose answers are known: a copier, one that blurs, one that is asked a thousand times."""

import base64
import io
import json
import math
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from demos.data import load_fashion_mnist, to_model_range
from demos.errors import UserError
from demos.measuring import compare as module
from demos.measuring import models as models_module
from demos.measuring.compare import FLATTERY, MANY_CALLS, SHOWN, Plan, compare, measure_model
from demos.measuring.comparison import read_comparison
from demos.measuring.evaluate import Settings, sample
from demos.measuring.models import Model, load_models
from demos.measuring.pixels import blur
from demos.measuring.ruler import Ruler
from demos.training.families import FAMILIES, Family
from demos.training.presets import PRESETS
from demos.training.release import Released

PLAN = Plan(images=400, few=200, seeds=(0, 1), parts=1)
SMALL = Plan(images=200, few=200, seeds=(0, 1), parts=1)
TRAIN, LABELS = load_fashion_mnist("train")
OF_CLASS = [np.flatnonzero(label == LABELS) for label in range(10)]


def copies(parts, config, labels, seed, first):
    """Training images of the classes asked for; those of another seed are others."""
    numbers = range(first, first + len(labels))
    return to_model_range(
        TRAIN[[OF_CLASS[label][1000 * seed + number] for label, number in zip(labels, numbers, strict=True)]]
    )


def blurred(parts, config, labels, seed, first):
    images = copies(parts, config, labels, seed, first)
    return to_model_range(blur(((images[:, 0] + 1) * 127.5).round().to(torch.uint8).numpy()))


def three_bits(parts, config, x, labels, seed, first):
    """As if every pixel cost three bits, and the class one nat in all."""
    assert x.shape == (len(labels), 1, 28, 28)
    return torch.full((len(x),), -784 * 3 * math.log(2)) - labels


def model(monkeypatch, name, **options):
    config = SimpleNamespace(kind=name)
    monkeypatch.setitem(FAMILIES, name, Family(config, None, None, {}, **options))
    preset = {"name": name, "training": {"batch_size": 64}}
    facts = {"kind": name, "preset": preset, "step": 10, "elapsed_s": 36.0, "build": {}}
    return Model(name, Released({"net": torch.nn.Linear(3, 2)}, None, facts, f"hash of {name}"))


@pytest.fixture(scope="module")
def ruler():
    """Of a part of the data, for speed."""
    made = Ruler(400)
    made.train, made.train_labels, made.test = made.train[:20_000], made.train_labels[:20_000], made.test[:1000]
    return made


@pytest.fixture
def cache(tmp_path, monkeypatch, ruler):
    monkeypatch.setenv("DEMOS_CACHE", str(tmp_path))
    monkeypatch.setattr(module, "Ruler", lambda images: ruler)
    return tmp_path


def test_a_copier_is_seen_by_memorisation_alone(cache, monkeypatch, ruler):
    told = measure_model(model(monkeypatch, "copier", sample=copies, nfe=1), PLAN, ruler, lambda count: None)
    assert told["quality"].keys() == {"400", "200"}
    assert (told["quality"]["400"]["seeds"], told["quality"]["200"]["seeds"]) == (2, 1)
    best = told["quality"]["400"]
    assert best["memorisation"] == 1
    assert best["nearest_train"] == 0
    assert best["coverage"] > 0.9
    assert best["power_finest"] == pytest.approx(1, abs=0.1)
    assert told["nearest"]["train"]["distance"] == [0] * SHOWN
    assert told["nearest"]["train"]["index"] == [OF_CLASS[number % 10][number] for number in range(SHOWN)]
    with Image.open(io.BytesIO(base64.b64decode(told["shown"]))) as picture:
        shown = np.asarray(picture).reshape(SHOWN // 10, 28, 10, 28).swapaxes(1, 2).reshape(SHOWN, 28, 28)
    np.testing.assert_array_equal(shown, TRAIN[told["nearest"]["train"]["index"]])
    assert told["parameters"] == {"trained": {"net": 8}, "sent": 0}
    assert told["training"]["examples"] == 640
    assert told["likelihood"] == {"kind": "none"}


def test_a_model_is_known_by_its_weights_and_by_how_it_samples(monkeypatch):
    one, same = (model(monkeypatch, "one", sample=copies, nfe=1) for _ in range(2))
    assert one.identity() == same.identity()
    assert model(monkeypatch, "one", sample=blurred, nfe=1).identity() != one.identity()
    assert model(monkeypatch, "two", sample=copies, nfe=1).identity() != one.identity()


def test_likelihood_is_told_with_its_kind(cache, monkeypatch, ruler):
    exact = model(monkeypatch, "a", sample=copies, nfe=1, likelihood="bound", log_prob=three_bits)
    told = exact.bits(ruler.test[:400], ruler.test_labels[:400])
    labels = ruler.test_labels[:400].double()
    assert (told["kind"], told["images"]) == ("bound", 400)
    assert told["bits_per_dim"] == pytest.approx(3 + labels.mean().item() / 784 / math.log(2), abs=1e-4)
    assert told["standard_error"] == pytest.approx(labels.std().item() / 20 / 784 / math.log(2), abs=1e-4)


def test_a_tighter_bound_stands_beside_the_bound_of_the_same_images(monkeypatch, ruler):
    def two_bits(*given):
        return three_bits(*given) / 1.5

    monkeypatch.setattr(models_module, "FEW", 300)
    both = model(monkeypatch, "b", sample=copies, nfe=1, likelihood="bound", log_prob=three_bits, tighter=two_bits)
    told = both.bits(ruler.test[:400], ruler.test_labels[:400])
    tighter = told["tighter"]
    assert (told["images"], tighter["images"]) == (400, 300)
    assert tighter["bound_of_these"] == pytest.approx(1.5 * tighter["bits_per_dim"], abs=2e-4)
    assert tighter["bound_of_these"] != told["bits_per_dim"]


def test_many_calls_mean_few_images(cache, monkeypatch, ruler):
    slow = model(monkeypatch, "slow", sample=copies, nfe=MANY_CALLS + 1)
    told = measure_model(slow, PLAN, ruler, lambda count: None)
    assert list(told["quality"]) == ["200"]
    assert PLAN.total(slow.nfe) == 200


def test_flattery_betters_a_blurred_model_and_stands_apart(cache, monkeypatch, ruler):
    told = measure_model(model(monkeypatch, "blurs", sample=blurred, nfe=1), SMALL, ruler, lambda count: None)
    assert told["flattered"].keys() == {"unchanged", *FLATTERY}
    honest = told["flattered"]["unchanged"]
    assert honest["fd_ae"] == pytest.approx(told["quality"]["200"]["fd_ae"], abs=told["quality"]["200"]["fd_ae_sd"])
    assert told["flattered"]["sharpened"]["power_finest"] > honest["power_finest"]
    assert told["flattered"]["sharpened"]["fd_cnn"] < honest["fd_cnn"]
    assert told["flattered"]["zeros_snapped"]["zeros"] > honest["zeros"]
    assert not any(key.startswith("sharp") for key in honest)


def test_what_is_finished_is_not_measured_again(cache, monkeypatch):
    """Killed in the second model: the file holds the first, and going on makes no image of it again."""
    out, made = cache / "out.json", []

    def counted(parts, config, labels, seed, first):
        made.append(len(labels))
        return copies(parts, config, labels, seed, first)

    def killed(parts, config, labels, seed, first):
        if seed == 1:
            raise KeyboardInterrupt
        return counted(parts, config, labels, seed, first)

    first = model(monkeypatch, "first", sample=counted, nfe=1)
    with pytest.raises(KeyboardInterrupt):
        compare([first, model(monkeypatch, "second", sample=killed, nfe=1)], SMALL, out, command="x")
    partial = read_comparison(out)
    assert list(partial.models) == ["first"]
    assert not partial.content["complete"]

    made.clear()
    progress = []
    again = [first, model(monkeypatch, "second", sample=counted, nfe=1)]
    compare(again, SMALL, out, command="python -m demos compare", progress=progress.append)
    whole = read_comparison(out)
    assert sum(count for count in made if count > 2) == 200, "the second seed of the second model, and no more"
    assert sum(progress) == 2 * 400
    assert list(whole.models) == ["first", "second"]
    assert whole.content["complete"]
    assert whole.models["first"] == partial.models["first"]
    assert whole.content["versions"]["torch"] == torch.__version__
    assert (whole.content["command"], whole.content["threads"]) == ("python -m demos compare", torch.get_num_threads())
    *lines, _ = whole.table().splitlines()
    assert 3 < whole.content["code_lengths"]["lzma"] < whole.content["code_lengths"]["histogram"] < 5
    rows = ["first", "second", "floor", "repeated", "blurred", "test"]
    assert [line.split()[0] for line in lines] == ["200", *rows]


def test_missing_weights_and_strangers_are_told(monkeypatch, tmp_path):
    monkeypatch.setitem(PRESETS, "fashion-new", PRESETS["fashion-diffusion"])
    with pytest.raises(UserError, match="There are no released weights .*fashion-new.safetensors"):
        load_models(["fashion-new"])
    with pytest.raises(UserError, match="fashion-judge makes no images: compared are fashion-diffusion"):
        load_models(["fashion-judge"])
    with pytest.raises(UserError, match="ring-gan makes no images"):
        load_models(["ring-gan"])
    with pytest.raises(UserError, match='did you mean "fashion-diffusion"'):
        load_models(["fashion-difusion"])
    with pytest.raises(UserError, match="fashion-diffusion:euler:5 must be PRESET:SAMPLER:STEPS, with one of the sam"):
        load_models(["fashion-diffusion:euler:5"])
    with pytest.raises(UserError, match="must be PRESET:SAMPLER:STEPS"):
        load_models(["fashion-diffusion:ddim"])
    with pytest.raises(UserError, match="and 1 to 1000 steps"):
        load_models(["fashion-diffusion:ddim:1001"])
    models, missing = load_models(None)
    assert "fashion-diffusion" in [one.name for one in models]
    assert "fashion-new" in missing


def test_every_released_image_model_can_be_driven(cache, ruler):
    """Two images and two likelihoods of each, as the comparison asks for them."""
    for one in load_models(None)[0]:
        assert one.make(torch.tensor([3, 4]), 0).shape == (2, 28, 28)
        told = one.bits(ruler.test[:2], ruler.test_labels[:2])
        assert ("bits_per_dim" in told) == (told["kind"] != "none")


def test_a_denoiser_can_stand_there_with_another_sampler():
    (one,), _ = load_models(["fashion-diffusion:ddpm-small:2"])
    labels = torch.tensor([1, 2])
    assert (one.name, one.nfe) == ("fashion-diffusion:ddpm-small:2", 2)
    expected = sample(one.released.net, labels, Settings("ddpm-small", num_steps=2), 3, 4)
    np.testing.assert_array_equal(one.make(labels, 3, 4), expected)


@pytest.mark.slow
def test_a_killed_command_goes_on(tmp_path):
    """The command itself, killed hard in the middle of its samples, ends as if nothing had been."""
    out = tmp_path / "out.json"
    command = [sys.executable, "-m", "demos", "compare", "--quick", "--models", "fashion-diffusion", "--out", str(out)]
    environment = {**os.environ, "DEMOS_CACHE": str(tmp_path), "OMP_NUM_THREADS": "1"}
    running = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not list(tmp_path.glob("comparison/*/seed-0-*.bin")):
        assert running.poll() is None
        time.sleep(0.1)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert not json.loads(out.read_text())["complete"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(out.read_text())["complete"]
    assert "fashion-diffusion" in done.stdout
