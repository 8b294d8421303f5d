"""Nothing that lies elsewhere is published, and no name of a file can pass for something else."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from mkdocs.exceptions import Abort

from site_tools.authoring.published import unfit
from tests.site_tools.site.test_plugin import DEMO
from tests.support.sites import SVG, build_site, make_site, messages

ROOT = Path(__file__).parents[3]
PAGES = {f"{language}/index.md": f"# P\n\n{DEMO}" for language in ("zh", "en")}


@pytest.mark.parametrize(
    ("place", "target"),
    [
        ("docs/zh/page.md", "secret.md"),  # a page
        ("docs/en/notes", "folder"),
        ("docs/en/paper.pdf", "secret.md"),
        ("assets/models/other.onnx", "secret.md"),
        ("assets/data/dots.json", "secret.md"),
        ("assets/figures/dots-light.svg", "secret.svg"),  # a poster
        ("assets/figures/more", "folder"),
        ("styles/more.css", "gone.css"),
        ("docs/lectures/01-a.pptx", "secret.md"),
        ("docs/lectures/01-a", "folder"),
        ("docs/lectures", "folder"),
    ],
)
def test_a_symbolic_link_stops_the_build_and_is_named(tmp_path, caplog, place, target):
    outside = tmp_path / "outside"
    (outside / "folder").mkdir(parents=True)
    (outside / "secret.md").write_text("# Secret")
    (outside / "secret.svg").write_text(SVG)
    config = make_site(tmp_path / "course", PAGES, lectures=place.startswith("docs/lectures"))
    link = tmp_path / "course" / place
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(outside / target)
    with pytest.raises(Abort):
        build_site(config)
    (told,) = messages(caplog).splitlines()
    assert f"{place} is a symbolic link, through which any file of this computer could be published: put the" in told
    assert not (tmp_path / "course" / "site").exists()


@pytest.mark.parametrize("place", ["docs/en/old.html", "docs/zh/a/b.XHTML", "assets/data/feed.xml", "styles/x.htm"])
def test_a_page_that_nobody_has_looked_at_stops_the_build(tmp_path, caplog, place):
    config = make_site(tmp_path, PAGES)
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).write_text("<script>alert(1)</script>")
    with pytest.raises(Abort):
        build_site(config)
    (told,) = messages(caplog).splitlines()
    assert f"{place} would be published as it is, and whatever it holds would run: write it as a page (.md)" in told


@pytest.mark.parametrize("name", ["a\n::error::lost.md", "a\x1b[2K.png", "Icon\r", "a\u2028b.md", "a\x85b.md"])
def test_a_name_that_moves_the_cursor_stops_the_build(tmp_path, caplog, name):
    config = make_site(tmp_path, PAGES)
    (tmp_path / "docs" / "en" / name).write_text("")
    with pytest.raises(Abort):
        build_site(config)
    (told,) = messages(caplog).splitlines()
    assert told.endswith("has a character in its name that cannot be seen: rename it.")
    assert told.isprintable()


def test_real_files_of_any_script_are_fit_and_hidden_ones_do_not_count(tmp_path):
    for name in ("a.md", "图 一.png", "a\u3000b.md", "e\u0301.md", "👩\u200d🏫.png", ".git/x", "deep/.hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / ".link").symlink_to("/etc/passwd")
    assert unfit([tmp_path, tmp_path / "none"]) == []
    assert unfit(Path("docs").iterdir()) == []


def test_no_address_on_a_page_becomes_a_line_of_the_log(tmp_path):
    """MkDocs decodes the address of a link that leads nowhere, and tells it."""
    text = "# P\n\n[a](x%0A::error::lost.md) ![b](##[error]lost%0D.png)\n"
    config = make_site(tmp_path, {"en/index.md": text}, languages=("en",))
    program = f"from site_tools.site.serve import _mkdocs; _mkdocs('build', '--config-file', {str(config)!r})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 0, done.stderr
    assert r"but the target 'x\n::error::lost.md' is not found" in done.stderr
    assert not re.search(r"^\s*::|##\[|\r", done.stdout + done.stderr, re.M)
