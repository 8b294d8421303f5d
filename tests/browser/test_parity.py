"""PyTorch = ONNX Runtime = ONNX Runtime Web: the golden vectors in a real browser."""

import json
import subprocess

import pytest

from site_tools.models.export import TOLERANCE, compare_golden
from site_tools.setup.environment import BIN, WEB
from tests.browser.conftest import ROOT

MODELS = ROOT / "docs" / "assets" / "models"


@pytest.fixture(scope="module")
def script() -> str:
    """The test's own bundle: it brings no second runtime, only the samplers and the random numbers."""
    esbuild = WEB / "node_modules" / "esbuild" / "bin" / "esbuild"
    done = subprocess.run(
        [BIN / "node", esbuild, "test/parity_in_page.ts", "--bundle", "--format=iife", "--log-level=warning"],
        cwd=WEB, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.mark.browser
@pytest.mark.parametrize("name", sorted(path.stem for path in MODELS.glob("*.onnx")))
def test_browser_gives_the_golden_outputs(watched, server, script, name):
    golden = json.loads((MODELS / f"{name}.golden.json").read_text(encoding="utf-8"))
    page = watched.page
    page.goto(server.url + "diffusion/reverse-process/")
    page.evaluate(script)
    outputs = page.evaluate("([name, golden]) => parityOutputs(name, golden)", [name, golden])
    timesteps = [[state[0] for state in run["timesteps_and_x"]] for run in outputs["trajectories"]]
    assert timesteps == [[state[0] for state in run["timesteps_and_x"]] for run in golden["trajectories"]]
    assert compare_golden(golden, outputs) < TOLERANCE
    watched.assert_clean()
