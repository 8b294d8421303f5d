"""The `exercise` block: a question, a way to answer it, a hint and a folded solution.

What it becomes works without scripts: native inputs, and `details` for hint and solution.
"""

import json
import xml.etree.ElementTree as etree
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self, TypeVar

from site_tools.authoring.blocks.demo import Demo, check_settings
from site_tools.authoring.blocks.shuffle import shuffled
from site_tools.authoring.fences import Block, check_keys, identifier, text_of
from site_tools.authoring.page import Item, Page, Pen
from site_tools.messages import nearest

KINDS = ("predict", "compute", "do")
KEYS = ("id", "kind", "question", "choices", "answer", "tolerance", "demo", "state", "goal", "hint", "solution")
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


@dataclass(frozen=True, kw_only=True)
class Exercise(Item):
    """A checked exercise block; exactly one of `choices`, `answer` and `demo` is set.

    Attributes:
        kind, question, hint, solution: as written; Markdown.
        choices: answers to choose from.
        answer, tolerance: the number and how far off counts as right.
        demo, state: the demo to bring to a state, and that state.
        goal: what is to be reached, in a few words that do not give the state away; it stands in the demo.
    """

    live = True
    prose = ("question", "hint", "solution", "choices.*.text", "choices.*.why")

    kind: str
    question: str
    solution: str
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    answer: float | None = None
    tolerance: float = 0.0
    demo: str = ""
    state: Mapping[str, object] = field(default_factory=dict)
    goal: str = ""

    @classmethod
    def check(cls, block: Block, page: Page, number: int) -> Self:
        """As of every kind; whether a `state` is one of the demo's comes when that is known."""
        check_keys(block, KEYS, ("id", "kind", "question", "solution"))
        kind = text_of(block, "kind")
        if kind not in KINDS:
            raise block.error("kind", f'unknown kind "{kind}"; {nearest(kind, KINDS)}')
        given = [key for key in ANSWERS if key in block.values]
        if len(given) != 1:
            told = " and ".join(given) or "none"
            raise block.error("id", f"it needs exactly one of choices, answer and demo; it has {told}.")
        for key, partner in (("tolerance", "answer"), ("state", "demo"), ("goal", "demo")):
            if key in block.values and partner not in block.values:
                raise block.error(key, f'"{key}" belongs to "{partner}", which is missing.')
        state = block.values.get("state", {})
        return cls(
            id=identifier(block, "id"),
            block=block,
            kind=kind,
            question=text_of(block, "question"),
            solution=text_of(block, "solution"),
            hint=text_of(block, "hint") if "hint" in block.values else "",
            choices=_choices(block) if given == ["choices"] else (),
            answer=_number(block, "answer") if given == ["answer"] else None,
            tolerance=_tolerance(block),
            demo=identifier(block, "demo") if given == ["demo"] else "",
            state=state if isinstance(state, dict) else {},
            goal=text_of(block, "goal") if "goal" in block.values else "",
        )

    def meet(self, items: Mapping[str, Item], broken: Mapping[str, str]) -> None:
        """The demo that answers it is on the page and can be brought to that state."""
        if not self.demo or self.demo in broken:
            return
        demos = {id: item for id, item in items.items() if isinstance(item, Demo)}
        if self.demo not in demos:
            message = f'no demo on this page has the id "{self.demo}"; {nearest(self.demo, demos)}'
            raise self.block.error("demo", message)
        if "state" not in self.block.values:
            raise self.block.error("demo", 'the key "state" is missing: the attributes to bring the demo to.')
        demo = demos[self.demo]
        check_settings(self.block, "state", demo.tag, demo.element)

    def render(self, parent: etree.Element, pen: Pen) -> None:
        """A box: what is to be done, the question, the means to answer, and what is folded."""
        text = TEXT.get(pen.page.language, TEXT["en"])
        box = etree.SubElement(parent, "live-exercise", {"class": "live-exercise", "id": self.id, "kind": self.kind})
        etree.SubElement(box, "p", {"class": "exercise-kind"}).text = text[self.kind]
        question = etree.SubElement(box, "div", {"class": "exercise-question", "id": f"{self.id}-question"})
        pen.markdown(question, self.question)
        self._answer(box, text)
        for part, content in (("hint", self.hint), ("solution", self.solution)):
            if content:
                details = etree.SubElement(box, "details", {"class": f"exercise-{part}"})
                etree.SubElement(details, "summary").text = text[part]
                pen.markdown(details, content)

    def _answer(self, box: etree.Element, text: Mapping[str, str]) -> None:
        if self.choices:
            group = {"class": "exercise-answer", "aria-labelledby": f"{self.id}-question"}
            fieldset = etree.SubElement(box, "fieldset", group)
            for index, choice in shuffled(self.id, self.choices):
                holder = etree.SubElement(fieldset, "div", {"class": "exercise-choice"})
                label = etree.SubElement(holder, "label")
                right = {"data-correct": ""} if choice.correct else {}
                etree.SubElement(label, "input", {"type": "radio", "name": self.id, "value": str(index), **right})
                etree.SubElement(label, "span").text = choice.text
                etree.SubElement(holder, "p", {"class": "exercise-why", "hidden": ""}).text = choice.why
        elif self.answer is not None:
            label = etree.SubElement(box, "label", {"class": "exercise-answer"})
            etree.SubElement(label, "span").text = text["number"]
            number = {"data-answer": f"{self.answer:.12g}", "data-tolerance": f"{self.tolerance:.12g}"}
            etree.SubElement(label, "input", {"type": "text", "inputmode": "decimal", "autocomplete": "off", **number})
        else:
            state = json.dumps(self.state, ensure_ascii=False)
            goal = {"data-demo": self.demo, "data-state": state, **({"data-goal": self.goal} if self.goal else {})}
            answer = etree.SubElement(box, "p", {"class": "exercise-answer", **goal})
            etree.SubElement(answer, "a", {"href": f"#{self.demo}"}).text = text["go"]


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
