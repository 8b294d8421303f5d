"""The MkDocs plugin: thin hooks over the pure functions beside it.

What a page needs is plain files and a Python-Markdown extension; the plugin finds mistakes while the
page and the line are known, adds files and metadata, and builds the other languages.
"""

import logging
import posixpath
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from mkdocs.commands.build import build as build_site
from mkdocs.config import base, load_config
from mkdocs.config import config_options as option
from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page as MkDocsPage

from demos.errors import UserError
from site_tools import assets as live
from site_tools import csp, links, notebook_pages, numbers, twins
from site_tools.blocks import BlockError, live_fences
from site_tools.demo_block import REGISTRY, Element, read_elements
from site_tools.extension import LiveBlocks, Page, read_blocks
from site_tools.formulas import Formulas, check_formulas

log = logging.getLogger("mkdocs.plugins.live-models")

PACKAGE = Path(__file__).resolve().parent


class Language(base.Config):
    """One language of the course."""

    name = option.Type(str)
    """Its own name, for the language switch."""
    config = option.File(exists=True)
    """The MkDocs configuration that builds it."""
    docs = option.Dir(exists=True)
    """The folder of its pages."""


class LiveModelsConfig(base.Config):
    """Settings of the plugin; every path counts from the configuration file."""

    assets = option.Optional(option.Dir())
    """Folder with models/, data/ and figures/; `assets` in the folder of the pages if not given."""
    bundle = option.Dir(default=str(PACKAGE / "web" / "dist"))
    """Folder of the bundled web code."""
    shared = option.ListOfItems(option.Dir(exists=True), default=[])
    """More folders that all languages share; each enters the site under its own name."""
    facts = option.Optional(option.File(exists=True))
    """YAML of numbers for `[[key]]` in prose."""
    languages = option.DictOfItems(option.SubConfig(Language), default={})
    """Language -> its name, configuration and pages; the first lies at the root of the site."""
    offline = option.Type(bool, default=False)
    """Whether the site is to be opened from disk."""
    csp = option.Type(bool, default=True)
    """Whether built pages carry a Content Security Policy."""
    watch = option.ListOfItems(option.FilesystemObject(exists=True), default=[])
    """More files and folders whose change rebuilds the site under `serve`."""


class SharedFile(File):
    """A file at the root of the site, seen from a language below it: linked, but not copied again."""

    def copy_file(self, dirty: bool = False) -> None:
        """Nothing: the build of the first language has written it."""


@dataclass
class Build:
    """What one build of one language knows.

    Attributes:
        language: code of the language.
        folder: place of the language below the root of the site, "" or "en/".
        assets: folder with models, data and figures.
        table: logical name -> asset.
        facts, posters: numbers for prose; model -> poster.
        elements: tag -> live element.
        blocks: the extension that renders the pages.
        sources: shared file -> path below the root of the site.
        shared: that path -> URL there.
        needs: page -> logical names its live elements may load.
        site_root: address of the root of the site, or "".
        source: where the repository's files can be read, or "".
    """

    language: str
    folder: str
    assets: Path
    table: dict[str, live.Asset]
    facts: dict[str, numbers.Value]
    posters: dict[str, str]
    elements: dict[str, Element]
    blocks: LiveBlocks
    site_root: str
    source: str
    sources: dict[str, str] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)
    needs: dict[str, list[str]] = field(default_factory=dict)


class LiveModelsPlugin(BasePlugin[LiveModelsConfig]):
    """Live models, exercises, numbers, formulas and two languages for MkDocs."""

    def __init__(self) -> None:
        self.command = "build"
        self.serve_url: str | None = None
        # MkDocs keeps one instance for all configurations of a process, so a build's state has its key
        self.builds: dict[str, Build] = {}

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Remember whether this is `serve`."""
        self.command = command

    @event_priority(50)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Read models and numbers, add the Markdown extensions, find the place of this language."""
        try:
            self.builds[_key(config)] = build = self._begin(config)
        except UserError as error:
            raise PluginError(str(error)) from None
        config.markdown_extensions += [build.blocks, Formulas()]
        overrides = str(PACKAGE / "overrides")
        if overrides not in config.theme.dirs:
            # behind the site's own overrides, before the theme
            config.theme.dirs.insert(1 if config.theme.custom_dir else 0, overrides)
        if build.folder and config.site_url:
            config.site_url = f"{build.site_root}{build.folder}"
        if self.config.languages:
            # any true value makes Material draw the switch; a list would bring its own links
            config.extra["alternate"] = True
        if self.config.offline:
            config.use_directory_urls = False
        if build.folder:
            shared = {Path(folder).name for folder in [build.assets, *self.config.shared]}
            config.extra_css = [self._from_root(path, shared) for path in config.extra_css]
        config.extra_css.insert(0, "assets/stylesheets/site-tools.css")
        config.extra_javascript.insert(0, ExtraScriptValue("assets/javascripts/site-tools.js"))
        notebook_pages.mend_ids()
        return config

    @staticmethod
    def _from_root(path: str, shared: set[str]) -> str:
        return f"../{path}" if path.split("/")[0] in shared else path

    def _begin(self, config: MkDocsConfig) -> Build:
        language = str(config.theme.get("language") or config.theme.get("locale") or "en")
        folders = twins.language_folders(self.config.languages)
        if folders and language not in folders:
            raise UserError(f"theme.language is {language}, but live-models.languages has {', '.join(folders)}: add it there or correct it.")
        assets = Path(self.config.assets or Path(config.docs_dir) / "assets")
        return Build(
            language=language,
            folder=folders.get(language, ""),
            assets=assets,
            table=live.collect(assets, Path(self.config.bundle)),
            facts=numbers.read_facts(assets, Path(self.config.facts) if self.config.facts else None),
            posters=live.posters(assets),
            elements=read_elements(Path(self.config.bundle) / REGISTRY),
            blocks=LiveBlocks(),
            site_root=config.site_url or "",
            source=f"{config.repo_url.rstrip('/')}/blob/HEAD/" if config.repo_url else "",
        )

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Stop if a page has no twin; add the shared files and those with a hash in their name."""
        if missing := twins.missing_twins({code: Path(item.docs) for code, item in self.config.languages.items()}):
            raise PluginError("\n".join(missing))
        build = self.builds[_key(config)]
        for uri, source in self._shared_files(build).items():
            url = next((asset.uri for asset in build.table.values() if asset.source == source), uri)
            if existing := files.get_file_from_path(uri):
                files.remove(existing)
            files.append(self._file(config, build, uri, url, source))
            build.sources[str(source)] = uri
            build.shared[uri] = files.get_file_from_path(uri).url
        for asset in build.table.values():
            if asset.source.is_relative_to(self.config.bundle) and asset.logical != REGISTRY:
                files.append(self._file(config, build, asset.uri, asset.uri, asset.source))
            if self.config.offline and not build.folder:
                script = File.generated(config, f"{asset.uri}.b64.js", content=live.offline_script(asset))
                script.inclusion = InclusionLevel.NOT_IN_NAV
                files.append(script)
        return files

    def _shared_files(self, build: Build) -> dict[str, Path]:
        folders = [build.assets, *map(Path, self.config.shared)]
        return {
            f"{folder.name}/{path.relative_to(folder).as_posix()}": path
            for folder in folders
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        }

    def _file(self, config: MkDocsConfig, build: Build, uri: str, place: str, source: Path) -> File:
        make = SharedFile if build.folder else File
        file = make.generated(config, uri, abs_src_path=str(source), inclusion=InclusionLevel.NOT_IN_NAV)
        file.dest_uri = place
        return file

    def on_page_markdown(self, markdown: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
        """Check the page while its lines are known, and tell the extensions about it."""
        if not page.file.src_uri.endswith(".md"):
            return markdown
        build = self.builds[_key(config)]
        root = twins.root_of(page.file.url, build.folder.count("/"))
        try:
            if next(live_fences(markdown), None):
                live.require_bundle(build.table, Path(self.config.bundle))
        except UserError as error:
            raise PluginError(str(error)) from None
        rendered = build.blocks.page = Page(
            language=build.language,
            assets=build.assets,
            elements=build.elements,
            models=build.posters,
            facts=build.facts,
            root=root,
            uri=page.file.src_uri,
            source=Path(page.file.abs_src_path) if page.file.abs_src_path else None,
            sources=build.sources,
            shared=build.shared,
        )
        problems = [
            *read_blocks(markdown, rendered).problems,
            *numbers.check_numbers(markdown, build.facts),
            *check_formulas(markdown),
            *links.check_links(markdown),
        ]
        if problems:
            raise PluginError(_told(problems, page, markdown))
        return markdown

    def on_page_content(self, html: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
        """Note what the page turned out to need; slim down a notebook."""
        build = self.builds[_key(config)]
        if not page.file.src_uri.endswith(".md"):
            return notebook_pages.tidy(html, build.language)
        rendered = build.blocks.page
        if rendered.demos or rendered.exercises:
            needs = [name for demo in rendered.demos.values() for name in demo.files]
            unknown = sorted({name for name in needs if name not in build.table})
            if unknown:
                raise PluginError(
                    f"{page.file.src_uri}: {', '.join(unknown)} is missing from the bundle or the assets: "
                    "run `python -m site_tools web`, and `python -m site_tools export` for a model."
                )
            build.needs[page.file.src_uri] = needs
        return html

    def on_page_context(self, context: dict, *, page: MkDocsPage, config: MkDocsConfig, nav) -> dict:
        """Tell the templates where the page's twins are."""
        context["alternates"] = self._alternates(config, page.file.url)
        return context

    def on_template_context(self, context: dict, *, template_name: str, config: MkDocsConfig) -> dict:
        """404.html is shown under any address, so its links count from the root of the server."""
        root = urlsplit(self.builds[_key(config)].site_root).path or "/"
        folders = twins.language_folders(self.config.languages)
        context["alternates"] = [
            replace(twin, link=f"{root}{folders[twin.language]}", absolute="") for twin in self._alternates(config, "")
        ]
        return context

    def _alternates(self, config: MkDocsConfig, url: str) -> list[twins.Alternate]:
        build = self.builds[_key(config)]
        names = {code: item.name for code, item in self.config.languages.items()}
        return twins.alternates(url, build.language, names, build.site_root) if names else []

    @event_priority(-100)  # last: the policy names the page's scripts by hash
    def on_post_page(self, output: str, *, page: MkDocsPage, config: MkDocsConfig) -> str:
        """Add the loader to pages with live blocks, and the policy to all."""
        build = self.builds[_key(config)]
        needs = build.needs.get(page.file.src_uri)
        if needs is not None:
            output = self._with_loader(output, build, needs, twins.root_of(page.file.url, build.folder.count("/")))
        return self._with_policy(output)

    def on_post_template(self, output: str, *, template_name: str, config: MkDocsConfig) -> str:
        """Pages without a source get a policy too."""
        return self._with_policy(output) if template_name.endswith(".html") else output

    def _with_loader(self, html: str, build: Build, needs: list[str], root: str) -> str:
        styles, loader = build.table[live.STYLES].uri, build.table[live.LOADER].uri
        table = live.runtime_table(build.table, needs, root, build.language, build.source)
        head = f'<link rel="stylesheet" href="{escape(root + styles)}">'
        foot = f'<script type="application/json" id="live-runtime">{table}</script><script defer src="{escape(root + loader)}"></script>'
        return html.replace("</head>", f"{head}</head>", 1)[::-1].replace("</body>"[::-1], f"{foot}</body>"[::-1], 1)[::-1]

    def _with_policy(self, html: str) -> str:
        # live reload is an inline script that MkDocs adds later
        return csp.with_policy(html, offline=self.config.offline) if self.config.csp and self.command == "build" else html

    @event_priority(-100)  # other plugins must have finished this language: some keep one instance for all
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Build the other languages below the first."""
        languages = dict(self.config.languages)
        build = self.builds[_key(config)]
        if build.folder:
            return
        for code, language in languages.items():
            if code == build.language:
                continue
            other = load_config(
                config_file=language.config,
                site_dir=str(Path(config.site_dir) / code),
                site_url=config.site_url,
                strict=config.strict,
            )
            other.plugins.on_startup(command=self.command, dirty=False)
            build_site(other, serve_url=posixpath.join(config.site_url or "/", code, "") if self.command == "serve" else None)

    def on_serve(self, server, *, config: MkDocsConfig, builder):
        """Rebuild when any language, shared file or piece of web code changes."""
        paths = [self.config.assets, self.config.bundle, self.config.facts, *self.config.shared, *self.config.watch]
        for language in self.config.languages.values():
            paths += [language.docs, language.config]
        for path in paths:
            if path and Path(path).exists():
                server.watch(str(path))
        return server


def _key(config: MkDocsConfig) -> str:
    return str(config.config_file_path)


def _told(problems: list[BlockError], page: MkDocsPage, markdown: str) -> str:
    """All problems of a page, each with file and line; front matter counts."""
    source = page.file.content_string
    above = source[: len(source) - len(markdown)].count("\n") if source.endswith(markdown) else 0
    name = Path(page.file.abs_src_path or page.file.src_uri)
    if name.is_relative_to(Path.cwd()):
        name = name.relative_to(Path.cwd())
    return "\n".join(f"{name.as_posix()}:{problem.line + above}: {problem.message}" for problem in sorted(problems, key=lambda p: p.line))
