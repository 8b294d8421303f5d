"""PyTorch = ONNX Runtime = ONNX Runtime Web: the golden vectors in a real browser."""

import base64
import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest

from site_tools.models.export import TOLERANCE, compare_golden, export
from site_tools.setup.environment import BIN, WEB
from tests.browser.conftest import ROOT, Watched

MODELS = ROOT / "docs" / "assets" / "models"
PAGE = "diffusion/reverse-process/"
# Released models that no page shows yet: they are exported here, and served beside the site.
UNSEEN = ("ring-gan", "ring-vae", "ring-flow", "ring-diffusion")


@pytest.fixture(scope="module")
def script() -> str:
    """The test's own bundle: it brings no second runtime, only the samplers and the random numbers."""
    esbuild = WEB / "node_modules" / "esbuild" / "bin" / "esbuild"
    done = subprocess.run(
        [BIN / "node", esbuild, "test/parity_in_page.ts", "--bundle", "--format=iife", "--log-level=warning"],
        cwd=WEB, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def outputs_in_page(watched: Watched, url: str, script: str, name: str, golden: dict) -> dict:
    """What the page's runtime makes of the golden inputs."""
    watched.page.goto(url)
    watched.page.evaluate(script)
    outputs = watched.page.evaluate("([name, golden]) => parityOutputs(name, golden)", [name, golden])
    assert len(outputs["calls"]) == len(golden["calls"]) > 0
    watched.assert_clean()
    return outputs


@pytest.mark.browser
@pytest.mark.parametrize("name", sorted(path.stem for path in MODELS.glob("*.onnx")))
def test_browser_gives_the_golden_outputs(watched, server, script, name):
    golden = json.loads((MODELS / f"{name}.golden.json").read_text(encoding="utf-8"))
    outputs = outputs_in_page(watched, server.url + PAGE, script, name, golden)
    runs = golden.get("trajectories", [])
    timesteps = [[state[0] for state in run["timesteps_and_x"]] for run in outputs.get("trajectories", [])]
    assert timesteps == [[state[0] for state in run["timesteps_and_x"]] for run in runs]
    assert compare_golden(golden, outputs) < TOLERANCE


def serve_beside_the_site(watched: Watched, site: str, folder: Path) -> None:
    """Add the models of a folder to the page's table of files, and answer for them."""
    unseen = f"{site}assets/live/unseen/"
    files = {
        f"models/{path.name}": {
            "url": unseen + path.name,
            "bytes": path.stat().st_size,
            "integrity": "sha256-" + base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode(),
        }
        for path in folder.iterdir()
    }

    def with_models(route) -> None:
        answer = route.fetch()
        opening, table, closing = re.search(
            r'(<script[^>]*id="live-runtime"[^>]*>)(.*?)(</script>)', answer.text(), re.DOTALL
        ).groups()
        known = json.loads(table)
        known["files"] |= files
        body = answer.text().replace(opening + table + closing, opening + json.dumps(known) + closing)
        route.fulfill(response=answer, body=body)

    watched.page.route(site + PAGE, with_models)
    watched.page.route(unseen + "*", lambda route: route.fulfill(path=folder / route.request.url.rsplit("/", 1)[1]))


@pytest.mark.browser
@pytest.mark.parametrize("name", UNSEEN)
def test_browser_runs_what_no_page_shows_yet(watched, server, script, tmp_path, name):
    export(name, tmp_path)
    golden = json.loads((tmp_path / f"{name}.golden.json").read_text(encoding="utf-8"))
    serve_beside_the_site(watched, server.url, tmp_path)
    outputs = outputs_in_page(watched, server.url + PAGE, script, name, golden)
    assert compare_golden(golden, outputs) < TOLERANCE
