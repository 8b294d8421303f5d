"""Links that only work on the author's machine, found before they are published."""

import re

from site_tools.blocks import BlockError, prose

# an absolute path as a target of ![](...), [](...), src="..." or href="..."
_TARGET = re.compile(
    r"""(?:\]\(\s*<?|\b(?:src|href)\s*=\s*["']?|^\s*\[[^\]]+\]:\s*<?)(?P<target>[^\s)>"']+)""", re.I | re.M
)
_LOCAL = re.compile(r"(?:file:/|[A-Za-z]:[\\/]|\\\\|/(?:Users|home|Volumes|mnt|tmp|var|private|root)/)", re.I)

ADVICE = (
    "readers do not have that folder. Put the file beside the page and link it with a relative path; "
    "Typora does so by itself with Preferences > Image > copy to ./assets and “use relative path if possible”"
)


def is_local(target: str) -> bool:
    """Whether this is a path of somebody's computer."""
    return bool(_LOCAL.match(target))


def check_links(text: str) -> list[BlockError]:
    """One problem for every link to a path of this computer."""
    problems = []
    for number, line in enumerate(prose(text).splitlines(), start=1):
        for found in _TARGET.finditer(line):
            if is_local(found["target"]):
                problems.append(BlockError(number, f"the link {found['target']} points into this computer: {ADVICE}."))
    return problems
