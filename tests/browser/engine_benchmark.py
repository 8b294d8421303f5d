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

from demos.training.checkpoint import processor
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


def in_chromium(playwright: Playwright, url: str, native: Native) -> tuple[str, Times]:
    """Its version, and the times of all three."""
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
    version = browser.version
    browser.close()
    return f"Chromium {version}", collected(asked, found)


def in_firefox(url: str, native: Native) -> tuple[str, Times] | None:
    """The same; None where there is no Firefox."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if not program:
        return None
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
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    times = collected(asked, json.loads(done.stdout)["result"])
    return f"Firefox {version}", times | collected([*before, *after], natively)


def measure(site: Path, playwright: Playwright) -> dict:
    """Everything, as JSON."""
    server, native = SiteServer(site), Native()
    try:
        found = [in_chromium(playwright, server.url + PAGE, native), in_firefox(server.url + PAGE, native)]
    finally:
        server.close()
    return {
        "processor": processor(),
        "model": MODEL,
        "rounds": ROUNDS,
        "ms_per_call": {
            browser: {runner: {str(batch): round(median(times[runner, batch]), 2) for batch in BATCHES}
                      for runner in (*ENGINES, NATIVE)}
            for browser, times in filter(None, found)
        },
    }  # fmt: skip


def table(measured: dict) -> str:
    """For a terminal: milliseconds, and how many times ours fit in ONNX Runtime Web's and native's in ours."""
    lines = [
        f"{measured['processor']}; {measured['model']}, one thread, medians of {measured['rounds']} in turn, ms a call",
        f"{'':24}{'batch':>6}{'ours':>9}{'ORT Web':>9}{'native':>9}{'ORT Web/ours':>14}{'ours/native':>13}",
    ]
    for browser, ms in measured["ms_per_call"].items():
        for batch in map(str, BATCHES):
            ours, web, native = (ms[runner][batch] for runner in (*ENGINES, NATIVE))
            lines.append(
                f"{browser:24}{batch:>6}{ours:9.1f}{web:9.1f}{native:9.1f}{web / ours:14.2f}{ours / native:13.2f}"
            )
    return "\n".join(lines)
