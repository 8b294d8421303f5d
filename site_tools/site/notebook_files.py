"""Notebook files, checked before mkdocs-jupyter converts them: it stops with a traceback at what it cannot read."""

import json
import re
from binascii import a2b_base64

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
    # it comes with mkdocs-jupyter, like the page, and takes a while to import
    from nbformat.validator import better_validation_error, get_validator

    cells = notebook.get("cells")
    for number, cell in enumerate(cells if isinstance(cells, list) else ()):
        if isinstance(cell, dict):
            cell.setdefault("id", f"cell-{number}")  # which many programs leave out
    validator, unknown = get_validator(4, 5, name="jsonschema"), True
    while unknown:
        unknown = False
        for problem in list(validator.iter_errors(notebook)):
            try:
                inner = better_validation_error(problem, 4, 5)
            except TypeError:  # it looks at the type of a cell, which may be no word
                inner = problem
            if inner.validator != "additionalProperties":
                return [_problem(text, list(inner.absolute_path), short(inner.message, 120))]
            # programs add keys of their own, and may hide another problem
            for key in set(inner.instance) - set(inner.schema["properties"]):
                del inner.instance[key]
                unknown = True
    # what the format leaves open and the conversion does not
    if not isinstance(notebook["metadata"].get("kernelspec", {}).get("language", ""), str):
        return [_problem(text, [], "its language is not a word")]
    for number, cell in enumerate(notebook["cells"]):
        for index, output in enumerate(cell.get("outputs", ())):
            for kind in {"image/png", "image/jpeg", "application/pdf"} & set(output.get("data", ())):
                try:
                    a2b_base64("".join(output["data"][kind]))
                except ValueError:
                    return [_problem(text, ["cells", number, "outputs", index], f"its {kind} is damaged")]
    return []


def _problem(text: str, path: list[str | int], message: str) -> BlockError:
    place = "".join(f" {step + 1}" if isinstance(step, int) else f", {step}" for step in path).removeprefix(", ")
    place = place.replace("cells ", "cell ").replace("outputs ", "output ")
    return BlockError(_line(text, path), f"this is no notebook: {f'{place}: ' if place else ''}{message}. {_ANEW}")


def _line(text: str, path: list[str | int]) -> int:
    """The line of the cell that a path leads to, 1 if it leads to none."""
    types = [found.start() for found in re.finditer(r'"cell_type"\s*:', text)]
    number = path[1] if path[:1] == ["cells"] and len(path) > 1 else None
    return text.count("\n", 0, types[number]) + 1 if isinstance(number, int) and number < len(types) else 1
