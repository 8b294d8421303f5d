"""Atomic writing: a file is whole and new, or it is what it was. `site_tools` uses it as well."""

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
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


def write_together(files: Mapping[Path, bytes]) -> None:
    """Replace files that belong together, of folders on one disk: all of them, or none.

    The last one vouches for the others (it holds their hashes): it leaves first and comes last. Whatever a
    reader meets on the way, or a power cut leaves behind, has no file that vouches, and is not taken for whole.

    Args:
        files: path -> content.

    Raises:
        UserError: the folder cannot be written; what was there is untouched.
    """
    folder = next(iter(files)).parent
    try:
        for path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as temporary:
            new, old = Path(temporary, "new"), Path(temporary, "old")
            new.mkdir()
            old.mkdir()
            for path, content in files.items():
                (new / path.name).write_bytes(content)
            move_all(
                [
                    *((path, old / path.name) for path in reversed(list(files)) if path.exists()),
                    *((new / path.name, path) for path in files),
                ]
            )
    except OSError as error:
        raise UserError(
            f"{folder} could not be written ({error.strerror}): make room or mend its rights; "
            "what was there is untouched."
        ) from error


def move_all(moves: Iterable[tuple[Path, Path]]) -> None:
    """Rename files one after another, (from, to); where that is interrupted, all is as it was."""
    done = []
    try:
        for source, target in moves:
            os.replace(source, target)
            done.append((source, target))
    except BaseException:  # a kill as well
        for source, target in reversed(done):
            os.replace(target, source)
        raise


def write_text(path: Path, text: str) -> None:
    """`write_bytes` for text: UTF-8, newlines as given."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: object, *, indent: int | None = 1) -> None:
    """`write_text` for JSON, readable in a diff, ending in a newline."""
    write_bytes(path, json_bytes(value, indent=indent))


def json_bytes(value: object, *, indent: int | None = 1) -> bytes:
    """What `write_json` writes."""
    return (json.dumps(value, indent=indent, ensure_ascii=False) + "\n").encode()
