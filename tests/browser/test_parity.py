"""PyTorch = ONNX Runtime = our own kernels = ONNX Runtime Web: the golden vectors in a real browser."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from site_tools.models.export import TOLERANCE, compare_golden, export
from site_tools.models.manifest import ENGINES
from site_tools.setup.environment import BIN, WEB
from site_tools.site.live_files import describe
from tests.browser.conftest import ROOT, Watched

MODELS = ROOT / "docs" / "assets" / "models"
PAGE = "diffusion/reverse-process/"
PAGES = {"garment-means": "guide/own-models/", "fashion-gan": "guide/image-generator/"}  # where another page shows it
# Released models that no page shows yet: they are exported here, and served beside the site.
UNSEEN = ("ring-gan", "ring-vae", "ring-flow", "ring-diffusion")
EIGHT_BITS = "fashion-diffusion"  # exported here once more, with smaller weights


@pytest.fixture(scope="module")
def script() -> str:
    """The test's own bundle: it brings no second runtime, only the samplers and the random numbers."""
    esbuild = WEB / "node_modules" / "esbuild" / "bin" / "esbuild"
    done = subprocess.run(
        [BIN / "node", esbuild, "test/parity_in_page.ts", "--bundle", "--format=iife", "--log-level=warning"],
        cwd=WEB, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def outputs_in_page(watched: Watched, url: str, script: str, name: str, engine: str, golden: dict) -> dict:
    """What the page's runtime makes of the golden inputs with one of the engines."""
    watched.page.goto(url)
    watched.page.evaluate(script)
    call = "([name, engine, golden]) => parityOutputs(name, engine, golden)"
    outputs = watched.page.evaluate(call, [name, engine, golden])
    assert len(outputs["calls"]) == len(golden["calls"]) > 0
    watched.assert_clean()
    return outputs


@pytest.mark.browser
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", sorted(path.stem for path in MODELS.glob("*.onnx")))
def test_browser_gives_the_golden_outputs(watched, server, script, name, engine):
    golden = json.loads((MODELS / f"{name}.golden.json").read_text(encoding="utf-8"))
    outputs = outputs_in_page(watched, server.url + PAGES.get(name, PAGE), script, name, engine, golden)
    runs = golden.get("trajectories", [])
    timesteps = [[state[0] for state in run["timesteps_and_x"]] for run in outputs.get("trajectories", [])]
    assert timesteps == [[state[0] for state in run["timesteps_and_x"]] for run in runs]
    assert compare_golden(golden, outputs) < TOLERANCE


def serve_beside_the_site(watched: Watched, site: str, folder: Path) -> None:
    """Add the models of a folder to the page's table of files, and answer for them, packed as a site would."""
    assets = {asset.uri: asset for path in folder.iterdir() for asset in [describe(f"models/{path.name}", path)]}
    files = {
        asset.logical: {"url": site + uri, "bytes": asset.bytes, "integrity": asset.integrity}
        for uri, asset in assets.items()
    }
    assert {asset.packed is not None for asset in assets.values() if asset.logical.endswith(".onnx")} == {True}

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
    for uri in assets:
        watched.page.route(site + uri, lambda route: route.fulfill(body=assets[route.request.url[len(site) :]].sent))


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("name", UNSEEN)
def test_browser_runs_what_no_page_shows_yet(watched, server, script, tmp_path, name):
    graph = next(iter(export(name, tmp_path).graphs.values()))
    engine = graph.engine
    golden = json.loads((tmp_path / f"{name}.golden.json").read_text(encoding="utf-8"))
    serve_beside_the_site(watched, server.url, tmp_path)
    outputs = outputs_in_page(watched, server.url + PAGE, script, name, engine, golden)
    assert compare_golden(golden, outputs) < TOLERANCE


@pytest.mark.browser
def test_two_workers_give_the_bits_of_one(watched, server, script):
    golden = json.loads((MODELS / "fashion-diffusion.golden.json").read_text(encoding="utf-8"))
    golden["trajectories"] = golden["trajectories"][:1]
    made = []
    for cores in (1, 8):
        watched.page.add_init_script(
            f"Object.defineProperty(navigator, 'hardwareConcurrency', {{ value: {cores}, configurable: true }})"
        )
        made.append(outputs_in_page(watched, server.url + PAGE, script, "fashion-diffusion", "kernels", golden))
        ours = [worker.url for worker in watched.page.workers if "/kernels-worker." in worker.url]
        assert len(ours) == (1 if cores == 1 else 2)
    assert made[0] == made[1]


@pytest.fixture(scope="module")
def eight_bits(tmp_path_factory) -> Path:
    """The denoiser as it would be sent with weights in eight bits."""
    folder = tmp_path_factory.mktemp("int8")
    export(EIGHT_BITS, folder, "int8")
    return folder


@pytest.mark.browser
@pytest.mark.parametrize("engine", ENGINES)
def test_both_engines_expand_weights_of_eight_bits(watched, server, script, eight_bits, engine):
    serve_beside_the_site(watched, server.url, eight_bits)
    golden = json.loads((eight_bits / f"{EIGHT_BITS}.golden.json").read_text(encoding="utf-8"))
    outputs = outputs_in_page(watched, server.url + PAGE, script, EIGHT_BITS, engine, golden)
    assert compare_golden(golden, outputs) < TOLERANCE
