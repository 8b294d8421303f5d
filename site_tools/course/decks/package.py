"""A .pptx whose bytes depend on its slides alone, and which says what it was made from."""

import datetime
import io
import zipfile
from pathlib import Path

from demos.files import write_bytes

_DAY = datetime.datetime(2026, 1, 1)  # not the day it was made on: the same slides are the same file
MADE_FROM = "made from: "


def reproducible(presentation, path: Path, *, title: str, subject: str, author: str, made_from: str) -> None:
    """Write a python-pptx presentation; `made_from` is a digest of its sources."""
    facts = presentation.core_properties
    facts.title, facts.subject, facts.author, facts.last_modified_by = title, subject, author, author
    facts.comments = f"{MADE_FROM}{made_from}"
    facts.created = facts.modified = facts.last_printed = _DAY
    facts.revision = 1
    content = io.BytesIO()
    presentation.save(content)
    packed = io.BytesIO()
    with zipfile.ZipFile(content) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, date_time=_DAY.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # else the file says on which system it was packed
            target.writestr(entry, source.read(name))
    write_bytes(path, packed.getvalue())


def made_from(path: Path) -> str | None:
    """The digest that a deck says it was made from; None if somebody else made it, or saved it since."""
    from pptx import Presentation
    from pptx.exc import PythonPptxError

    try:
        facts = Presentation(str(path)).core_properties
    except (PythonPptxError, OSError, KeyError, ValueError, SyntaxError):
        return None
    ours = facts.comments.startswith(MADE_FROM) and facts.modified.replace(tzinfo=None) == _DAY
    return facts.comments.removeprefix(MADE_FROM) if ours else None
