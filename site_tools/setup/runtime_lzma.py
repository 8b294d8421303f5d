"""ONNX Runtime's wasm as LZMA: 2.23 MB are sent where hosts would gzip it to 3.70, 7 s less at 1.6 Mbit/s.

Unpacking takes a desktop 0.4 s, and `web/src/runtime/lzma.ts`, which does it, has 1 KB. Brotli would be 2.30 MB, zstd
2.48, both with larger readers. Packing takes 8 s, once for each version of that wasm. Standard library only.
"""

import os
from pathlib import Path

SUFFIX = ".lzma"  # behind the name of the file it stands for
_CONTEXT = {"lc": 4, "lp": 0, "pb": 0}  # instructions have no alignment; what stood before a byte says much
_DICTIONARY = 1 << 24  # the whole file


def ensure_packed(path: Path) -> None:
    """Write the packed file beside `path`, unless it is there and not older.

    A Python without liblzma writes none: hosts gzip the wasm then.
    """
    target = packed_path(path)
    if is_fresh(path):
        return
    try:
        import lzma
    except ImportError:
        return
    content = path.read_bytes()
    filters = [{"id": lzma.FILTER_LZMA1, "preset": 6, "dict_size": _DICTIONARY, **_CONTEXT}]
    packed = lzma.compress(content, lzma.FORMAT_ALONE, filters=filters)
    partial = target.with_suffix(".partial")
    partial.write_bytes(packed[:5] + len(content).to_bytes(8, "little") + packed[13:])  # liblzma leaves the size open
    os.replace(partial, target)


def packed_path(path: Path) -> Path:
    """Where the packed file lies."""
    return path.with_name(path.name + SUFFIX)


def is_fresh(path: Path) -> bool:
    """Whether the packed file is there, and is that of `path` as it is now."""
    target = packed_path(path)
    return target.is_file() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns
