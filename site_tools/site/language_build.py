"""What one build of one language knows, and what it makes of that: files, addresses, messages."""

from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page as MkDocsPage

from demos.errors import UserError
from site_tools.authoring import numbers
from site_tools.authoring.blocks.demo import REGISTRY, Element, read_elements
from site_tools.authoring.blocks.screen import DRAWINGS, Drawing, read_drawings
from site_tools.authoring.blocks.screen import STYLES as DRAWING_STYLES
from site_tools.authoring.extension import LiveBlocks
from site_tools.authoring.fences import BlockError
from site_tools.lectures.pages.shelf import Shelf
from site_tools.messages import shown
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
        facts, posters: numbers for prose; model -> poster.
        elements: tag -> live element.
        drawings: name -> drawn page of GitHub.
        site_root: address of the root of the site, or "".
        source: where the repository's files can be read, or "".
        blocks: the extension that renders the pages.
        sources: shared file -> path below the root of the site.
        shared: that path -> URL there.
        needs: page -> logical names its live elements may load.
        drawn: pages with drawn pages of GitHub.
        above: page -> lines of its front matter.
        shelf: the lectures; None if the site has no folder for them.
    """

    language: str
    folder: str
    assets: Path
    table: dict[str, live.Asset]
    facts: dict[str, numbers.Value]
    posters: dict[str, str]
    elements: dict[str, Element]
    drawings: dict[str, Drawing]
    site_root: str
    source: str
    blocks: LiveBlocks = field(default_factory=LiveBlocks)
    sources: dict[str, str] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)
    needs: dict[str, list[str]] = field(default_factory=dict)
    drawn: set[str] = field(default_factory=set)
    above: dict[str, int] = field(default_factory=dict)
    shelf: Shelf | None = None

    def is_lecture(self, uri: str) -> bool:
        """Whether this is the page of a deck."""
        return self.shelf is not None and any(lecture.uri == uri for lecture in self.shelf.lectures)

    def styles(self, page: str) -> list[str]:
        """The style sheets that a page needs beside the site's own."""
        needs = self.needs.get(page)
        own = (f"{name.removesuffix('.js')}.css" for name in sorted(set(needs or ())) if name.startswith("elements/"))
        drawings = page in self.drawn or DRAWING_STYLES in (needs or ())
        return [
            *([live.STYLES] if needs is not None else ()),
            *(name for name in own if name in self.table),
            *([DRAWING_STYLES] if drawings else ()),
        ]

    def root(self, url: str) -> str:
        """From a page of this language to the root of the site."""
        return languages.root_of(url, self.folder.count("/"))


def begin(config: MkDocsConfig, settings: LiveModelsConfig) -> LanguageBuild:
    """Read models, numbers and elements, and find the place of this language.

    Raises:
        UserError: the language has no entry, or a file cannot be read.
    """
    language = str(config.theme.get("language") or config.theme.get("locale") or "en")
    folders = languages.language_folders(settings.languages)
    if folders and language not in folders:
        raise UserError(
            f"theme.language is {language}, but live-models.languages has {', '.join(folders)}: "
            "add it there or correct it."
        )
    assets, bundle = Path(settings.assets or Path(config.docs_dir) / "assets"), Path(settings.bundle)
    table = live.collect(assets, bundle)
    return LanguageBuild(
        language=language,
        folder=folders.get(language, ""),
        assets=assets,
        table=table,
        facts=every_fact(table, assets, Path(settings.facts) if settings.facts else None),
        posters=live.posters(assets),
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
    models = [name.removesuffix(".onnx") for name in table if name.endswith(".onnx")]
    first_runs = {
        f"{Path(model).name}.first_run_mb": sum(
            (one.gzip or one.bytes) / 1e6 for name in (*live.RUNTIME, f"{model}.onnx") if (one := table.get(name))
        )
        for model in models
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


def with_styles(html: str, build: LanguageBuild, logicals: list[str], root: str) -> str:
    """The page with further style sheets in its head."""
    links = "".join(f'<link rel="stylesheet" href="{escape(root + build.table[name].uri)}">' for name in logicals)
    return html.replace("</head>", f"{links}</head>", 1)


def with_loader(html: str, build: LanguageBuild, needs: list[str], root: str) -> str:
    """The page with, before its end, the table of files and the loader."""
    loader = build.table[live.LOADER].uri
    table = live.runtime_table(build.table, needs, root, build.language, build.source)
    page, end, rest = html.rpartition("</body>")
    data = f'<script type="application/json" id="live-runtime">{table}</script>'
    return f'{page}{data}<script defer src="{escape(root + loader)}"></script>{end}{rest}'


def tell(problems: list[BlockError], page: MkDocsPage, above: int = 0) -> str:
    """All problems of a page, each with file and line; `above` lines stand over the text in which they were found."""
    name = shown(Path(page.file.abs_src_path or page.file.src_uri))
    return "\n".join(
        f"{name}:{problem.line + above}: {problem.message}" for problem in sorted(problems, key=lambda p: p.line)
    )
