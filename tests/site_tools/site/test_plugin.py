"""The plugin on whole tiny sites: files, addresses, numbers, links, notebooks, and two languages under one root."""

import base64
import hashlib
import json
import re
import subprocess
import sys
import time
import urllib.request
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from mkdocs.exceptions import Abort

from site_tools.authoring import numbers
from tests.support.sites import build_site, make_site, manifest, messages

DEMO = "```demo\nuse: draw-model\nmodel: garments\nsteps: 5\ncaption: A garment\n```\n"
NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# 训练\n\n## 数据\n\nAs `$y$` says, $x_0$."},
        {
            "cell_type": "code", "execution_count": 1, "id": "b", "metadata": {}, "source": "1 + 1",
            "outputs": [
                {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "2"}}
            ],
        },
    ],
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}  # fmt: skip


def two_languages(text: str) -> dict[str, str]:
    return {f"{language}/{name}": text for language in ("zh", "en") for name in ("index.md", "deep/page.md")}


def runtime(html: str) -> dict:
    return json.loads(re.search(r'<script type="application/json" id="live-runtime">(.*?)</script>', html)[1])


def test_live_files_lie_once_and_are_addressed_from_every_depth(tmp_path):
    site = build_site(make_site(tmp_path, two_languages(f"# P\n\n{DEMO}")))
    for name, depth in (("", 0), ("deep/page/", 2), ("en/", 1), ("en/deep/page/", 3)):
        folder = site / name
        html = (folder / "index.html").read_text()
        table = runtime(html)
        assert set(table["files"]) == {
            "elements/draw-model.js", "kernels-worker.js", "kernels.wasm", "ort-wasm-simd-threaded.wasm",
            "ort-worker.js", "models/garments.json", "models/garments.onnx", "models.js", f"frame.{table['lang']}.js",
        }  # fmt: skip
        assert table["files"]["elements/draw-model.js"]["after"] == [f"frame.{table['lang']}.js", "models.js"]
        assert table["files"]["models.js"]["after"] == [f"frame.{table['lang']}.js"]
        assert f"assets/live/loader.{table['lang']}." in html
        for entry in table["files"].values():
            assert entry["url"].startswith("../" * depth + "assets/live/")
            assert (folder / entry["url"]).stat().st_size == entry["bytes"]
            assert re.search(r"\.[0-9a-f]{8}\.\w+$", entry["url"])
        for address in re.findall(r'(?:src|href)="([^"]*assets/live[^"]*)"', html):
            assert (folder / address).is_file()
        assert table["lang"] == ("en" if "en" in name else "zh")
    assert not (site / "en" / "assets" / "live").exists()
    assert not (site / "assets" / "models").exists()


def test_page_without_blocks_loads_nothing(tmp_path):
    html = (build_site(make_site(tmp_path, {"en/index.md": "# P"}, languages=("en",))) / "index.html").read_text()
    assert "live" not in html.replace("live-models", "")


def test_shared_pictures_and_styles_have_one_place(tmp_path):
    text = "# P\n\n![a](../../assets/figures/dots-light.svg#only-light)\n"
    pages = {
        "zh/index.md": text,
        "en/index.md": text,
        "zh/a/b.md": text.replace("../..", "../../.."),
        "en/a/b.md": "# B",
    }
    site = build_site(make_site(tmp_path, pages))
    for name in ("index.html", "en/index.html", "a/b/index.html"):
        html = (site / name).read_text()
        addresses = re.findall(r'(?:src|href)="([^"#]*(?:dots-light\.svg|own\.css))', html)
        assert len(addresses) == (2 if "dots" in html else 1)
        assert all((site / name).parent.joinpath(address).is_file() for address in addresses)
        if "dots" in html:
            assert 'height="30" loading="lazy"' in html
            assert 'width="40"' in html
    assert not (site / "en" / "assets" / "figures").exists()


def test_missing_picture_stops_a_strict_build(tmp_path, caplog):
    config = make_site(tmp_path, {"en/index.md": "# P\n\n![a](../../assets/figures/none.svg)\n"}, languages=("en",))
    with pytest.raises(Abort):
        build_site(config)
    assert "none.svg" in messages(caplog)


def test_numbers_come_from_manifests_and_facts(tmp_path):
    text = (
        "# P\n\nFD [[garments.fd_cnn | .2f]], [[garments.agreement|.0%]], [[garments.bytes_mb | .6f]] MB, "
        "[[classroom.students]]; `[[x]]`.\n\n| a | b |\n|---|---|\n| [[garments.fd_cnn | .1f]] | c |\n"
    )
    html = (build_site(make_site(tmp_path, {"en/index.md": text}, languages=("en",))) / "index.html").read_text()
    assert "FD 1.23, 90%, 0.000007 MB, 60; <code>[[x]]</code>." in html
    assert re.search(r"<td>1\.2</td>\s*<td>c</td>", html)


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("[[garments.fd_cn]]", 'unknown number "garments.fd_cn"; did you mean "garments.fd_cnn"?'),
        ("[[garments.fd_cnn | 2y]]", '"2y" is no way to write garments.fd_cnn'),
    ],
)
def test_wrong_number_stops_the_build_with_its_line(tmp_path, caplog, reference, words):
    config = make_site(tmp_path, {"en/index.md": f"---\ntitle: T\n---\n# P\n\nSo: {reference}\n"}, languages=("en",))
    with pytest.raises(Abort):
        build_site(config)
    assert f"docs/en/index.md:6: {words}" in messages(caplog)


def test_numbers_are_flat_and_exact():
    one = replace(manifest("m", b"12345"), metrics={"a": {"b": 1}, "c": [2, "x"]})
    assert numbers.facts_of_manifest(one) == {
        "m.schema": 2,
        "m.name": "m",
        "m.kind": "image-denoiser",
        "m.parameters": 2_000_000,
        "m.golden": "m.golden.json",
        "m.poster": "",
        "m.credit": "",
        "m.licence": "MIT",
        "m.bytes": 5,
        "m.a.b": 1,
        "m.c.0": 2,
        "m.c.1": "x",
        "m.unconditional": 10,
        "m.log_snr_limit": 14.0,
        "m.trained_steps": 10,
        "m.training_hours": 0.5,
        "m.bytes_mb": 5e-6,
        "m.parameters_m": 2.0,
        "m.parameters_wan": 200.0,
        "m.steps": 10,
    }


@pytest.mark.parametrize(
    "target",
    [r"D:\slides\a.png", "D:/slides/a.png", "file:///C:/a.png", "/Users/me/a.png", "/home/me/a.png", r"\\server\a.png"],
)
def test_picture_on_the_authors_computer_stops_the_build(tmp_path, caplog, target):
    config = make_site(tmp_path, {"en/index.md": f"# P\n\n![a]({target})\n"}, languages=("en",))
    with pytest.raises(Abort):
        build_site(config)
    assert f"docs/en/index.md:3: the link {target} points into this computer" in messages(caplog)
    assert "Typora" in messages(caplog)


def test_local_path_in_an_img_tag_is_found_and_code_is_not(tmp_path, caplog):
    text = '# P\n\n`![a](D:/a.png)`\n\n<img src="/Users/me/b.png">\n'
    with pytest.raises(Abort):
        build_site(make_site(tmp_path, {"en/index.md": text}, languages=("en",)))
    assert re.findall(r"index\.md:(\d+)", messages(caplog)) == ["5"]


def test_element_whose_script_is_missing_stops_the_build(tmp_path, caplog):
    config = make_site(tmp_path, {"en/index.md": DEMO}, languages=("en",))
    (tmp_path / "bundle" / "ort-worker.js").unlink()
    with pytest.raises(Abort):
        build_site(config)
    assert "ort-worker.js is missing from the bundle" in messages(caplog)


def test_unreadable_manifest_is_one_sentence(tmp_path, caplog):
    config = make_site(tmp_path, {"en/index.md": "# P"}, languages=("en",))
    (tmp_path / "assets/models/garments.json").write_text("{")
    with pytest.raises(Abort):
        build_site(config)
    assert "`python -m site_tools export garments` writes both anew" in messages(caplog)


def test_notebook_page_is_light_and_keeps_chinese_ids_and_formulas(tmp_path):
    config = make_site(tmp_path, {"zh/index.md": "# P", "zh/n.ipynb": json.dumps(NOTEBOOK)}, languages=("zh",))
    jupyter = "mkdocs-jupyter: {include: ['*.ipynb'], execute: false, cache: false}"
    config.write_text(config.read_text().replace("plugins:\n", f"plugins:\n  {jupyter}\n"))
    html = (build_site(config) / "n" / "index.html").read_text()
    assert html.count("jp-Cell") == 2
    assert '<h1 id="训练">' in html
    assert 'href="#训练"' in html
    assert "<code>$y$</code>" in html
    assert html.count("<math") >= 1
    assert '<pre class="notebook-output">2</pre>' in html
    assert len(html) < 40_000
    assert not re.search(r"<style|https?://(?!www\.w3\.org)", html.partition("<article")[2].partition("</article>")[0])


def test_site_is_the_same_bytes_twice(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    sites = [build_site(make_site(tmp_path / name, two_languages(f"# P\n\n$x_1$\n\n{DEMO}"))) for name in ("a", "b")]
    first, second = ({p.relative_to(s): p.read_bytes() for p in s.rglob("*") if p.is_file()} for s in sites)
    assert first == second


def test_offline_site_has_scripts_beside_files_and_pages_by_name(tmp_path):
    site = build_site(make_site(tmp_path, two_languages(f"# P\n\n{DEMO}"), offline="true"))
    html = (site / "en" / "deep" / "page.html").read_text()
    url = runtime(html)["files"]["models/garments.onnx"]["url"]
    script = (site / "en" / "deep" / f"{url}.b64.js").resolve().read_text()
    assert script == '(globalThis.liveFiles ??= {})["models/garments.onnx"] = "d2VpZ2h0cw==";\n'
    assert 'href="../../deep/page.html"' in html


@pytest.mark.parametrize("offline", ["false", "true"])
def test_a_model_lies_in_the_site_deflated_and_the_table_says_what_is_sent(tmp_path, offline):
    model = bytes(range(16)) * 4000
    config = make_site(tmp_path, two_languages(f"# P\n\n{DEMO}"), offline=offline)
    (tmp_path / "assets/models/garments.onnx").write_bytes(model)
    (tmp_path / "assets/models/garments.json").write_text(json.dumps(manifest("garments", model).to_json()))
    site = build_site(config)
    page = site / ("en/deep/page.html" if offline == "true" else "en/deep/page/index.html")
    entry = runtime(page.read_text())["files"]["models/garments.onnx"]
    sent = (page.parent / entry["url"]).read_bytes()
    assert zlib.decompress(sent) == model
    assert entry["bytes"] == len(sent) < 2000
    assert entry["integrity"] == f"sha256-{base64.b64encode(hashlib.sha256(sent).digest()).decode()}"
    assert len(list(site.rglob("garments*.onnx"))) == 1
    if offline == "true":
        script = (page.parent / f"{entry['url']}.b64.js").read_text()
        assert base64.b64decode(script.split('"')[3]) == sent


@pytest.mark.slow
def test_serve_has_both_languages_on_one_port_and_rebuilds_both(tmp_path):
    make_site(tmp_path, two_languages(f"# P\n\n{DEMO}"))
    command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", "127.0.0.1:8765"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as server:
        try:

            def read(path: str) -> str:
                with urllib.request.urlopen(f"http://127.0.0.1:8765/{path}", timeout=5) as answer:
                    return answer.read().decode()

            def wait_for(path: str, words: str) -> str:
                deadline = time.monotonic() + 60
                while time.monotonic() < deadline:
                    try:
                        if words in (text := read(path)):
                            return text
                    except OSError:
                        pass
                    time.sleep(0.3)
                raise AssertionError(f"{words!r} never came to {path}")

            html = wait_for("deep/page/", "A garment")
            (reload,) = re.findall(r'<script src="(/livereload/[^"]*)"', html)
            assert "preview-problems" in read(reload[1:])
            assert "'self'" in re.search(r"script-src ([^;]*)", html)[1]  # which lets it through
            assert 'href="../../en/deep/page/"' in html
            wait_for("en/deep/page/", "A garment")
            for language, path in (("zh", ""), ("en", "en/")):
                page = tmp_path / "docs" / language / "index.md"
                page.write_text(page.read_text() + f"\nNew in {language}.\n", encoding="utf-8")
                wait_for(path, f"New in {language}.")
        finally:
            server.terminate()


def test_plugin_and_commands_work_without_torch(tmp_path):
    blocked = "import sys; sys.modules['torch'] = sys.modules['numpy'] = sys.modules['onnx'] = None; "
    modules = ("site.plugin", "authoring.extension", "__main__", "site.serve", "notes.importing")
    for module in (f"site_tools.{name}" for name in modules):
        subprocess.run([sys.executable, "-c", f"{blocked}import {module}"], check=True, cwd=Path(__file__).parents[3])
