"""LZMA that liblzma wrote is read by our own code for browsers, whatever is in it and however it was set."""

import base64
import hashlib
import json
import lzma
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from site_tools.setup.environment import BIN, WEB
from site_tools.setup.runtime_lzma import ensure_packed, is_fresh, packed_path
from site_tools.site.packing import packed

WASM = WEB / "dist" / "ort-wasm-simd-threaded.wasm"
RANDOM = np.random.default_rng(0)
READER = """
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { unlzma } from './src/runtime/lzma.ts';
const read = (packed) => {
  try { return createHash('sha256').update(unlzma(packed)).digest('base64'); } catch (error) { return error.message; }
};
console.log(JSON.stringify(JSON.parse(readFileSync(0)).map((one) => read(new Uint8Array(Buffer.from(one, 'base64'))))));
"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory) -> Path:
    script = tmp_path_factory.mktemp("reader") / "reader.mjs"
    esbuild = WEB / "node_modules" / "esbuild" / "bin" / "esbuild"
    subprocess.run(
        [BIN / "node", esbuild, "--bundle", "--format=esm", "--platform=node", f"--outfile={script}",
         "--log-level=warning"],
        cwd=WEB, input=READER, text=True, check=True,
    )  # fmt: skip
    return script


def read(reader: Path, files: list[bytes]) -> list[str]:
    """SHA-256 of what is in each, or the reason why it is not read."""
    given = json.dumps([base64.b64encode(one).decode() for one in files])
    done = subprocess.run([BIN / "node", reader], input=given, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def packed_as(content: bytes, **settings: int) -> bytes:
    filters = [{"id": lzma.FILTER_LZMA1, "preset": 1, **settings}]
    raw = lzma.compress(content, lzma.FORMAT_ALONE, filters=filters)
    return raw[:5] + len(content).to_bytes(8, "little") + raw[13:]


CONTENTS = {
    "nothing": b"",
    "one byte": b"x",
    "zeros": bytes(300_000),
    "noise": RANDOM.bytes(30_000),
    "code": b"".join(path.read_bytes() for path in sorted((WEB / "src" / "runtime").glob("*.ts"))),
    "kernels": (WEB / "src" / "runtime" / "kernels" / "kernels.wasm").read_bytes(),
    "far repeats": (far := RANDOM.bytes(200_000)) + RANDOM.bytes(1000) + far[7:100_007] + far[:300],
    "steps": RANDOM.integers(0, 4, 60_000).cumsum().astype("<i4").tobytes(),
}
SETTINGS = [
    {},
    {"lc": 4, "lp": 0, "pb": 0},
    {"lc": 0, "lp": 2, "pb": 2},
    {"lc": 1, "lp": 3, "pb": 4},
    {"lc": 0, "pb": 1},
]


def test_whatever_liblzma_wrote_is_read(reader):
    cases = {
        (name, str(settings)): (content, packed_as(content, **settings))
        for name, content in CONTENTS.items()
        for settings in SETTINGS
    }
    found = dict(zip(cases, read(reader, [written for _, written in cases.values()]), strict=True))
    assert found == {case: digest(content) for case, (content, _) in cases.items()}


def test_what_is_cut_or_promises_more_is_refused_in_words(reader):
    whole = packed_as(CONTENTS["code"])
    promising = whole[:5] + (10**6).to_bytes(8, "little") + whole[13:]
    cut = [whole[: len(whole) * part // 10] for part in range(1, 10)]
    for sentence in read(reader, [promising, *cut]):
        assert sentence in ("the LZMA file is broken", "the LZMA file ends too early")


def test_onnx_runtime_is_sent_a_third_smaller_and_is_itself_again(reader):
    if not is_fresh(WASM):
        pytest.skip("bundled by hand: `python -m site_tools web` packs the wasm")
    sent, sizes = packed(WASM), json.loads((WASM.parent / "sizes.json").read_text(encoding="utf-8"))
    assert sent is not None
    assert len(sent) < 0.65 * sizes[WASM.name]
    assert sent[0] != WASM.read_bytes()[0] == 0  # by which the worker tells them apart
    assert read(reader, [sent]) == [digest(WASM.read_bytes())]


def test_a_newer_wasm_is_packed_anew_and_an_older_packing_is_not_sent(tmp_path):
    path = tmp_path / "a.wasm"
    path.write_bytes(CONTENTS["kernels"])
    assert packed(path) is None
    ensure_packed(path)
    first = packed(path)
    assert lzma.decompress(first) == CONTENTS["kernels"]
    ensure_packed(path)
    assert packed(path) == first
    path.write_bytes(CONTENTS["zeros"])
    later = packed_path(path).stat().st_mtime + 5
    os.utime(path, (later, later))
    assert packed(path) is None
    ensure_packed(path)
    os.utime(packed_path(path), (later, later))
    assert lzma.decompress(packed(path)) == CONTENTS["zeros"]
    assert {one.name for one in tmp_path.iterdir()} == {"a.wasm", "a.wasm.lzma"}
