"""What disks, kills and hands do to a run: every damage is told, two trainings never mix."""

import json
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from demos.errors import UserError
from demos.training import checkpoint as checkpoint_module
from demos.training.checkpoint import FACTS, STATE, build_facts, load_newest, save_checkpoint
from demos.training.lock import run_lock
from demos.training.release import load_run, release
from demos.training.train import Training
from tests.demos.training.test_train import ONE_THREAD, STEPS, assert_equal_runs, train, unbroken  # noqa: F401
from tests.support.tiny_training import tiny_data, tiny_preset

TINY_RUN = [sys.executable, "-m", "tests.support.tiny_training"]


@pytest.fixture(scope="module")
def half_run(tmp_path_factory) -> Path:
    """A run with two checkpoints, the newest at step 4."""
    folder = tmp_path_factory.mktemp("half") / "tiny"
    steps = Training(tiny_preset(STEPS), folder).steps(tiny_data(), save_every_s=0)
    for _ in range(4):
        next(steps)
    steps.close()
    return folder


def facts(**changed):
    """Damage to the facts, as an editor could do it: the checksum of the tensors still holds."""

    def damage(folder: Path) -> None:
        value = json.loads((folder / FACTS).read_text()) | changed
        (folder / FACTS).write_text(json.dumps({k: v for k, v in value.items() if v is not ...}))

    return damage


def text(content: str):
    return lambda folder: (folder / FACTS).write_text(content)


def tensors(change):
    """Other tensors in a checkpoint from before there were checksums."""

    def damage(folder: Path) -> None:
        state = load_file(folder / STATE)
        change(state)
        save_file(state, folder / STATE)
        facts(sha256=...)(folder)

    return damage


def put(name: str, value: torch.Tensor):
    return tensors(lambda state: state.update({name: value}))


def flip_a_bit(folder: Path) -> None:
    content = bytearray((folder / STATE).read_bytes())
    content[-9] ^= 4
    (folder / STATE).write_bytes(content)


def folder_in_place(name: str):
    def damage(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return damage


NAN = float("nan")
PRESET = tiny_preset(STEPS).to_json()
BIAS = "net.conv_out.bias"
DAMAGE = {
    "flipped bit": (flip_a_bit, "does not match its checksum"),
    "checksum of another type": (facts(sha256=5), "does not match its checksum"),
    "facts are a list": (text("[1]"), "holds no facts"),
    "facts are a number": (text("5"), "holds no facts"),
    "facts are empty": (text("{}"), "gives None as its step"),
    "facts in another encoding": (lambda f: (f / FACTS).write_bytes("{\xa0}".encode("utf-16")), "decode"),
    "facts without an end": (text("[" * 100_000), "recursion"),
    "facts are a folder": (folder_in_place(FACTS), "directory"),
    "tensors are a folder": (folder_in_place(STATE), "directory"),
    "step as text": (facts(step="4"), "gives '4' as its step"),
    "step not a number": (facts(step=NAN), "gives nan as its step"),
    "step as true": (facts(step=True), "gives True as its step"),
    "step of another folder": (facts(step=3), "gives 3 as its step"),
    "no step": (facts(step=...), "gives None as its step"),
    "seconds as text": (facts(elapsed_s="long"), "gives 'long' as its seconds"),
    "seconds without end": (facts(elapsed_s=float("inf")), "gives inf as its seconds"),
    "no preset": (facts(preset=...), "names no preset"),
    "preset is text": (facts(preset="tiny"), "names no preset"),
    "training is a list": (facts(preset={**PRESET, "training": [1]}), "names no preset"),
    "build is a list": (facts(build=[]), "names no build"),
    "no tensors": (tensors(dict.clear), "is missing"),
    "a tensor too few": (tensors(lambda state: state.pop(f"ema.{BIAS}")), f"ema.{BIAS} is missing"),
    "a slot too few": (tensors(lambda state: state.pop(f"optimizer.{BIAS}.step")), "is missing"),
    "a tensor too many": (put("net.net.extra", torch.zeros(2)), "net.net.extra belongs to another network"),
    "a slot of another weight": (put("optimizer.net.extra.step", torch.zeros(())), "belongs to another network"),
    "another shape": (put(f"net.{BIAS}", torch.zeros(7)), rf"net.{BIAS} is float32 \[7\], not float32 \[4\]"),
    "whole numbers": (put(f"net.{BIAS}", torch.zeros(4, dtype=torch.int64)), r"is int64 \[4\], not float32 \[4\]"),
    "half precision": (put(f"ema.{BIAS}", torch.zeros(4).half()), r"is float16 \[4\], not float32 \[4\]"),
    "weights that are none": (put(f"net.{BIAS}", torch.full((4,), NAN)), f"net.{BIAS} holds numbers that are not"),
    "steps that are none": (put(f"optimizer.{BIAS}.step", torch.tensor(NAN)), "not finite"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_every_damage_is_one_sentence(tmp_path, half_run, kind):
    damage, words = DAMAGE[kind]
    folder = Path(shutil.copytree(half_run, tmp_path / "tiny"))
    damage(folder / "step-0000004")
    with pytest.raises(UserError, match=f"step-0000004 is damaged .*{words}.* goes on from step-0000003") as caught:
        Training(tiny_preset(STEPS), folder)
    assert "\n" not in str(caught.value)
    with suppress(UserError):  # a sentence as well, unless what is damaged is not sampled
        load_run(tiny_preset(STEPS), tmp_path)
    shutil.rmtree(folder / "step-0000004")
    assert load_newest(folder).step == 3


@pytest.mark.parametrize("preset", [{**PRESET, "more": 1}, {**PRESET, "training": {"steps": {}}}])
def test_a_preset_of_other_keys_is_another_version(tmp_path, half_run, preset):
    folder = Path(shutil.copytree(half_run, tmp_path / "tiny"))
    facts(preset=preset)(folder / "step-0000004")
    with pytest.raises(UserError, match="another version of the preset tiny"):
        Training(tiny_preset(STEPS), folder)


@pytest.mark.parametrize("network", [{"channels": 5}, {"channels": "a", "embedding_dim": 8}, {"channels": [8]}])
def test_a_network_that_cannot_be_built_is_damage_where_a_run_is_sampled(tmp_path, half_run, network):
    folder = Path(shutil.copytree(half_run, tmp_path / "tiny"))
    facts(preset={**PRESET, "model": network})(folder / "step-0000004")
    with pytest.raises(UserError, match="step-0000004 is damaged") as caught:
        load_run(tiny_preset(STEPS), tmp_path)
    assert "\n" not in str(caught.value)


def test_nothing_damaged_is_released(tmp_path, unbroken):  # noqa: F811
    folder = Path(shutil.copytree(unbroken, tmp_path / "tiny"))
    put("ema.extra", torch.zeros(1))(folder / f"step-{STEPS:07d}")
    with pytest.raises(UserError, match="is damaged .*extra"):
        release(tiny_preset(STEPS), tmp_path, tmp_path / "weights")
    assert not (tmp_path / "weights").exists()


def test_copies_of_checkpoints_are_not_taken_for_them(tmp_path, half_run):
    folder = Path(shutil.copytree(half_run, tmp_path / "tiny"))
    for name in ("step-0000004 copy", "step-old", "step-"):
        (folder / name).mkdir()
    (folder / "step-0000009").write_text("a file")
    assert load_newest(folder).step == 4


# --- Checkpoints of earlier versions -------------------------------------------------------------------


def test_a_checkpoint_from_before_checksums_is_taken_up_bit_for_bit(tmp_path, half_run, unbroken, recwarn):  # noqa: F811
    """Such a run is under way: no checksum, and a build that does not know its processor."""
    folder = Path(shutil.copytree(half_run, tmp_path / "tiny"))
    (folder / ".lock").unlink()
    for step in folder.glob("step-*"):
        build = {key: value for key, value in build_facts().items() if key != "processor"}
        facts(sha256=..., build=build)(step)
    threads = torch.get_num_threads()
    torch.set_num_threads(json.loads((folder / "step-0000004" / FACTS).read_text())["build"]["threads"])
    train(folder)
    torch.set_num_threads(threads)
    assert_equal_runs(folder, unbroken)
    assert not [warning for warning in recwarn if "bit for bit" in str(warning.message)]


def test_another_processor_is_another_build(tmp_path, half_run):
    folder = Path(shutil.copytree(half_run, tmp_path / "tiny"))
    facts(build=build_facts() | {"processor": "Abacus 3000"})(folder / "step-0000004")
    with pytest.warns(UserWarning, match="Abacus 3000.*not bit for bit"):
        Training(tiny_preset(STEPS), folder)


@pytest.mark.skipif(sys.platform != "linux", reason="compares with what Linux tells")
def test_the_processor_is_named_as_the_system_names_it():
    told = subprocess.run(["lscpu"], capture_output=True, text=True, env={"LC_ALL": "C", **ONE_THREAD}).stdout
    if "Model name:" not in told:
        pytest.skip("lscpu does not tell")
    assert " ".join(told.partition("Model name:")[2].splitlines()[0].split()) == build_facts()["processor"]


# --- Full disks ----------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="limits are a matter of POSIX")
def test_a_disk_without_room_is_one_sentence_and_what_was_saved_stays(tmp_path, half_run):
    """The system itself refuses to write more than 8 KB to a file, as a full disk would, inside safetensors too."""
    folder = Path(shutil.copytree(half_run, tmp_path / "tiny"))
    program = (
        "import resource, sys, torch; from pathlib import Path; from demos.training.train import Training\n"
        "from demos.errors import UserError; from tests.support.tiny_training import tiny_data, tiny_preset\n"
        "torch.set_num_threads(1); training = Training(tiny_preset(20), Path(sys.argv[1]))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n"
        "try: list(training.steps(tiny_data()))\nexcept UserError as error: print(error)\n"
    )
    command = [sys.executable, "-c", program, str(folder)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, env=ONE_THREAD).stdout
    assert told.count("\n") == 1
    assert "The checkpoint could not be written to" in told
    assert "too large" in told
    assert told.endswith("what was saved before is untouched.\n")
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "step-0000003", "step-0000004"]
    assert load_newest(folder).step == 4


def test_what_was_written_halfway_is_removed_at_once(tmp_path, monkeypatch):
    def full(tensors, path):
        path.write_bytes(bytes(100))
        raise checkpoint_module.SafetensorError("Error while serializing: I/O error: No space left on device\n(28)")

    monkeypatch.setattr(checkpoint_module, "save_file", full)
    with pytest.raises(UserError, match=r"\(Error .*No space left on device \(28\)\): make room or choose another"):
        save_checkpoint(tmp_path, 6, 1.5, tiny_preset(), {"net.a": torch.ones(1)})
    assert list(tmp_path.iterdir()) == []


# --- Two at once ---------------------------------------------------------------------------------------


def test_a_second_training_of_one_run_is_refused_and_the_first_goes_on(tmp_path, unbroken):  # noqa: F811
    first = Training(tiny_preset(STEPS), tmp_path).steps(tiny_data())
    next(first)
    second = subprocess.run([*TINY_RUN, str(tmp_path), str(STEPS)], capture_output=True, text=True, env=ONE_THREAD)
    assert second.returncode
    assert "is being trained already by process" in second.stderr
    with pytest.raises(UserError, match="let that training end, stop it, or choose another folder with --runs"):
        next(Training(tiny_preset(STEPS), tmp_path).steps(tiny_data()))
    for _ in first:
        pass
    assert_equal_runs(tmp_path, unbroken)


def test_a_training_that_was_overtaken_does_not_go_back(tmp_path):
    late = Training(tiny_preset(STEPS), tmp_path)
    train(tmp_path)
    with pytest.raises(UserError, match=f"has brought .* to step {STEPS} meanwhile: run `python -m demos train tiny`"):
        next(late.steps(tiny_data()))
    assert load_newest(tmp_path).step == STEPS


def test_the_lock_of_a_killed_training_is_free_and_its_leftovers_go(tmp_path):
    holder = "import sys, time; from pathlib import Path; from demos.training.lock import run_lock\n"
    holder += "with run_lock(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", holder, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(UserError, match=f"by process {process.pid}"), run_lock(tmp_path):
            pass
        process.kill()
    (tmp_path / ".partial-1").mkdir()
    started = time.monotonic()
    next(Training(tiny_preset(STEPS), tmp_path).steps(tiny_data()))
    assert time.monotonic() - started < 20
    assert not list(tmp_path.glob(".partial*"))
