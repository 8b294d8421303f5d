"""The bundle as Python sees it: every element declares itself, and a new one is one folder."""

import json
import shutil
import subprocess

import pytest

from demos.diffusion.noise import SCHEDULES
from demos.diffusion.samplers import SAMPLERS
from demos.errors import UserError
from site_tools.authoring.blocks.demo import Demo
from site_tools.authoring.fences import BlockError, fences, parse
from site_tools.authoring.page import Page
from site_tools.bundle import REGISTRY, read_drawings, read_elements
from site_tools.setup.environment import BIN, WEB

BLOCK = """```demo
use: toy-dial
caption: A dial.
sampler: ddpm-large
turns: {turns}
```
"""


def built() -> dict:
    return read_elements(WEB / "dist" / REGISTRY)


def test_every_folder_with_a_spec_is_an_element_and_no_other():
    declared = {path.parent.name for path in (WEB / "src" / "elements").glob("*/spec.json")}
    assert set(built()) == declared
    assert all((WEB / "dist" / "elements" / f"{tag}.js").is_file() for tag in declared)


def test_defaults_are_permitted_values():
    for tag, element in built().items():
        for name, attribute in element.attributes.items():
            if attribute.type == "choice":
                assert attribute.default in attribute.values, f"{tag} {name}"
            elif attribute.type != "text":
                assert attribute.min <= float(attribute.default or 0) <= attribute.max, f"{tag} {name}"


@pytest.mark.parametrize(("name", "registry"), [("sampler", SAMPLERS), ("schedule", SCHEDULES)])
def test_choices_offered_on_pages_are_the_rows_of_the_python_registry(name, registry):
    offered = [one.attributes[name].values for one in built().values() if name in one.attributes]
    assert offered
    assert all(values == tuple(registry) for values in offered)


def test_a_new_element_is_one_folder(tmp_path):
    """Built by the real build from a folder that nothing else names, then used in a block."""
    for name in ("build.mjs", "bundling", "src", "node_modules"):
        (tmp_path / name).symlink_to(WEB / name)
    (tmp_path / "src").unlink()
    shutil.copytree(WEB / "src", tmp_path / "src")
    toy = tmp_path / "src" / "elements" / "toy-dial"
    toy.mkdir()
    state = {
        "sampler": {"type": "choice", "default": "ddim", "values": "samplers"},
        "turns": {"type": "integer", "default": 1, "min": 0, "max": 9},
    }
    (toy / "spec.json").write_text(json.dumps({"runtime": False, "model": False, "files": [], "state": state}))
    (toy / "element.ts").write_text("customElements.define('toy-dial', class extends HTMLElement {});")
    (toy / "style.css").write_text("toy-dial { display: block; }")
    subprocess.run(
        [BIN / "node", "--preserve-symlinks-main", tmp_path / "build.mjs"], cwd=tmp_path, check=True, timeout=120
    )
    assert {path.suffix for path in (tmp_path / "dist" / "elements").glob("toy-dial.*")} == {".js", ".css"}
    elements = read_elements(tmp_path / "dist" / REGISTRY)

    def check(turns: object) -> Demo:
        (fence,) = fences(BLOCK.format(turns=turns))
        return Demo.check(parse(fence), Page(assets=tmp_path, elements=elements), 1)

    assert check(7).attributes == {"sampler": "ddpm-large", "turns": "7"}
    with pytest.raises(BlockError, match="must lie between 0 and 9"):
        check(10)


@pytest.mark.parametrize("read", [read_elements, read_drawings])
def test_what_the_build_did_not_write_is_one_sentence(tmp_path, read):
    assert read(tmp_path / "none.json") == {}
    for text in ("{", "[]", '{"x": {}}', '{"x": 5}'):
        (tmp_path / "some.json").write_text(text)
        with pytest.raises(UserError, match="`python -m site_tools web` writes it anew"):
            read(tmp_path / "some.json")
