"""What one build of one language knows, and what it makes of that: files, addresses, messages."""

import os
import posixpath
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page as MkDocsPage

from demos.errors import UserError
from site_tools.authoring import numbers
from site_tools.authoring.fences import BlockError
from site_tools.authoring.page import Item, Page
from site_tools.authoring.published import unfit
from site_tools.bundle import (
    DRAWING_STYLES,
    DRAWINGS,
    ENGINE_FILES,
    REGISTRY,
    STYLES,
    Drawing,
    Element,
    read_drawings,
    read_elements,
)  # fmt: skip
from site_tools.lectures.pages.shelf import Shelf
from site_tools.messages import shown
from site_tools.models.manifest import Manifest
from site_tools.site import languages
from site_tools.site import live_files as live
from site_tools.site.settings import LiveModelsConfig


@dataclass
class LanguageBuild:
    """The state of one build.

    Attributes:
        language: code of the language.
        folder: place of the language below the root of the site, "" or "en/".
        assets: folder with models, data and figures.
        table: logical name -> asset.
        facts, models: numbers for prose; name -> manifest.
        elements: tag -> live element.
        drawings: name -> drawn page of GitHub.
        site_root: address of the root of the site, or "".
        source: where the repository's files can be read, or "".
        lacking: page -> languages that do not have it.
        chapters: title in the navigation -> the pages below it, in its order.
        pages: source -> what its extensions know of the page, and what it turned out to hold.
        sources: shared file -> path below the root of the site.
        shared: that path -> URL there.
        needs: page -> logical names its live elements may load.
        shelf: the lectures; None if the site has no folder for them.
    """

    language: str
    folder: str
    assets: Path
    table: dict[str, live.Asset]
    facts: dict[str, numbers.Value]
    models: dict[str, Manifest]
    elements: dict[str, Element]
    drawings: dict[str, Drawing]
    site_root: str
    source: str
    lacking: dict[str, list[str]] = field(default_factory=dict)
    chapters: dict[str, list[MkDocsPage]] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)
    needs: dict[str, list[str]] = field(default_factory=dict)
    shelf: Shelf | None = None

    def is_lecture(self, uri: str) -> bool:
        """Whether this is the page of a deck."""
        return self.shelf is not None and any(lecture.uri == uri for lecture in self.shelf.lectures)

    def styles(self, page: str) -> list[str]:
        """The style sheets that a page needs beside the site's own."""
        needs = self.needs.get(page)
        own = (f"{name.removesuffix('.js')}.css" for name in sorted(set(needs or ())) if name.startswith("elements/"))
        asked = [name for item in self.items(page) for name in item.styles]
        return [
            *([STYLES] if needs is not None else ()),
            *(name for name in own if name in self.table),
            *dict.fromkeys(asked + [DRAWING_STYLES] * (DRAWING_STYLES in (needs or ()))),
        ]

    def resolver(self, page: File, files: Files) -> Callable[[str], str | None]:
        """What a relative address in a source becomes on its page: another page, or a file of the language or of all.

        The function gives None for what leads nowhere; addresses of the web and places on the page stay as they are.
        """

        def resolve(address: str) -> str | None:
            path = re.split(r"[?#]", address, maxsplit=1)[0]
            if not path or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", path):
                return address
            rest, name = address[len(path) :], unquote(path)
            beside = os.path.normpath(Path(page.abs_src_path or "").parent / name)
            uri = self.sources.get(beside) or posixpath.normpath(posixpath.join(posixpath.dirname(page.src_uri), name))
            if uri in self.shared:
                return f"{self.root(page.url)}{self.shared[uri]}{rest}"
            file = files.get_file_from_path(uri)
            return f"{file.url_relative_to(page)}{rest}" if file else None

        return resolve

    def items(self, page: str) -> Collection[Item]:
        """The blocks of a page, once it is rendered; none for a notebook."""
        return self.pages[page].items.values() if page in self.pages else ()

    def root(self, url: str) -> str:
        """From a page of this language to the root of the site."""
        return languages.root_of(url, self.folder.count("/"))


def begin(config: MkDocsConfig, settings: LiveModelsConfig) -> LanguageBuild:
    """Read models, numbers and elements, and find the place of this language.

    Raises:
        UserError: the language has no entry, a file cannot be published or read, or a model is not what its
            manifest says.
    """
    language = str(config.theme.get("language") or config.theme.get("locale") or "en")
    folders = languages.language_folders(settings.languages)
    if folders and language not in folders:
        raise UserError(
            f"theme.language is {language}, but live-models.languages has {', '.join(folders)}: "
            "add it there or correct it."
        )
    assets, bundle = Path(settings.assets or Path(config.docs_dir) / "assets"), Path(settings.bundle)
    published = [config.docs_dir, *(item.docs for item in settings.languages.values()), *settings.shared]
    if problems := unfit([*map(Path, published), assets, *([Path(settings.lectures)] if settings.lectures else [])]):
        raise UserError("\n".join(problems))
    models, table = live.models(assets), live.collect(assets, bundle)
    return LanguageBuild(
        language=language,
        folder=folders.get(language, ""),
        assets=assets,
        table=table,
        facts=every_fact(table, assets, Path(settings.facts) if settings.facts else None),
        models=models,
        elements=read_elements(bundle / REGISTRY),
        drawings=read_drawings(bundle / DRAWINGS),
        site_root=config.site_url or "",
        source=settings.source_url,
    )


def every_fact(table: dict[str, live.Asset], assets: Path, facts_file: Path | None) -> dict[str, numbers.Value]:
    """All numbers that prose may name: of files, and what a reader's first run of each model fetches in megabytes.

    Raises:
        UserError: a file that is not JSON or YAML.
    """
    first_runs = {
        f"{Path(graph).stem}.first_run_mb": sum(
            (one.gzip or one.bytes) / 1e6 for name in (*ENGINE_FILES[asset.engine], graph) if (one := table.get(name))
        )
        for graph, asset in table.items()
        if asset.engine
    }
    return numbers.read_facts(assets, facts_file) | first_runs


def shared_files(folders: list[Path]) -> dict[str, Path]:
    """Path below the root of the site -> file, for every file below folders that all languages share."""
    return {
        f"{folder.name}/{path.relative_to(folder).as_posix()}": path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def tell(page: Page, problems: list[BlockError]) -> str:
    """All problems of a page, each with file and line; front matter counts."""
    name = shown(page.source or Path(page.uri))
    return "\n".join(f"{name}:{problem.line + page.above}: {problem.message}" for problem in problems)
