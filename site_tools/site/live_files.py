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
from site_tools.setup import runtime_lzma
from site_tools.site.packing import packed

LIVE_FOLDER = "assets/live"

Content = bytes  # where `bytes` is a size

# Below the assets folder these carry a hash in the site; figures keep their names.
HASHED_FOLDERS = ("models", "data")


@dataclass(frozen=True)
class Asset:
    """One file of the site that is found by its logical name.

    Attributes:
        logical: name the browser code asks for.
        source: the file on disk.
        uri: place below the root of the site, with its hash.
        bytes: size as it is sent.
        integrity: hash of what is sent, written as in `<script integrity>`.
        packed: what is sent instead of the file, where that is smaller; see `site_tools.site.packing`.
        gzip: size as a static host sends it, where the bundle says so and it is not packed.
        engine: of a model's graph, what runs it; see `site_tools.models.manifest.Graph`.
        after: of a script, those that must have run before it, in their order; see `site_tools.bundle.in_language`.
    """

    logical: str
    source: Path
    uri: str
    bytes: int
    integrity: str
    packed: Content | None = None
    gzip: int | None = None
    engine: str | None = None
    after: tuple[str, ...] = ()

    @property
    def sent(self) -> Content:
        """The bytes that a page gets."""
        return self.source.read_bytes() if self.packed is None else self.packed


@lru_cache(maxsize=256)
def _measured(path: Path, _modified_ns: int, _size: int) -> tuple[bytes, int, bytes | None]:
    """Digest and size of what is sent, and that itself if it is packed."""
    smaller = packed(path)
    content = path.read_bytes() if smaller is None else smaller
    # a hash that our own code can also make, where a browser has none
    return hashlib.sha256(content).digest(), len(content), smaller


def describe(logical: str, source: Path) -> Asset:
    """Measure one file; what has not changed since is not read again."""
    status = source.stat()
    digest, size, smaller = _measured(source, status.st_mtime_ns, status.st_size)
    stem, suffix = os.path.splitext(logical)
    uri = f"{LIVE_FOLDER}/{stem}.{digest.hex()[:8]}{suffix}"
    return Asset(logical, source, uri, size, f"sha256-{base64.b64encode(digest).decode()}", smaller)


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
                if path.name.endswith((GOLDEN_SUFFIX, runtime_lzma.SUFFIX)):  # for tests; sent as another file
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
            if logical in found and found[logical].packed is None:
                found[logical] = replace(found[logical], gzip=gzip)
    return found


def models(assets: Path) -> dict[str, Manifest]:
    """Name -> manifest of every model below `assets`.

    Raises:
        UserError: a manifest, or the model beside it, is not what was exported.
    """
    return {manifest.name: manifest for manifest in read_models(assets)}


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


def runtime_table(
    table: dict[str, Asset], logicals: Iterable[str], root: str, language: str, source: str, page: str
) -> str:
    """The JSON a page carries: what its live elements may load, addressed from that page.

    Args:
        table: what `collect` found.
        logicals: the names this page needs; the scripts that theirs stand on come along.
        root: path from the page to the root of the site, "" or ending in "/".
        language: of the page.
        source: where the repository's files can be read, ending in "/", or "".
        page: the source of the page below its language; twins share it, and what readers have done on them.
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
    value = {"lang": language, "source": source, "root": root, "page": page, "files": files}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def is_fetched(logical: str) -> bool:
    """Whether a page reads this file's bytes, and does not name it in a script, style or link element."""
    return logical in RUNTIME or logical.split("/")[0] in HASHED_FOLDERS


def offline_script(asset: Asset) -> bytes:
    """The same bytes as a classic script, for pages opened from disk, where `fetch` is refused."""
    name, content = json.dumps(asset.logical), base64.b64encode(asset.sent)
    return f"(globalThis.liveFiles ??= {{}})[{name}] = ".encode() + b'"' + content + b'";\n'
