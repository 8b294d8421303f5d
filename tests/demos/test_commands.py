"""The command line: one line for every mistake, status 2, and no traceback."""

import json

import pytest
import torch
from PIL import Image

from demos import commands
from demos.__main__ import main
from demos.diffusion.noise import SCHEDULES
from demos.diffusion.samplers import SAMPLERS, Sampler, State
from demos.measuring.compare import QUICK, Plan
from demos.measuring.comparison import Comparison
from demos.measuring.evaluate import Settings
from demos.training.presets import PRESETS, DenoiserConfig
from site_tools.models.golden import trajectories
from tests.demos.measuring.test_comparison import CONTENT
from tests.demos.training.test_release import PRESET, write_run

SMOKE = "fashion-diffusion-smoke"


def fails(capsys, *arguments) -> str:
    assert main([str(argument) for argument in arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert captured.err.count("\n") == 1
    return captured.err


@pytest.fixture
def tiny(monkeypatch):
    """The tiny preset under its own name, and as every preset's smoke version."""
    monkeypatch.setitem(PRESETS, "tiny", PRESET)
    return PRESET


def test_list_names_every_preset(capsys):
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(PRESETS)


@pytest.mark.parametrize("command", ["train", "release", "sample", "evaluate"])
def test_an_unknown_preset_suggests_the_nearest(capsys, command):
    message = fails(capsys, command, "fashion-difusion")
    assert 'There is no preset "fashion-difusion"; did you mean "fashion-diffusion"?' in message


def test_a_name_unlike_any_lists_all(capsys):
    assert f"known are {', '.join(sorted(PRESETS))}." in fails(capsys, "train", "zzz")


def test_unknown_options_explain_themselves(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["train", "fashion-diffusion", "--precision", "fp8"])
    assert stop.value.code == 2
    assert "choose from" in capsys.readouterr().err


@pytest.mark.parametrize(("option", "registry"), [("sampler", SAMPLERS), ("schedule", SCHEDULES)])
def test_unknown_names_are_told_with_the_known_ones(capsys, option, registry):
    message = fails(capsys, "sample", "fashion-diffusion", f"--{option}", "euler")
    assert f"--{option} must be one of {', '.join(registry)}, got euler." in message


def test_a_new_sampler_is_one_row(capsys, tmp_path, tiny, monkeypatch):
    """Commands, measurements and golden files find it by its name, with what it costs."""

    def twice(denoise, schedule, x, num_steps, *, step_noise):
        """Ask twice at the start, and believe the second answer."""
        for _ in range(2 * num_steps):
            x0_hat = denoise(x, float(schedule.alpha[-1]), float(schedule.sigma[-1]))
        yield State(num_steps, 0, x0_hat, x0_hat, 2 * num_steps)

    monkeypatch.setitem(SAMPLERS, "twice", Sampler(twice, nfe=lambda num_steps: 2 * num_steps))
    write_run(tmp_path)
    out = tmp_path / "grid.png"
    assert main(["sample", "tiny", "--run", "--runs", str(tmp_path), "--sampler", "twice", "--out", str(out)]) == 0
    with Image.open(out) as picture:
        assert json.loads(picture.info["settings"])["sampler"] == "twice"
    assert Settings(sampler="twice", num_steps=3, guidance_scale=2.0).nfe == 12
    assert "twice" in [one.name for one in trajectories()]


def test_train_then_sample_then_release(capsys, tmp_path, tiny, monkeypatch):
    monkeypatch.setattr(commands, "release", lambda preset, runs: f"released {preset.name} from {runs}")
    assert main(["train", "tiny", "--runs", str(tmp_path), "--grid-every", "10"]) == 0
    assert "tiny: trained to step 20" in capsys.readouterr().out
    grids = sorted(path.name for path in (tmp_path / "tiny").glob("*.png"))
    assert grids == ["samples-0000010.png", "samples-0000020.png"]
    with Image.open(tmp_path / "tiny" / grids[0]) as picture:
        assert picture.size == (8 * 28, 10 * 28)

    out = tmp_path / "grid.png"
    options = ["--run", "--runs", str(tmp_path), "--steps", "3", "--seed", "5", "--guidance", "2", "--out", str(out)]
    assert main(["sample", "tiny", "--count", "2", *options]) == 0
    with Image.open(out) as picture:
        assert picture.size == (2 * 28, 10 * 28)
        settings = json.loads(picture.info["settings"])
    assert (settings["preset"], settings["num_steps"], settings["seeds"]) == ("tiny", 3, [5])
    first = out.read_bytes()
    main(["sample", "tiny", "--count", "2", *options])
    assert out.read_bytes() == first
    assert main(["sample", "tiny", "--label", "3", "--count", "4", *options]) == 0
    with Image.open(out) as picture:
        assert picture.size == (4 * 28, 28)
    capsys.readouterr()

    assert main(["release", "tiny", "--runs", str(tmp_path)]) == 0
    assert "released tiny" in capsys.readouterr().out


def test_evaluate_prints_the_same_of_a_run_and_its_release_and_writes_nothing(capsys, tmp_path, tiny, monkeypatch):
    monkeypatch.setenv("DEMOS_CACHE", str(tmp_path / "cache"))
    write_run(tmp_path / "cache" / "runs")
    options = ["--samples", "200", "--seeds", "1", "--steps", "2"]
    assert main(["evaluate", "tiny", "--run", *options]) == 0
    measured = json.loads(capsys.readouterr().out)
    assert (measured["step"], measured["num_samples"], measured["seeds"]) == (20, 200, [0])

    from demos.training.release import load_released, release

    release(tiny, folder=tmp_path)
    monkeypatch.setattr(
        commands, "load_released", lambda name: load_released(name, tmp_path if name == "tiny" else None)
    )
    metrics = tmp_path / "tiny.metrics.json"
    metrics.write_text("what `site_tools measure` wrote")
    assert main(["evaluate", "tiny", *options]) == 0
    assert json.loads(capsys.readouterr().out) == measured
    assert metrics.read_text() == "what `site_tools measure` wrote"


def test_compare_prints_what_it_wrote_and_names_who_is_missing(capsys, tmp_path, tiny, monkeypatch):
    asked = []

    def compared(models, plan, out, *, command, progress):
        asked.append((plan, [model.name for model in models]))
        progress(1)
        out.write_text(json.dumps(CONTENT))
        return out

    monkeypatch.setattr(commands, "compare", compared)
    out = tmp_path / "c.json"
    assert main(["compare", "--quick", "--out", str(out)]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{Comparison(CONTENT).table()}\n{out}\n"
    assert "left out, for they are not released: " in captured.err
    assert "tiny" in captured.err
    assert main(["compare", "--models", "fashion-diffusion", "--out", str(out)]) == 0
    assert asked[0][0] == QUICK
    assert asked[1] == (Plan(), ["fashion-diffusion"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["evaluate", "fashion-judge"], "fashion-judge is no image denoiser: only those"),
        (["sample", "tiny", "--count", "0"], "--count must be at least 1, got 0"),
        (["sample", "tiny", "--run", "--steps", "0"], "--steps must lie between 1 and 1000, got 0"),
        (["sample", "tiny", "--run", "--steps", "1001"], "--steps must lie between 1 and 1000, got 1001"),
        (["evaluate", "tiny", "--seeds", "0"], "--seeds must be at least 1, got 0"),
        (["evaluate", "tiny", "--samples", "750"], "--samples must be a multiple of 200 up to 10000, got 750"),
        (["evaluate", "tiny", "--samples", "20000"], "--samples must be a multiple of 200 up to 10000, got 20000"),
        (["sample", "tiny"], "no released weights"),
        (["compare", "--models", "tiny"], "no released weights"),
        (["compare", "--models", "fashion-judge"], "fashion-judge makes no images: compared are"),
    ],
)
def test_impossible_arguments(capsys, tmp_path, tiny, monkeypatch, arguments, message):
    monkeypatch.setenv("DEMOS_CACHE", str(tmp_path))
    write_run(tmp_path / "runs")
    assert message in fails(capsys, *arguments)


def test_sampling_before_training_names_the_command(capsys, tmp_path):
    message = fails(capsys, "sample", "fashion-diffusion", "--smoke", "--run", "--runs", tmp_path)
    assert (
        f"no training run in {tmp_path / SMOKE}: start with `python -m demos train fashion-diffusion --smoke`"
        in message
    )


def test_an_unwritable_run_folder_is_told_before_training(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    message = fails(capsys, "train", "fashion-diffusion", "--smoke", "--runs", tmp_path / "file")
    assert "cannot be written" in message
    assert "choose another with --runs" in message


def test_an_unwritable_picture(capsys, tmp_path, tiny):
    write_run(tmp_path)
    (tmp_path / "file").write_text("")
    out = tmp_path / "file" / "x.png"
    options = ["--run", "--runs", tmp_path, "--steps", "1", "--count", "1", "--out", out]
    assert "x.png could not be written" in fails(capsys, "sample", "tiny", *options)


def test_a_truncated_checkpoint_stops_the_training(capsys, tmp_path, tiny):
    write_run(tmp_path, step=5)
    state = tmp_path / "tiny" / "step-0000005" / "state.safetensors"
    state.write_bytes(state.read_bytes()[:100])
    message = fails(capsys, "train", "tiny", "--runs", tmp_path)
    assert "step-0000005 is damaged" in message
    assert "delete that folder; training then starts anew" in message
    assert state.exists()


def test_a_changed_preset_keeps_the_run(capsys, tmp_path, tiny, monkeypatch):
    write_run(tmp_path, step=5)
    monkeypatch.setitem(PRESETS, "tiny", PRESET.__class__("tiny", "x", DenoiserConfig((16, 8), 8), PRESET.training))
    message = fails(capsys, "train", "tiny", "--runs", tmp_path)
    assert "another version of the preset tiny" in message
    assert (tmp_path / "tiny" / "step-0000005").is_dir()


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_wrong_data_is_one_line(capsys, tmp_path, tiny, monkeypatch, command):
    monkeypatch.setenv("FASHION_MNIST", str(tmp_path))
    options = []
    if command == "evaluate":
        write_run(tmp_path)
        options = ["--run", "--samples", "200"]
    assert "FASHION_MNIST points at" in fails(capsys, command, "tiny", "--runs", tmp_path, *options)


def test_interrupt_says_how_to_go_on(capsys, monkeypatch):
    def interrupt(arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "list_presets", interrupt)
    assert main(["list"]) == 130
    assert "run the same command to go on" in capsys.readouterr().err


def test_bugs_keep_their_traceback(monkeypatch):
    def bug(arguments):
        raise RuntimeError("a bug")

    monkeypatch.setattr(commands, "list_presets", bug)
    with pytest.raises(RuntimeError, match="a bug"):
        main(["list"])


def test_commands_do_not_leave_gradients_on():
    assert torch.is_grad_enabled()
