"""A W3C WebDriver client, as small as one test needs it: WebKitGTK, the nearest to Safari that Debian has."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

DRIVER = "WebKitWebDriver"


def minibrowser() -> Path | None:
    """The browser that comes with WebKitGTK; Debian keeps it among the libraries."""
    return next(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser"), None)


def is_installed() -> bool:
    """Whether driver, browser and a virtual screen are all there."""
    return bool(shutil.which(DRIVER) and shutil.which("Xvfb") and minibrowser())


def _stop(process: subprocess.Popen) -> None:
    process.terminate()
    process.wait(10)


class WebKit:
    """A browser on a virtual screen; `with` closes the session and everything it started."""

    def __init__(self) -> None:
        self._closing = ExitStack()

    def __enter__(self) -> "WebKit":
        with ExitStack() as stack:  # what was started is stopped, also if the next step fails
            read, write = os.pipe()  # Xvfb picks a free display and tells its number
            screen = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x900x24"]
            stack.callback(_stop, subprocess.Popen(screen, pass_fds=[write]))
            os.close(write)
            with os.fdopen(read) as stream:
                display = f":{stream.readline().strip()}"
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            self._base = f"http://127.0.0.1:{port}"
            environment = {**os.environ, "DISPLAY": display, "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"}
            stack.callback(_stop, subprocess.Popen([DRIVER, f"--port={port}"], env=environment))
            wanted = {"binary": str(minibrowser()), "args": ["--automation"]}
            session = self._wait_for_session({"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": wanted}}})
            self._base += f"/session/{session['sessionId']}"
            stack.callback(self._ask, "DELETE", "", {})
            self._ask("POST", "/timeouts", {"script": 180_000, "pageLoad": 60_000})
            self._closing = stack.pop_all()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._closing.close()

    def _wait_for_session(self, wish: dict) -> dict:
        deadline = time.monotonic() + 20
        while True:
            try:
                return self._ask("POST", "/session", wish)
            except ConnectionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def _ask(self, method: str, path: str, body: dict) -> Any:
        request = urllib.request.Request(
            self._base + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=200) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.read().decode()[:400]}") from None
        except urllib.error.URLError as error:
            raise ConnectionError(str(error)) from None

    def run(self, url: str, body: str) -> Any:
        """Open a page and run the body of an async function in it."""
        self._ask("POST", "/url", {"url": url})
        script = f"const done = arguments[0]; (async () => {{ {body} }})().then(done, (error) => done(String(error)));"
        return self._ask("POST", "/execute/async", {"script": script, "args": []})
