"""How long readers and authors wait, and how fast the engines are: `python -m tests.browser.benchmark`.

Reported, never asserted: the numbers belong to the machine. A visit is a new browser profile on a link of so
many Mbit/s to a plain static server with gzip. What all parts together found is the file that the page on speed reads:
`python -m site_tools bench --json docs/assets/data/benchmark.json`, on a computer that does nothing else.
"""

import argparse
import datetime
import json
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

from demos.diffusion.samplers import DEFAULT_SAMPLER, DEFAULT_STEPS
from demos.files import write_json
from demos.training.checkpoint import processor
from site_tools.setup.environment import WEB
from site_tools.setup.programs import ensure_browser
from tests.browser import engine_benchmark, serve_benchmark
from tests.browser.conftest import FLAGS, ROOT
from tests.browser.server import SiteServer
from tests.browser.test_reverse_process import DEMO, PAGES

COMMAND = "python -m site_tools bench --json docs/assets/data/benchmark.json"
LINKS_MBIT_S = {"unpaced": None, "mbit_10": 10, "mbit_1.6": 1.6}
VISITS = 5  # over each link
START = f"{DEMO} canvas"  # the noise, which needs no model
PICTURE = f"{DEMO} .live-film input:enabled"
DONE = f'{DEMO}[data-phase="ready"]'


# Sets the steps anew at each of the screen's pictures, as a hand on the slider does, and counts what follows.
DRAG = """([demo, steps, ms]) => new Promise((resolve) => {
  const element = document.querySelector(demo), start = performance.now();
  let frame = 0, batches = 0, images = 0, last;
  const move = (now) => {
    element.setState('steps', steps - 2 + (frame++ % 3));
    if (element.few && element.few !== last) { batches++; images += element.few.count; }
    last = element.few;
    if (now - start < ms) requestAnimationFrame(move);
    else resolve({ batches_per_s: 1000 * batches / ms, images_per_s: 1000 * images / ms });
  };
  requestAnimationFrame(move);
})"""
DRAG_MS, DRAGS = 3000, 5


def state_link(server: SiteServer) -> str:
    """To the demo with what makes samples by default; a link with a state has no question before it."""
    state = f"first-sample.sampler={DEFAULT_SAMPLER}&first-sample.steps={DEFAULT_STEPS}"
    return f"{server.url}{PAGES['zh']}?{state}#first-sample"


def visit(browser, site: Path, mbit_s: float | None) -> dict[str, float]:
    """One cold visit: seconds to the noise, from the click to the first picture and to the last, and megabytes.

    travel_s is what the click's bytes alone take on such a link.
    """
    server = SiteServer(site, bytes_per_s=mbit_s and mbit_s * 1e6 / 8)
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(180_000)
    clock = "performance.now() / 1000"
    page.goto(state_link(server), wait_until="commit")
    page.wait_for_selector(START)
    times = {"start_s": page.evaluate(clock)}
    button = page.locator(f"{DEMO} .live-primary")
    button.wait_for()
    before = sum(size for _, size in server.sent)
    clicked = page.evaluate(clock)
    button.click()
    page.wait_for_selector(PICTURE)
    times["first_picture_s"] = page.evaluate(clock) - clicked
    page.wait_for_selector(DONE)
    times["all_pictures_s"] = page.evaluate(clock) - clicked
    times["page_mb"] = before / 1e6
    times["click_mb"] = sum(size for _, size in server.sent) / 1e6 - times["page_mb"]
    times["travel_s"] = 8 * times["click_mb"] / mbit_s if mbit_s else 0.0
    context.close()
    server.close()
    return times


def visits(site: Path, playwright: Playwright) -> dict[str, dict[str, float]]:
    """Link -> medians; a line for each is printed as it comes."""
    browser = playwright.chromium.launch(executable_path=ensure_browser(), args=list(FLAGS))
    found = {}
    for link, mbit_s in LINKS_MBIT_S.items():
        made = [visit(browser, site, mbit_s) for _ in range(VISITS)]
        found[link] = {key: round(statistics.median(one[key] for one in made), 3) for key in made[0]}
        print(f"{link:12}", "  ".join(f"{key} {value:.2f}" for key, value in found[link].items()), flush=True)
    browser.close()
    return found


def dragging(site: Path, playwright: Playwright) -> dict[str, float]:
    """How many batches, and images, follow a dragged slider in a second: medians."""
    browser, server = playwright.chromium.launch(executable_path=ensure_browser(), args=list(FLAGS)), SiteServer(site)
    page = browser.new_page()
    page.goto(state_link(server))
    page.locator(f"{DEMO} .live-primary").click()
    page.wait_for_selector(DONE)
    found = [page.evaluate(DRAG, [DEMO, DEFAULT_STEPS, DRAG_MS]) for _ in range(DRAGS)]
    browser.close()
    server.close()
    medians = {key: round(statistics.median(one[key] for one in found), 2) for key in found[0]}
    print("dragging    ", "  ".join(f"{key} {value:.1f}" for key, value in medians.items()), flush=True)
    return medians


def engines(site: Path, playwright: Playwright) -> dict:
    """The engines in turn; their table is printed."""
    measured = engine_benchmark.measure(site, playwright)
    print(engine_benchmark.table(measured), flush=True)
    return measured


def serve(_: Path, playwright: Playwright) -> dict[str, dict[str, int]]:
    """How long an author waits; a line for each kind of edit is printed as it comes."""
    return serve_benchmark.measure(playwright)


PARTS = {"visits": visits, "dragging": dragging, "engines": engines, "serve": serve}


def circumstances(playwright: Playwright) -> dict:
    """When, on what and with what the numbers were measured; cores as the browser tells them to the page."""
    browser = playwright.chromium.launch(executable_path=ensure_browser(), args=list(FLAGS))
    versions = {"chromium": browser.version, "onnxruntime": version("onnxruntime")}
    cores = browser.new_page().evaluate("() => navigator.hardwareConcurrency")
    browser.close()
    if program := engine_benchmark.firefox():
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        versions["firefox"] = told.split()[-1]
    package = json.loads((WEB / "package.json").read_text(encoding="utf-8"))
    return {
        "date": datetime.date.today().isoformat(),
        "command": COMMAND,
        "processor": processor(),
        "cores": cores,
        "versions": {**versions, "onnxruntime_web": package["dependencies"]["onnxruntime-web"]},
        "sampler": DEFAULT_SAMPLER,
        "steps": DEFAULT_STEPS,
        "visits_per_link": VISITS,
    }


def measured(site: Path, playwright: Playwright, only: str | None = None) -> dict:
    """The benchmark's file: its circumstances, and each part under its name."""
    parts = {name: part(site, playwright) for name, part in PARTS.items() if only in (None, name)}
    return {**circumstances(playwright), **parts}


def main() -> None:
    """Build the site and measure one part, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.benchmark", description=__doc__)
    parser.add_argument("--only", choices=PARTS, help="one part of it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write the numbers as well")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = Path(folder) / "site"
        if arguments.only != "serve":
            subprocess.run([sys.executable, "-m", "site_tools", "site", "--folder", str(site)], cwd=ROOT, check=True)
        numbers = measured(site, playwright, arguments.only)
    if arguments.json:
        write_json(arguments.json, numbers)


if __name__ == "__main__":
    main()
