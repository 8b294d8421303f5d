"""All exercises, audited: one set in both languages, a reason for each choice, spread answers, none given away."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from markdown import markdown

from site_tools.authoring.blocks.shuffle import shuffled
from site_tools.authoring.extension import LiveBlocks
from site_tools.authoring.fences import kind_of
from site_tools.authoring.page import Page
from site_tools.authoring.prose import live_fences, prose

DOCS = Path(__file__).parents[3] / "docs"
LANGUAGES = ("zh", "en")
PAGES = sorted(path.relative_to(DOCS / "zh").as_posix() for path in (DOCS / "zh").rglob("*.md"))
LESSONS = [name for name in PAGES if "```exercise" in (DOCS / "zh" / name).read_text(encoding="utf-8")]
# Share of its telling words that a line must hold to count as giving the right choice away: one in common is chance.
TELLING = 0.4
COMMON = frozenset(
    re.findall(
        r"\w+",
        "about after again also another because been before does each every everybody from have here into just like "
        "more most much must nearly need nothing once only other over place same some somewhere still such than that "
        "their them then there they this those what when where which while will with your",
    )
)


@dataclass(frozen=True)
class Shown:
    """A line that readers take in before they read on: a heading, a summary, an outcome, a caption."""

    line: int
    text: str


def exercises(text: str) -> list[tuple[int, dict]]:
    """(line, exercise as written) in the order of the page."""
    return [(fence.line, yaml.safe_load(fence.body)) for fence in live_fences(text) if kind_of(fence) == "exercise"]


def page(language: str, name: str) -> str:
    return (DOCS / language / name).read_text(encoding="utf-8")


def every_exercise(language: str) -> Iterator[tuple[str, dict]]:
    for name in LESSONS:
        for _, exercise in exercises(page(language, name)):
            yield f"{language}/{name}#{exercise['id']}", exercise


def right_of(exercise: dict) -> int | None:
    """Index of the right choice as written."""
    right = [index for index, choice in enumerate(exercise.get("choices", ())) if choice.get("correct")]
    return right[0] if right else None


def shown_before(text: str, exercise: dict, line: int) -> Iterator[Shown]:
    """What a reader has seen when the exercise is reached, as far as a program can tell.

    Headings count wherever they stand, because the table of contents shows them all; so do the captions of demos that
    wait for this exercise, because a caption stands uncovered. Figures inside a folded note do not count.
    """
    lines = prose(text).split("\n")
    for number, one in enumerate(lines, start=1):
        heading = re.match(r"#+ (.+?)(?: \{ #[\w-]+ \})?$", one)
        if heading:
            yield Shown(number, heading[1])
        elif number < line and re.match(r"    \*\*(学完你能|After)", one):
            yield from (Shown(number, part) for part in re.split(r"[；;]", one))
        elif number < line and (
            re.match(r"一句话：|In one sentence: |!\[", one) or lines[max(0, number - 2)].startswith("/// caption")
        ):
            yield Shown(number, one)
    for fence in live_fences(text):
        block = yaml.safe_load(fence.body)
        if kind_of(fence) == "exercise":
            continue
        if fence.line < line or block.get("after") == exercise["id"]:
            yield Shown(fence.line, str(block["caption"]))
            for callout in block.get("callouts", ()):
                yield from (Shown(fence.line, str(words)) for words in callout.values())


def flat(text: str) -> str:
    """In small letters, without marks and spaces."""
    return re.sub(r"[\W_]", "", text.lower())


def words_of(text: str) -> set[str]:
    """Words of four letters or more that mean something, without their endings, and pairs of Chinese characters."""
    plain = re.sub(r"\$[^$]*\$|`|\[\[.*?\]\]", " ", text.lower())
    words = {
        re.sub(r"(ed|ing|s|ly|es)$", "", word) for word in re.findall(r"[a-z][a-z'-]{3,}", plain) if word not in COMMON
    }
    runs = re.findall(r"[\u4e00-\u9fff]{2,}", plain)
    return words | {run[at : at + 2] for run in runs for at in range(len(run) - 1)}


def numbers_of(text: str) -> set[str]:
    """Numbers of two digits or more; a single digit occurs everywhere."""
    return {number for number in re.findall(r"\d+(?:\.\d+)?", text) if len(number.replace(".", "").lstrip("0")) > 1}


def spoilers(text: str, exercise: dict, line: int) -> list[str]:
    """What on the page gives the right choice or the number away.

    A line does if it holds the right choice whole, one of its numbers, or much of what it says and neither question nor
    wrong choices nor the page's title do. Pages are translations of each other, so what escapes in one language, mostly
    in Chinese, is found in the other.
    """
    title = "".join(re.findall(r"^# .+", prose(text), re.M)[:1])
    if "choices" in exercise:
        right = exercise["choices"][right_of(exercise)]["text"]
        others = " ".join(str(choice["text"]) for choice in exercise["choices"] if not choice.get("correct"))
        said = f"{title} {exercise['question']} {others}"
        telling, numbers = words_of(right) - words_of(said), numbers_of(right) - numbers_of(said)
        whole = flat(right)
    elif "answer" in exercise:
        telling, numbers = set(), numbers_of(f"{exercise['answer']:.12g}") - numbers_of(exercise["question"])
        whole = ""
    else:
        return []
    return [
        f"line {shown.line}: {shown.text}"
        for shown in shown_before(text, exercise, line)
        if numbers & numbers_of(shown.text)
        or (len(whole) > 3 and whole in flat(shown.text))
        or (len(telling) > 1 and len(telling & words_of(shown.text)) >= TELLING * len(telling))
    ]


def test_both_languages_set_the_same_exercises():
    def facts(language: str) -> list[tuple]:
        return [
            (name, *(one.get(key) for key in ("id", "kind", "answer", "tolerance", "demo", "state")), right_of(one))
            + (len(one.get("choices", ())), "hint" in one)
            for name in LESSONS
            for _, one in exercises(page(language, name))
        ]

    assert facts("zh") == facts("en")
    assert len(facts("zh")) > 30


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_says_something_of_its_own_and_why(language):
    for where, exercise in every_exercise(language):
        choices = exercise.get("choices", ())
        for part in ("text", "why"):
            said = [" ".join(str(choice[part]).lower().split()) for choice in choices]
            assert len(set(said)) == len(said), f"{where}: two choices with the same {part}"
        assert all(len(str(choice["why"])) > 6 for choice in choices), where
        assert sum(bool(choice.get("correct")) for choice in choices) == (1 if choices else 0), where


def test_right_choices_are_spread():
    """No letter may be a good bet, nor the longest choice."""
    at: dict[int, Counter] = {}
    longest = []
    for _, exercise in every_exercise("zh"):
        if "choices" in exercise:
            order = [index for index, _ in shuffled(exercise["id"], exercise["choices"])]
            at.setdefault(len(order), Counter())[order.index(right_of(exercise))] += 1
            lengths = [len(str(choice["text"])) for choice in exercise["choices"]]
            longest.append(lengths[right_of(exercise)] == max(lengths))
    for count, places in at.items():
        assert set(places) == set(range(count)), f"of {count} choices the right one is never in some places: {places}"
        share = max(places.values()) / places.total()
        assert share <= (0.4 if count > 3 else 0.45), (
            f"of {count} choices the right one is often in one place: {places}"
        )
    assert sum(longest) <= len(longest) / 2, "the longest choice is right too often"


@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_has_one_to_predict_one_to_compute_one_to_do(name):
    kinds = {exercise["kind"] for _, exercise in exercises(page("zh", name))}
    assert kinds == {"predict", "compute", "do"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LESSONS)
def test_nothing_gives_an_answer_away_beforehand(language, name):
    text = page(language, name)
    found = {exercise["id"]: spoilers(text, exercise, line) for line, exercise in exercises(text)}
    assert {key: lines for key, lines in found.items() if lines} == {}


EXERCISE = """
```exercise
id: ex
kind: predict
question: What does the network say first?
choices:
  - text: Full of specks, like its input
    why: No.
  - text: {right}
    correct: true
    why: Yes.
solution: So it is.
```
"""


@pytest.mark.parametrize(
    "page",
    [
        "# Why the first guess is a blurred shoe { #x }\n" + EXERCISE,
        '!!! abstract "This lesson"\n\n    **Afterwards you can** tell why it is a blurred shoe.\n' + EXERCISE,
        EXERCISE + "\n```demo\nuse: a\nid: d\nafter: ex\ncaption: It starts as a blurred shoe.\n```\n",
        "![a](a.svg)\n/// caption\nBelow, the blurred guess of a shoe.\n///\n" + EXERCISE,
        EXERCISE + "\n## Blurred shoes\n",
        "In one sentence: **after step 260 all is blurred.**\n"
        + EXERCISE.replace("{right}", "A shoe, from step 260 on"),
    ],
)
def test_what_gives_an_answer_away_is_found(page):
    text = page.replace("{right}", "A blurred shoe")
    [(line, exercise)] = exercises(text)
    assert spoilers(text, exercise, line)


def test_what_comes_after_the_question_or_is_folded_gives_nothing_away():
    text = EXERCISE.replace("{right}", "A blurred shoe") + "\n![a blurred shoe](a.svg)\n"
    text = '??? note "Later"\n\n    ![a blurred shoe](a.svg)\n\n' + text
    [(line, exercise)] = exercises(text)
    assert spoilers(text, exercise, line) == []


def test_choices_are_shown_alike_in_every_language_and_keep_their_keys():
    """An answer that is stored or carried to the other language names a choice as written, wherever it stands."""

    def shown(language: str, texts: str) -> list[tuple[str, str]]:
        choices = "".join(f"  - text: {text}\n    why: why {text}\n" for text in texts)
        block = f"```exercise\nid: ex-order\nkind: predict\nquestion: q\nsolution: s\nchoices:\n{choices}"
        html = markdown(f"{block}    correct: true\n```\n", extensions=[LiveBlocks(lambda md: Page(language=language))])
        return re.findall(r'value="(\d)"[^>]*>\s*<span>(\w)</span>', html)

    order = [(str(index), text) for index, text in shuffled("ex-order", "abcd")]
    assert shown("zh", "abcd") == shown("en", "abcd") == order
    assert shown("en", "wxyz") == [(key, "wxyz"[int(key)]) for key, _ in order]  # other words, same keys, same order
    assert [index for index, _ in shuffled("ex-order", "abcd")] == [2, 0, 1, 3]  # for good: it is printed and on slides
    assert sorted(index for index, _ in shuffled("ex-other", "abcdef")) == list(range(6))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_losses_in_the_question_are_those_the_notebook_printed(language):
    notebook = json.loads((DOCS / language / "notebooks" / "train-a-denoiser.ipynb").read_text(encoding="utf-8"))
    printed = re.findall(r"step +(\d+) +loss ([\d.]+)", json.dumps(notebook))
    facts = yaml.safe_load((DOCS / "facts.yml").read_text(encoding="utf-8"))["smoke-training"]
    assert {f"loss_{step}": float(loss) for step, loss in printed} == facts
