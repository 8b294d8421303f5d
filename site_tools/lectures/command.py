"""`python -m site_tools lectures`: bring the outputs of every deck up to date; what is up to date costs nothing."""

import contextlib
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from demos.errors import UserError
from site_tools.lectures.converting.container import check_size
from site_tools.lectures.decks import Deck, Version, find_decks
from site_tools.lectures.texts import loss_sentences
from site_tools.messages import annotate, nearest, shown
from site_tools.setup import environment, programs

COMMAND = "python -m site_tools lectures"


def lectures(root: Path, names: Sequence[str] = (), *, check: bool = False) -> None:
    """Convert the decks below `root` whose outputs are missing or made from another file.

    Args:
        root: the folder of lectures.
        names: of the decks to look at; none for all.
        check: convert nothing, only look.

    Raises:
        UserError: a sentence a line for every deck that cannot be converted, or with `check` is not; the
            others are converted.
    """
    if not root.is_dir():
        raise UserError(f"There is no folder {shown(root)}: make it and put decks there, or name another (--folder).")
    decks, problems = find_decks(root)
    if names:
        decks = [_named(name, decks) for name in names]
    for deck in decks:
        for path in deck.unused:
            _warn(
                f"{shown(path)} is shown nowhere, for {shown(deck.versions[0].path)} is the deck of that folder: "
                "give it a folder of its own, or delete it."
            )
    stale = [version for deck in decks for version in deck.versions if not version.current_record()]
    if check:
        problems += [f"{shown(version.path)} has no up-to-date outputs: run `{COMMAND}`." for version in stale]
    else:
        sound = [version for version in stale if _is_sound(version, problems)]
        if sound:
            _install(sound)
            _convert_all(sound, problems)
    if problems:
        raise UserError("\n".join(problems))
    if not stale:
        print(f"{shown(root)}: {len(decks)} deck{'' if len(decks) == 1 else 's'}, all up to date.")


def _named(name: str, decks: list[Deck]) -> Deck:
    by_name = {deck.name: deck for deck in decks}
    path = Path(name.rstrip("/\\"))  # as a shell completes it
    wanted = path.name
    for known in (wanted, path.stem, path.parent.name):
        if known in by_name:
            return by_name[known]
    raise UserError(f"There is no deck {name}; {nearest(wanted, by_name)}")


def _is_sound(version: Version, problems: list[str]) -> bool:
    """Whether the size allows it to be converted; what is to be said of it is said."""
    try:
        if warning := check_size(version.path):
            _warn(warning)
    except UserError as error:
        problems.append(str(error))
        return False
    return True


def _install(versions: list[Version]) -> None:
    """What converting needs, where it may be installed without asking."""
    if environment.in_checkout():
        environment.ensure_packages("lectures")
    programs.ensure_converters(office=any(version.path.suffix.lower() != ".pdf" for version in versions))


def _convert_all(versions: list[Version], problems: list[str]) -> None:
    try:
        from site_tools.lectures.converting.convert import convert
    except ImportError as error:
        raise UserError(
            f"{error.name} is not installed, which converting decks needs: "
            "run `pip install 'live-generative-models[lectures]'`."
        ) from None
    drawn_otherwise = False
    for version in versions:
        name = shown(version.path)
        started = time.monotonic()
        try:
            with _stoppable(), _progress(name) as progress:
                record = convert(version, progress=progress, warn=_warn)
        except UserError as error:
            problems.append(str(error))
            continue
        except Exception as error:  # what a deck may hold is without end, and the next one must not suffer for it
            problems.append(
                f"{name} could not be converted ({type(error).__name__}: {error}): open it in PowerPoint, save it "
                "again or export it as PDF, and upload that."
            )
            continue
        print(f"{name}: {len(record.slides)} slides in {time.monotonic() - started:.1f} s", flush=True)
        for sentence in loss_sentences(record.losses, "en"):
            _warn(f"{name}: {sentence}")
        drawn_otherwise = drawn_otherwise or bool(record.losses.fonts or record.losses.formulas)
    if drawn_otherwise:
        _warn(
            "a PDF that PowerPoint exported, beside a deck under the same name, is shown in place of LibreOffice's "
            "drawing and keeps fonts and formulas."
        )


def _warn(sentence: str) -> None:
    print(f"warning: {sentence}", file=sys.stderr, flush=True)
    annotate("warning", sentence)


@contextlib.contextmanager
def _progress(name: str) -> Iterator:
    """A line that says what is being done; in a log, only the first word of it."""
    live = sys.stderr.isatty()
    last = ""

    def tell(what: str) -> None:
        nonlocal last
        if live:
            print(f"\r\x1b[K{name}: {what}", end="", file=sys.stderr, flush=True)
        elif what.split()[0] != last:
            print(f"{name}: {what} ...", file=sys.stderr, flush=True)
        last = what.split()[0]

    try:
        yield tell
    finally:
        if live:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """A polite kill ends LibreOffice too, and leaves no folder behind, as Ctrl-C does."""

    def stop(_number: int, _frame: object) -> None:
        raise SystemExit(143)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
