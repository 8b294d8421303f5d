"""Trials of settings: a shorter run of the same preset, judged by what it was not trained on."""

import json
import math
from dataclasses import replace

import pytest
import torch

from demos.data import DATA_SETS, Examples
from demos.errors import UserError
from demos.training import sweep_likelihood
from demos.training.presets import get_preset
from demos.training.sweep_likelihood import held_out_bits, record, trial, trial_preset
from demos.training.train import Training


def test_a_trial_differs_in_its_settings_and_in_how_long_it_takes():
    preset = get_preset("fashion-flow")
    short = trial_preset(preset, {"model.steps": [2, 3], "training.optimizer.learning_rate": 0.5})
    assert short.model.steps == (2, 3)
    assert short.training.optimizer.learning_rate == 0.5
    assert short.training.optimizer.betas == preset.training.optimizer.betas
    assert short.training.steps == preset.training.steps // 10
    assert short.training.ema_decay < preset.training.ema_decay
    assert short.name != trial_preset(preset, {}).name != preset.name
    with pytest.raises(UserError, match="ImageFlowConfig has no setting depth"):
        trial_preset(preset, {"model.depth": 3})


def test_the_bits_of_a_fresh_point_flow_are_a_normal_distributions(tmp_path):
    training = Training(get_preset("ring-flow", smoke=True), tmp_path)
    x = torch.randn(1000, 2, generator=torch.Generator().manual_seed(0))
    known = (x.square().sum(1) / 2 + math.log(2 * math.pi)).mean().item() / (2 * math.log(2))
    held_out = Examples(x, torch.zeros(1000, dtype=torch.long), 8)
    assert held_out_bits(training, held_out) == pytest.approx(known, rel=1e-5)


def test_a_model_without_likelihood_is_not_judged(tmp_path):
    training = Training(get_preset("fashion-judge", smoke=True), tmp_path)
    with pytest.raises(UserError, match="has no likelihood"):
        held_out_bits(training, DATA_SETS["fashion"].load("test"))


def test_a_trial_tells_four_times_how_it_stands_and_can_be_taken_up(tmp_path):
    preset = get_preset("ring-flow", smoke=True)
    preset = replace(preset, training=replace(preset.training, steps=40, warmup_steps=4))
    stopped = list(trial(preset, {}, tmp_path, minutes=0))
    assert stopped == []
    lines = list(trial(preset, {}, tmp_path, minutes=1))
    assert [line["step"] for line in lines] == [10, 20, 30, 40]
    assert lines[-1]["result"] < lines[0]["result"]


def test_a_line_takes_the_place_of_the_same_trial_alone(tmp_path):
    for step, result in ((5, 1.0), (10, 2.0), (5, 3.0)):
        record("ring-flow", {"settings": {}, "steps": 10, "step": step, "seed": 0, "result": result}, tmp_path)
    content = json.loads((tmp_path / "ring-flow.json").read_text(encoding="utf-8"))
    assert [(line["step"], line["result"]) for line in content["trials"]] == [(10, 2.0), (5, 3.0)]
    assert "held out from the training set" in content["criterion"]
    assert sweep_likelihood.__name__ in content["command"]


def test_settings_may_follow_the_options(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(sweep_likelihood, "trial", lambda preset, changes, runs, minutes: seen.append(preset) or [])
    command = ["sweep", "fashion-flow", "--shorter", "60", "--runs", str(tmp_path), "model.steps=[1, 2]"]
    monkeypatch.setattr("sys.argv", command)
    sweep_likelihood.main()
    assert seen[0].model.steps == (1, 2)
    assert seen[0].training.steps == get_preset("fashion-flow").training.steps // 60
