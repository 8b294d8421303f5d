"""Manifests: what is written is what is read, every damage is one sentence, and reading needs no torch."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from demos.errors import UserError
from site_tools.models.manifest import SCHEMA, read_manifest, read_manifests, verify_model
from tests.support.sites import manifest

WEB_READER = Path("site_tools/web/src/runtime/manifest.ts")


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "a.onnx").write_bytes(b"weights")
    (tmp_path / "a.json").write_text(json.dumps(manifest("a", b"weights").to_json()))
    (tmp_path / "a.golden.json").write_text("{}")
    return tmp_path


def change(folder: Path, edit) -> None:
    path = folder / "a.json"
    value = json.loads(path.read_text())
    edit(value)
    path.write_text(json.dumps(value))


def test_what_is_written_is_what_is_read(folder):
    assert read_manifests(folder) == {"a": manifest("a", b"weights")}
    assert verify_model(folder / "a.json", read_manifest(folder / "a.json")) == {"denoise": b"weights"}
    assert read_manifests(folder / "none") == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not a manifest"),
        ("[" * 100_000, "is not a manifest"),
        ('{"schema": 1}', f"has another schema than {SCHEMA}"),
        ("[]", f"has another schema than {SCHEMA}"),
        ('{"schema": 2, "kind": "image-denoise"}', 'unknown kind .image-denoise.; did you mean "image-denoiser"'),
        ('{"schema": 2}', "unknown kind None; known are field-2d, image-classifier"),
        ('{"schema": 2, "kind": ["a"]}', "unknown kind"),
        ('{"schema": 2, "kind": "image-denoiser", "name": "x"}', "lacks or misnames credit, facts, golden"),
    ],
)
def test_what_is_no_manifest_is_one_sentence(tmp_path, text, message):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(UserError, match=message) as caught:
        read_manifests(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda value: value.pop("labels"), "lacks or misnames labels: `python -m site_tools export a`"),
        (lambda value: value.update(more=1), "lacks or misnames more"),
        (lambda value: value.update(parameters="many"), "another type for parameters"),
        (lambda value: value.update(parameters=True), "another type for parameters"),
        (lambda value: value.update(graphs=[]), "another type for graphs"),
        (lambda value: value["graphs"].update(denoise=5), "lacks or misnames graphs.denoise.bytes"),
        (lambda value: value["graphs"]["denoise"].update(bytes=1.5), "another type for graphs.denoise.bytes"),
        (lambda value: value["graphs"]["denoise"]["inputs"].update(x={}), "graphs.denoise.inputs.x.dtype"),
        (
            lambda value: value["graphs"]["denoise"]["inputs"]["x"].update(role="imge"),
            'unknown role "imge"; did you mean "image"',
        ),
        (lambda value: value["graphs"]["denoise"]["inputs"]["x"].update(role="latent"), "no such input"),
        (lambda value: value["graphs"]["denoise"]["inputs"].pop("y"), "for no input is label"),
        (lambda value: value["graphs"]["denoise"]["inputs"]["y"].update(role="image"), "is not the only image"),
        (
            lambda value: value["graphs"]["denoise"]["inputs"]["x"].update(shape=["B", 784]),
            r"not float32 \[B, any, any, any\]",
        ),
        (lambda value: value["graphs"]["denoise"]["inputs"]["y"].update(dtype="float32"), "y .label. is float32"),
        (lambda value: value["graphs"]["denoise"]["inputs"]["x"].update(range=[1, -1]), "the range of x is"),
        (
            lambda value: value["graphs"]["denoise"]["inputs"]["x"].update(range="0..1"),
            "another type for graphs.denoise.inputs.x.range",
        ),
        (lambda value: value["graphs"]["denoise"].update(outputs={}), "for no output is vector"),
        (lambda value: value["graphs"].update(classify=value["graphs"].pop("denoise")), "has denoise"),
        (
            lambda value: value.update(kind="image-classifier", facts={}),
            "is no image-classifier, for the input log_snr",
        ),
        (lambda value: value.update(training={}), "lacks or misnames training.preset"),
        (lambda value: value["facts"].pop("unconditional"), "lacks or misnames facts.unconditional"),
        (lambda value: value["facts"].update(log_snr_limit="14"), "another type for facts.log_snr_limit"),
        (lambda value: value.update(facts=None), "lacks or misnames facts.log_snr_limit"),
        (lambda value: value["graphs"]["denoise"].update(file="b.onnx"), 'names the graph "b.onnx", not a.onnx'),
        (lambda value: value["graphs"]["denoise"].update(file="../a.onnx"), "names the graph"),
        (
            lambda value: value["graphs"]["denoise"].update(weights="int4"),
            'stores weights as "int4"; did you mean "int8"',
        ),
        (lambda value: value["graphs"]["denoise"].pop("weights"), "lacks or misnames graphs.denoise.weights"),
        (lambda value: value.update(name="b"), "is the manifest of b: give it back its name, b.json"),
    ],
)
def test_a_wrong_field_is_named(folder, edit, message):
    change(folder, edit)
    with pytest.raises(UserError, match=message):
        read_manifest(folder / "a.json")


def test_whole_numbers_may_stand_for_others(folder):
    change(folder, lambda value: value["facts"].update(log_snr_limit=14))
    assert read_manifest(folder / "a.json").facts.log_snr_limit == 14


def test_a_missing_manifest_names_the_command(tmp_path):
    with pytest.raises(UserError, match="x.json does not exist: `python -m site_tools export x`"):
        read_manifest(tmp_path / "x.json")


@pytest.mark.parametrize("content", [b"", b"weightz", b"weights and more", None])
def test_a_graph_that_is_not_the_exported_one_is_noticed(folder, content):
    (folder / "a.onnx").unlink() if content is None else (folder / "a.onnx").write_bytes(content)
    with pytest.raises(UserError, match="a.onnx (does not match|cannot be read)"):
        verify_model(folder / "a.json", read_manifest(folder / "a.json"))


def test_reading_needs_the_standard_library_alone():
    code = (
        "import sys; import site_tools.models.manifest, site_tools.models.labels; "
        "print({'numpy', 'torch', 'onnx', 'yaml', 'mkdocs'} & sys.modules.keys())"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_the_browser_reads_the_same_schema():
    assert f"MANIFEST_SCHEMA = {SCHEMA};" in WEB_READER.read_text(encoding="utf-8")
