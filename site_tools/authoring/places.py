"""The lines of a page's source from which pieces of its HTML came.

Markdown keeps no lines, so the way back is a search: for the words as they are written, for the link that means the
same address, and at last for the words in front. Whatever is found is told to its author, who knows the page.
"""

import re
from collections.abc import Iterable, Mapping
from html import unescape

from site_tools.authoring import numbers
from site_tools.authoring.active import Finding, plain
from site_tools.authoring.fences import lines_of
from site_tools.authoring.links import links
from site_tools.authoring.prose import prose

_SNIPPET = re.compile(r"^[ \t]*-+8<-+", re.M)
_TEXT = re.compile(r"<[^>]*>")


def find_lines(
    findings: Iterable[Finding], html: str, source: str, facts: Mapping[str, numbers.Value] | None = None
) -> list[int | None]:
    """For each finding its line in the source, from 1; None if the source has nothing of the kind.

    Args:
        findings: of `html`, in order.
        html: what the source has become, or a part of it.
        source: the page with its front matter.
        facts: numbers and texts that the source may name: the line is then that of the name.
    """
    search = _Search(_with_facts(source, facts or {}))
    return [search.line(finding, html) for finding in findings]


class _Search:
    def __init__(self, source: str) -> None:
        self.source = source
        self.texts = [text.lower() for text in dict.fromkeys((prose(source).ljust(len(source)), source))]
        self.after: dict[tuple[int, str], int] = {}  # where to go on, if the same is found again

    def line(self, finding: Finding, html: str) -> int | None:
        *strong, weak = finding.needles
        return (
            self._written(strong)
            or self._link(finding.target)
            or self._line_that_means(finding.target)
            or self._written([weak])
            or self._words_before(html[: finding.start])
            or self._written(_SNIPPET.findall(self.source)[:1])
        )

    def _written(self, needles: Iterable[str]) -> int | None:
        for number, text in enumerate(self.texts):
            for needle in map(str.lower, needles):
                start = text.find(needle, self.after.get((number, needle), 0))
                start = start if start >= 0 else text.find(needle)
                if start >= 0:
                    self.after[number, needle] = start + 1
                    return self._number(start)
        return None

    def _link(self, target: str) -> int | None:
        wanted = plain(target)
        return next(
            (link.line for link in links(self.source) if wanted and plain(unescape(link.target)) == wanted), None
        )

    def _line_that_means(self, target: str) -> int | None:
        wanted = plain(target)
        lines = (plain(unescape(line)) for line in lines_of(self.source))
        return next((number for number, line in enumerate(lines, start=1) if wanted and wanted in line), None)

    def _words_before(self, html: str) -> int | None:
        for piece in reversed(_TEXT.split(html[-4000:])):
            words = unescape(piece).strip().rpartition("\n")[2].strip()
            if len(words) > 1 and (start := self.source.find(words)) >= 0:
                return self._number(start)
        return None

    def _number(self, position: int) -> int:
        return self.source.count("\n", 0, position) + 1


def _with_facts(source: str, facts: Mapping[str, numbers.Value]) -> str:
    def value(found: re.Match) -> str:
        return str(facts.get(found["key"], found[0])).replace("\n", " ")

    return re.sub(numbers.REFERENCE, value, source)
