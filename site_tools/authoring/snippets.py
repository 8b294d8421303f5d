"""Lines of a page after `--8<--` has brought in other files, and the lines of the source they came from."""

from difflib import SequenceMatcher

MARK = "8<"


def origins(source: list[str], lines: list[str]) -> list[tuple[int, str]]:
    """For each of `lines` its line in the source, counted from 1, and the snippet that brought it, "" for none.

    Args:
        source: lines as written.
        lines: what became of them.
    """
    if not any(MARK in line for line in source):
        return [(min(number, len(source)), "") for number in range(1, len(lines) + 1)]
    found: list[tuple[int, str]] = []
    for tag, start, end, first, last in SequenceMatcher(None, source, lines, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [(number, "") for number in range(start + 1, end + 1)]
        else:
            asked = (index for index in range(start, end) if MARK in source[index])
            index = next(asked, min(start, len(source) - 1))
            name = source[index].strip() if MARK in source[index] else ""
            found += [(index + 1, name)] * (last - first)
    return found
