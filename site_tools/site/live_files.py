"""The files that live elements need: where they lie in the site, their hashes, and the table on a page.

Everything a page loads on demand has its content hash in its name, so that a browser may keep it
for ever, and is found through a logical name such as "models/fashion-diffusion.onnx".
"""

import base64
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from demos.errors import UserError
from site_tools.messages import shown

LIVE_FOLDER = "assets/live"
LOADER = "loader.js"
SIZES = "sizes.json"  # of the bundle's large files, compressed
STYLES = "live.css"
RUNTIME = ("worker.js", "ort-wasm-simd-threaded.wasm")  # what a model runs on
LICENCES = "licences.txt"  # of what the bundle is made with

# Below the assets folder these carry a hash in the site; figures keep their names.
HASHED_FOLDERS = ("models", "data")

GOLDEN_SUFFIX = ".golden.json"  # what tests compare with; no page asks for it


@dataclass(frozen=True)
class Asset:
    """One file of the site that is found by its logical name.

    Attributes:
        logical: name the browser code asks for.
        source: the file on disk.
        uri: place below the root of the site, with its hash.
        bytes: size.
        integrity: for `fetch(url, {integrity})`.
        gzip: size as a static host sends it, where the bundle says so; models hardly compress.
    """

    logical: str
    source: Path
    uri: str
    bytes: int
    integrity: str
    gzip: int | None = None


@lru_cache(maxsize=256)
def _hashes(path: Path, _modified_ns: int, _size: int) -> tuple[str, str]:
    content = path.read_bytes()
    integrity = base64.b64encode(hashlib.sha384(content).digest()).decode()
    return hashlib.sha256(content).hexdigest()[:8], f"sha384-{integrity}"


def describe(logical: str, source: Path) -> Asset:
    """Measure one file; what has not changed since is not read again."""
    status = source.stat()
    digest, integrity = _hashes(source, status.st_mtime_ns, status.st_size)
    stem, suffix = os.path.splitext(logical)
    return Asset(logical, source, f"{LIVE_FOLDER}/{stem}.{digest}{suffix}", status.st_size, integrity)


def collect(assets: Path, bundle: Path) -> dict[str, Asset]:
    """Logical name -> asset, for the bundle and for the models and data of the course.

    A folder that is not there counts as empty: whether something is missing is judged where a page
    asks for it.
    """
    found: dict[str, Asset] = {}
    for root, folders in ((bundle, (".",)), (assets, HASHED_FOLDERS)):
        for folder in folders:
            for path in sorted((root / folder).rglob("*")) if (root / folder).is_dir() else ():
                logical = path.relative_to(root).as_posix()
                if path.name.endswith(GOLDEN_SUFFIX):
                    continue
                if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts):
                    found[logical] = describe(logical, path)
    sizes = bundle / SIZES
    if sizes.is_file():
        for logical, gzip in json.loads(sizes.read_text(encoding="utf-8")).items():
            if logical in found:
                found[logical] = replace(found[logical], gzip=gzip)
    return found


def posters(assets: Path) -> dict[str, str]:
    """Name of every model below `assets` -> its poster there, "" for none.

    Raises:
        UserError: a manifest that is not JSON.
    """
    found = {}
    for path in sorted((assets / "models").glob("*.json")):
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise UserError(f"{shown(path)} is not a manifest ({error}): export the model again.") from None
        if isinstance(manifest, dict) and "schema" in manifest:
            found[path.stem] = str(manifest.get("poster", ""))
    return found


def require_bundle(table: dict[str, Asset], bundle: Path) -> None:
    """Stop if the web code has not been bundled.

    Raises:
        UserError: the loader or its styles are missing.
    """
    if LOADER not in table or STYLES not in table:
        raise UserError(f"{bundle} holds no web bundle: `make web` or `python -m site_tools web` builds it.")


def runtime_table(table: dict[str, Asset], logicals: Iterable[str], root: str, language: str, source: str = "") -> str:
    """The JSON a page carries: what its live elements may load, addressed from that page.

    Args:
        table: what `collect` found.
        logicals: the names this page needs.
        root: path from the page to the root of the site, "" or ending in "/".
        language: of the page.
        source: where the repository's files can be read, ending in "/", or "".
    """
    files = {}
    for name in sorted(set(logicals)):
        asset = table[name]
        files[name] = {"url": f"{root}{asset.uri}", "bytes": asset.bytes, "integrity": asset.integrity}
        if asset.gzip is not None:
            files[name]["gzip"] = asset.gzip
    # "<" could end the script element early
    value = {"lang": language, "source": source, "files": files}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def is_fetched(logical: str) -> bool:
    """Whether a page reads this file's bytes, and does not name it in a script, style or link element."""
    return logical in RUNTIME or logical.split("/")[0] in HASHED_FOLDERS


def offline_script(asset: Asset) -> bytes:
    """The same bytes as a classic script, for pages opened from disk, where `fetch` is refused."""
    name, content = json.dumps(asset.logical), base64.b64encode(asset.source.read_bytes())
    return f"(globalThis.liveFiles ??= {{}})[{name}] = ".encode() + b'"' + content + b'";\n'
