"""Small damage to texts, the same for the same seed: what a slip or an attacker leaves behind."""

import random

PIECES = (
    " ", "\t", "\n", "\n\n", "  ", ":", ": ", "-", "- ", "#", " #", "|", ">", "|2\n", "'", '"', "`", "```", "````\n",
    "~~~", "[", "]", "[[", "]]", "{", "}", ",", "?", "? ", "&a ", "*a", "*", "!", "!important ", "<<: ", "%", "@", "\\",
    "!!python/name:os.system ", "$", "$$", "<!--", "-->", "<a ", "</", "---\n", "...\n", "=", "~", "null", ".nan",
    ".inf", "-.inf", "1e999", "0x_", "0o9", "1" * 5000, "2024-13-45", "12:30:99", "\0", "\x02", "\x03", "\v", "\x85",
    "\u2028", "\ufeff", "\ud7ff", "图", "é", "😀", "../", "/etc/passwd", "C:\\", "[[x | 300000000d]]", "[" * 200,
    "[[a |" + " " * 300, "{" * 200, "<!--" * 200, "\\frac" * 50,
)  # fmt: skip


def mutated(text: str, random_: random.Random) -> str:
    """The text after one to three small damages."""
    for _ in range(random_.randint(1, 3)):
        text = _damage(text, random_)
    return text


def _damage(text: str, random_: random.Random) -> str:
    start = random_.randrange(len(text) + 1)
    end = min(len(text), start + random_.choice((1, 1, 2, 5, 20)))
    lines = text.split("\n")
    line = random_.randrange(len(lines))
    match random_.randrange(8):
        case 0:
            return text[:start] + text[end:]
        case 1 | 2:
            return text[:start] + random_.choice(PIECES) + text[start:]
        case 3:
            return text[:start] + random_.choice(PIECES) + text[end:]
        case 4:
            del lines[line]
        case 5:
            lines.insert(random_.randrange(len(lines)), lines[line])
        case 6:
            lines[line] = random_.choice(("  ", "\t", "", "- ", "> ")) + lines[line].lstrip()
        case _:  # another value
            key, colon, _ = lines[line].partition(":")
            lines[line] = f"{key}{colon} {random_.choice(PIECES)}" if colon else lines[line] + random_.choice(PIECES)
    return "\n".join(lines)
