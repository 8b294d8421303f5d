"""Notebooks pass the same checks as pages; what is wrong is told with the cell, for notebooks have no lines."""

import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from demos.errors import UserError
from site_tools.authoring.checks import check_text
from site_tools.authoring.fences import kind_of, lines_of
from site_tools.authoring.formulas import to_mathml
from site_tools.authoring.links import is_local, links
from site_tools.authoring.numbers import REFERENCE, references
from site_tools.authoring.page import Value
from site_tools.authoring.prose import live_fences

# forms of an output that a page can show, likeliest first; of the others the last is mostly there too
SHOWN = ("image/svg+xml", "text/latex", "image/png", "image/jpeg", "text/plain")
_FORMULA = re.compile(r"\s*(\$\$?)(?P<tex>.+?)\1\s*", re.S)


@dataclass(frozen=True)
class CellProblem:
    """What is wrong in one cell, all cells counted from 1; `line` counts in the cell, 0 for its outputs."""

    cell: int
    line: int
    message: str

    def __str__(self) -> str:
        where = f"cell {self.cell}, line {self.line}" if self.line else f"cell {self.cell}"
        return f"{where}: {self.message}"


def check_notebook(text: str, facts: Mapping[str, Value], exists: Callable[[str], bool]) -> list[CellProblem]:
    """What is wrong with a notebook: numbers, formulas, links and pictures of its prose, and outputs that get lost.

    Args:
        text: of the file.
        facts: key -> number.
        exists: whether a relative address leads to a page or file of the site.

    Raises:
        UserError: it is no notebook.
    """
    problems = []
    for number, cell in enumerate(_cells(text), start=1):
        if cell["cell_type"] == "markdown":
            problems += [CellProblem(number, line, message) for line, message in _prose(cell, facts, exists)]
        for output in cell.get("outputs", ()):
            problems += [CellProblem(number, 0, message) for message in _output(output)]
    return problems


def _cells(text: str) -> list[dict]:
    import nbformat  # comes with mkdocs-jupyter, like the page

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            notebook = nbformat.reads(text, as_version=4)
            nbformat.validate(notebook)
    except Exception as error:  # whatever damage does to it
        reason = " ".join(str(error).split())[:80]
        raise UserError(f"this is no notebook ({reason}): open it in Jupyter and save it anew.") from None
    return notebook.cells


def _prose(cell: dict, facts: Mapping[str, Value], exists: Callable[[str], bool]) -> Iterator[tuple[int, str]]:
    for problem in check_text(cell["source"], facts):
        yield problem.line, problem.message
    for fence in live_fences(cell["source"]):
        yield fence.line, f"a {kind_of(fence)} block works on pages only; put it on one, and link to that."
    for number in references(cell["source"]):
        line = lines_of(cell["source"])[number.line - 1]
        if number.format and "|" in re.sub(REFERENCE, "", line):
            yield number.line, f"in a table of a notebook [[{number.key}]] can have no format; state it in a sentence."
        if line.lstrip().startswith("#"):  # the list of contents is made elsewhere
            yield number.line, f"in a heading of a notebook [[{number.key}]] stays as it is; state it in a sentence."
    for link in links(cell["source"]):
        if link.form == "reference" or is_local(link.target):
            continue
        if link.target.startswith("attachment:"):
            if unquote(link.target.removeprefix("attachment:")) not in cell.get("attachments", {}):
                yield link.line, f"the picture {link.target} is not in the notebook; drag it into the cell again."
        elif not exists(link.target):
            yield link.line, f"the link {link.target} leads to nothing on this site; correct it, or put the file there."


def _output(output: dict) -> Iterator[str]:
    if "data" not in output:
        return  # a stream or an error, which are text
    kind = next((kind for kind in SHOWN if kind in output["data"]), "")
    if not kind:
        kinds = ", ".join(output["data"]) or "nothing"
        yield f"an output of the kind {kinds} cannot be shown on a page; print text or show a picture and run it anew."
    elif kind == "text/latex":
        try:
            latex_tex(output["data"][kind])
        except ValueError as error:
            yield f"an output of the kind text/latex cannot be shown, for {error}; print it, or show a picture."


def latex_tex(latex: str) -> str:
    """The TeX of a LaTeX output, which is one formula, as SymPy and IPython write it.

    Raises:
        ValueError: more than a formula, or one that cannot be read; the text says what.
    """
    found = _FORMULA.fullmatch(latex)
    tex = (found["tex"] if found else latex).strip()
    if "$" in tex:
        raise ValueError("it holds more than one formula")
    to_mathml(tex, display=True)
    return tex
