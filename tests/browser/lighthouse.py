"""Lighthouse over every page: `python -m tests.browser.lighthouse [RUNS]` prints the medians of RUNS (5) audits."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from site_tools.setup.environment import BIN, TOOLS, ensure_browser_tools
from site_tools.setup.programs import ensure_browser
from tests.browser.conftest import FLAGS, build
from tests.browser.pages import pages
from tests.browser.server import SiteServer


def audit(folder: Path, runs: int, addresses: list[str]) -> Iterator[dict]:
    """Build the site for the address it is served from, and audit its pages.

    Yields:
        "url"; "scores", category -> median of 0..100; "lost", what cost points outside performance.
    """
    site = folder / "site"
    server = SiteServer(site)
    environment = {**os.environ, "CHROME_PATH": ensure_browser(), "CHROME_FLAGS": " ".join(FLAGS)}
    build(site, SITE_URL=server.url)
    command = [BIN / "node", TOOLS / "lighthouse.mjs", str(runs), *(server.url + address for address in addresses)]
    try:
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            for line in process.stdout:
                result = json.loads(line)
                yield result | {"url": result["url"].removeprefix(server.url)}
    finally:
        server.close()
    if process.returncode:
        raise RuntimeError("Lighthouse failed; its message stands above")


def main() -> None:
    """One line a page, and below it what lost points."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    ensure_browser_tools()
    with tempfile.TemporaryDirectory() as folder:
        for result in audit(Path(folder), runs, pages()):
            scores = "  ".join(f"{name} {score:3}" for name, score in result["scores"].items())
            print(f"{scores}  /{result['url']}", *result["lost"], sep="\n    ", flush=True)


if __name__ == "__main__":
    main()
