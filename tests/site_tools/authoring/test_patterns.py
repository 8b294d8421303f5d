"""Text in which something begins a thousand times and never ends is read in one pass."""

import time

import pytest

from site_tools.authoring.blocks.reading import read_blocks
from site_tools.authoring.fences import fences
from site_tools.authoring.formulas import check_formulas, replace_in_html
from site_tools.authoring.links import links
from site_tools.authoring.numbers import references
from site_tools.authoring.page import Page
from site_tools.authoring.prose import prose

SIZE = 40_000  # characters; a pattern that tries every beginning against every end takes half a minute and more
READERS = {
    "fences": lambda text: list(fences(text)),
    "prose": prose,
    "numbers": lambda text: list(references(text)),
    "formulas": check_formulas,
    "html": replace_in_html,
    "links": links,
    "blocks": lambda text: read_blocks(text, Page()),
}
ENDLESS = {
    "number": "[[a |" + " " * SIZE,
    "number's key": "[[a" + " " * SIZE + "|",
    "numbers": "[[a |" * (SIZE // 5),
    "comments": "<!--" * (SIZE // 4),
    "fence": "```" + "a" + " " * SIZE + "`",
    "code spans": " ".join("`" * length for length in range(1, 280)),
    "brackets": "[" * SIZE,
    "nested brackets": "[x]: y\n\n" + "[" * (SIZE // 2) + "]" * (SIZE // 2),
    "targets": "](a " * (SIZE // 4),
    "parentheses": "](" * (SIZE // 2),
    "titles": "](a" + ' "b' * (SIZE // 3),
    "spaces in a target": "](a" + " " * SIZE,
    "local path": "[a]: C:\\" + " " * SIZE + "x",
    "quotes behind a local path": "[a]: C:\\" + " \"'" * (SIZE // 3),
    "tags": "<a " * (SIZE // 3),
    "quoted tags": "<a \"'" * (SIZE // 5),
    "tags in quotes": "<a '" * (SIZE // 4),
    "dollars": "$a " * (SIZE // 3),
    "double dollars": "$$a\n" * (SIZE // 4),
    "blank lines in a formula": "$$a" + "\n" * SIZE,
    "ids": "{" * SIZE,
    "ids with signs": "{#" * (SIZE // 2),
    "less than": "<" * SIZE,
}


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_what_never_ends_is_read_once(reader, text):
    start = time.perf_counter()
    reader(text)
    assert time.perf_counter() - start < 2
