"""PyTorch = ONNX Runtime = our own kernels = ONNX Runtime Web: the golden vectors in a real browser."""

import json
import subprocess

import pytest

from site_tools.models.export import TOLERANCE, compare_golden
from site_tools.models.manifest import ENGINES
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


def outputs_in(page, name: str, engine: str, golden: dict) -> dict:
    """What a page makes of the golden inputs with one of the engines."""
    return page.evaluate("([name, engine, golden]) => parityOutputs(name, engine, golden)", [name, engine, golden])


@pytest.mark.browser
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", sorted(path.stem for path in MODELS.glob("*.onnx")))
def test_browser_gives_the_golden_outputs(watched, server, script, name, engine):
    golden = json.loads((MODELS / f"{name}.golden.json").read_text(encoding="utf-8"))
    page = watched.page
    page.goto(server.url + "diffusion/reverse-process/")
    page.evaluate(script)
    outputs = outputs_in(page, name, engine, golden)
    timesteps = [[state[0] for state in run["timesteps_and_x"]] for run in outputs["trajectories"]]
    assert timesteps == [[state[0] for state in run["timesteps_and_x"]] for run in golden["trajectories"]]
    assert compare_golden(golden, outputs) < TOLERANCE
    watched.assert_clean()


@pytest.mark.browser
def test_two_workers_give_the_bits_of_one(watched, server, script):
    golden = json.loads((MODELS / "fashion-diffusion.golden.json").read_text(encoding="utf-8"))
    golden["trajectories"] = golden["trajectories"][:1]
    made = []
    for cores in (1, 8):
        page = watched.page
        page.add_init_script(f"Object.defineProperty(navigator, 'hardwareConcurrency', {{ value: {cores} }})")
        page.goto(server.url + "diffusion/reverse-process/")
        page.evaluate(script)
        made.append(outputs_in(page, "fashion-diffusion", "kernels", golden))
        scripts = [worker.url.rsplit("/", 1)[-1].split(".")[0] for worker in page.workers]
        assert scripts == ["kernels-worker"] * (1 if cores == 1 else 2)
    assert made[0] == made[1]
    watched.assert_clean()
