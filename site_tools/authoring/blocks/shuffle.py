"""The order in which choices are shown: the same in every language, in HTML, in print and on slides."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


def shuffled(seed: str, items: Sequence[Item]) -> list[tuple[int, Item]]:
    """Put items into an order that depends on the seed and on how many there are, on nothing else.

    An author writes choices as they come to mind, and the right one rarely comes first. Translations share ids and the
    order as written, so they share the order shown.

    Args:
        seed: the id of the exercise.
        items: as written.

    Returns:
        (index as written, item) in the order to show. What is stored or linked names a choice by that index, which
        does not change when the order shown does.
    """
    keys = [hashlib.sha256(f"{seed} {index}".encode()).digest() for index in range(len(items))]
    return sorted(enumerate(items), key=lambda pair: keys[pair[0]])
