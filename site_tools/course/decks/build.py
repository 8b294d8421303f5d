"""The course's decks: which lessons are in each, and what becomes of a lesson."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from demos.errors import UserError
from site_tools.bundle import DRAWINGS, read_drawings
from site_tools.course.decks.canvas import HEIGHT, MARGIN, SERIF, SOFT, WIDTH, Deck
from site_tools.course.decks.lessons import Lesson, Picture, read_lesson
from site_tools.course.decks.pictures import course_in_browser
from site_tools.site import live_files as live
from site_tools.site.language_build import every_fact
from site_tools.site.settings import PACKAGE

BUNDLE = PACKAGE / "web" / "dist"
VERSION = 3  # of the slides' looks: a new one makes all decks anew
INNER = WIDTH - 2 * MARGIN
TOP, BOTTOM = 1.65, HEIGHT - 0.65  # of what stands below a title


@dataclass(frozen=True)
class Course:
    """One deck: its folder below docs/lectures, its title by language, and the pages it is made from."""

    folder: str
    title: dict[str, str]
    pages: tuple[str, ...]


COURSES = (
    Course(
        "01-github",
        {"zh": "GitHub 入门", "en": "GitHub basics"},
        tuple(f"github/{name}.md" for name in ("account", "repository", "upload", "pictures", "publish")),
    ),
    Course(
        "02-diffusion",
        {"zh": "扩散模型", "en": "Diffusion models"},
        tuple(f"diffusion/{name}.md" for name in ("overview", "forward-process", "reverse-process")),
    ),
)

TEXT = {
    "zh": {
        "guess": "先猜", "try": "动手", "run": "▶ 打开演示", "page": "▶ 打开这一课", "answer": "答案：",
        "outcomes": "学完你能", "time": "用时", "formulas": "公式", "misconceptions": "常见误解", "next": "回到网站",
        "closing": "每一课都有练习和出处，多数课还有能运行的演示。", "join": "、", "of": "{whole}：{part}",
    },
    "en": {
        "guess": "Guess first", "try": "Try it", "run": "▶ Open the demo", "page": "▶ Open the lesson",
        "answer": "Answer: ", "outcomes": "Afterwards you can", "time": "Time", "formulas": "Formulas",
        "misconceptions": "Misconceptions", "next": "Back to the site",
        "closing": "Every lesson has exercises and its sources, most have demos that run.", "join": ", ",
        "of": "{whole}: {part}",
    },
}  # fmt: skip
LETTERS = "ABCDEF"

Take = Callable[[Lesson, Picture], bytes]


def read_course(course: Course, docs: Path, language: str) -> list[Lesson]:
    """The lessons of a deck in one language."""
    assets = docs / "assets"
    facts = every_fact(live.collect(assets, BUNDLE), assets, docs / "facts.yml")
    return [read_lesson(docs / language, page, facts) for page in course.pages]


def digest(course: Course, lessons: list[Lesson], language: str, footer: str, docs: Path) -> str:
    """Of everything a deck is made from but the demos' own code: when it changes, the deck is to be made anew."""
    drawings = read_drawings(BUNDLE / DRAWINGS)
    pictures = [picture for lesson in lessons for picture in lesson.pictures]
    content = [
        [VERSION, course.title[language], footer, TEXT[language], [lesson.to_json() for lesson in lessons]],
        [drawings[picture.source].html for picture in pictures if picture.kind == "screen"],
        [_text(docs / "assets" / "figures" / picture.source) for picture in pictures if picture.kind == "figure"],
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def make_deck(course: Course, lessons: list[Lesson], language: str, footer: str, take: Take) -> Deck:
    """All slides of one deck; `take` gives the picture of something on a lesson's page."""
    text, deck = TEXT[language], Deck(footer, language)
    deck.cover(
        course.title[language],
        [lesson.title for lesson in lessons],
        text["closing"],
        next(take(lesson, picture) for lesson in lessons for picture in lesson.pictures),
    )
    shown: set[tuple[str, str]] = set()
    for number, lesson in enumerate(lessons, start=1):
        _lesson(deck, lesson, f"{course.title[language]} {number}", text, take, shown)
    deck.add(text["next"])
    for index, lesson in enumerate(lessons):
        deck.button(f"▶ {lesson.title}", lesson.address, MARGIN, 1.9 + 0.8 * index, 8.5)
    return deck


def _lesson(deck: Deck, lesson: Lesson, tag: str, text: dict, take: Take, shown: set[tuple[str, str]]) -> None:
    deck.add(lesson.title, tag=tag)
    deck.text([lesson.sentence], MARGIN, TOP, INNER, 1.5, sizes=(28, 26, 24, 22, 20), font=SERIF)
    deck.text([text["outcomes"]], MARGIN, 3.35, INNER, 0.4, sizes=(18,), bold=True)
    deck.text([f"· {one}" for one in lesson.outcomes], MARGIN, 3.85, INNER, 2.2, sizes=(22, 20, 18, 16), gap=0.25)
    deck.button(text["page"], lesson.address, MARGIN, 6.2, 3.0)
    deck.text([f"{text['time']} {lesson.time}"], 4.0, 6.28, 6.0, 0.4, sizes=(16,), colour=SOFT)
    first = next(iter(lesson.questions), None)
    if first and first not in lesson.guards.values():  # a lesson without a demo still begins with a guess
        _question(deck, lesson.questions[first], tag, text)
    for picture in lesson.pictures:
        if (picture.kind, picture.id) in shown and picture.kind == "figure":
            continue
        shown.add((picture.kind, picture.id))
        if question := lesson.questions.get(lesson.guards.get(picture.id, "")):
            _question(deck, question, tag, text)
            if picture.kind == "demo":  # the class sees it run before the next slide shows how it ends
                deck.button(text["run"], f"{lesson.address}#{picture.id}", WIDTH - MARGIN - 3.6, 0.72, 3.6)
        _SLIDES[picture.kind](deck, lesson, picture, tag, text, take(lesson, picture))
    if lesson.misconceptions:
        _misconceptions(deck, lesson, tag, text)


def _question(deck: Deck, question, tag: str, text: dict) -> None:
    answers = [f"{letter}. {why}" for letter, (_, _, why) in zip(LETTERS, question.choices, strict=False)]
    right = next(letter for letter, (_, ok, _) in zip(LETTERS, question.choices, strict=False) if ok)
    notes = "\n".join([f"{text['answer']}{right}", *answers, question.solution]).strip()
    deck.add(text["guess"], tag=tag, notes=notes)
    deck.text([question.text], MARGIN, TOP, INNER, 1.9, sizes=(26, 24, 22, 20, 18))
    for index, (letter, (choice, _, _)) in enumerate(zip(LETTERS, question.choices, strict=False)):
        deck.panel([f"{letter}　{choice}"], MARGIN, 3.75 + 0.95 * index, INNER, 0.8, sizes=(22, 20, 18, 16))


def _demo(deck: Deck, lesson: Lesson, picture: Picture, tag: str, text: dict, png: bytes) -> None:
    deck.add(picture.heading, tag=f"{tag} · {text['try']}", notes=picture.speech)
    deck.picture(png, MARGIN, TOP, 7.6, BOTTOM - TOP, picture.caption)
    deck.text([picture.caption], 8.7, TOP + 0.2, WIDTH - 8.7 - MARGIN, 3.0, sizes=(22, 20, 18, 16))
    deck.button(text["run"], f"{lesson.address}#{picture.id}", 8.7, BOTTOM - 0.9, 3.6)


def _screen(deck: Deck, lesson: Lesson, picture: Picture, tag: str, text: dict, png: bytes) -> None:
    deck.add(picture.caption.rstrip("。."), tag=tag, notes=picture.speech)
    deck.picture(png, MARGIN, TOP, 7.4, BOTTOM - TOP, picture.caption)
    notes = [f"{number}　{note}" for number, note in enumerate(picture.notes, start=1)]
    deck.text(notes, 8.4, TOP, WIDTH - 8.4 - MARGIN, BOTTOM - TOP, sizes=(20, 18, 16, 15, 14, 13), gap=0.4, middle=True)


def _figure(deck: Deck, lesson: Lesson, picture: Picture, tag: str, text: dict, png: bytes) -> None:
    deck.add(picture.heading, tag=tag, notes=picture.speech)
    deck.picture(png, MARGIN, TOP, INNER, BOTTOM - TOP - 0.9, picture.notes[0])
    deck.text([picture.caption], MARGIN, BOTTOM - 0.75, INNER, 0.75, sizes=(18, 16, 14), colour=SOFT)


def _formulas(deck: Deck, lesson: Lesson, picture: Picture, tag: str, text: dict, png: bytes) -> None:
    deck.add(text["formulas"], tag=tag, notes=picture.speech)
    deck.picture(
        png, MARGIN, TOP - 0.1, INNER, BOTTOM - TOP + 0.1, text["of"].format(whole=lesson.title, part=text["formulas"])
    )


_SLIDES = {"demo": _demo, "screen": _screen, "figure": _figure, "formulas": _formulas}


def _misconceptions(deck: Deck, lesson: Lesson, tag: str, text: dict) -> None:
    deck.add(text["misconceptions"], tag=tag)
    height = (BOTTOM - TOP) / len(lesson.misconceptions)
    for index, (claim, answer) in enumerate(lesson.misconceptions):
        top = TOP + index * height
        deck.panel([claim], MARGIN, top, 4.2, height - 0.12, sizes=(18, 16, 14, 13), bold=True)
        deck.text([answer], 5.2, top, WIDTH - 5.2 - MARGIN, height - 0.12, sizes=(18, 16, 15, 14, 13, 12), middle=True)


def write_decks(lectures: Path, docs: Path, config: Path) -> list[Path]:
    """Make every deck whose lessons have changed, in both languages; returns those written.

    Raises:
        UserError: one of them is somebody's own work; then none is written.
    """
    name = {"zh": course_name(config), "en": course_name(config.with_name("mkdocs.en.yml"))}
    stale = [
        (course, language, lessons, mark)
        for course in COURSES
        for language in TEXT
        for lessons in [read_course(course, docs, language)]
        for mark in [digest(course, lessons, language, name[language], docs)]
        if not is_fresh(deck_file(lectures, course, language), mark)
    ]
    foreign = [path for course, language, *_ in stale if is_foreign(path := deck_file(lectures, course, language))]
    if foreign:
        raise UserError(
            "\n".join(
                f"{path.as_posix()} was made or changed by hand, so nothing was written: move it away."
                for path in foreign
            )
        )
    if not stale:
        return []
    written = []
    with course_in_browser() as album:
        for course, language, lessons, mark in stale:
            print(f"{course.folder}, {language} ...", flush=True)
            take = lambda lesson, picture, language=language: album.take(lesson, picture, language)  # noqa: E731
            deck = make_deck(course, lessons, language, name[language], take)
            path = deck_file(lectures, course, language)
            path.parent.mkdir(parents=True, exist_ok=True)
            subject = TEXT[language]["join"].join(lesson.title for lesson in lessons)
            deck.save(path, title=course.title[language], subject=subject, author=name[language], made_from=mark)
            written.append(path)
    return written


def deck_file(lectures: Path, course: Course, language: str) -> Path:
    """Where a deck lies."""
    return lectures / course.folder / f"slides.{language}.pptx"


def is_foreign(path: Path) -> bool:
    """Whether a deck there is somebody's own work, which must not be lost."""
    from site_tools.course.decks.package import made_from

    return path.is_file() and made_from(path) is None


def is_fresh(path: Path, mark: str) -> bool:
    """Whether a deck was made from exactly these lessons."""
    from site_tools.course.decks.package import made_from

    return path.is_file() and made_from(path) == mark


def course_name(config: Path) -> str:
    """`extra.course.name` of a MkDocs configuration, read without running its Python tags."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("", lambda loader, suffix, node: None)
    return yaml.load(config.read_text(encoding="utf-8"), Loader)["extra"]["course"]["name"]
