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
from site_tools.bundle import LOADER, RUNTIME, SCRIPTS, SIZES, STYLES, in_language
from site_tools.models.manifest import GOLDEN_SUFFIX, Manifest, manifest_files, read_manifest, verify_model

LIVE_FOLDER = "assets/live"

# Below the assets folder these carry a hash in the site; figures keep their names.
HASHED_FOLDERS = ("models", "data")


@dataclass(frozen=True)
class Asset:
    """One file of the site that is found by its logical name.

    Attributes:
        logical: name the browser code asks for.
        source: the file on disk.
        uri: place below the root of the site, with its hash.
        bytes: size.
        integrity: its hash, written as in `<script integrity>`.
        gzip: size as a static host sends it, where the bundle says so; models hardly compress.
        engine: of a model's graph, what runs it; see `site_tools.models.manifest.Graph`.
        after: of a script, those that must have run before it, in their order; see `site_tools.bundle.in_language`.
    """

    logical: str
    source: Path
    uri: str
    bytes: int
    integrity: str
    gzip: int | None = None
    engine: str | None = None
    after: tuple[str, ...] = ()


@lru_cache(maxsize=256)
def _hashes(path: Path, _modified_ns: int, _size: int) -> tuple[str, str]:
    content = path.read_bytes()
    digest = hashlib.sha256(content)  # a hash that our own code can also make, where a browser has none
    return digest.hexdigest()[:8], f"sha256-{base64.b64encode(digest.digest()).decode()}"


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

    Raises:
        UserError: as of `read_models`.
    """
    found: dict[str, Asset] = {}
    for root, folders in ((bundle, (".",)), (assets, HASHED_FOLDERS)):
        for folder in folders:
            for path in sorted((root / folder).rglob("*")) if (root / folder).is_dir() else ():
                logical = path.relative_to(root).as_posix()
                if path.name.endswith(GOLDEN_SUFFIX):  # what tests compare with; no page asks for it
                    continue
                if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts):
                    found[logical] = describe(logical, path)
    for manifest in read_models(assets):
        for graph in manifest.graphs.values():
            logical = f"models/{graph.file}"
            found[logical] = replace(found[logical], engine=graph.engine)
    scripts = bundle / SCRIPTS
    if scripts.is_file():
        for logical, after in json.loads(scripts.read_text(encoding="utf-8")).items():
            found[logical] = replace(found[logical], after=tuple(after))
    sizes = bundle / SIZES
    if sizes.is_file():
        for logical, gzip in json.loads(sizes.read_text(encoding="utf-8")).items():
            if logical in found:
                found[logical] = replace(found[logical], gzip=gzip)
    return found


def posters(assets: Path) -> dict[str, str]:
    """Name of every model below `assets` -> its poster there, "" for none.

    Raises:
        UserError: a manifest, or the model beside it, is not what was exported.
    """
    return {manifest.name: manifest.poster for manifest in read_models(assets)}


def read_models(assets: Path) -> list[Manifest]:
    """The manifests below `assets`, each compared with the bytes of its graphs.

    Raises:
        UserError: one is damaged, of another schema or name, or a graph of it is missing or changed.
    """
    return [
        _verified(path, *map(_stamp, [path, *path.parent.glob(f"{path.stem}*.onnx")]))
        for path in manifest_files(assets / "models")
    ]


@lru_cache(maxsize=256)
def _verified(path: Path, *_stamps: object) -> Manifest:
    """One manifest, compared with its graphs; what has not changed since is not read again."""
    manifest = read_manifest(path)
    verify_model(path, manifest)
    return manifest


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size


def require_bundle(table: dict[str, Asset], bundle: Path, language: str) -> None:
    """Stop if the web code has not been bundled.

    Raises:
        UserError: the loader or its styles are missing.
    """
    if not {in_language(LOADER, language), STYLES} <= table.keys():
        raise UserError(f"{bundle} holds no web bundle: `make web` or `python -m site_tools web` builds it.")


def runtime_table(table: dict[str, Asset], logicals: Iterable[str], root: str, language: str, source: str = "") -> str:
    """The JSON a page carries: what its live elements may load, addressed from that page.

    Args:
        table: what `collect` found.
        logicals: the names this page needs; the scripts that theirs stand on come along.
        root: path from the page to the root of the site, "" or ending in "/".
        language: of the page.
        source: where the repository's files can be read, ending in "/", or "".
    """

    def before(name: str) -> list[str]:
        return [in_language(part, language) for part in table[name].after]

    files: dict[str, dict[str, object]] = {}
    for name in sorted({part for logical in set(logicals) for part in (logical, *before(logical))}):
        asset = table[name]
        files[name] = {"url": f"{root}{asset.uri}", "bytes": asset.bytes, "integrity": asset.integrity}
        if asset.gzip is not None:
            files[name]["gzip"] = asset.gzip
        if asset.after:
            files[name]["after"] = before(name)
        if asset.engine is not None:
            files[name]["engine"] = asset.engine
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
