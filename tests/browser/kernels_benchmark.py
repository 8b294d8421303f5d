"""How fast the denoiser runs: `python -m tests.browser.kernels_benchmark`, a table in Markdown.

Our kernels and ONNX Runtime Web in each browser that is installed, and native ONNX Runtime on one thread, a call of
each in turn, so that what else the machine does falls on all of them. Reported, never asserted: the milliseconds belong
to the machine, and what may be compared are those of one line.
"""

import json
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np

from site_tools.models.onnx_file import open_session
from site_tools.setup.environment import BIN, WEB
from site_tools.setup.kernels import WASM
from site_tools.setup.programs import ROOT, ensure_browser

BATCHES, ROUNDS, WARM = (16, 4, 1), 40, 10
PATIENCE_S = 600
MODEL = ROOT / "docs" / "assets" / "models" / "fashion-diffusion.onnx"
TYPES = {".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json"}


def files() -> dict[str, bytes]:
    """What the page fetches, by name."""
    esbuild = WEB / "node_modules" / "esbuild" / "bin" / "esbuild"
    script = subprocess.run(
        [BIN / "node", esbuild, "test/kernels_bench_in_page.ts", "--bundle", "--minify", "--format=iife",
         "--target=es2021", "--log-override:empty-import-meta=silent", "--log-level=warning"],
        cwd=WEB, capture_output=True, check=True,
    ).stdout  # fmt: skip
    ort = WEB / "node_modules" / "onnxruntime-web" / "dist" / "ort-wasm-simd-threaded.wasm"
    return {
        "/index.html": b"<!doctype html><meta charset=utf-8><script src=page.js></script>",
        "/page.js": script,
        "/model.onnx": MODEL.read_bytes(),
        "/kernels.wasm": WASM.read_bytes(),
        "/ort.wasm": ort.read_bytes(),
        "/settings.json": json.dumps({"batches": BATCHES, "rounds": ROUNDS + WARM}).encode(),
    }


class Native:
    """ONNX Runtime on one thread, outside of any browser."""

    def __init__(self):
        self.session = open_session(MODEL.read_bytes())

    def ms(self, batch: int) -> float:
        """Milliseconds of one call."""
        x = np.sin(np.arange(batch * 784, dtype=np.float32)).reshape(batch, 1, 28, 28)
        feeds = {"x": x, "log_snr": np.ones(batch, np.float32), "y": np.arange(batch) % 11}
        start = time.perf_counter()
        self.session.run(["velocity"], feeds)
        return 1000 * (time.perf_counter() - start)


def measure(command: list[str], content: dict[str, bytes]) -> dict[int, list[dict[str, float]]]:
    """Batch -> times of each round, in a browser that is started by `command` and a URL."""
    native, finished = Native(), threading.Event()
    rounds: dict[int, list[dict[str, float]]] = defaultdict(list)
    errors: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def answer(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:  # noqa: N802
            self.answer(content.get(self.path, b""), TYPES.get(Path(self.path).suffix, "application/octet-stream"))

        def do_POST(self) -> None:  # noqa: N802
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if told is None or "error" in told:
                errors.extend([told["error"]] if told else [])
                finished.set()
            else:
                rounds[told["batch"]].append({**told, "native": native.ms(told["batch"])})
            self.answer(b"", "text/plain")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    browser = subprocess.Popen(
        [*command, f"http://127.0.0.1:{server.server_port}/index.html"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    if not finished.wait(PATIENCE_S):
        errors.append(f"not finished after {PATIENCE_S} s")
    browser.terminate()
    browser.wait()
    server.shutdown()
    if errors:
        raise RuntimeError(errors[0])
    return {batch: times[WARM:] for batch, times in rounds.items()}


def main() -> None:
    """Print the table."""
    content = files()
    print("| browser | batch | ours, ms | ORT Web, ms | native ORT, ms | ORT Web / ours | ours / native |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        browsers = {"Chromium": [ensure_browser(), "--headless", "--no-sandbox", f"--user-data-dir={folder}/chromium"]}
        if firefox := shutil.which("firefox-esr") or shutil.which("firefox"):
            Path(folder, "firefox").mkdir()
            browsers["Firefox"] = [firefox, "--headless", "--no-remote", "--profile", f"{folder}/firefox"]
        for name, command in browsers.items():
            for batch, times in measure(command, content).items():
                ours, web, native = (statistics.median(one[key] for one in times) for key in ("ours", "web", "native"))
                columns = f"{ours:.1f} | {web:.1f} | {native:.1f} | {web / ours:.2f} | {ours / native:.2f}"
                print(f"| {name} | {batch} | {columns} |")


if __name__ == "__main__":
    main()
