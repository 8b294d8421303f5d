"""Which files can be published: those that lie where they seem to, under names that can be told, and are no pages."""

import os
from collections.abc import Iterable
from pathlib import Path

from site_tools.messages import shown

# what a browser shows as a page of its own, with its scripts and without the site's policy
_PAGES = (".htm", ".html", ".mht", ".mhtml", ".shtml", ".xht", ".xhtml", ".xml", ".xsl", ".xslt")
# a page or log that names such a file would say something else
_MOVERS = frozenset(map(chr, (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)))


def unfit(folders: Iterable[Path]) -> list[str]:
    """One sentence for every file or folder there that cannot be published; hidden ones are not."""
    problems = []
    for root in dict.fromkeys(folders):
        problems += _problem(root)
        for folder, folders_in, files in os.walk(root):
            folders_in[:] = sorted(name for name in folders_in if not name.startswith("."))
            for name in (*folders_in, *sorted(files)):
                if not name.startswith("."):
                    problems += _problem(Path(folder, name))
    return list(dict.fromkeys(problems))


def is_fit(path: Path) -> bool:
    """Whether this one can be published, as far as it itself goes."""
    return not _problem(path)


def _problem(path: Path) -> list[str]:
    if path.is_symlink():
        return [
            f"{shown(path)} is a symbolic link, through which any file of this computer could be published: "
            "put the file or folder itself there."
        ]
    if not _MOVERS.isdisjoint(path.name):
        return [f"{shown(path)} has a character in its name that cannot be seen: rename it."]
    if path.suffix.lower() in _PAGES:
        return [
            f"{shown(path)} would be published as it is, and whatever it holds would run: write it as a page (.md), "
            "or link to it where it lies elsewhere."
        ]
    return []
