"""The default sampler: chosen by a rule from a record of the released weights, which a command writes."""

import json

import pytest
import torch

from demos.data import load_fashion_mnist
from demos.diffusion.samplers import DEFAULT_SAMPLER, DEFAULT_STEPS
from demos.errors import UserError
from demos.measuring import sampler_choice
from demos.measuring.sampler_choice import CANDIDATES, LIMIT, Judge, choice, choose
from demos.training.release import WEIGHTS, load_released


def row(sampler, num_steps, cnn, ae):
    return {"sampler": sampler, "num_steps": num_steps, "fd_cnn": cnn, "fd_ae": ae}


def test_the_first_within_the_tolerance_under_both_extractors_is_chosen():
    record = {"limit": row(*LIMIT, 2.0, 1.0)}
    record["rows"] = [row("a", 12, 2.0, 1.16), row("b", 13, 2.31, 1.0), row("c", 14, 2.29, 1.14), row("d", 15, 1, 1)]
    assert choice(record) == ("c", 14)
    record["rows"] = record["rows"][:2]
    with pytest.raises(UserError, match="None of 2 samplers"):
        choice(record)


def test_the_default_is_what_the_record_of_the_released_weights_decides_for():
    record = json.loads((WEIGHTS / "fashion-diffusion.sampler.json").read_text(encoding="utf-8"))
    assert record["weights"] == load_released("fashion-diffusion").sha256
    assert choice(record) == (DEFAULT_SAMPLER, DEFAULT_STEPS)
    assert (record["limit"]["sampler"], record["limit"]["num_steps"]) == LIMIT
    tried = [(one["sampler"], one["num_steps"]) for one in record["rows"]]
    assert tried == CANDIDATES[: len(tried)]


def test_looks_no_further_than_it_must(monkeypatch, tmp_path):
    """Distances from a table: the third candidate is the first that will do, and nothing is made after it."""
    table, made = iter([2.0, 9.0, 2.4, 2.2, 1.0]), []

    class Told(Judge):
        def __init__(self, images):
            self.features, self.real = {}, {}

        def __call__(self, images):
            made.append(images.shape)
            return {"fd_cnn": (value := next(table)), "fd_ae": value}

    monkeypatch.setattr(sampler_choice, "Judge", Told)
    monkeypatch.setattr(sampler_choice, "IMAGES", 2)
    monkeypatch.setattr(sampler_choice, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(sampler_choice, "LIMIT", ("heun", 2))
    monkeypatch.setattr(sampler_choice, "CANDIDATES", [("ddim", steps) for steps in (1, 2, 3, 4)])
    counted: list[int] = []
    released = load_released("fashion-diffusion")
    with torch.no_grad():
        facts = {"model": "here"}
        record = choose(released.net, facts, tmp_path / "record.json", progress=counted.append)
    assert made == 4 * [(2, 28, 28)]
    assert sum(counted) == 8
    assert choice(record) == ("ddim", 3)
    assert json.loads((tmp_path / "record.json").read_text(encoding="utf-8")) == record
    assert [one["nfe"] for one in (record["limit"], *record["rows"])] == [3, 1, 2, 3]


def test_real_images_are_at_their_own_place_and_others_are_not():
    judge = Judge(1000)
    train = load_fashion_mnist("train")[0]
    assert judge(train[-1000:]) == pytest.approx({"fd_cnn": 0, "fd_ae": 0}, abs=1e-3)
    assert judge(train[:1000])["fd_cnn"] > 1
