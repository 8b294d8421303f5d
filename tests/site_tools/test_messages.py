"""Paths and sizes as messages and pages tell them."""

from pathlib import Path

import pytest

from site_tools.messages import from_here, shown, size


def test_paths_below_the_current_folder_are_told_from_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert from_here(tmp_path / "docs" / "a.md") == Path("docs/a.md")
    assert shown(tmp_path / "docs" / "a.md") == "docs/a.md"
    assert shown(Path("docs/a.md")) == "docs/a.md"
    assert shown(tmp_path.parent / "a.md") == (tmp_path.parent / "a.md").as_posix()


@pytest.mark.parametrize(
    ("num_bytes", "told"),
    [(1, "1 KB"), (389_400, "389 KB"), (999_400, "999 KB"), (1e6, "1.0 MB"), (2_345_678, "2.3 MB")],
)
def test_sizes_in_decimal_units(num_bytes, told):
    assert size(num_bytes) == told
