"""Files as they are sent: smaller where that is a gain, because static hosts compress no model.

Packing belongs to the building of a site and not to the export: a model in the repository stays an ONNX file that every
tool opens and its manifest vouches for, and nothing committed depends on whose zlib packed it. In the worker
`web/src/runtime/expand.ts` undoes it. What is packed says so by its first byte, which no plain file of its kind has.
Setting up packs what takes long, ONNX Runtime's wasm; `web/src/runtime/lzma.ts` is its reader.
"""

import zlib
from pathlib import Path

from site_tools.setup import runtime_lzma

LEAST_GAIN = 0.03  # of the bytes; less is not worth a reader's unpacking
_LARGEST_WINDOW, _MOST_MEMORY = 15, 9


def deflated(content: bytes) -> bytes:
    """In zlib's format (RFC 1950), whose first byte is 0x78; that a stream of protocol buffers cannot begin so.

    Weights repeat little: Z_FILTERED takes short matches for chance, which saves another 0.2 % here.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, _LARGEST_WINDOW, _MOST_MEMORY, zlib.Z_FILTERED)
    return packer.compress(content) + packer.flush()


def packed(path: Path) -> bytes | None:
    """What is sent instead of a file; None if that is the file itself."""
    if runtime_lzma.is_fresh(path):
        return runtime_lzma.packed_path(path).read_bytes()
    if path.suffix != ".onnx":
        return None
    content = path.read_bytes()
    smaller = deflated(content)
    return smaller if len(smaller) <= (1 - LEAST_GAIN) * len(content) else None
