"""What a lesson's page gives to its slides: its sentence, its question, its pictures, its misconceptions."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import yaml
from mkdocs.utils import meta

from demos.errors import UserError
from site_tools.authoring.blocks.lessons import lesson_facts
from site_tools.authoring.blocks.shuffle import shuffled
from site_tools.authoring.fences import Fence, kind_of, lines_of
from site_tools.authoring.page import Value
from site_tools.authoring.prose import live_fences
from site_tools.course.decks.plain import plain
from site_tools.course.decks.speech import speech


@dataclass(frozen=True)
class Question:
    """The guess before the demo: its text, the choices (text, whether right, why), and the solution."""

    text: str
    choices: tuple[tuple[str, bool, str], ...]
    solution: str


@dataclass(frozen=True)
class Picture:
    """Something of the page to show.

    Attributes:
        kind: "demo", "screen", "figure" or "formulas".
        id: of the block; for a figure its file, for formulas "".
        source: what is pictured: a live element, a drawing, or the file.
        caption: one line.
        notes: numbered explanations of a screen; what a figure shows.
        heading: of the section it stands in.
        speech: what the page says around it; lines are paragraphs.
    """

    kind: str
    id: str
    source: str
    caption: str
    notes: tuple[str, ...]
    heading: str
    speech: str = ""


@dataclass(frozen=True)
class Lesson:
    """One page as slides need it.

    Attributes:
        uri: of the page below its language, such as "github/account.md".
        questions: id of the exercise -> question, those to guess only.
        guards: id of a demo -> id of the exercise that comes before it.
    """

    uri: str
    title: str
    sentence: str
    outcomes: tuple[str, ...]
    time: str
    questions: dict[str, Question]
    guards: dict[str, str]
    pictures: tuple[Picture, ...]
    misconceptions: tuple[tuple[str, str], ...]

    @property
    def address(self) -> str:
        """Of the page below the root of its language."""
        return f"{self.uri.removesuffix('.md')}/"

    def to_json(self) -> dict:
        """For a digest of what the slides are made from."""
        return asdict(self)


def read_lesson(docs: Path, uri: str, facts: dict[str, Value]) -> Lesson:
    """Read one page.

    Raises:
        UserError: a part that every lesson has is missing.
    """
    text, declared = meta.get_data((docs / uri).read_text(encoding="utf-8"))
    facts = facts | lesson_facts(declared.get("lesson"))

    def find(pattern: str, what: str) -> str:
        found = re.search(pattern, text, re.M)
        if not found:
            raise UserError(f"{docs / uri} has no {what}: a deck needs it.")
        return plain(found[1], facts)

    blocks = [(kind_of(fence), yaml.safe_load(fence.body)) for fence in live_fences(text)]
    for kind, block in blocks:
        if "id" not in block:
            raise UserError(f"{docs / uri}: a {kind} block without an id cannot be shown in a deck; give it one.")
    guesses = (block for kind, block in blocks if kind == "exercise" and block["kind"] == "predict")
    outcomes = find(r"^    \*\*(?:学完你能|After(?:wards| this lesson) you can):?\*\*[：:]? ?(.+)$", "list of outcomes")
    return Lesson(
        uri=uri,
        title=find(r"^# (.+?) \{ #", "title"),
        sentence=_capital(find(r"^(?:一句话：|In one sentence: )(.+)$", "one sentence")),
        outcomes=tuple(map(_capital, re.split(r"[；;] ?", outcomes.rstrip("。.")))),
        time=find(r"^    \*\*(?:用时|Time):?\*\*[：:]? ?(.+?)(?:。|\.(?: |$))", "time"),
        questions={block["id"]: _question(block, facts) for block in guesses},
        guards={block["id"]: block["after"] for kind, block in blocks if kind == "demo" and "after" in block},
        pictures=tuple(_pictures(text, facts)),
        misconceptions=tuple(
            (plain(claim, facts).strip('“”"。. '), plain(answer, facts))
            for claim, answer in re.findall(r"^- \*\*(.+?)\*\* ?(.+)$", _section(text, "misconceptions"), re.M)
        ),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _question(block: dict, facts: dict[str, Value]) -> Question:
    choices = tuple(
        (plain(str(choice["text"]), facts), bool(choice.get("correct")), plain(str(choice["why"]), facts))
        for _, choice in shuffled(block["id"], block["choices"])
    )
    return Question(plain(block["question"], facts), choices, _without_formulas(block["solution"], facts))


def _without_formulas(text: str, facts: dict[str, Value]) -> str:
    """For the notes: a solution whose formulas do not fit into a line is left to the page."""
    try:
        return plain(text, facts)
    except UserError:
        return ""


def _section(text: str, anchor: str) -> str:
    found = re.search(rf"^## .* \{{ #{anchor} \}}$(.*?)(?=^## |\Z)", text, re.M | re.S)
    return found[1] if found else ""


def _pictures(text: str, facts: dict[str, Value]) -> Iterator[Picture]:
    """Demos, drawings and figures in the order of the page, then its formulas."""
    found: list[tuple[int, Picture]] = []
    lines = lines_of(text)
    headings = [(number, line) for number, line in enumerate(lines, start=1) if line.startswith("## ")]

    def heading(line: int) -> str:
        title = next((words for number, words in reversed(headings) if number < line), "")
        return plain(re.sub(r"^## | \{ #[\w-]+ \}$", "", title), facts)

    for fence in live_fences(text):
        if kind_of(fence) != "exercise":
            found.append((fence.line, _block_picture(fence, heading(fence.line), facts)))
    shown = set()
    for number, line in enumerate(lines, start=1):
        figure = re.match(r"!\[(.+?)\]\((?:\.\./)+assets/figures/(.+?)-light\.svg#only-light\)", line)
        if figure and figure[2] not in shown:
            shown.add(figure[2])
            caption = re.search(r"/// caption\n(.+?)\n///", "\n".join(lines[number:]), re.S)
            words = plain(caption[1], facts) if caption else figure[1]
            found.append(
                (number, Picture("figure", figure[2], f"{figure[2]}-light.svg", words, (figure[1],), heading(number)))
            )
        elif line.startswith("## ") and line.endswith("{ #formulas }"):
            found.append((number, Picture("formulas", "", "", "", (), heading(number + 1))))
    found.sort(key=lambda item: item[0])
    said = speech(text, [line for line, _ in found], facts)
    yield from (replace(picture, speech=words) for (_, picture), words in zip(found, said, strict=True))


def _block_picture(fence: Fence, heading: str, facts: dict[str, Value]) -> Picture:
    block = yaml.safe_load(fence.body)
    notes = tuple(plain(str(text), facts) for item in block.get("callouts", ()) for text in item.values())
    return Picture(kind_of(fence), block["id"], block["use"], plain(block["caption"], facts), notes, heading)
