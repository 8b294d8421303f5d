"""Reading a comparison: what it holds is given back, and what it does not is told in one sentence."""

import json
import subprocess
import sys

import pytest

from demos.errors import UserError
from demos.measuring.comparison import PROTOCOL, Comparison, read_comparison


def numbers(fd):
    return {"fd_cnn": fd, "fd_cnn_sd": 0.1, "coverage": 0.5}


CONTENT = {
    "protocol": PROTOCOL,
    "code_lengths": {"png": 4.1, "lzma": 3.9},
    "yardsticks": {"1000": {"floor": numbers(4.0)}, "10000": {"floor": numbers(0.5)}},
    "models": {
        "quick": {
            "nfe": 1,
            "milliseconds": {"torch": 2.5},
            "likelihood": {"kind": "none"},
            "quality": {"10000": numbers(3.0), "1000": numbers(7.0)},
        },
        "patient": {
            "nfe": 784,
            "milliseconds": {"torch": 900.0},
            "likelihood": {"kind": "exact", "bits_per_dim": 2.75},
            "quality": {"1000": numbers(9.0)},
        },
    },
}


def written(tmp_path, content):
    path = tmp_path / "comparison.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_numbers_come_by_model_and_count(tmp_path):
    comparison = read_comparison(written(tmp_path, CONTENT))
    assert comparison.counts == [10_000, 1000]
    assert comparison.quality("quick")["fd_cnn"] == 3
    assert comparison.quality("quick", 1000)["fd_cnn"] == 7
    assert comparison.quality("patient")["fd_cnn"] == 9
    assert comparison.quality("floor")["fd_cnn"] == 0.5
    assert comparison.quality("floor", 1000)["fd_cnn"] == 4


def test_what_is_not_there_is_told():
    with pytest.raises(UserError, match='knows no "quik"; did you mean "quick"'):
        Comparison(CONTENT).quality("quik")
    with pytest.raises(UserError, match="has patient at 1000 images, not at 10000"):
        Comparison(CONTENT).quality("patient", 10_000)


@pytest.mark.parametrize("content", ["", "[]", "{}", "{"])
def test_another_file_is_told(tmp_path, content):
    with pytest.raises(UserError, match="comparison.json is no comparison"):
        read_comparison(written(tmp_path, content))
    with pytest.raises(UserError, match="is no comparison"):
        read_comparison(tmp_path / "none.json")


def test_another_protocol_is_told(tmp_path):
    with pytest.raises(UserError, match=f"is of protocol 0, this is {PROTOCOL}"):
        read_comparison(written(tmp_path, {**CONTENT, "protocol": 0}))


def test_the_table_keeps_numbers_of_different_counts_apart():
    *lines, codes = Comparison(CONTENT).table().splitlines()
    assert codes == "bits/dim without a model: png 4.10, lzma 3.90"
    assert [line.split()[0] for line in lines] == ["10000", "quick", "floor", "1000", "quick", "patient", "floor"]
    assert "3.000" in lines[1]
    assert "2.750 (exact)" in lines[5]
    assert "784" in lines[5]


def test_reading_needs_the_standard_library_only():
    code = "import sys, demos.measuring.comparison; print('torch' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"
