"""The chapter on GitHub: one set of limits for pages and practice, drawings that hold what the pages point at."""

import json
import re
from pathlib import Path

import pytest
import yaml

from site_tools.authoring.blocks.demo import Demo
from site_tools.authoring.fences import BlockError, parse
from site_tools.authoring.page import Page
from site_tools.authoring.prose import live_fences
from site_tools.bundle import read_elements

ROOT = Path(__file__).parents[3]
WEB = ROOT / "site_tools" / "web"


def test_pages_and_practice_state_the_same_limits():
    rules = (WEB / "src" / "elements" / "github-simulator" / "rules.ts").read_text(encoding="utf-8")
    facts = yaml.safe_load((ROOT / "docs" / "facts.yml").read_text(encoding="utf-8"))["github"]
    for constant, fact in (("UPLOAD_LIMIT_MIB", "upload_mib"), ("UPLOAD_LIMIT_FILES", "upload_files")):
        assert int(re.search(rf"{constant} = (\d+);", rules)[1]) == facts[fact]


def test_drawings_hold_no_password_field_form_or_script():
    drawings = json.loads((WEB / "dist" / "github.json").read_text(encoding="utf-8"))
    assert len(drawings) >= 16
    for name, drawing in drawings.items():
        html = drawing["html"]
        assert not re.search(r"<form|<script|<iframe|type=.?password|\son\w+=|style=|https?://", html), name
        assert drawing["parts"], name


@pytest.mark.parametrize("name", ["account", "repository", "upload", "publish"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_with_drawings_says_where_its_facts_come_from(name, language):
    text = (ROOT / "docs" / language / "github" / f"{name}.md").read_text(encoding="utf-8")
    assert "```screen" in text
    assert "[[github.documented]]" in text
    assert "https://docs.github.com/" in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_exercise_on_the_log_quotes_the_real_message(language):
    home = (
        (ROOT / "docs" / language / "index.md")
        .read_text(encoding="utf-8")
        .replace("use: point-flow", "use: point-flaw")
    )
    demo = next(parse(fence) for fence in live_fences(home) if fence.info == "demo")
    with pytest.raises(BlockError) as error:
        Demo.check(demo, Page(assets=ROOT, elements=read_elements(WEB / "dist" / "elements.json")), 1)
    exercise = (
        (ROOT / "docs" / language / "github" / "publish.md").read_text(encoding="utf-8").split("id: ex-read-the-log")[1]
    )
    assert f"\nanswer: {error.value.line}\n" in exercise
    assert f"`docs/{language}/index.md:{error.value.line}: {error.value.message}`" in exercise


def test_what_is_bundled_brings_its_licence():
    notices = (WEB / "dist" / "licences.txt").read_text(encoding="utf-8")
    for name in ("lit ", "onnxruntime-web ", "@primer/css ", "@primer/octicons "):
        assert f"\n{name}" in notices
    assert notices.count("Permission is hereby granted") >= 4
    assert re.search(r"Copyright \(c\) \d+ GitHub Inc\.", notices)
