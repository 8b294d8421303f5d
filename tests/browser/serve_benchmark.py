"""How long an author waits from writing a file to seeing it: the course under plain `mkdocs serve`, in Chromium."""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Playwright

from site_tools.setup.programs import ensure_browser
from tests.browser.conftest import FLAGS
from tests.support.previews import PROBLEMS, WATCH, copy_course, served, write_and_wait

EDITS = 20
PAUSE_S = 1.0  # between edits: the whole build behind the last one is under way
PAGE, NOTEBOOK = "diffusion/reverse-process", "notebooks/train-a-denoiser"
BROKEN = "\n```demo\nuse: reverse-proces\n```\n"


def edited_page(text: str, number: int) -> str:
    """A page with a heading of its own before its second one."""
    first, mark, rest = text.partition("\n## ")
    return f"{first}\n## Edit {number}\n{mark}{rest}"


def edited_notebook(text: str, number: int) -> str:
    """The same for a notebook."""
    notebook = json.loads(text)
    cell = next(one for one in notebook["cells"] if one["cell_type"] == "markdown")
    cell["source"] = "".join(cell["source"]) + f"\n\n## Edit {number}"
    return json.dumps(notebook, ensure_ascii=False)


def edits(page: Page, path: Path, edit: Callable[[str, int], str], count: int) -> list[float]:
    """Milliseconds from each of some edits to its picture, after one that does not count; the file is as before."""
    text = path.read_text(encoding="utf-8")
    times = []
    for number in range(count + 1):
        time.sleep(PAUSE_S)
        times.append(write_and_wait(page, path, edit(text, number), f"edit-{number}"))
    path.write_text(text, encoding="utf-8")
    return times[1:]


def mistakes(page: Page, path: Path, count: int) -> list[float]:
    """Milliseconds from writing a broken block to its sentence over the page; it is mended each time."""
    text = path.read_text(encoding="utf-8")
    times = []
    for number in range(count):
        write_and_wait(page, path, edited_page(text, number), f"edit-{number}")
        time.sleep(PAUSE_S)
        times.append(write_and_wait(page, path, edited_page(text, number) + BROKEN, PROBLEMS))
        time.sleep(PAUSE_S)
    path.write_text(text, encoding="utf-8")
    return times


def measure(playwright: Playwright, count: int = EDITS) -> dict[str, dict[str, int]]:
    """What was written -> median and slowest, in milliseconds; a line for each is printed as it comes."""
    found = {}
    browser = playwright.chromium.launch(executable_path=ensure_browser(), args=list(FLAGS))
    with tempfile.TemporaryDirectory() as folder, served(copy_course(Path(folder))) as course:

        def note(name: str, address: str, how: Callable[[Page], list[float]]) -> None:
            page = browser.new_page()
            page.add_init_script(WATCH)
            page.goto(course.url + address)
            times = how(page)
            page.close()
            found[name] = {"median_ms": round(statistics.median(times)), "slowest_ms": round(max(times))}
            print(f"{name:12}", "  ".join(f"{key} {value}" for key, value in found[name].items()), flush=True)

        docs = course.folder / "docs"
        zh, en = docs / "zh" / f"{PAGE}.md", docs / "en" / f"{PAGE}.md"
        notebook = docs / "zh" / f"{NOTEBOOK}.ipynb"
        note("zh", f"{PAGE}/", lambda page: edits(page, zh, edited_page, count))
        note("en", f"en/{PAGE}/", lambda page: edits(page, en, edited_page, count))
        note("notebook", f"{NOTEBOOK}/", lambda page: edits(page, notebook, edited_notebook, count))
        note("broken block", f"{PAGE}/", lambda page: mistakes(page, zh, count))
    browser.close()
    return found
