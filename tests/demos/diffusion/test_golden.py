"""The golden files are what today's Python computes, and a stale one is noticed."""

import json

import pytest

from demos.errors import UserError
from tests.support import golden


@pytest.mark.parametrize("name", golden.GOLDEN)
def test_the_committed_file_is_fresh(name):
    golden.check(name)


def test_philox_gives_the_published_known_answers():
    """From the test vectors that come with Random123 (Salmon et al. 2011)."""
    words = [case["words"] for case in golden.random_numbers()["philox"][:3]]
    assert words == [
        [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8],
        [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD],
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ]


def test_a_changed_number_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(golden, "FOLDER", tmp_path)
    assert golden.main([]) == 0
    path = tmp_path / "noise.json"
    value = json.loads(path.read_text(encoding="utf-8"))
    value["schedules"][2]["alpha"][1] += 1e-6
    path.write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(UserError, match=r"noise\.json is out of date at \.schedules\[2\]\.alpha\[1\]"):
        golden.check("noise")


def test_a_missing_file_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(golden, "FOLDER", tmp_path)
    assert golden.main(["--check"]) == 2
    assert "run `python -m tests.support.golden`" in capsys.readouterr().err
