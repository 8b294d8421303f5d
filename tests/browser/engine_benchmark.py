"""One call of the denoiser in our kernels, in ONNX Runtime Web and in native ONNX Runtime, taking turns in one run.

Only what was measured in turns can be divided: the speed of a machine changes within minutes. Everybody computes on one
thread. In Chromium all three take turns; Firefox is given its list as a whole, and native runs before and after it.
"""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np
from playwright.sync_api import Playwright

from site_tools.models.graph_file import open_session
from site_tools.models.manifest import ENGINES
from site_tools.setup.environment import BIN, TOOLS, WEB
from site_tools.setup.programs import ensure_browser
from tests.browser.conftest import FLAGS, ROOT
from tests.browser.server import SiteServer

MODEL, PAGE = "fashion-diffusion", "diffusion/reverse-process/"
NATIVE = "native"
BATCHES = (1, 4, 16)
ROUNDS = 5  # that count; one before them warms everybody up
IMAGES = 16  # of one measurement: as many calls as make so many images
ONE_WORKER = "Object.defineProperty(navigator, 'hardwareConcurrency', { value: 1 });"
FILES = dict(zip(ENGINES, ("kernels", "ort-"), strict=True))  # how the names of an engine's files begin
Times = dict[tuple[str, int], list[float]]


def turns(runners: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    """Runner, batch and calls of one round, in turn; reversed, they make the next."""
    for batch in BATCHES:
        for runner in runners:
            yield runner, batch, IMAGES // batch


def rounds(runners: tuple[str, ...], count: int = ROUNDS + 1) -> list[tuple[str, int, int]]:
    """All rounds, every second one in the other direction."""
    one = list(turns(runners))
    return [turn for number in range(count) for turn in (one[::-1] if number % 2 else one)]


def collected(asked: list[tuple[str, int, int]], found: list[float]) -> Times:
    """(Runner, batch) -> its times in order, without the first."""
    times: Times = {}
    for (runner, batch, _), ms in zip(asked, found, strict=True):
        times.setdefault((runner, batch), []).append(ms)
    return {key: values[1:] for key, values in times.items()}


class Native:
    """Native ONNX Runtime on one thread."""

    def __init__(self):
        self.session = open_session((ROOT / "docs" / "assets" / "models" / f"{MODEL}.onnx").read_bytes())

    def timed(self, batch: int, calls: int) -> float:
        """Milliseconds a call."""
        x = np.random.default_rng(0).standard_normal((calls, batch, 1, 28, 28), np.float32)
        log_snr, y = np.zeros(batch, np.float32), np.full(batch, 10)
        start = time.perf_counter()
        for one in x:
            self.session.run(None, {"x": one, "log_snr": log_snr, "y": y})
        return 1000 * (time.perf_counter() - start) / calls


def script() -> str:
    """What a page is given to time its engines with."""
    esbuild = WEB / "node_modules" / "esbuild" / "bin" / "esbuild"
    return subprocess.run(
        [BIN / "node", esbuild, "test/bench_in_page.ts", "--bundle", "--format=iife", "--log-level=warning"],
        cwd=WEB, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip


def in_chromium(playwright: Playwright, url: str, native: Native) -> Times:
    """The times of all three."""
    browser = playwright.chromium.launch(executable_path=ensure_browser(), args=list(FLAGS))
    page = browser.new_page()
    page.add_init_script(ONE_WORKER)
    page.goto(url)
    page.evaluate(script())
    asked = rounds((*ENGINES, NATIVE))
    found = [
        native.timed(batch, calls)
        if runner == NATIVE
        else page.evaluate("one => timedAll(...one)", [MODEL, [[runner, batch, calls]]])[0]
        for runner, batch, calls in asked
    ]
    browser.close()
    return collected(asked, found)


def firefox() -> str | None:
    """The installed program, if there is one."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


def in_firefox(program: str, url: str, native: Native) -> Times:
    """The same."""
    asked = rounds(ENGINES)
    before, after = rounds((NATIVE,), ROUNDS // 2 + 1), rounds((NATIVE,), ROUNDS - ROUNDS // 2)
    natively = [native.timed(batch, calls) for _, batch, calls in before]
    with tempfile.TemporaryDirectory() as folder:
        body = Path(folder, "bench.js")
        body.write_text(f"{ONE_WORKER}\n{script()}\nreturn timedAll(...{json.dumps([MODEL, asked])});", "utf-8")
        done = subprocess.run(
            [BIN / "node", TOOLS / "firefox.mjs", program, body, url],
            capture_output=True, text=True, timeout=500, check=True,
        )  # fmt: skip
    natively += [native.timed(batch, calls) for _, batch, calls in after]
    times = collected(asked, json.loads(done.stdout)["result"])
    return times | collected([*before, *after], natively)


def medians(times: Times) -> dict[str, dict[str, float]]:
    """Runner -> batch -> milliseconds a call; beside them the two quotients that the comparison is about.

    A quotient above 1 of "web_by_ours" says that ours is faster; one of "ours_by_native", how many times
    as long as native ours takes.
    """
    ms = {runner: {batch: median(times[runner, batch]) for batch in BATCHES} for runner in (*ENGINES, NATIVE)}
    ours, web = (ms[engine] for engine in ENGINES)
    found = {
        **ms,
        "web_by_ours": {batch: web[batch] / ours[batch] for batch in BATCHES},
        "ours_by_native": {batch: ours[batch] / ms[NATIVE][batch] for batch in BATCHES},
    }
    return {name: {str(batch): round(one, 2) for batch, one in row.items()} for name, row in found.items()}


def kilobytes(sent: list[tuple[str, int]]) -> dict[str, float]:
    """Engine -> how much of its files travelled, each counted once."""
    sizes = {path.rsplit("/", 1)[-1]: size for path, size in sent}
    return {
        engine: round(sum(size for name, size in sizes.items() if name.startswith(start)) / 1000, 1)
        for engine, start in FILES.items()
    }


def measure(site: Path, playwright: Playwright) -> dict:
    """Everything, as JSON: browser -> what `medians` tells; no Firefox where none is installed."""
    server, native, program = SiteServer(site), Native(), firefox()
    try:
        found = {"chromium": medians(in_chromium(playwright, server.url + PAGE, native))}
        if program:
            found["firefox"] = medians(in_firefox(program, server.url + PAGE, native))
    finally:
        server.close()
    return {"model": MODEL, "rounds": ROUNDS, "kilobytes": kilobytes(server.sent), "ms": found}


def table(measured: dict) -> str:
    """For a terminal: milliseconds, and how many times ours fit in ONNX Runtime Web's and native's in ours."""
    lines = [
        f"{measured['model']}, one thread, medians of {measured['rounds']} in turn, ms a call",
        f"{'':12}{'batch':>6}{'ours':>9}{'ORT Web':>9}{'native':>9}{'ORT Web/ours':>14}{'ours/native':>13}",
    ]
    for browser, rows in measured["ms"].items():
        for batch in map(str, BATCHES):
            *ms, gain, cost = (row[batch] for row in rows.values())
            lines.append(f"{browser:12}{batch:>6}" + "".join(f"{one:9.1f}" for one in ms) + f"{gain:14.2f}{cost:13.2f}")
    return "\n".join(lines)
