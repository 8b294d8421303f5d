"""Trials of settings: a run with others, judged by what it was not trained on, a line in a file."""

import json
import math
from dataclasses import replace

import pytest
import torch

from demos.data import Examples
from demos.errors import UserError
from demos.training import sweep
from demos.training.presets import get_preset
from demos.training.sweep import held_out_bits, judge_of, record, trial, trial_preset
from demos.training.train import Training


def test_a_trial_differs_in_its_settings_alone():
    preset = get_preset("fashion-gan")
    trial = trial_preset(preset, {"model.generator_channels": [8, 8], "training.optimizer.learning_rate": 0.5})
    assert trial.model.generator_channels == (8, 8)
    assert trial.training.optimizer.learning_rate == 0.5
    assert trial.training.optimizer.betas == preset.training.optimizer.betas
    assert trial.training.steps == preset.training.steps
    assert len({trial.name, trial_preset(preset, {}).name, preset.name}) == 3
    with pytest.raises(UserError, match="ImageGanConfig has no setting depth"):
        trial_preset(preset, {"model.depth": 3})


def test_a_shorter_trial_is_a_whole_run_whose_average_forgets_faster():
    preset = get_preset("fashion-flow")
    short = trial_preset(preset, {}, 10)
    assert short.training.steps == preset.training.steps // 10
    assert short.training.ema_decay < preset.training.ema_decay
    assert short.name != trial_preset(preset, {}).name


def test_the_bits_of_a_fresh_point_flow_are_a_normal_distributions(tmp_path):
    training = Training(get_preset("ring-flow", smoke=True), tmp_path)
    x = torch.randn(1000, 2, generator=torch.Generator().manual_seed(0))
    known = (x.square().sum(1) / 2 + math.log(2 * math.pi)).mean().item() / (2 * math.log(2))
    held_out = Examples(x, torch.zeros(1000, dtype=torch.long), 8)
    assert held_out_bits(training, held_out) == pytest.approx(known, rel=1e-5)


@pytest.mark.parametrize(("preset", "words"), [("fashion-vae", "bits/dim"), ("fashion-gan", "FD-CNN")])
def test_a_likelihood_judges_where_there_is_one_and_a_distance_else(tmp_path, preset, words):
    assert words in judge_of(Training(get_preset(preset, smoke=True), tmp_path))[0]


def test_what_makes_nothing_is_not_judged(tmp_path):
    with pytest.raises(UserError, match="nothing could judge"):
        judge_of(Training(get_preset("fashion-judge", smoke=True), tmp_path))


def test_a_trial_tells_four_times_how_it_stands_and_can_be_taken_up(tmp_path):
    preset = get_preset("ring-flow", smoke=True)
    preset = replace(preset, training=replace(preset.training, steps=40, warmup_steps=4))
    assert list(trial(preset, {}, 40, tmp_path, minutes=0)) == []
    lines = list(trial(preset, {}, 40, tmp_path, minutes=1))
    assert [line["step"] for line in lines] == [10, 20, 30, 40]
    assert lines[-1]["result"] < lines[0]["result"]


def test_a_line_takes_the_place_of_the_same_trial_alone(tmp_path):
    line = {"settings": {}, "steps": 10, "seed": 0, "criterion": "held out"}
    for step, result in ((5, 1.0), (10, 2.0), (5, 3.0)):
        record("ring-flow", {**line, "step": step, "result": result}, tmp_path)
    content = json.loads((tmp_path / "ring-flow.json").read_text(encoding="utf-8"))
    assert [(line["step"], line["result"]) for line in content["trials"]] == [(10, 2.0), (5, 3.0)]
    assert content["criterion"] == "held out"
    assert sweep.__name__ in content["command"]


def test_settings_may_stand_before_and_after_the_options(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(sweep, "trial", lambda preset, changes, last, *_: asked.append((preset, changes, last)) or [])
    options = ["--shorter", "60", "--runs", str(tmp_path)]
    for line in ([*options, "model.steps=[1, 2]"], ["model.steps=[1, 2]", *options]):
        monkeypatch.setattr("sys.argv", ["sweep", "fashion-flow", *line])
        sweep.main()
    for preset, changes, last in asked:
        assert changes == {"model.steps": [1, 2]}
        assert preset.model.steps == (1, 2)
        assert last == preset.training.steps == get_preset("fashion-flow").training.steps // 60
