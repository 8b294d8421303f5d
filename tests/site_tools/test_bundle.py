"""The bundle as Python sees it: every element declares itself, a new one is one folder, what pages share is small."""

import gzip
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
from site_tools.bundle import REGISTRY, SCRIPTS, STYLES, read_drawings, read_elements
from site_tools.setup.environment import BIN, WEB

BLOCK = """```demo
use: toy-dial
caption: A dial.
sampler: ddpm-large
turns: {turns}
```
"""


TOY = """
import { normal } from '../../maths/random.ts';
import { aborted } from '../../page/errors.ts';
import { elementSpec, LiveElement } from '../../shared.ts';
customElements.define('toy-dial', class extends LiveElement { values = [normal, aborted, elementSpec]; });
"""
# Bytes as sent, compressed: what every page with live blocks has, and the parts that come with an element.
MOST = {
    "loader.{}.js": 4_400,
    "frame.{}.js": 12_500,
    "files.js": 2_300,
    "models.js": 5_000,
    "elements/image-generator.js": 11_300,
    "elements/lecture-slides.js": 3_000,
    STYLES: 3_000,
}


def built() -> dict:
    return read_elements(WEB / "dist" / REGISTRY)


def test_every_folder_with_a_spec_is_an_element_and_no_other():
    declared = {path.parent.name for path in (WEB / "src" / "elements").glob("*/spec.json")}
    assert set(built()) == declared
    assert all((WEB / "dist" / "elements" / f"{tag}.js").is_file() for tag in declared)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", MOST)
def test_what_pages_share_stays_small(name, language):
    content = (WEB / "dist" / name.format(language)).read_bytes()
    assert len(gzip.compress(content, 6)) <= MOST[name]


def test_a_script_speaks_the_language_of_its_page_alone():
    for language, other in (("zh", "Try again"), ("en", "重试")):
        for part in ("loader", "frame"):
            assert other not in (WEB / "dist" / f"{part}.{language}.js").read_text(encoding="utf-8")


def test_elements_bring_what_they_stand_on_and_no_more():
    after = json.loads((WEB / "dist" / SCRIPTS).read_text(encoding="utf-8"))
    assert after["elements/lecture-slides.js"] == []
    assert after["elements/point-flow.js"] == ["frame.{language}.js"]
    assert after["elements/forward-process.js"] == ["frame.{language}.js", "files.js"]
    assert after["elements/reverse-process.js"] == ["frame.{language}.js", "files.js", "models.js"]


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
    (toy / "element.ts").write_text(TOY)
    (toy / "style.css").write_text("toy-dial { display: block; }")
    subprocess.run(
        [BIN / "node", "--preserve-symlinks-main", tmp_path / "build.mjs"], cwd=tmp_path, check=True, timeout=120
    )
    assert {path.suffix for path in (tmp_path / "dist" / "elements").glob("toy-dial.*")} == {".js", ".css"}
    script = (tmp_path / "dist" / "elements" / "toy-dial.js").read_text(encoding="utf-8")
    for name in ("aborted", "LiveElement", "elementSpec"):  # the parts have them, whichever way they are asked for
        assert f"liveShared.{name}" in script
    assert len(script) < 2_000
    after = json.loads((tmp_path / "dist" / SCRIPTS).read_text(encoding="utf-8"))
    assert after["elements/toy-dial.js"] == ["frame.{language}.js"]
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
