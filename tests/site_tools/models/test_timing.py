"""Times in ONNX Runtime: what they count, and that a comparison keeps everything else."""

import copy
import json

import pytest

from demos.errors import UserError
from demos.measuring.comparison import read_comparison
from site_tools.models.manifest import read_manifest
from site_tools.models.timing import add_timing, call_ms
from tests.demos.measuring.test_comparison import CONTENT

MODELS = "docs/assets/models"


@pytest.fixture
def comparison(tmp_path):
    content = copy.deepcopy(CONTENT)
    content["models"]["fashion-diffusion"] = {**content["models"]["quick"], "nfe": 7, "milliseconds": {"torch": 5.0}}
    content["models"]["fashion-diffusion:heun:32"] = {**content["models"]["fashion-diffusion"], "nfe": 63}
    path = tmp_path / "comparison.json"
    path.write_text(json.dumps(content))
    return path


def test_an_exported_model_gets_the_time_of_all_its_calls(comparison, monkeypatch, pytestconfig):
    models = pytestconfig.rootpath / MODELS
    before = read_comparison(comparison)
    graph = read_manifest(models / "fashion-diffusion.json").graphs["denoise"]
    assert 0.1 < call_ms((models / graph.file).read_bytes(), graph) < 1000
    monkeypatch.setattr("site_tools.models.timing.call_ms", lambda content, graph, threads: 3.0)
    assert add_timing(comparison, models) == ["fashion-diffusion", "fashion-diffusion:heun:32"]
    after = read_comparison(comparison)
    assert after.models["fashion-diffusion"]["milliseconds"] == {"torch": 5.0, "onnx": 21.0}
    assert after.models["fashion-diffusion:heun:32"]["milliseconds"]["onnx"] == 63 * 3
    assert after.models["quick"] == before.models["quick"]
    assert after.content["yardsticks"] == before.content["yardsticks"]


def test_a_manifest_without_its_graph_is_told(comparison, tmp_path, pytestconfig):
    manifest = (pytestconfig.rootpath / MODELS / "fashion-diffusion.json").read_bytes()
    (tmp_path / "fashion-diffusion.json").write_bytes(manifest)
    with pytest.raises(UserError, match=r"fashion-diffusion.onnx cannot be read .* export fashion-diffusion again"):
        add_timing(comparison, tmp_path)
