"""Drawings as files: an SVG shown in a page runs nothing, but opened by itself it is a document like any other."""

import re
from xml.parsers import expat

from site_tools.authoring.active import Finding, judge


def scan_drawing(content: bytes) -> list[tuple[int, Finding]]:
    """Line and finding for all that would run when somebody opens the drawing; its own styles may stay.

    It is read as XML, as browsers read it. One that is not XML is refused, because they begin before they notice.
    """
    found: list[tuple[int, Finding]] = []

    def note(finding: Finding) -> None:
        found.append((parser.CurrentLineNumber, finding))

    def element(name: str, attributes: list[str]) -> None:
        keys = (_local(key) for key in attributes[::2])
        for finding in judge(_local(name), tuple(zip(keys, attributes[1::2], strict=True)), "", frozenset()):
            if finding.kind == "active" and finding.element != "style":
                note(finding)

    def instruction(name: str, _: str) -> None:
        note(Finding("active", f"<?{name}?> rewrites the drawing: remove it"))

    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.StartElementHandler = element
    parser.ProcessingInstructionHandler = instruction
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        message = f"the drawing is not whole ({expat.ErrorString(error.code)}): save it anew"
        found.append((error.lineno, Finding("unclear", message)))
    return found


def _local(name: str) -> str:
    return re.sub(r".*:", "", name).lower()
