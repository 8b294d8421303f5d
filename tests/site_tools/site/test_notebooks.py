"""Notebooks pass the checks of pages and keep what they show; what is wrong is told with file and cell."""

import itertools
import json
import re

import pytest
from mkdocs.exceptions import Abort

from tests.support.sites import build_site, make_site, messages

NUMBERS = itertools.count()


def markdown(source: str, **more) -> dict:
    return {"cell_type": "markdown", "id": f"m{next(NUMBERS)}", "metadata": {}, "source": source, **more}


def code(*outputs: dict) -> dict:
    return {
        "cell_type": "code", "execution_count": 1, "id": f"c{next(NUMBERS)}", "metadata": {}, "source": "f()",
        "outputs": [{"output_type": "display_data", "metadata": {}, "data": data} for data in outputs],
    }  # fmt: skip


def notebook(*cells: dict) -> str:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps({"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})


def site(tmp_path, text: str, **pages: str):
    pages = {"en/index.md": "# P", "en/deep/n.ipynb": text, "en/deep/page.md": "# Q\n", **pages}
    config = make_site(tmp_path, pages, languages=("en",))
    jupyter = "mkdocs-jupyter: {include: ['*.ipynb'], execute: false, cache: false}"
    config.write_text(config.read_text().replace("plugins:\n", f"plugins:\n  {jupyter}\n"))
    return config


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("a\n\nSo [[garments.fd]]", 'line 3: unknown number "garments.fd"; did you mean "garments.fd_cnn"?'),
        ("$\\foo$", "line 1: the formula \\foo has the unknown command"),
        ("a\n\n$$\nx", "line 3: $$ opens a formula"),
        ("\\begin{align}\nx&=1\n\\end{align}", "line 1: the formula that begins with \\begin{align} stands outside"),
        ("![a](C:\\a.png)", "line 1: the link C:\\a.png points into this computer"),
        ("<img src='/Users/me/a.png'>", "line 1: the link /Users/me/a.png points into this computer"),
        ("![a](gone.png)", "line 1: the link gone.png leads to nothing"),
        ("[a](../gone.md#x)", "line 1: the link ../gone.md#x leads to nothing"),
        ("![a](attachment:a.png)", "line 1: the picture attachment:a.png is not in the notebook"),
        ("## [[garments.fd_cnn]]", "line 1: in a heading of a notebook [[garments.fd_cnn]] stays as it is"),
        ("x\n```demo\nuse: spin-noise\n```", "line 2: a demo block works on pages only"),
        ("| a |\n|---|\n| [[garments.fd_cnn | .1f]] |", "line 3: in a table of a notebook [[garments.fd_cnn]]"),
    ],
)
def test_prose_of_a_notebook_is_checked_with_file_and_cell(tmp_path, caplog, source, words):
    with pytest.raises(Abort):
        build_site(site(tmp_path, notebook(markdown("# N"), code(), markdown(source))))
    assert f"docs/en/deep/n.ipynb: cell 3, {words}" in messages(caplog)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"text/html": "<b>1</b>", "text/markdown": "1"}, "text/html, text/markdown cannot be shown"),
        ({"application/javascript": "f()"}, "application/javascript cannot be shown"),
        ({"application/x-own": "x"}, "application/x-own cannot be shown"),
        ({"text/latex": "$\\foo$", "text/plain": "x"}, "text/latex cannot be shown, for the formula \\foo has the"),
        ({"text/latex": "a $x$ and $y$"}, "text/latex cannot be shown, for it holds more than one formula"),
    ],
)
def test_an_output_that_would_get_lost_is_refused_by_name(tmp_path, caplog, data, words):
    with pytest.raises(Abort):
        build_site(site(tmp_path, notebook(markdown("# N"), code({"text/plain": "1"}, data))))
    assert f"docs/en/deep/n.ipynb: cell 2: an output of the kind {words}" in messages(caplog)


def test_what_is_right_is_shown(tmp_path):
    picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    text = notebook(
        markdown(
            "# N\n\nFD [[garments.fd_cnn | .1f]] & `[[x]]` $a<b$\n\n"
            "![a](../pics/a%20b.svg) [Q](page.md#q) [up](../index.md)"
        ),
        markdown("![s](../../../assets/figures/dots-light.svg) [w](https://example.org/x) [h](#n)"),
        markdown("![c](attachment:c.png)", attachments={"c.png": {"image/png": picture}}),
        code(
            {"text/latex": "$\\displaystyle x^{2}$", "text/plain": "x**2"}, {"text/html": "<b>7</b>", "text/plain": "7"}
        ),
        code({"text/latex": "\\begin{equation*}y\\end{equation*}"}),
    )
    config = site(tmp_path, text, **{"en/pics/a b.svg": "<svg/>"})
    page = build_site(config) / "deep" / "n" / "index.html"
    html = page.read_text(encoding="utf-8")
    assert "FD 1.2 &amp; <code>[[x]]</code>" in html
    for target in ("pics/a%20b.svg", "assets/figures/dots-light.svg"):
        address = re.search(rf'<img [^>]*src="([^"]*{target})"', html)[1]
        assert (page.parent / address.replace("%20", " ")).resolve().is_file()
    assert 'href="../page/#q"' in html
    assert 'href="../.."' in html or 'href="../../"' in html
    assert 'href="https://example.org/x"' in html
    assert 'href="#n"' in html
    assert f"data:image/png;base64,{picture}" in html
    outputs = re.findall(r'<(?:div|pre) class="notebook-output">(.*?)</(?:div|pre)>', html, re.S)
    assert [output if "<math" not in output else "formula" for output in outputs] == ["formula", "7", "formula"]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"cells": 5, "nbformat": 4, "nbformat_minor": 5}', "[" * 9000])
def test_what_is_no_notebook_is_one_sentence(tmp_path, caplog, text):
    with pytest.raises(Abort):
        build_site(site(tmp_path, text))
    told = r"docs/en/deep/n\.ipynb:1: this is no notebook\b.*\. Open it in Jupyter and save it again\."
    assert re.search(told, messages(caplog)), messages(caplog)
