"""The `exercise` block: a question, a way to answer it, a hint and a folded solution.

What it becomes works without scripts: native inputs, and `details` for hint and solution.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from site_tools.authoring.blocks.demo import Demo, check_state
from site_tools.authoring.fences import Block, check_keys, identifier, nearest, text_of

KINDS = ("predict", "compute", "do")
KEYS = ("id", "kind", "question", "choices", "answer", "tolerance", "demo", "state", "hint", "solution")
ANSWERS = ("choices", "answer", "demo")
CHOICE_KEYS = ("text", "correct", "why")

_T = TypeVar("_T")

TEXT = {
    "zh": {
        "predict": "先猜", "compute": "算一算", "do": "动手做", "hint": "提示", "solution": "答案",
        "number": "你的答案", "go": "到演示里去做",
    },
    "en": {
        "predict": "Guess first", "compute": "Work it out", "do": "Try it", "hint": "Hint", "solution": "Answer",
        "number": "Your answer", "go": "Go to the demo",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """One answer to choose: its text, whether it is right, and the sentence that choosing it earns."""

    text: str
    correct: bool
    why: str


@dataclass(frozen=True)
class Exercise:
    """A checked exercise block; exactly one of `choices`, `answer` and `demo` is set.

    Attributes:
        id, kind, question, hint, solution: as written; Markdown.
        choices: answers to choose from.
        answer, tolerance: the number and how far off counts as right.
        demo, state: the demo to bring to a state, and that state.
    """

    id: str
    kind: str
    question: str
    solution: str
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    answer: float | None = None
    tolerance: float = 0.0
    demo: str = ""
    state: Mapping[str, object] = field(default_factory=dict)


def check_exercise(block: Block, demos: Mapping[str, Demo]) -> Exercise:
    """Judge one block.

    Args:
        block: as read.
        demos: id -> demo, all of the same page.

    Raises:
        BlockError: the first thing wrong with it.
    """
    check_keys(block, KEYS, ("id", "kind", "question", "solution"))
    kind = text_of(block, "kind")
    if kind not in KINDS:
        raise block.error("kind", f'unknown kind "{kind}"; {nearest(kind, KINDS)}')
    given = [key for key in ANSWERS if key in block.values]
    if len(given) != 1:
        raise block.error(
            "id", f"it needs exactly one of choices, answer and demo; it has {' and '.join(given) or 'none'}."
        )
    for key, partner in (("tolerance", "answer"), ("state", "demo")):
        if key in block.values and partner not in block.values:
            raise block.error(key, f'"{key}" belongs to "{partner}", which is missing.')
    demo, state = _goal(block, demos) if given == ["demo"] else ("", {})
    return Exercise(
        id=identifier(block, "id"),
        kind=kind,
        question=text_of(block, "question"),
        solution=text_of(block, "solution"),
        hint=text_of(block, "hint") if "hint" in block.values else "",
        choices=_choices(block) if given == ["choices"] else (),
        answer=_number(block, "answer") if given == ["answer"] else None,
        tolerance=_tolerance(block),
        demo=demo,
        state=state,
    )


def _choices(block: Block) -> tuple[Choice, ...]:
    items = block.values["choices"]
    if not isinstance(items, list) or len(items) < 2:
        raise block.error("choices", '"choices" must be a list of at least two, each beginning with "- text:".')
    choices = []
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            raise block.error(f"choices.{index}", 'each choice begins with "- text:", with "why:" below it.')
        name = f"choices.{index}"
        below = (_below(block.lines, name), _below(block.written, name))
        choice = Block(block.kind, block.lines[name], item, *below)
        check_keys(choice, CHOICE_KEYS, ("text", "why"), where=f" in choice {index + 1}")
        correct = item.get("correct", False)
        if not isinstance(correct, bool):
            raise choice.error("correct", f'"correct: {correct}" must be true or false.')
        choices.append(Choice(text_of(choice, "text"), correct, text_of(choice, "why")))
    if not any(choice.correct for choice in choices):
        raise block.error("choices", 'no choice is right; give one "correct: true".')
    return tuple(choices)


def _below(names: Mapping[str, _T], name: str) -> dict[str, _T]:
    return {key.removeprefix(f"{name}."): value for key, value in names.items() if key.startswith(f"{name}.")}


def _number(block: Block, key: str) -> float:
    value = block.values[key]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise block.error(key, f'"{key}: {value}" must be a number.')
    return float(value)


def _tolerance(block: Block) -> float:
    tolerance = _number(block, "tolerance") if "tolerance" in block.values else 0.0
    if tolerance < 0:
        raise block.error("tolerance", f'"tolerance: {tolerance:g}" must not be negative.')
    return tolerance


def _goal(block: Block, demos: Mapping[str, Demo]) -> tuple[str, Mapping[str, object]]:
    demo = identifier(block, "demo")
    if demo not in demos:
        raise block.error("demo", f'no demo on this page has the id "{demo}"; {nearest(demo, demos)}')
    if "state" not in block.values:
        raise block.error("demo", 'the key "state" is missing: the attributes to bring the demo to.')
    return demo, check_state(block, "state", demos[demo])
