"""What the workflow does, done here: in a clean clone with a new deck, its very commands end in a lecture page."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from PIL import Image

from site_tools.site.serve import _mkdocs
from tests.support.decks import run, small_deck
from tests.support.sites import make_site

ROOT = Path(__file__).parents[3]
BUILD = yaml.safe_load((ROOT / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8"))["jobs"]["build"]
RUNS = [step for step in BUILD["steps"] if "run" in step]


def test_every_step_is_one_command_of_ours():
    assert [step["run"] for step in RUNS] == ["python -m site_tools lectures", "python -m site_tools site"]


def test_in_a_workflow_what_is_wrong_stands_on_the_runs_page(folder, tmp_path, capsys, monkeypatch):
    (folder / "01-a.pptx").write_bytes(b"")
    assert run(folder) == 2
    assert "::error" not in capsys.readouterr().out
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert run(folder) == 2
    assert re.search(
        r"^::error::.*01-a\.pptx is empty \(0 bytes\): .*upload it again\.$", capsys.readouterr().out, re.M
    )
    config = make_site(
        tmp_path, {f"{language}/index.md": "# Home\n\n![100 %](gone.png)\n" for language in ("zh", "en")}
    )
    with pytest.raises(SystemExit):
        _mkdocs("build", "--strict", "--config-file", str(config))
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("::")]
    assert re.match(r"::warning::.*gone\.png", told[0])
    assert re.match(r"::error::.*strict mode", told[-1])


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_a_deck_uploaded_alone_becomes_a_page_with_its_slides(tmp_path):
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no clone of the repository")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, clone], check=True)
    small_deck(clone / "docs" / "lectures" / "42-上传.pptx", "Uploaded alone", "第二页")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("VIRTUAL_ENV", "PYTHON"))}
    for step in RUNS:
        words = [sys.executable if word == "python" else word for word in step["run"].split()]
        settings = {name: "https://example.org/course/" for name in step.get("env", {})}
        done = subprocess.run(words, cwd=clone, env={**inherited, **settings}, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    for page in ("lectures/42-上传", "en/lectures/42-上传"):
        html = (clone / BUILD["steps"][-1]["with"]["path"] / page / "index.html").read_text(encoding="utf-8")
        assert "Uploaded alone" in html
        assert "第二页" in html
        assert 'id="slide-2"' in html
    folder = clone / "site" / "lectures" / "42-上传"
    assert len(list(folder.glob("slide-*.webp"))) == 2
    with Image.open(folder / "slide-02.webp") as picture:
        assert picture.size == (1280, 720)
        assert picture.convert("L").getextrema()[0] < 100  # there is ink on it
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True)
    assert all("docs/lectures/" in line for line in changed.stdout.splitlines())
