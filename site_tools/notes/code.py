"""What of a note is more than words: code, which no page may hold, and lines that put other files into the page."""

import re
from collections.abc import Collection, Iterator

from markdown import markdown

from site_tools.authoring.active import Finding, scan
from site_tools.authoring.formulas import Formulas
from site_tools.authoring.places import find_lines
from site_tools.notes.edits import Edit

_SNIPPET = re.compile(r"^[ \t]*(?P<mark>-+8<-+)[^\n]*", re.M)
# what hides code, and what could bring some
_EXTENSIONS = ("attr_list", "def_list", "footnotes", "md_in_html", "pymdownx.superfences", "tables")


def snippets(body: str) -> Iterator[tuple[int, str, Edit]]:
    """Line, text and edit for each line that would put a file of the site into the page, even into its code.

    A semicolon in front makes the extension show the line; who wrote the note did not mean this site's files.
    """
    for found in _SNIPPET.finditer(body):
        start = found.start("mark")
        yield body.count("\n", 0, start) + 1, found[0].strip(), ((start, start), ";")


def findings(body: str, note: str, allow: Collection[str]) -> Iterator[tuple[int, Finding]]:
    """What the site's build will refuse or warn of; pictures are told with the links of the note.

    Args:
        body: of the page.
        note: what it was made from; the lines are its.
        allow: servers from which the site shows something.
    """
    html = markdown(body, extensions=[*_EXTENSIONS, Formulas()])
    found = [finding for finding in scan(html, allow) if finding.kind != "foreign" or finding.element != "img"]
    for finding, line in zip(found, find_lines(found, html, note), strict=True):
        yield line or 1, finding
