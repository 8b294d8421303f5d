"""The wheel alone, in an empty environment without torch, builds another teacher's site strictly."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CONFIG = """
site_name: Another course
theme: {name: material, language: en, font: false}
plugins:
  live-models: {}
markdown_extensions:
  pymdownx.superfences: {}
validation:
  links: {not_found: warn, anchors: warn}
"""
PAGES = {
    "index.md": "# Home\n\nTo the [demo](demo.md#flow) and the [exercise](exercise.md).\n",
    "demo.md": "# Demo\n\n```demo\nuse: point-flow\nid: flow\ncaption: Points flow, $x_t$.\n```\n",
    "exercise.md": "# Sum\n\n```exercise\nid: sum\nkind: compute\nquestion: $1+1$?\nanswer: 2\nsolution: Two.\n```\n",
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


def test_wheel_holds_what_a_page_needs_and_no_sources_of_the_web_code(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "site_tools/web/dist/loader.en.js",
        "site_tools/web/dist/elements.json",
        "site_tools/web/dist/ort-wasm-simd-threaded.wasm",
        "site_tools/web/dist/elements/lecture-slides.js",
        "site_tools/lectures/pages/page.py",
        "site_tools/overrides/main.html",
        "site_tools/site/preview/client.js",
        "site_tools/overrides/assets/stylesheets/site-tools.css",
        "demos/errors.py",
    ):
        assert needed in names
    assert not [name for name in names if "node_modules" in name or name.endswith(".ts") or "/weights/" in name]


@pytest.mark.parametrize("own", ["site_tools/course/", "site_tools/models/labels.py", "docs/", "tests/"])
def test_wheel_leaves_out_what_is_this_courses_own(wheel, own):
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if name.startswith(own)]


def test_wheel_explains_the_commands_that_need_the_repository(wheel, tmp_path):
    code = "import runpy, sys; sys.argv[1:] = ['figures']; runpy.run_module('site_tools', run_name='__main__')"
    path = {**os.environ, "PYTHONPATH": str(wheel)}  # Python reads modules from a zip
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=path, capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "needs its repository" in done.stderr


def test_foreign_site_builds_strictly_without_torch(wheel, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [python, "-m", "pip", "install", "--quiet", "-c", ROOT / "constraints.txt", wheel]
    subprocess.run(pip, check=True)
    assert subprocess.run([python, "-c", "import torch"], capture_output=True, cwd=tmp_path).returncode != 0

    (tmp_path / "mkdocs.yml").write_text(CONFIG, encoding="utf-8")
    for name, text in PAGES.items():
        (tmp_path / "docs").mkdir(exist_ok=True)
        (tmp_path / "docs" / name).write_text(text, encoding="utf-8")
    built = subprocess.run([python, "-m", "mkdocs", "build", "--strict"], cwd=tmp_path, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    html = (tmp_path / "site" / "demo" / "index.html").read_text(encoding="utf-8")
    assert '<figure class="live-figure" id="flow">' in html
    assert "<math" in html
    assert list((tmp_path / "site" / "assets" / "live").glob("loader.*.js"))
    assert "hreflang" not in html
