"""Paths and sizes as messages and pages tell them."""

from pathlib import Path

import pytest

from site_tools.messages import from_here, one_line, plain_lines, shown, size


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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("课件 一.pptx", "课件 一.pptx"),
        ("a\u3000b e\u0301", "a\u3000b e\u0301"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("a\x1b[2Kb\x85", r"a\x1b[2Kb\x85"),
        ("a\u202egnp.b", r"a\u202egnp.b"),
        ("a\u2028b\udcffc", r"a\u2028b\udcffc"),
        ("##[error]a", "## [error]a"),
    ],
)
def test_what_cannot_be_seen_is_spelled_out(text, told):
    assert one_line(text) == told
    assert one_line(told) == told
    assert shown(Path("docs") / text) == f"docs/{told}"


def test_lines_of_a_message_stay_lines_and_commands_do_not():
    assert plain_lines("a:\n  - b\n::error::c\n  ::d\n- e ##[f]") == "a:\n  - b\\n::error::c\\n  ::d\n- e ## [f]"
