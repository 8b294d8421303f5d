"""Atomic writing: a file is whole and new, or it is what it was. `site_tools` uses it as well."""

import json
import os
import tempfile
from pathlib import Path

from demos.errors import UserError


def write_bytes(path: Path, content: bytes) -> None:
    """Replace `path` by `content` in one step, creating its folder.

    Raises:
        UserError: the folder cannot be written; what was there is untouched.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.chmod(partial, 0o644)
            os.replace(partial, path)
        except BaseException:
            os.unlink(partial)
            raise
    except OSError as error:
        raise UserError(
            f"{path} could not be written ({error.strerror}): make room or mend the rights of its folder."
        ) from error


def write_text(path: Path, text: str) -> None:
    """`write_bytes` for text: UTF-8, newlines as given."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: object, *, indent: int | None = 1) -> None:
    """`write_text` for JSON, readable in a diff, ending in a newline."""
    write_text(path, json.dumps(value, indent=indent, ensure_ascii=False) + "\n")
