"""What is told to the person at the keyboard: the one exception with such a text, and the likeliest name meant."""

import difflib
from collections.abc import Iterable

LISTED = 20  # names that a sentence can hold


class UserError(Exception):
    """Bad input or a bad environment, told in one sentence: what, where, and what to do.

    The command line prints the text and exits with status 2; anything else is a bug and keeps its
    traceback.
    """


def nearest(name: str, names: Iterable[str], otherwise: str = "") -> str:
    """The end of a sentence about an unknown name: the likeliest one meant, else `otherwise`, else all there are."""
    known = sorted(names)
    if close := difflib.get_close_matches(name, known, n=1, cutoff=0.5):
        return f'did you mean "{close[0]}"?'
    more = f" and {len(known) - LISTED} more" if len(known) > LISTED else ""
    return otherwise or (f"known are {', '.join(known[:LISTED])}{more}." if known else "none is known.")
