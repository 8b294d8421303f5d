"""A model and its manifest are a pair: an export leaves the old one or the new one, and the build takes no other."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from mkdocs.exceptions import Abort

from demos import files
from demos.errors import UserError
from demos.files import json_bytes, write_together
from site_tools.models.manifest import read_manifest, verify_model
from site_tools.site import live_files
from site_tools.site.live_files import read_models
from tests.support.sites import build_site, make_site, manifest, messages

OLD, NEW = b"old weights", b"the new weights"


def pair(folder: Path, content: bytes) -> dict[Path, bytes]:
    return {
        folder / "m.onnx": content,
        folder / "m.golden.json": json_bytes(len(content)),
        folder / "m.json": json_bytes(manifest("m", content).to_json()),
    }


def in_place(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def accepted(folder: Path) -> bytes | None:
    """What a reader that checks the hash takes from there; the golden file goes with it."""
    try:
        content = verify_model(folder / "m.json", read_manifest(folder / "m.json"))["denoise"]
    except UserError:
        return None
    assert json.loads((folder / "m.golden.json").read_text()) == len(content)
    return content


@pytest.mark.parametrize("stop", range(6))
def test_an_interrupted_export_leaves_the_old_pair(tmp_path, monkeypatch, stop):
    write_together(pair(tmp_path, OLD))
    calls, replace = [], os.replace

    def interrupted(source, target):
        calls.append(source)
        if len(calls) == stop + 1:
            raise KeyboardInterrupt
        assert accepted(tmp_path) in (OLD, None)
        replace(source, target)
        assert accepted(tmp_path) in (OLD, None)

    monkeypatch.setattr(files.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_together(pair(tmp_path, NEW))
    assert in_place(tmp_path) == pair(tmp_path, OLD)
    assert all(path.is_file() for path in tmp_path.iterdir())


def test_a_reader_between_any_two_renames_meets_the_old_pair_the_new_one_or_none(tmp_path, monkeypatch):
    write_together(pair(tmp_path, OLD))
    seen, replace = [], os.replace

    def watched(source, target):
        seen.append(accepted(tmp_path))
        replace(source, target)
        seen.append(accepted(tmp_path))

    monkeypatch.setattr(files.os, "replace", watched)
    write_together(pair(tmp_path, NEW))
    assert len(seen) == 12
    assert (seen[0], seen[-1], set(seen[1:-1])) == (OLD, NEW, {None})
    assert in_place(tmp_path) == pair(tmp_path, NEW)


@pytest.mark.parametrize("stop", [1, 2, 3, 5])
def test_a_killed_export_is_never_taken_for_a_pair_and_the_next_one_mends_it(tmp_path, stop):
    write_together(pair(tmp_path, OLD))
    program = (
        "import os, sys; from pathlib import Path; from demos import files\n"
        "count, replace = 0, os.replace\n"
        "def killed(source, target):\n"
        "    global count\n"
        f"    if count == {stop}: os._exit(9)\n"
        "    count += 1; replace(source, target)\n"
        "files.os.replace = killed\n"
        "folder = Path(sys.argv[1])\n"
        "files.write_together({folder / name: b'x' for name in ('m.onnx', 'm.golden.json', 'm.json')})\n"
    )
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path)]).returncode == 9
    assert accepted(tmp_path) is None
    write_together(pair(tmp_path, NEW))
    assert accepted(tmp_path) == NEW


def test_a_folder_that_cannot_be_written_keeps_what_it_has(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="could not be written .*what was there is untouched"):
        write_together(pair(tmp_path / "file" / "models", NEW))


# --- The build -----------------------------------------------------------------------------------------


def edited(**changed):
    def damage(models: Path) -> None:
        path = models / "garments.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changed))

    return damage


def flipped(models: Path) -> None:
    content = bytearray((models / "garments.onnx").read_bytes())
    content[3] ^= 1
    (models / "garments.onnx").write_bytes(content)


DAMAGE = {
    "empty model": (lambda m: (m / "garments.onnx").write_bytes(b""), "garments.onnx does not match the SHA-256"),
    "changed byte": (flipped, "garments.onnx does not match the SHA-256 and size in garments.json"),
    "no model": (lambda m: (m / "garments.onnx").unlink(), "garments.onnx cannot be read"),
    "model is a folder": (lambda m: ((m / "garments.onnx").unlink(), (m / "garments.onnx").mkdir()), "cannot be read"),
    "empty manifest": (lambda m: (m / "garments.json").write_bytes(b""), "garments.json is not a manifest"),
    "another schema": (edited(schema=0), "garments.json has another schema than"),
    "no schema": (edited(schema=None), "garments.json has another schema than"),
    "other fields": (edited(extra=1), "garments.json lacks or misnames extra"),
    "no graphs": (edited(graphs=[]), "garments.json has a value of another type for graphs"),
    "a list": (lambda m: (m / "garments.json").write_text("[1]"), "garments.json has another schema than"),
    "brackets": (lambda m: (m / "garments.json").write_text("[" * 100_000), "garments.json is not a manifest"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_the_build_takes_no_model_that_is_not_what_its_manifest_says(tmp_path, caplog, kind):
    damage, words = DAMAGE[kind]
    config = make_site(tmp_path, {"en/index.md": "# P"}, languages=("en",))
    damage(tmp_path / "assets/models")
    with pytest.raises(Abort):
        build_site(config)
    (told,) = messages(caplog).splitlines()
    assert words in told
    assert "`python -m site_tools export garments` writes both anew" in told
    assert told.endswith("`python -m site_tools add-model garments.onnx`.")


def test_a_manifest_under_another_name_vouches_for_nothing(tmp_path):
    models = tmp_path / "models"
    models.mkdir()
    write_together(pair(models, OLD))
    (models / "m.json").rename(models / "other.json")
    (models / "other.onnx").write_bytes(b"unchecked")
    with pytest.raises(UserError, match="other.json is the manifest of m: give it back its name, m.json"):
        read_models(tmp_path)


def test_what_has_not_changed_is_not_read_again_and_what_has_is(tmp_path, monkeypatch):
    models = tmp_path / "models"
    models.mkdir()
    write_together(pair(models, OLD))
    reads, verify = [], live_files.verify_model
    monkeypatch.setattr(live_files, "verify_model", lambda *given: reads.append(given) or verify(*given))
    assert [one.name for one in read_models(tmp_path)] == ["m"]
    read_models(tmp_path)
    assert len(reads) == 1
    (models / "m.onnx").write_bytes(OLD + b"!")
    for _ in range(2):  # nor is damage forgotten
        with pytest.raises(UserError, match="does not match"):
            read_models(tmp_path)
    write_together(pair(models, NEW))
    assert read_models(tmp_path)[0].bytes == len(NEW)
