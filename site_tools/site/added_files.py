"""Files that a site gets beside its pages: what all languages share, and what carries a hash in its name."""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel

from site_tools.bundle import DRAWINGS, REGISTRY, SCRIPTS, SIZES
from site_tools.site import live_files as live
from site_tools.site.language_build import LanguageBuild

FOR_THE_BUILD = (REGISTRY, DRAWINGS, SIZES, SCRIPTS)  # of the bundle; no page asks for them


class SharedFile(File):
    """A file at the root of the site, seen from a language below it: linked, but not copied again."""

    def copy_file(self, dirty: bool = False) -> None:
        """Nothing: the build of the first language has written it."""


def add_shared(files: Files, shared: dict[str, Path], config: MkDocsConfig, build: LanguageBuild) -> None:
    """Add what all languages share, and note where it lies.

    Args:
        shared: path below the root of the site -> file on disk.
    """
    for uri, source in shared.items():
        asset = next((asset for asset in build.table.values() if asset.source == source), None)
        if existing := files.get_file_from_path(uri):
            files.remove(existing)
        file = _file(config, build, uri, asset or source)
        files.append(file)
        build.sources[str(source)] = uri
        build.shared[uri] = file.url


def add_bundle(files: Files, bundle: Path, config: MkDocsConfig, build: LanguageBuild, *, offline: bool) -> None:
    """Add the files of the web code; offline, also those as scripts that pages fetch elsewhere."""
    for asset in build.table.values():
        if asset.source.is_relative_to(bundle) and asset.logical not in FOR_THE_BUILD:
            files.append(_file(config, build, asset.uri, asset))
        if offline and not build.folder and live.is_fetched(asset.logical):
            script = File.generated(config, f"{asset.uri}.b64.js", content=live.offline_script(asset))
            script.inclusion = InclusionLevel.NOT_IN_NAV
            files.append(script)


def _file(config: MkDocsConfig, build: LanguageBuild, uri: str, given: live.Asset | Path) -> File:
    """A file of the site, found under `uri`; an asset lies where its hash says, and may be sent as other bytes."""
    make = SharedFile if build.folder else File
    inclusion = InclusionLevel.NOT_IN_NAV
    if isinstance(given, live.Asset) and given.packed is not None:
        file = make.generated(config, uri, content=given.packed, inclusion=inclusion)
    else:
        source = given if isinstance(given, Path) else given.source
        file = make.generated(config, uri, abs_src_path=str(source), inclusion=inclusion)
    file.dest_uri = uri if isinstance(given, Path) else given.uri
    return file
