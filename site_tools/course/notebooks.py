"""Notebooks: the Chinese and the English one share every code cell, so they are executed once.

Outputs are committed (building the site runs no Python of the pages) and hold text and PNG only.
"""

import copy
import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from demos.errors import UserError
from demos.files import write_text

ALLOWED_OUTPUTS = {"text/plain", "image/png"}


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The code cells in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def read_twins(first: Path, second: Path) -> tuple[nbformat.NotebookNode, nbformat.NotebookNode]:
    """Two notebooks whose code cells are the same.

    Raises:
        UserError: they are not.
    """
    notebooks = tuple(nbformat.read(path, as_version=4) for path in (first, second))
    sources = [[cell.source for cell in code_cells(notebook)] for notebook in notebooks]
    if sources[0] != sources[1]:
        raise UserError(f"{first} and {second} differ in their code: the two languages must run the same cells.")
    return notebooks


def execute(notebook: nbformat.NotebookNode, *, timeout_s: int = 600) -> nbformat.NotebookNode:
    """A copy with fresh outputs, reduced to what a page may hold; an error in a cell is raised."""
    executed = copy.deepcopy(notebook)
    os.environ.setdefault("PYTHONHASHSEED", "0")
    NotebookClient(executed, timeout=timeout_s, kernel_name="python3").execute()
    for number, cell in enumerate(code_cells(executed), start=1):
        cell.execution_count = number
        cell.metadata = {}
        kept = [output for output in cell.outputs if output.get("name") != "stderr"]
        for output in kept:
            output.pop("execution_count", None)
            if output.output_type == "execute_result":
                output.execution_count = number
            if "data" in output:
                output.data = {kind: value for kind, value in output.data.items() if kind in ALLOWED_OUTPUTS}
                output.metadata = {}
        cell.outputs = kept
    return executed


def refresh(first: Path, second: Path) -> None:
    """Execute two twins once and store the same outputs in both."""
    notebooks = read_twins(first, second)
    executed = execute(notebooks[0])
    for path, notebook in zip((first, second), notebooks, strict=True):
        for target, source in zip(code_cells(notebook), code_cells(executed), strict=True):
            target.outputs, target.execution_count = source.outputs, source.execution_count
        write_text(path, nbformat.writes(notebook) + "\n")
