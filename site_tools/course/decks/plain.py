"""Markdown of a page as the plain text of a slide."""

import re
import unicodedata

from demos.errors import UserError
from site_tools.authoring import numbers

_SUBSCRIPTS = str.maketrans("0123456789+-=()aehijklmnoprstuvxt", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓₜ")
_SUPERSCRIPTS = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_SYMBOLS = {
    "alpha": "α", "beta": "β", "eta": "η", "sigma": "σ", "varepsilon": "ε", "mid": " | ", "times": "×", "approx": "≈",
    "sqrt": "√", "cdot": "·", "ldots": "…", "prod": "∏", "sum": "∑", "le": "≤", "ge": "≥",
}  # fmt: skip
_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}


def _tex(tex: str) -> str:
    """A formula that fits into a line of text: letters, accents, sub- and superscripts."""
    text = re.sub(r"\\mathbb\{E\}", "E", tex)
    text = re.sub(r"\\(hat|bar|tilde)\s*(?:\{(.)\}|\{\\([A-Za-z]+)\}|\\([A-Za-z]+)|(\w))", _accented, text)
    text = re.sub(r"\\([A-Za-z]+)\s*", lambda found: _SYMBOLS.get(found[1], found[0]), text)
    text = re.sub(r"√\{([^{}]*)\}", r"√(\1)", text)
    text = re.sub(r"_(?:\{([^{}]*)\}|(\w))", lambda found: _small("_", found, _SUBSCRIPTS), text)
    text = re.sub(r"\^(?:\{([^{}]*)\}|(\w))", lambda found: _small("^", found, _SUPERSCRIPTS), text)
    if re.search(r"[\\{}]", text):
        raise UserError(f"the formula {tex} does not fit into a line of a slide: say it in words there.")
    return unicodedata.normalize("NFC", re.sub(r"\s*=\s*", " = ", text))


def _small(sign: str, found: re.Match, letters: dict[int, int]) -> str:
    """A sub- or superscript; where Unicode has no such letter, the way one types it."""
    raw = found[1] or found[2]
    return raw.translate(letters) if all(ord(letter) in letters for letter in raw) else f"{sign}{raw}"


def _accented(found: re.Match) -> str:
    letter = found[2] or found[5] or _SYMBOLS.get(found[3] or found[4], "")
    return f"{letter}{_ACCENTS[found[1]]}"


def plain(text: str, facts: dict[str, numbers.Value]) -> str:
    """One paragraph without mark-up; numbers written out, formulas as letters.

    Raises:
        UserError: a formula that is no line of text.
    """
    parts = re.split(r"(`[^`]+`)", re.sub(r"\s*\n\s*", " ", text).strip())
    return "".join(part.strip("`") if part.startswith("`") else _prose(part, facts) for part in parts)


def _prose(text: str, facts: dict[str, numbers.Value]) -> str:
    text = re.sub(numbers.REFERENCE, lambda found: numbers.write(facts, found["key"], found["format"]), text)
    text = re.sub(r"\$([^$]+)\$", lambda found: _tex(found[1]), text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)  # links and pictures: their words
    text = re.sub(r"<(https?://[^>]+)>", r"\1", text)
    return re.sub(r"\*\*(.+?)\*\*", r"\1", text)
