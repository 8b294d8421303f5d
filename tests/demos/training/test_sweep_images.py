"""Trials of settings: the beginning of a run with other settings, a line in a file."""

import json

from demos.training import sweep_images
from demos.training.presets import get_preset
from demos.training.sweep_images import record, trial_preset


def test_a_trial_differs_in_its_settings_alone():
    preset = get_preset("fashion-gan")
    trial = trial_preset(preset, {"model.generator_channels": [8, 8], "training.optimizer.learning_rate": 0.5})
    assert trial.model.generator_channels == (8, 8)
    assert trial.training.optimizer.learning_rate == 0.5
    assert trial.training.optimizer.betas == preset.training.optimizer.betas
    assert trial.training.steps == preset.training.steps
    assert len({trial.name, trial_preset(preset, {}).name, preset.name}) == 3


def test_a_line_takes_the_place_of_the_same_trial_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(sweep_images, "SWEEPS", tmp_path)
    for step, result in ((5, 1.0), (10, 2.0), (5, 3.0)):
        record("fashion-gan", {"settings": {}, "step": step, "seed": 0, "result": result})
    content = json.loads((tmp_path / "fashion-gan.json").read_text(encoding="utf-8"))
    assert [(line["step"], line["result"]) for line in content["trials"]] == [(10, 2.0), (5, 3.0)]
    assert "held out from the training set" in content["criterion"]


def test_settings_may_stand_before_and_after_the_options(tmp_path, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(sweep_images, "trial", lambda *arguments: asked.append(arguments) or [])
    for line in (
        ["--minutes", "2", "model.gamma=0.5", "training.seed=1"],
        ["model.gamma=0.5", "--minutes", "2", "training.seed=1"],
    ):
        monkeypatch.setattr("sys.argv", ["sweep_images", "fashion-gan", "--runs", str(tmp_path), *line])
        sweep_images.main()
    assert asked == [("fashion-gan", {"model.gamma": 0.5, "training.seed": 1}, tmp_path, 2.0)] * 2
