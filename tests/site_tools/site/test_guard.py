"""No content becomes code: every way in which an author could bring some is refused, with its place."""

import json
import re
import sys
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort, PluginError

from site_tools.authoring.active import Finding
from site_tools.authoring.drawings import scan_drawing
from site_tools.site import guard
from tests.support.sites import build_site, make_site, messages

DEMO = "```demo\nuse: draw-model\nmodel: garments\ncaption: {}\n```\n"
EXERCISE = """```exercise
id: e
kind: predict
question: {}
choices:
- text: {}
  correct: true
  why: {}
- text: n
  why: n
solution: {}
```
"""
EXTENSIONS = """  md_in_html: {}
  tables: {}
  footnotes: {}
  pymdownx.snippets: {base_path: !relative $config_dir, check_paths: true}
"""
FIGURE = "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><style>p{}</style><a href='x'/></svg>"
Told = dict[str, list[tuple[str, Finding]]]  # name of the page -> place and finding


def site(root: Path, page: str = "# P", *, settings: str = "", allow: str = "[]", files: dict[str, str] | None = None):
    """A configuration with one page in English, and other files below docs/."""
    config = make_site(root, {"en/index.md": page} | (files or {}), languages=("en",))
    text = config.read_text().replace("validation:", f"{EXTENSIONS}validation:")
    text = text.replace("plugins:\n", "plugins:\n  mkdocs-jupyter: {execute: false}\n")
    config.write_text(text.replace("shared: [styles]", f"shared: [styles]\n    allow: {allow}") + settings)
    (root / "facts.yml").write_text("note: '[x](javascript:x)'\n")
    return config


def everything_told(root: Path, files: dict[str, str], allow: str = "[]") -> Told:
    """What the guard says of every page of one build that it does not stop."""
    told: Told = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guard, "_tell", lambda found: [
            told.setdefault(Path(place.split(":")[0]).stem, []).append((place, finding)) for finding, place in found
        ])  # fmt: skip
        config = load_config(str(site(root, files=files, allow=allow)), site_dir=str(root / "site"))
        config.plugins.on_startup(command="build", dirty=False)
        build(config)
    return told


def check(told: Told, name: str, place: str, said: str, kind: str) -> None:
    """One of the findings of a page is what is expected."""
    found = [(where, finding.kind != "foreign", finding.message) for where, finding in told.get(name, [])]
    wanted = kind == "refused"
    assert any(where.endswith(place) and refused is wanted and said in text for where, refused, text in found), found


# line of the attack, the page, what is said
ATTACKS = {
    "script": (5, "---\ntags: x\n---\n\n<script>alert(1)</script>", "<script> is nothing"),
    "script with capitals and a line end": (3, "a\n\n<ScRiPt\nsrc='x.js'></sCrIpT>", "<script> is nothing"),
    "script in a line": (3, "# T\n\ntext <script>x</script> text", "<script> is nothing"),
    "script of data": (1, '<script type="application/json">{}</script>', "<script> is nothing"),
    "script in a quote in a list": (3, "- a\n\n    > <script>x</script>", "<script> is nothing"),
    "script behind one in code": (3, "`<script>`\n\n<script>x</script>", "<script> is nothing"),
    "the second of two": (3, "<b onclick=a>x</b>\n\n<b onclick=a>x</b>", "onclick=a of <b> is code"),
    "script in a drawing": (1, "<svg><script>x</script></svg>", "<script> is nothing"),
    "handler": (2, "a\n<b onclick=\"x()\">b</b>", "onclick=x() of <b> is code"),
    "handler in capitals": (1, "<img src=x.png ONERROR='x()'>", "onerror=x() of <img> is code"),
    "handler with a line end": (1, "<div\nonclick\n=\n'x'>y</div>", "onclick=x of <div> is code"),
    "handler by attr_list": (3, "# T\n\ntext *word*{ onclick=steal() }", "onclick=steal() of <em> is code"),
    "handler by attr_list of a heading": (1, "## T { onmouseover=x }", "onmouseover=x of <h2> is code"),
    "handler out of an id": (1, "## T { id='a\" onfocus=\"x' }", "onfocus=x of <a> is code"),
    "handler in a tag that the theme ends": (3, "# T\n\n<div><img src=x onerror=alert(1)\n", "more than one way"),
    "handler behind a slash": (1, "<div/onclick=x>y</div>", "more than one way"),
    "handler in a drawing": (1, "<svg onload=x></svg>", "onload=x of <svg> is code"),
    "handler behind a comment": (1, "<div><!--><img src=x onerror=x>--></div>", "more than one way"),
    "handler in an attribute": (1, "<noscript><p title=\"</noscript><img src=x onerror=x>\">", "more than one way"),
    "srcdoc": (1, "<iframe srcdoc='<b>x</b>'></iframe>", "more than one way"),
    "srcdoc, escaped": (1, "<iframe srcdoc='&lt;script>x&lt;/script>'></iframe>", "srcdoc of <iframe>"),
    "javascript": (2, "a\n[x](javascript:alert(1))", "the address javascript:alert(1) of <a> is code"),
    "javascript in capitals": (1, "[x](JaVaScRiPt:x)", "of <a> is code"),
    "javascript by reference": (3, "[x][y]\n\n[y]: javascript:x", "of <a> is code"),
    "javascript by numbers": (3, "# T\n\n[x](&#106;&#x61;vascript:x)", "of <a> is code"),
    "javascript by names": (3, "# T\n\n<a href='java&Tab;script&colon;x'>y</a>", "of <a> is code"),
    "javascript with a line end": (3, "# T\n\n<a href='java\nscript:x'>y</a>", "of <a> is code"),
    "javascript with a control character": (3, "# T\n\n<a href='\x01javascript:x'>y</a>", "of <a> is code"),
    "javascript in a drawing": (1, "<svg><a xlink:href='javascript:x'><text>y</text></a></svg>", "of <a> is code"),
    "javascript in MathML": (1, "<math><mi href='javascript:x'>y</mi></math>", "of <mi> is code"),
    "javascript in a form": (1, "<button formaction='javascript:x'>y</button>", "sends what readers write"),
    "javascript in a frame": (1, "<iframe src='javascript:x'></iframe>", "of <iframe> is code"),
    "javascript by attr_list": (1, "[x](y.md){ href=javascript:x }", "of <a> is code"),
    "javascript in a footnote": (3, "a[^1]\n\n[^1]: [x](javascript:x)", "of <a> is code"),
    "javascript in a table": (5, "# T\n\n| a |\n|---|\n| [x](javascript:x) |", "of <a> is code"),
    "vbscript": (1, "[x](vbscript:x)", "of <a> is code"),
    "a page in an address": (1, "[x](data:text/html,<script>x</script>)", "is code"),
    "a page in an address, escaped": (1, "[x](DATA:text/html;base64,PHNjcmlwdD4=)", "of <a> is code"),
    "a drawing in an address": (1, "[x](data:image/svg+xml;base64,PHNjcmlwdD4=)", "of <a> is code"),
    "a drawing that is used": (1, "<svg><use href='data:image/svg+xml,x#a'/></svg>", "of <use> is code"),
    "animated address": (1, "<svg><a><set attributeName=href to=x /></a></svg>", "changes href"),
    "animated handler": (1, "<svg><animate attributeName=onclick values=x /></svg>", "changes onclick"),
    "object": (1, "<object data=x.pdf></object>", "<object> is nothing"),
    "embed": (1, "<embed src=x.pdf>", "<embed> is nothing"),
    "base": (1, "<base href='https://x.org/'>", "<base> is nothing"),
    "meta": (1, "<meta http-equiv=refresh content='0;url=https://x.org'>", "<meta> is nothing"),
    "link": (1, "<link rel=dns-prefetch href=//x.org>", "<link> may only name a style sheet"),
    "style": (1, "<style>@import url(https://x.org/x.css)</style>", "<style> is nothing"),
    "form": (1, "<form action='https://x.org'><input></form>", "sends what readers write"),
    "the theme's settings": (1, "<p id=__config>{}</p>", "the id __config is the site's own"),
    "declaration": (1, "<![CDATA[<b onclick=x>]]>", "more than one way"),
    "caption": (6, "# T\n\n" + DEMO.format("'<b onclick=x>y</b>'"), "onclick=x of <b> is code"),
    "question": (6, "# T\n\n" + EXERCISE.format("'[x](javascript:x)'", "a", "b", "c"), "of <a> is code"),
    "choice": (8, "# T\n\n" + EXERCISE.format("q", "<b onclick=x>y</b>", "b", "c"), "onclick=x of <b> is code"),
    "why": (10, "# T\n\n" + EXERCISE.format("q", "a", "<script>x</script>", "c"), "<script> is nothing"),
    "solution": (14, "# T\n\n" + EXERCISE.format("q", "a", "b", "|\n  <script>x</script>"), "<script> is nothing"),
    "escaped in YAML": (6, "# T\n\n" + DEMO.format('"Words \\x3cscript>x</script>"'), "<script> is nothing"),
    "title": (2, "---\ntitle: <script>x</script>\n---\n", "<script> is nothing"),
    "title that is not ended": (2, "---\ntitle: T <img src=x onerror=x\n---\n", "more than one way"),
    "description": (3, "---\nx: y\ndescription: 0;url=//x.org\" http-equiv=\"refresh\n---\n", "http-equiv=refresh"),
    "value of the front matter": (2, "---\nstatus: x\" onclick=\"y\n---\n", "onclick=y of <a> is code"),
    "list of the front matter": (3, "---\ntags:\n- <b onclick=x>\n---\n", "onclick=x of <b> is code"),
    "address in the front matter": (2, "---\nlink: javascript:x\n---\n", "the address javascript:x"),
    "snippet": (3, "# T\n\n--8<-- 'docs/more.txt'", "<script> is nothing"),
    "fact": (3, "# T\n\nSee [[note]].", "of <a> is code"),
}  # fmt: skip


def notebook(source: str, output: dict) -> str:
    """A notebook of a title, a cell with an output, and a cell of Markdown."""
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# T"},
        {"cell_type": "code", "id": "b", "metadata": {}, "execution_count": 1, "source": "1", "outputs": [
            {"output_type": "display_data", "metadata": {}, "data": output}]},
        {"cell_type": "markdown", "id": "c", "metadata": {}, "source": source},
    ]  # fmt: skip
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


PLAIN = {"text/plain": "1"}
# Markdown, an output, where and what is said
NOTEBOOKS = (
    ("a\n\n<script>x</script>", PLAIN, "cell 3, line 3", "<script> is nothing"),
    ("a\n<b onclick='x'>y</b>", PLAIN, "cell 3, line 2", "onclick=x of <b>"),
    ("[x](DATA:text/html,x)", PLAIN, "cell 3, line 1", "of <a> is code"),
    ("<iframe src='javascript:x'></iframe>", PLAIN, "cell 3, line 1", "of <iframe> is code"),
    ("a", {"text/html": "<pre><script>x</script></pre>"} | PLAIN, "output of cell 2", "<script> is nothing"),
    ("a", {"text/html": ["<b on", "click=x>y</b>"]} | PLAIN, "output of cell 2", "onclick=x of <b>"),
    ("a", {"image/svg+xml": "<svg onload='x'></svg>"}, "output of cell 2", "onload=x of <svg>"),
    ("a", {"application/javascript": "x"} | PLAIN, "output of cell 2", "the output is a script"),
)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory) -> Told:
    """What is told of a site whose every page is an attack."""
    pages = {f"en/p{number}.md": page for number, (_, page, _) in enumerate(ATTACKS.values())}
    notebooks = {f"en/n{number}.ipynb": notebook(*one[:2]) for number, one in enumerate(NOTEBOOKS)}
    snippet = {"more.txt": "a\n\n<script>x</script>\n"}
    return everything_told(tmp_path_factory.mktemp("attacked"), pages | notebooks | snippet)


@pytest.mark.parametrize("name", ATTACKS)
def test_code_in_content_is_refused_with_page_and_line(attacked, name):
    line, _, said = ATTACKS[name]
    check(attacked, f"p{list(ATTACKS).index(name)}", f"docs/en/p{list(ATTACKS).index(name)}.md:{line}", said, "refused")


def test_a_refusal_stops_the_build(tmp_path, caplog):
    with pytest.raises(Abort):
        build_site(site(tmp_path, "---\nx: y\n---\n# T\n\n<script>alert(1)</script> <b onclick=x>y</b>\n"))
    assert f"{tmp_path}/docs/en/index.md:6: <script> is nothing" in messages(caplog)
    assert f"{tmp_path}/docs/en/index.md:6: the attribute onclick=x" in messages(caplog)
    assert not (tmp_path / "site/index.html").exists()


def test_a_template_takes_no_code_out_of_the_front_matter(tmp_path, caplog):
    page = '---\ntemplate: redirect.html\nlocation: x",alert(1),"\n---\n'
    with pytest.raises(Abort):
        build_site(site(tmp_path, page))
    assert 'index.md: the template redirect.html would write x",alert(1)," into a script' in messages(caplog)


@pytest.mark.parametrize(
    ("settings", "key", "said"),
    [
        ("nav: [{'<script>x</script>': index.md}]\n", "nav > <script>x</script>", "<script> is nothing"),
        ("nav: [index.md, {a: [{b: 'javascript: x'}]}]\n", "nav > a > b", "the address javascript: x"),
        ("nav: [index.md, {'a\" onclick=\"x': 'https://x.org'}]\n", "nav > ", "onclick=x"),
        ("extra: {course: {name: '<b onclick=x>'}}\n", "extra > course > name", "onclick=x of <b>"),
        ("extra: {social: [{icon: a, link: 'javascript:x'}]}\n", "extra > social > link", "the address javascript:x"),
        ("copyright: <img src=x onerror=x>\n", "copyright", "onerror=x of <img>"),
        ("site_description: '<script>x</script>'\n", "site_description", "<script> is nothing"),
        ("site_author: 'x\" http-equiv=\"refresh'\n", "site_author", "http-equiv=refresh"),
        ("repo_url: 'javascript://x/%0ax'\n", "repo_url", "the address javascript://x"),
    ],
)
def test_code_in_the_configuration_is_refused_with_its_key(tmp_path, settings, key, said):
    config = load_config(str(site(tmp_path, settings=settings)))
    with pytest.raises(PluginError) as error:
        config.plugins.on_config(config)
    assert re.search(rf"^{tmp_path}/mkdocs\.yml: {re.escape(key)}.*: .*{re.escape(said)}", str(error.value)), (
        error.value
    )


def test_code_in_a_setting_that_the_theme_writes_into_its_script_is_refused(tmp_path, caplog):
    with pytest.raises(Abort):
        build_site(site(tmp_path, settings="extra: {scope: '\"+alert(1)+\"'}\n"))
    assert 'partials/javascripts/base.html would write "+alert(1)+" into a script' in messages(caplog)


def test_code_in_a_fact_is_refused_with_its_key(tmp_path):
    config = load_config(str(site(tmp_path)))
    (tmp_path / "facts.yml").write_text("a: {b: <script>x</script>}\n")
    with pytest.raises(PluginError, match="the fact a.b: <script> is nothing"):
        config.plugins.on_config(config)


@pytest.mark.parametrize("number", range(len(NOTEBOOKS)))
def test_code_in_a_notebook_is_refused_with_its_cell(attacked, number):
    *_, place, said = NOTEBOOKS[number]
    check(attacked, f"n{number}", f"docs/en/n{number}.ipynb: {place}", said, "refused")


HARMLESS = """---
title: 'JavaScript: an <i>introduction</i> & more'
description: He said "x < y" onclick=never
---
# T <kbd>K</kbd>

`<script>alert(1)</script>` &lt;script&gt; \\<script\\> 1 < 2, javascript: is a scheme, $a<b$ $\\text{a<b}$

```html
<script>alert(1)</script> <b onclick="x">
```

<!-- a comment -->
<img src="a.png" alt="javascript: on a slide" width=3>
[mail](mailto:a@b.org) [site](https://example.org/a?b=javascript:c) <https://example.org> [table](data:text/csv,a)
![dot](data:image/gif;base64,R0lGODlhAQABAAAAACw=)
<details markdown><summary>Data: more</summary>text</details>
<svg viewBox="0 0 1 1"><title>T</title><a href="#x"><path d="M0 0"/></a></svg>
"""


def test_what_only_speaks_of_code_is_published(tmp_path):
    config = site(tmp_path, HARMLESS, settings="extra: {course: {name: 'JavaScript: an introduction'}}\n")
    (tmp_path / "docs/en/a.png").write_bytes(b"")
    page = (build_site(config) / "index.html").read_text()
    assert '<meta name="description" content="He said &quot;x < y&quot; onclick=never">' in page
    assert "<title>JavaScript: an <i>introduction</i> & more - A course</title>" in page


FOREIGN = (
    ("![x](https://x.org/a.png)", 1, "the picture https://x.org/a.png"),
    ("a\n\n<img src=//x.org/a.png>", 3, "the picture //x.org/a.png"),
    ('<img src=a.png srcset="a.png, https://x.org/b.png 2x">', 1, "the picture https://x.org/b.png"),
    ("<image src=https://x.org/a.png>", 1, "the picture https://x.org/a.png"),
    ("<video poster=https://x.org/a.png></video>", 1, "the recording https://x.org/a.png"),
    ("<svg><image href='https:\\\\x.org/a.png'/></svg>", 1, "the picture https:"),
    ("a\n<iframe src=https://x.org/a></iframe>", 2, "the frame https://x.org/a"),
    ("<link rel=stylesheet href=https://x.org/font.css>", 1, "the style sheet https://x.org/font.css"),
    ("<table><tr><td background='https://x.org/a.png'></td></tr></table>", 1, "the picture https://x.org/a.png"),
    ("![x](HTTP://x.org/a.png)", 1, "the picture HTTP://x.org/a.png"),  # no host is allowed to answer unprotected
)


@pytest.fixture(scope="module", params=["[]", "[X.org]"])
def fetching(request, tmp_path_factory) -> tuple[bool, Told]:
    """Whether the host is allowed, and what is told of a site that shows what others have."""
    pages = {f"en/p{number}.md": page for number, (page, *_) in enumerate(FOREIGN)}
    told = everything_told(tmp_path_factory.mktemp("fetching"), {**pages, "en/a.png": ""}, request.param)
    return request.param != "[]", told


@pytest.mark.parametrize("number", range(len(FOREIGN)))
def test_what_the_policy_blocks_is_told_unless_the_host_is_allowed(fetching, number):
    allowed, told = fetching
    _, line, said = FOREIGN[number]
    if allowed and "HTTP" not in said:
        assert f"p{number}" not in told or not told[f"p{number}"]
    else:
        check(told, f"p{number}", f"docs/en/p{number}.md:{line}", said, "shown as a gap")


def test_a_frame_of_the_site_itself_is_said_to_stay_empty(tmp_path, caplog):
    page = "[x](other.md)\n\n<iframe src=other/></iframe>"
    with pytest.raises(Abort, match="strict"):
        build_site(site(tmp_path, page, files={"en/other.md": "# O"}))
    assert "index.md:3: the frame other/ stays empty" in messages(caplog)


def warnings_of(config_file: Path, caplog) -> str:
    config = load_config(str(config_file), site_dir=str(config_file.parent / "site"))
    config.plugins.on_config(config)
    return messages(caplog)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("font: false", "font: {text: Noto Sans}"), "mkdocs.yml: theme > font: the theme's font comes from"),
        (("[styles/own.css]", "['https://x.org/a.css']"), "mkdocs.yml: extra_css: the style sheet https://x.org/a.css"),
        (("font: false", "font: false, logo: 'https://x.org/a.png'"), "theme > logo: the picture https://x.org/a.png"),
        (("theme:", "extra_javascript: ['https://x.org/a.js']\ntheme:"), "extra_javascript: the script https://x.org"),
    ],
)
def test_what_the_configuration_fetches_from_elsewhere_is_a_warning(tmp_path, caplog, change, said):
    config = site(tmp_path)
    config.write_text(config.read_text().replace(*change))
    assert said in warnings_of(config, caplog)


def test_a_font_from_allowed_hosts_is_none(tmp_path, caplog):
    config = site(tmp_path, allow="['*.googleapis.com', fonts.gstatic.com]")
    config.write_text(config.read_text().replace("font: false", "font: {text: Noto Sans}"))
    assert warnings_of(config, caplog) == ""


@pytest.mark.parametrize(
    ("drawing", "line", "said"),
    [
        ("<svg>\n<script>x</script></svg>", 2, "<script> is nothing"),
        ("<svg xmlns:s='http://www.w3.org/2000/svg'><s:script/></svg>", 1, "<script> is nothing"),
        ("<svg\nonload='x'></svg>", 1, "onload=x of <svg>"),
        ("<!DOCTYPE svg [<!ENTITY e 'javascript:x'>]>\n<svg><a xlink:href='&e;'/></svg>", 2, "of <a> is code"),
        ("<?xml version='1.0'?>\n<?xml-stylesheet href='x.xsl'?><svg/>", 2, "rewrites the drawing"),
        ("<svg><foreignObject><iframe srcdoc='x'/></foreignObject></svg>", 1, "srcdoc of <iframe>"),
        ("<svg><script>x</script>", 1, "<script> is nothing"),
        ("<svg>", 1, "the drawing is not whole"),
    ],
)
def test_code_in_a_drawing_is_refused_with_its_line(drawing, line, said):
    assert any(where == line and said in finding.message for where, finding in scan_drawing(drawing.encode()))


def test_a_drawing_that_runs_something_stops_the_build(tmp_path, caplog):
    config = site(tmp_path, "![d](a.svg)", files={"en/a.svg": "<svg onload='x'/>", "en/b.svg": FIGURE})
    with pytest.raises(Abort):
        build_site(config)
    assert "docs/en/a.svg:1: the attribute onload=x of <svg> is code" in messages(caplog)
    assert "b.svg" not in messages(caplog)


@pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
@pytest.mark.parametrize("name", ["<img src=x onerror=x>/a.md", '"onclick="x.md'])
def test_a_name_that_is_html_is_refused(tmp_path, caplog, name):
    with pytest.raises(Abort):
        build_site(site(tmp_path, files={f"en/{name}": "text"}))
    assert f"{name}: the name can be read as HTML" in messages(caplog)


def test_a_style_sheet_that_fetches_from_elsewhere_is_a_warning_with_its_line(tmp_path, caplog):
    config = site(tmp_path)
    (tmp_path / "styles/own.css").write_text("p {}\n@font-face { src: url( 'https://x.org/a.woff2') }\n")
    with pytest.raises(Abort, match="strict"):
        build_site(config)
    assert "styles/own.css:2: the font or picture https://x.org/a.woff2" in messages(caplog)
