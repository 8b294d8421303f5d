"""Notebook files, checked before mkdocs-jupyter converts them: it stops with a traceback at what it cannot read."""

import json
import re

from site_tools.authoring.fences import BlockError
from site_tools.messages import short

_ANEW = "Open it in Jupyter and save it again."


def check_notebook(text: str) -> list[BlockError]:
    """Why a file cannot be shown as a notebook; nothing if it can."""
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        return [BlockError(error.lineno, f"this is no notebook: {error.msg}. {_ANEW}")]
    except (ValueError, RecursionError):
        return [BlockError(1, f"this is no notebook. {_ANEW}")]
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4:
        return [BlockError(1, f"this is no notebook of format 4. {_ANEW}")]
    # they come with mkdocs-jupyter, like the page, and take a while to import
    from nbformat.validator import better_validation_error, iter_validate

    # without the ids of format 4.5, which many programs leave out
    for problem in iter_validate(notebook, version=4, version_minor=4, relax_add_props=True):
        path = list(problem.absolute_path)
        message = short(better_validation_error(problem, 4, 4).message, 120)
        place = "".join(f" {step + 1}" if isinstance(step, int) else f", {step}" for step in path).removeprefix(", ")
        place = place.replace("cells ", "cell ").replace("outputs ", "output ")
        return [BlockError(_line(text, path), f"this is no notebook: {place}: {message}. {_ANEW}")]
    return []


def _line(text: str, path: list) -> int:
    """The line of the cell that a path leads to, 1 if it leads to none."""
    if len(path) < 2 or path[0] != "cells":
        return 1
    types = [found.start() for found in re.finditer(r'"cell_type"\s*:', text)]
    return text.count("\n", 0, types[path[1]]) + 1 if path[1] < len(types) else 1
