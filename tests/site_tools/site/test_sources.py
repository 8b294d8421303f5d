"""What the plugin checks before MkDocs reads a page: front matter, encoding, notebooks, the date; and line numbers."""

import json
import re

import pytest
from mkdocs.exceptions import Abort

from site_tools.site.front_matter import check_front_matter
from site_tools.site.notebook_files import check_notebook
from tests.support.sites import build_site, make_site, messages

THEME = {"main.html", "home.html", ".icons/material/blur.svg"}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("---\ntitle: a: b\n---\n# P\n", 2, "Put a value that holds a colon and a space between quotes."),
        ("---\na: 1\ntitle: !x y\n---\n# P\n", 3, '"!x" would be a tag of YAML'),
        ("---\na: &a [*a]\n---\n# P\n", 2, "would be an anchor"),
        ("---\ntitle: A\ntitle: B\n---\n# P\n", 3, 'the key "title" stands twice'),
        ("---\ntitle:A\n---\n# P\n", 2, "write one `key: value` a line, with a space behind the colon."),
        ("---\n- a\n---\n# P\n", 2, "write one `key: value` a line"),
        ("---\ntitle: A\n\n# P\n", 1, "it is never closed; end it with a line ---."),
        ("---\ntitle: A\n---", 3, "the page ends here; write its text below"),
        ("---\na: 1\ntitle: [A]\n---\n# P\n", 3, '"title" must be text.'),
        ("---\ndescription: {a: b}\n---\n# P\n", 2, '"description" must be text.'),
        ("---\ntitle:\n---\n# P\n", 2, '"title" must be text.'),
        ("---\na: 1\nhide: 5\n---\n# P\n", 3, '"hide" must be a list of words'),
        ("---\nhide: [1]\n---\n# P\n", 2, '"hide" must be a list of words'),
        ("---\ntags: {a: b}\n---\n# P\n", 2, '"tags" must be a list of words'),
        ("---\nsearch: 5\n---\n# P\n", 2, '"search" must hold keys'),
        ("---\ntemplate: hom.html\n---\n# P\n", 2, '"template" is "hom.html", which the theme does not have.'),
        ("---\nicon: material/nothing\n---\n# P\n", 2, '"icon" is "material/nothing"'),
        ("template: no.html\n\n# P\n", 1, '"template" is "no.html"'),
    ],
)
def test_damaged_front_matter_is_one_sentence(text, line, words):
    (problem,) = check_front_matter(text, THEME.__contains__)
    assert problem.line == line
    assert problem.message.startswith("front matter: ")
    assert words in problem.message


@pytest.mark.parametrize(
    "text",
    [
        "# P\n", "", "---", "---\n\n# A rule above\n\n---\n", "---\nwords\n", "---\n# only a comment\n---\n# P\n",
        "---\ntitle: 2026\nhide:\n  - toc\ntemplate: home.html\nicon: material/blur\ndate: 2026-01-05\n...\n# P\n",
        "---\nhide: toc\nsearch: {exclude: true}\n---\n# P\n", "Title: A\n\nText\n",
    ],
)  # fmt: skip
def test_right_front_matter_and_rules_pass(text):
    assert check_front_matter(text, THEME.__contains__) == []


def build_fails(tmp_path, caplog, page, **settings) -> str:
    config = make_site(tmp_path, {"en/index.md": "# Home\n", "en/p.md": ""}, languages=("en",), **settings)
    (tmp_path / "docs" / "en" / "p.md").write_bytes(page if isinstance(page, bytes) else page.encode())
    with pytest.raises(Abort):
        build_site(config)
    return messages(caplog)


def test_the_build_says_where_front_matter_is_wrong(tmp_path, caplog):
    said = build_fails(tmp_path, caplog, "---\na: 1\ntemplate: no.html\n---\n# P\n")
    assert 'docs/en/p.md:3: front matter: "template" is "no.html", which the theme does not have.' in said


def test_a_page_in_another_encoding_is_named_with_its_line(tmp_path, caplog):
    said = build_fails(tmp_path, caplog, "# P\n\n扩散模型\n".encode("gbk"))
    assert "docs/en/p.md:3: this is not UTF-8; save the file in that encoding." in said


HEAD = "---\ntitle: A\nhide:\n  - toc\n---\n\n\n"


@pytest.mark.parametrize("lectures", [False, True])
@pytest.mark.parametrize("head", [HEAD, "Title: A\nAuthor: B\n\n", ""])
def test_lines_count_what_stands_above_the_text(tmp_path, caplog, lectures, head):
    if lectures:
        (tmp_path / "docs" / "lectures").mkdir(parents=True)
    text = f"{head}# P\n\n[[lectures]]\n\n```demo\nuse: spin-noise\ncaption: x\nsped: 1\n```\n\n[[nothing]]\n".replace(
        "[[lectures]]", "[[lectures]]" if lectures else "Text"
    )
    lines = text.split("\n")
    said = build_fails(tmp_path, caplog, text, lectures=lectures)
    assert f"docs/en/p.md:{lines.index('sped: 1') + 1}: demo block: unknown key" in said
    assert f"docs/en/p.md:{lines.index('[[nothing]]') + 1}: unknown number" in said


def test_a_block_in_code_is_named_instead_of_published_as_its_placeholder(tmp_path, caplog):
    said = build_fails(tmp_path, caplog, HEAD + "# P\n\n    ```demo\n    use: spin-noise\n    caption: x\n    ```\n")
    assert f"docs/en/p.md:{HEAD.count(chr(10)) + 3}: the block stands in code or HTML" in said


def test_code_that_never_ends_is_named(tmp_path, caplog):
    said = build_fails(tmp_path, caplog, "# P\n\n```python\n[[nothing]]\n")
    assert "docs/en/p.md:3: the code that begins here is never closed" in said


@pytest.mark.parametrize("date", ["abc", "", "1e9", "9" * 30, "-" + "9" * 30])
def test_a_build_date_that_is_none_is_one_sentence(tmp_path, caplog, monkeypatch, date):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", date)
    with pytest.raises(Abort):
        build_site(make_site(tmp_path, {"en/index.md": "# Home\n"}, languages=("en",)))
    assert f'SOURCE_DATE_EPOCH is "{date}": it must be whole seconds since 1970' in messages(caplog)


def notebook(**changes) -> str:
    code = {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": "1", "outputs": []}
    cells = [{"cell_type": "markdown", "metadata": {}, "source": ["# A"]}, code | changes]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}, indent=1)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "Expecting value"),
        ('{\n "cells": [,\n', 2, "Expecting value"),
        ("[]", 1, "no notebook of format 4"),
        ('{"nbformat": 3, "worksheets": []}', 1, "no notebook of format 4"),
        ("[" * 100_000, 1, "this is no notebook"),
        (notebook(source=5), 14, "cell 2, source: 5 is not valid"),
        (notebook(outputs=[{"output_type": "stream", "name": "stdout"}]), 14, "cell 2, output 1: 'text' is a required"),
        (
            notebook(outputs=[{"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBORw0"}}]),
            14,
            "cell 2, output 1: its image/png is damaged.",
        ),
        (notebook(metadata=[], more={}), 14, "cell 2, metadata: [] is not of type 'object'"),
    ],
)
def test_damaged_notebooks_are_one_sentence(text, line, words):
    (problem,) = check_notebook(text)
    assert problem.line == line
    assert words in problem.message
    assert problem.message.endswith("Open it in Jupyter and save it again.")


def test_a_notebook_needs_no_ids():
    assert check_notebook(notebook()) == []
    assert check_notebook(notebook(id="a")) == []


def test_a_wrong_block_in_an_included_file_is_one_sentence(tmp_path, caplog):
    page = {"en/index.md": '# Home\n\n--8<-- "block.md"\n'}
    config = make_site(tmp_path, page, languages=("en",))
    snippets = f"pymdownx.snippets: {{base_path: {tmp_path}}}\n  pymdownx.superfences"
    config.write_text(config.read_text().replace("pymdownx.superfences", snippets))
    (tmp_path / "block.md").write_text("```demo\nuse: spin-noise\ncaption: !important\n```\n")
    with pytest.raises(Abort):
        build_site(config)
    assert re.search(
        r'docs/en/index\.md:3: in what --8<-- "block\.md" brings: demo block: "!important"', messages(caplog)
    )
