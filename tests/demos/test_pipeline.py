"""The workflow behind `make train export figures`: what is up to date is skipped."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from site_tools.course.figures.comparison import NAMES
from tests.support.comparisons import made_by_hand

pytest.importorskip("snakemake")


def dry_run(folder: Path, cache: Path, target: str, *options: str) -> str:
    """What the workflow would do for a target, as text."""
    done = subprocess.run(
        [
            sys.executable, "-m", "snakemake", "--snakefile", "demos/Snakefile", "--directory", str(folder),
            "--workflow-profile", "demos/profiles/default", "--dry-run", *options, target,
        ],
        cwd=folder, capture_output=True, text=True,
        env={"DEMOS_CACHE": str(cache), "PATH": "", "HOME": str(cache), "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """A fresh clone: outputs committed, file times random, no record of earlier runs."""
    folder = tmp_path_factory.mktemp("clone") / "project"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ".", str(folder)], check=True)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("target", ["figures", "export"])
def test_fresh_clone_has_nothing_to_do(clone, tmp_path, target):
    assert "Nothing to be done" in dry_run(clone, tmp_path, target)


@pytest.mark.slow
def test_train_plans_one_job_a_preset(clone, tmp_path):
    from demos.training.presets import PRESETS

    plan = dry_run(clone, tmp_path, "train")
    for name in PRESETS:
        assert f"train_{name.replace('-', '_')}" in plan


@pytest.mark.slow
def test_a_new_release_is_exported_and_drawn_in_the_same_run(clone, tmp_path):
    weights = clone / "demos/weights/fashion-diffusion.safetensors"
    times = weights.stat()
    weights.touch()
    plan = dry_run(clone, tmp_path, "figures")
    os.utime(weights, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert "export_model" in plan
    assert "draw" in plan
    assert "train_" not in plan


@pytest.mark.slow
def test_missing_figure_is_drawn_without_training(clone, tmp_path):
    (clone / "docs/assets/figures/schedules-light.svg").unlink()
    plan = dry_run(clone, tmp_path, "figures")
    assert "draw" in plan
    assert "train_" not in plan


@pytest.mark.slow
def test_the_comparison_takes_every_released_model_and_the_converged_limit_without_training(clone, tmp_path):
    plan = dry_run(clone, tmp_path, "compare", "--printshellcmds", "--quiet=progress")
    (command,) = (line for line in plan.splitlines() if "-m demos compare" in line)
    expected = [name for name in NAMES if Path(clone, "demos/weights", name).with_suffix(".safetensors").is_file()]
    assert f"--models {' '.join([*expected, 'fashion-diffusion:heun:32'])} --out docs/assets/data/" in command
    assert "train_" not in plan


@pytest.mark.slow
def test_a_comparison_with_models_is_drawn(clone, tmp_path):
    path = clone / "docs/assets/data/comparison.json"
    before = path.read_text()
    path.write_text(json.dumps(made_by_hand("fashion-diffusion")))
    plan = dry_run(clone, tmp_path, "figures", "--quiet=progress")
    path.write_text(before)
    assert "docs/assets/figures/comparison-zh-dark.svg" in plan
    assert "docs/assets/figures/samples-fashion-diffusion.png" in plan
