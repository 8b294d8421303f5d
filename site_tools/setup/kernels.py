"""The kernels of the browser's own runtime: C in `web/src/runtime/kernels/c`, compiled to the wasm committed beside it.

Only who changes the C needs a compiler: ziglang from PyPI, pinned, since other versions may give other bytes. The
wasm carries the hash of what it was made from, so that a forgotten compilation is noticed without one.
"""

import hashlib
import importlib.util
import os
import sys
from pathlib import Path

from demos.errors import UserError
from site_tools.setup.environment import WEB
from site_tools.setup.programs import run

FOLDER = WEB / "src" / "runtime" / "kernels"
WASM = FOLDER / "kernels.wasm"
# -Os is as fast as -O3 here, since what is hot is unrolled by hand, and a fifth smaller. No relaxed SIMD, and no
# contraction: every browser gives the same bits. An address of 0 is an operand that is not there; C does not expect it.
FLAGS = (
    "--target=wasm32-freestanding", "-std=c17", "-Os", "-msimd128", "-ffp-contract=off", "-fno-builtin",
    "-fno-delete-null-pointer-checks", "-fno-sanitize=all", "-nostdlib", "-Wall", "-Wextra", "-Werror",
    "-Wl,--no-entry", "-Wl,--strip-all", "-Wl,-z,stack-size=65536", "-Wl,--export=__heap_base",
)  # fmt: skip


def sources() -> list[Path]:
    """The files it is compiled from, headers included."""
    return sorted(path for path in (FOLDER / "c").iterdir() if path.suffix in (".c", ".h"))


def stamp() -> bytes:
    """The custom section of the wasm that says what it was made from: flags, names and contents, hashed."""
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for path in sources():
        digest.update(b"\0" + path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n"))
    content = bytes([len(b"sources")]) + b"sources" + digest.digest()
    return bytes([0, len(content)]) + content


def compile_kernels(target: Path = WASM) -> None:
    """Write `target`, whole or not at all; the same sources give the same bytes.

    Raises:
        UserError: there is no compiler, or it found a mistake.
    """
    if importlib.util.find_spec("ziglang") is None:
        raise UserError(
            "The compiler of the kernels is missing: `.venv/bin/pip install -e .[kernels]` installs ziglang."
        )
    partial = target.with_suffix(".partial")
    names = [path.relative_to(FOLDER).as_posix() for path in sources() if path.suffix == ".c"]
    try:
        run(sys.executable, "-m", "ziglang", "cc", *FLAGS, "-o", partial, *names, cwd=FOLDER)
        partial.write_bytes(partial.read_bytes() + stamp())
        partial.chmod(0o644)
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)
