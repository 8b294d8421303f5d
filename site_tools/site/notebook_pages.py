"""Notebook pages like any other page: as light, with ids that keep Chinese, and with drawn formulas.

mkdocs-jupyter 0.26 makes heading ids from ASCII letters only, so that a Chinese heading gets none,
wraps every cell in Jupyter's own mark-up and brings 590 KB of styles and scripts for it. What remains
here is what the site's own styles know: text, `highlight` blocks and outputs.
"""

import base64
import re
import struct
from collections.abc import Iterator
from html import escape, unescape
from urllib.parse import unquote

from site_tools.authoring.formulas import replace_in_html
from site_tools.authoring.pictures import png_size

TEXT = {
    "zh": {"link": "永久链接", "output": "代码单元 {} 的输出"},
    "en": {"link": "Permanent link", "output": "Output of code cell {}"},
}
_HEADING = re.compile(r'<h(?P<level>[1-6])\b[^>]*\bid="(?P<id>[^"]*)"[^>]*>(?P<text>.*?)</h(?P=level)>', re.S)
_ANCHOR = re.compile(r'<a class="anchor-link".*?</a>', re.S)


def mend_ids() -> None:
    """Make mkdocs-jupyter build heading ids and table of contents like all other pages do.

    Without mkdocs-jupyter there is nothing to mend. Replaces private names of 0.26; a test notices
    when they move.
    """
    try:
        from mkdocs_jupyter import convert, plugin
    except ImportError:
        return
    from markdown.extensions.toc import TocExtension
    from pymdownx.slugs import slugify

    unicode_slug = slugify(case="lower")
    convert.slugify = lambda text: unicode_slug(text, "-")
    plugin.TocExtension = lambda **settings: TocExtension(slugify=unicode_slug, **settings)


def tidy(html: str, language: str) -> str:
    """A converted notebook as the mark-up of a page; cells keep their `jp-Cell`."""
    from bs4 import BeautifulSoup  # comes with mkdocs-jupyter, like the page

    soup = BeautifulSoup(html, "html.parser")
    return "\n".join(_parts(soup, TEXT.get(language, TEXT["en"])))


def _parts(soup, text: dict[str, str]) -> Iterator[str]:
    cell = 0
    for part in soup.select(".jp-MarkdownOutput, .highlight-ipynb pre, .jp-OutputArea-output"):
        classes = part.get("class", ())
        if "jp-MarkdownOutput" in classes:
            yield f'<div class="jp-Cell jp-MarkdownCell">{_prose(part.decode_contents(), text["link"])}</div>'
        elif part.name == "pre":
            cell += 1
            code = part.decode_contents().removeprefix("<span></span>").strip("\n")
            block = f'<pre id="code-cell-{cell}"><code>{code}\n</code></pre>'
            yield f'<div class="jp-Cell jp-CodeCell highlight">{block}</div>'
        elif picture := part.find("img"):
            yield _picture(str(picture["src"]), text["output"].format(cell))
        elif plain := part.find("pre"):
            yield f'<pre class="notebook-output">{plain.decode_contents().strip()}</pre>'


def _prose(html: str, link: str) -> str:
    def heading(found: re.Match) -> str:
        # nbconvert quotes the id as if it were an address; in the page it must be what links name
        identifier = escape(unquote(unescape(found["id"])))
        words = _ANCHOR.sub("", found["text"])
        anchor = f'<a class="headerlink" href="#{identifier}" title="{link}">¶</a>'
        return f'<h{found["level"]} id="{identifier}">{words}{anchor}</h{found["level"]}>'

    return replace_in_html(_HEADING.sub(heading, html))


def _picture(source: str, alt: str) -> str:
    measures = ""
    if source.startswith("data:image/png;base64,"):
        try:
            width, height = png_size(base64.b64decode(re.sub(r"\s", "", source.partition(",")[2][:200])[:64]))
            measures = f' width="{width}" height="{height}"'
        except (ValueError, struct.error):
            pass  # damaged; a browser shows the alternative text
    return f'<img class="notebook-output" alt="{alt}"{measures} src="{escape(source)}">'
