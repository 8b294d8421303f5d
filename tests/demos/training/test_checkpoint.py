"""Checkpoints: whole or not there, the newest two, and damage told in a sentence."""

import json

import pytest
import torch

from demos.errors import UserError
from demos.training import checkpoint
from demos.training.checkpoint import KEEP, build_facts, load_newest, save_checkpoint
from tests.support.tiny_training import tiny_preset

TENSORS = {"net.a": torch.arange(6.0).view(2, 3), "ema.a": torch.ones(2, 3), "optimizer.a.step": torch.tensor(7.0)}


def test_comes_back_as_it_was(tmp_path):
    save_checkpoint(tmp_path / "run", 12, 1.5, tiny_preset(), TENSORS)
    loaded = load_newest(tmp_path / "run")
    assert (loaded.step, loaded.elapsed_s, loaded.preset, loaded.build) == (
        12,
        1.5,
        tiny_preset().to_json(),
        build_facts(),
    )
    assert loaded.tensors.keys() == TENSORS.keys()
    assert all(torch.equal(loaded.tensors[key], value) for key, value in TENSORS.items())
    assert torch.equal(loaded.part("ema")["a"], torch.ones(2, 3))
    assert list(loaded.part("optimizer")) == ["a.step"]


def test_strided_tensors_are_saved(tmp_path):
    weight = torch.randn(2, 3, 4, 4).to(memory_format=torch.channels_last)
    save_checkpoint(tmp_path, 1, 1.5, tiny_preset(), {"net.w": weight})
    assert torch.equal(load_newest(tmp_path).tensors["net.w"], weight)


def test_no_run_is_no_checkpoint(tmp_path):
    assert load_newest(tmp_path / "nothing") is None


def test_only_the_newest_two_are_kept(tmp_path):
    for step in (1, 20, 300, 4000):
        save_checkpoint(tmp_path, step, 1.5, tiny_preset(), TENSORS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-0000300", "step-0004000"]
    assert KEEP == 2
    assert load_newest(tmp_path).step == 4000


def test_the_same_step_can_be_saved_again(tmp_path):
    save_checkpoint(tmp_path, 5, 1.5, tiny_preset(), TENSORS)
    save_checkpoint(tmp_path, 5, 1.5, tiny_preset(), {"net.a": torch.zeros(1)})
    assert load_newest(tmp_path).tensors["net.a"].tolist() == [0]


def test_half_written_checkpoint_is_never_met(tmp_path, monkeypatch):
    save_checkpoint(tmp_path, 5, 1.5, tiny_preset(), TENSORS)

    def fail(tensors, path):
        path.write_bytes(b"half of it")
        raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint, "save_file", fail)
    with pytest.raises(KeyboardInterrupt):
        save_checkpoint(tmp_path, 6, 1.5, tiny_preset(), TENSORS)
    assert load_newest(tmp_path).step == 5
    monkeypatch.undo()
    save_checkpoint(tmp_path, 6, 1.5, tiny_preset(), TENSORS)
    assert load_newest(tmp_path).step == 6


def truncate(path):
    path.write_bytes(path.read_bytes()[:-5])


@pytest.mark.parametrize("file", ["state.safetensors", "checkpoint.json"])
@pytest.mark.parametrize("damage", [truncate, lambda path: path.unlink(), lambda path: path.write_bytes(b"")])
def test_damage_says_which_folder_to_delete(tmp_path, file, damage):
    save_checkpoint(tmp_path, 5, 1.5, tiny_preset(), TENSORS)
    newest = save_checkpoint(tmp_path, 6, 1.5, tiny_preset(), TENSORS)
    damage(newest / file)
    with pytest.raises(UserError, match="step-0000006 is damaged .* goes on from step-0000005") as caught:
        load_newest(tmp_path)
    assert "\n" not in str(caught.value)


def test_damage_without_an_earlier_checkpoint(tmp_path):
    truncate(save_checkpoint(tmp_path, 6, 1.5, tiny_preset(), TENSORS) / "state.safetensors")
    with pytest.raises(UserError, match="training then starts anew"):
        load_newest(tmp_path)


def test_missing_facts_are_damage(tmp_path):
    facts = save_checkpoint(tmp_path, 6, 1.5, tiny_preset(), TENSORS) / "checkpoint.json"
    facts.write_text(json.dumps({"step": 6}))
    with pytest.raises(UserError, match="is damaged"):
        load_newest(tmp_path)


def test_unwritable_folder_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="could not be written to .* --runs; what was saved before is untouched"):
        save_checkpoint(tmp_path / "file" / "run", 1, 1.5, tiny_preset(), TENSORS)
