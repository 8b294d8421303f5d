"""The committed wasm is what its sources compile to."""

import importlib.util

import pytest

from demos.errors import UserError
from site_tools.setup import kernels
from site_tools.setup.kernels import WASM, compile_kernels, sources, stamp


def test_the_committed_wasm_was_made_from_these_sources():
    assert WASM.read_bytes().endswith(stamp()), "the C has changed: run `python -m site_tools kernels`"


def test_a_changed_source_or_flag_changes_the_stamp(tmp_path, monkeypatch):
    before = stamp()
    monkeypatch.setattr(kernels, "FLAGS", (*kernels.FLAGS, "-g"))
    assert stamp() != before
    monkeypatch.undo()
    (tmp_path / "c").mkdir()
    for path in sources():
        (tmp_path / "c" / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(kernels, "FOLDER", tmp_path)
    assert stamp() == before
    changed = tmp_path / "c" / "simd.h"
    changed.write_bytes(changed.read_bytes() + b"\n")
    assert stamp() != before


def test_without_the_compiler_one_sentence_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match="compiler of the kernels is missing"):
        compile_kernels(tmp_path / "k.wasm")


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("ziglang") is None, reason="needs ziglang: pip install -e .[kernels]")
def test_compiling_again_gives_the_same_bytes(tmp_path):
    target = tmp_path / "kernels.wasm"
    compile_kernels(target)
    assert target.read_bytes() == WASM.read_bytes()
