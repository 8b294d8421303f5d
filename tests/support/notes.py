"""A tiny site, and a folder beside it in which notes arrive: for the tests of `python -m site_tools import`."""

import struct
from dataclasses import dataclass
from pathlib import Path

import pytest

from site_tools.__main__ import main

HOME = {"zh/index.md": "# 首页", "en/index.md": "# Home"}


def png(width: int, height: int = 30) -> bytes:
    """As much of a PNG as tells its size."""
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + b"\x08\x02\0\0\0"


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@dataclass
class Course:
    """A tiny site, and a folder beside it in which notes arrive."""

    root: Path
    inbox: Path
    capsys: pytest.CaptureFixture

    def run(self, note: str | bytes, *arguments: str, name: str = "note.md") -> tuple[int, str]:
        """Write a note, import it, and see that the inbox stays as it is; returns the status and what was said."""
        content = note.encode() if isinstance(note, str) else note
        (self.inbox / name).write_bytes(content)
        before = tree(self.inbox)
        self.capsys.readouterr()
        try:
            status = main(["import", str(self.inbox / name), *arguments])
        except SystemExit as stop:
            status = int(str(stop.code))
        said = self.capsys.readouterr()
        assert tree(self.inbox) == before
        assert not (said.out and said.err)
        return status, said.out + said.err

    def page(self, name: str = "note.md", language: str = "zh") -> str:
        content = (self.root / "docs" / language / "notes" / name).read_bytes()
        assert b"\r" not in content
        return content.decode("utf-8")

    def files(self, name: str = "note", language: str = "zh") -> dict[str, bytes]:
        return tree(self.root / "docs" / language / "notes" / f"{name}.assets")


def make_twins(course: Course) -> None:
    """Give every page of the course the twin without which it does not build."""
    for first, second in (("zh", "en"), ("en", "zh")):
        for page in (course.root / "docs" / first).rglob("*.md"):
            twin = course.root / "docs" / second / page.relative_to(course.root / "docs" / first)
            twin.parent.mkdir(exist_ok=True)
            if not twin.exists():
                twin.write_text("# Twin\n")


def article(folder: Path) -> str:
    """The text of a built page."""
    html = (folder / "index.html").read_text(encoding="utf-8")
    return html.partition("<article")[2].partition("</article>")[0]
