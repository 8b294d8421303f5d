"""Manifests, notebooks and facts in 200 damaged versions: each is read, or refused in one sentence that names it."""

import json
import random
import re
import time
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from demos.errors import UserError
from site_tools.authoring.numbers import flatten, read_facts
from site_tools.models.manifest import SCHEMA, read_manifest
from site_tools.site import live_files
from site_tools.site.notebook_files import check_notebook
from site_tools.site.notebook_pages import tidy
from tests.support.comparisons import made_by_hand
from tests.support.mutations import mutated
from tests.support.sites import manifest

ROOT = Path(__file__).parents[3]
LIMIT = 2.0  # seconds for one file
MODEL = b"the bytes of a model"
MANIFEST = manifest("garments", MODEL).to_json()
ODD = (
    None,
    True,
    -1,
    0,
    1e300,
    2**70,
    "",
    "../x",
    "图" * 3000,
    [],
    [[]],
    {},
    {"a": {"b": []}},
    float("nan"),
    float("inf"),
)
RAW = (
    b"", b"{", b"null", b"[]", b"5", b'"x"', b"\xff\xfe{\x00}\x00", "{\"图\": 1}".encode("gbk"), b"[" * 200_000,
    b'{"a":' * 200_000, b"{}" * 1000, b'{"schema": 2}', b"\0" * 1000, b'{"schema": ' + b"1" * 5000 + b"}",
    b"\xef\xbb\xbf{}",
)  # fmt: skip


def damaged(value: dict, random_: random.Random) -> bytes:
    """The JSON with a value replaced or a key lost or new, or with damaged text."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    if random_.random() < 0.3:
        return mutated(text, random_).encode("utf-8", errors="surrogatepass")
    value = json.loads(text)
    place: dict | list = value
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = random_.choice(keys) if keys else None
        if key is None or not isinstance(place[key], dict | list) or not place[key] or random_.random() < 0.3:
            break
        place = place[key]
    if key is not None and random_.random() < 0.3:
        del place[key]
    elif key is not None:
        place[key] = random_.choice(ODD)
    return json.dumps(value, ensure_ascii=False).encode()


def cases(value: dict, count: int) -> list[bytes]:
    random_ = random.Random("damaged files")
    return [*RAW, *(damaged(value, random_) for _ in range(count - len(RAW)))]


def ends_well(read, name: str, content: bytes) -> bool:
    """Whether it is read; fails unless it is, or is refused in one sentence with its name, in time."""
    start, sentence = time.perf_counter(), ""
    try:
        read()
    except UserError as error:
        sentence = str(error)
    except Exception as error:
        raise AssertionError(f"{type(error).__name__}: {error}\n{content[:2000]!r}") from error
    assert time.perf_counter() - start < LIMIT
    assert not sentence or re.fullmatch(rf"\S+ .*{re.escape(name)}.*\.|\S*{re.escape(name)}(:\d+)?:? .+\.", sentence)
    return not sentence


def test_damaged_manifests(tmp_path):
    models = tmp_path / "models"
    models.mkdir()
    (models / "garments.onnx").write_bytes(MODEL)
    path = models / "garments.json"
    read = {"manifest": 0, "models": 0, "facts": 0}
    for content in cases(MANIFEST, 200):
        path.write_bytes(content)
        read["manifest"] += ends_well(lambda: read_manifest(path), path.name, content)
        read["models"] += ends_well(lambda: live_files.models(tmp_path), path.name, content)
        read["facts"] += ends_well(lambda: read_facts(tmp_path, None), path.name, content)
    assert 10 < read["manifest"] < 150
    path.write_text(json.dumps(MANIFEST))
    assert read_manifest(path).to_json()["schema"] == SCHEMA
    assert list(live_files.models(tmp_path)) == ["garments"]


def test_damaged_comparisons(tmp_path):
    path = tmp_path / "data" / "comparison.json"
    path.parent.mkdir()
    read = 0
    for content in cases(made_by_hand("fashion-vae"), 100):
        path.write_bytes(content)
        read += ends_well(lambda: read_facts(tmp_path, None), path.name, content)
    assert 10 < read < 90


def test_damaged_benchmarks(tmp_path):
    path = tmp_path / "data" / "benchmark.json"
    path.parent.mkdir()
    content = json.loads((ROOT / "docs" / "assets" / "data" / "benchmark.json").read_text(encoding="utf-8"))
    read = 0
    for damage in cases(content, 100):
        path.write_bytes(damage)
        read += ends_well(lambda: read_facts(tmp_path, None), path.name, damage)
    assert 10 < read < 90


def test_damaged_facts(tmp_path):
    path = tmp_path / "facts.yml"
    text = (ROOT / "docs" / "facts.yml").read_text(encoding="utf-8")
    random_ = random.Random("facts")
    read = 0
    for content in [*RAW, *(mutated(text, random_).encode(errors="surrogatepass") for _ in range(200 - len(RAW)))]:
        path.write_bytes(content)
        read += ends_well(lambda: read_facts(tmp_path, path), path.name, content)
    assert 20 < read < 150


NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# 图像\n", "As $x_0$ says."]},
        {
            "cell_type": "code",
            "execution_count": 1,
            "id": "b",
            "metadata": {"tags": ["x"]},
            "source": "1 + 1",
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": ["a\n"]},
                {
                    "output_type": "display_data",
                    "metadata": {},
                    "data": {"image/png": "iVBORw0KGgo=", "text/plain": "x"},
                },
                {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "2"}},
                {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["t"]},
            ],
        },
        {"cell_type": "raw", "id": "c", "metadata": {}, "source": "x"},
    ],
}


def outcome(content: bytes) -> list:
    try:
        return check_notebook(content.decode())
    except UnicodeDecodeError:  # the plugin's own sentence
        return [None]


def test_damaged_notebooks_are_told_from_right_ones():
    refused = 0
    for content in cases(NOTEBOOK, 200):
        start = time.perf_counter()
        problems = outcome(content)
        assert time.perf_counter() - start < LIMIT
        refused += bool(problems)
        for problem in filter(None, problems):
            assert 1 <= problem.line <= content.count(b"\n") + 1
            assert "\n" not in problem.message
            assert len(problem.message) < 300
    assert check_notebook(json.dumps(NOTEBOOK)) == []
    assert 60 < refused < 200


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # nbformat's, about ids
def test_notebooks_that_pass_can_be_converted(tmp_path):
    from mkdocs_jupyter import convert

    path, converted = tmp_path / "n.ipynb", 0
    for content in cases(NOTEBOOK, 200):
        if outcome(content):
            continue
        path.write_bytes(content)
        start = time.perf_counter()
        html, sentence = "", ""
        try:
            html = tidy(convert.nb2html(str(path)), "zh", {}, lambda link: link)
        except ValueError as error:  # an unknown number, or a formula that cannot be read: the plugin's sentence
            sentence = str(error)
        assert html or re.fullmatch(r"[^\n]{10,300}", sentence)
        convert.nb2md(str(path))
        assert BeautifulSoup(html, "html.parser") is not None
        converted += 1
        assert time.perf_counter() - start < 10
    assert converted > 10


def test_flattened_numbers_are_bounded_by_what_is_written():
    assert dict(flatten({"a": [1, {"b": "x", "c": True, "d": None}]}, "m")) == {"m.a.0": 1, "m.a.1.b": "x"}
