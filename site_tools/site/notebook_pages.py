"""Notebook pages like any other page: as light, with ids that keep Chinese, drawn formulas, numbers and links.

mkdocs-jupyter 0.26 makes heading ids from ASCII letters only, so that a Chinese heading gets none,
wraps every cell in Jupyter's own mark-up and brings 590 KB of styles and scripts for it. What remains
here is what the site's own styles know: text, `highlight` blocks and outputs.
"""

import base64
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from html import escape, unescape
from pathlib import Path
from urllib.parse import unquote

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

from demos.errors import UserError
from site_tools.authoring import numbers
from site_tools.authoring.formulas import outside_code, replace_in_html, to_html
from site_tools.authoring.notebook import SHOWN, check_notebook, latex_tex
from site_tools.authoring.pictures import png_size
from site_tools.messages import shown

TEXT = {
    "zh": {"link": "永久链接", "output": "代码单元 {} 的输出"},
    "en": {"link": "Permanent link", "output": "Output of code cell {}"},
}
_HEADING = re.compile(r'<h(?P<level>[1-6])\b[^>]*\bid="(?P<id>[^"]*)"[^>]*>(?P<text>.*?)</h(?P=level)>', re.S)
_ANCHOR = re.compile(r'<a class="anchor-link".*?</a>', re.S)


@cache
def mend() -> None:
    """Make mkdocs-jupyter build heading ids and table of contents like all other pages do, and take of each output
    the form that a page can show.

    Without mkdocs-jupyter there is nothing to mend. Replaces private names of 0.26; a test notices
    when they move.
    """
    try:
        from mkdocs_jupyter import convert, nbconvert2, plugin
    except ImportError:
        return
    from markdown.extensions.toc import TocExtension
    from pymdownx.slugs import slugify

    unicode_slug = slugify(case="lower")
    convert.slugify = lambda text: unicode_slug(text, "-")
    plugin.TocExtension = lambda **settings: TocExtension(slugify=unicode_slug, **settings)
    application = nbconvert2.get_nbconvert_app

    def with_shown_forms(**settings):
        made = application(**settings)
        made.config.NbConvertBase.display_data_priority = list(SHOWN)
        return made

    nbconvert2.get_nbconvert_app = with_shown_forms


def check(text: str, file: File, facts: Mapping[str, numbers.Value], resolve: Callable[[str], str | None]) -> None:
    """Stop the build at a notebook that would lose or break something, with file and cell; the next step converts it.

    Raises:
        PluginError: all that is wrong with it.
    """
    mend()
    name = shown(Path(file.abs_src_path or file.src_uri))
    try:
        problems = check_notebook(text, facts, lambda address: resolve(address) is not None)
    except UserError as error:
        raise PluginError(f"{name}: {error}") from None
    if problems:
        raise PluginError("\n".join(f"{name}: {problem}" for problem in problems))


def tidy(html: str, language: str, facts: Mapping[str, numbers.Value], resolve: Callable[[str], str | None]) -> str:
    """A converted notebook as the mark-up of a page; cells keep their `jp-Cell`.

    Args:
        html: what mkdocs-jupyter made of it.
        language: of the page.
        facts: key -> number for prose.
        resolve: the address on the page for a link as it is written; None if it leads nowhere.

    Raises:
        ValueError: a number or formula that the checks did not see.
    """
    from bs4 import BeautifulSoup  # comes with mkdocs-jupyter, like the page

    soup = BeautifulSoup(html, "html.parser")
    for name, key in (("a", "href"), ("img", "src")):
        for element in soup.select(f".jp-MarkdownOutput {name}[{key}]"):
            element[key] = resolve(str(element[key])) or element[key]
            if name == "img":
                element["loading"] = "lazy"
    return "\n".join(_parts(soup, TEXT.get(language, TEXT["en"]), facts))


def _parts(soup, text: dict[str, str], facts: Mapping[str, numbers.Value]) -> Iterator[str]:
    cell = 0
    for part in soup.select(".jp-MarkdownOutput, .highlight-ipynb pre, .jp-OutputArea-output"):
        classes = part.get("class", ())
        if "jp-MarkdownOutput" in classes:
            yield f'<div class="jp-Cell jp-MarkdownCell">{_prose(part.decode_contents(), text["link"], facts)}</div>'
        elif part.name == "pre":
            cell += 1
            code = part.decode_contents().removeprefix("<span></span>").strip("\n")
            block = f'<pre id="code-cell-{cell}"><code>{code}\n</code></pre>'
            yield f'<div class="jp-Cell jp-CodeCell highlight">{block}</div>'
        elif "jp-RenderedLatex" in classes:
            yield f'<div class="notebook-output">{to_html(latex_tex(part.get_text()), display=True)}</div>'
        elif picture := part.find("img"):
            yield _picture(str(picture["src"]), text["output"].format(cell))
        elif plain := part.find("pre"):
            yield f'<pre class="notebook-output">{plain.decode_contents().strip()}</pre>'


def _prose(html: str, link: str, facts: Mapping[str, numbers.Value]) -> str:
    def heading(found: re.Match) -> str:
        # nbconvert quotes the id as if it were an address; in the page it must be what links name
        identifier = escape(unquote(unescape(found["id"])))
        words = _ANCHOR.sub("", found["text"])
        anchor = f'<a class="headerlink" href="#{identifier}" title="{link}">¶</a>'
        return f'<h{found["level"]} id="{identifier}">{words}{anchor}</h{found["level"]}>'

    def number(found: re.Match) -> str:
        return escape(numbers.write(facts, found["key"], unescape(found["format"] or "")))

    html = outside_code(_HEADING.sub(heading, html), lambda words: re.sub(numbers.REFERENCE, number, words))
    return replace_in_html(html)


def _picture(source: str, alt: str) -> str:
    measures = ""
    if source.startswith("data:image/png;base64,"):
        try:
            width, height = png_size(base64.b64decode(re.sub(r"\s", "", source.partition(",")[2][:200])[:64]))
            measures = f' width="{width}" height="{height}"'
        except (ValueError, struct.error):
            pass  # damaged; a browser shows the alternative text
    return f'<img class="notebook-output" alt="{alt}"{measures} src="{escape(source)}">'
