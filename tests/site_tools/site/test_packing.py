"""What is sent instead of a file is smaller, says so by its first byte, and means the same to code that is not ours."""

import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest

from site_tools.setup.environment import BIN
from site_tools.site.packing import LEAST_GAIN, deflated, packed

MODELS = sorted(Path("docs/assets/models").glob("*.onnx"))
RANDOM = np.random.default_rng(0)
BROWSER = """
const stream = new Blob([require('fs').readFileSync(0)]).stream().pipeThrough(new DecompressionStream('deflate'));
new Response(stream).arrayBuffer().then((bytes) => process.stdout.write(new Uint8Array(bytes)));
"""


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_shipped_model_is_sent_smaller_and_a_browser_s_own_code_gives_it_back(path):
    sent, content = packed(path), path.read_bytes()
    assert sent is not None
    assert len(sent) <= (1 - LEAST_GAIN) * len(content)
    assert (sent[0], content[0]) == (0x78, 0x08)
    assert subprocess.run([BIN / "node", "-e", BROWSER], input=sent, capture_output=True, check=True).stdout == content


def test_taking_short_matches_for_chance_is_the_smaller_way():
    content = MODELS[0].read_bytes()
    assert len(deflated(content)) <= len(zlib.compress(content, 9))


def test_what_hardly_shrinks_and_what_is_no_model_is_sent_as_it_is(tmp_path):
    names = {"noise.onnx": RANDOM.bytes(5000), "table.json": bytes(5000)}
    for name, content in names.items():
        (tmp_path / name).write_bytes(content)
        assert packed(tmp_path / name) is None
