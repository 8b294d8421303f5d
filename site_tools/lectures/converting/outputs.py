"""The files of a conversion: gathered out of sight, then put in place at once."""

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demos.errors import UserError
from demos.files import move_all
from site_tools.lectures.decks import STEM, Version, is_made
from site_tools.lectures.record import Record
from site_tools.messages import shown

_PREFIX = ".new-"
_ABANDONED_SECONDS = 3600


@contextmanager
def staging(version: Version) -> Iterator[Path]:
    """A hidden folder beside the outputs, on the same disk; gone at the end, however that comes.

    Raises:
        UserError: the folder of the outputs cannot be written, or the disk is full.
    """
    is_new = not version.folder.exists()
    folder = None
    try:
        version.folder.mkdir(exist_ok=True)
        for left in version.folder.glob(f"{_PREFIX}*"):  # of a run that was killed
            if time.time() - left.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=version.folder))
        yield folder
    except OSError as error:
        raise UserError(
            f"{shown(version.folder)} could not be written ({error.strerror}), where the outputs of "
            f"{shown(version.path)} go: make room, mend its rights, or close its files in other programs."
        ) from None
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
            if is_new and not any(version.folder.iterdir()):
                version.folder.rmdir()


def replace(version: Version, record: Record, folder: Path) -> None:
    """Move the old outputs out and the new ones in, or leave all as it was.

    The record goes first and comes last: what a power cut leaves behind does not count as converted.
    """
    new = version.outputs(record)
    mark = re.escape(f".{version.language}" if version.language else "")
    pictures = re.compile(rf"(slide|thumb)-\d+{mark}\.webp")
    old = [path for path in version.folder.iterdir() if pictures.fullmatch(path.name)]
    if (pdf := version.output(STEM, ".pdf")).is_file() and is_made(pdf):
        old.append(pdf)
    held = folder / "old"
    held.mkdir()
    moves = [(path, held / path.name) for path in dict.fromkeys((version.json, *old, *new)) if path.exists()]
    moves += [(folder / path.name, path) for path in new]
    move_all(moves)
