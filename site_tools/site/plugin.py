"""The MkDocs plugin: thin hooks over the pure functions beside it.

What a page needs is plain files and a Python-Markdown extension; the plugin finds mistakes while the
page and the line are known, adds files and metadata, and builds the other languages.
"""

import os
import posixpath
from dataclasses import replace
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

from mkdocs.commands.build import build as build_site
from mkdocs.config import load_config
from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.utils import get_build_datetime
from mkdocs.utils.templates import TemplateContext

from demos.errors import UserError
from site_tools.authoring import links, numbers
from site_tools.authoring.blocks.demo import REGISTRY
from site_tools.authoring.blocks.screen import DRAWINGS
from site_tools.authoring.blocks.screen import STYLES as DRAWING_STYLES
from site_tools.authoring.extension import without_marks
from site_tools.authoring.fences import BlockError, live_fences
from site_tools.authoring.formulas import Formulas, check_formulas
from site_tools.authoring.page import Page, read_blocks
from site_tools.lectures.pages.viewer import ELEMENT as VIEWER
from site_tools.messages import read_text, shown
from site_tools.site import csp, languages, notebook_pages
from site_tools.site import live_files as live
from site_tools.site.front_matter import check_front_matter
from site_tools.site.language_build import LanguageBuild, begin, shared_files, tell, with_loader, with_styles
from site_tools.site.lecture_pages import add_lectures, list_lectures, open_shelf
from site_tools.site.notebook_files import check_notebook
from site_tools.site.settings import PACKAGE, LiveModelsConfig

Command = Literal["build", "gh-deploy", "serve"]
FOR_THE_BUILD = (REGISTRY, DRAWINGS, live.SIZES)  # of the bundle; no page asks for them


class SharedFile(File):
    """A file at the root of the site, seen from a language below it: linked, but not copied again."""

    def copy_file(self, dirty: bool = False) -> None:
        """Nothing: the build of the first language has written it."""


class LiveModelsPlugin(BasePlugin[LiveModelsConfig]):
    """Live models, exercises, numbers, formulas and two languages for MkDocs."""

    def __init__(self) -> None:
        self.command: Command = "build"
        # MkDocs keeps one instance for all configurations of a process, so a build's state has its key
        self.builds: dict[str, LanguageBuild] = {}
        self.at = ""  # the page that is being made

    def on_startup(self, *, command: Command, dirty: bool) -> None:
        """Remember whether this is `serve`."""
        self.command = command

    @event_priority(50)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Read models and numbers, add the Markdown extensions, find the place of this language."""
        _check_build_date()
        try:
            self.builds[_key(config)] = build = begin(config, self.config)
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
            # before Material's offline plugin would ask unpkg.com for one
            config.extra.setdefault("polyfills", []).append("assets/javascripts/iframe-worker.js")
        if build.folder:
            shared = {folder.name for folder in self._shared_folders(build)}
            config.extra_css = [self._from_root(path, shared) for path in config.extra_css]
        config.extra_css.insert(0, "assets/stylesheets/site-tools.css")
        config.extra_javascript.insert(0, ExtraScriptValue("assets/javascripts/site-tools.js"))
        notebook_pages.mend_ids()
        return config

    def _shared_folders(self, build: LanguageBuild) -> list[Path]:
        return [build.assets, *map(Path, self.config.shared)]

    @staticmethod
    def _from_root(path: str, shared: set[str]) -> str:
        return f"../{path}" if path.split("/")[0] in shared else path

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Stop if a page has no twin; add the shared files and those with a hash in their name."""
        if missing := languages.missing_twins({code: Path(item.docs) for code, item in self.config.languages.items()}):
            raise PluginError("\n".join(missing))
        build = self.builds[_key(config)]
        shared = shared_files(self._shared_folders(build))
        if self.config.lectures:
            shared |= open_shelf(Path(self.config.lectures), files, build).files
        for uri, source in shared.items():
            url = next((asset.uri for asset in build.table.values() if asset.source == source), uri)
            if existing := files.get_file_from_path(uri):
                files.remove(existing)
            file = self._file(config, build, uri, url, source)
            files.append(file)
            build.sources[str(source)] = uri
            build.shared[uri] = file.url
        for asset in build.table.values():
            if asset.source.is_relative_to(self.config.bundle) and asset.logical not in FOR_THE_BUILD:
                files.append(self._file(config, build, asset.uri, asset.uri, asset.source))
            if self.config.offline and not build.folder and live.is_fetched(asset.logical):
                script = File.generated(config, f"{asset.uri}.b64.js", content=live.offline_script(asset))
                script.inclusion = InclusionLevel.NOT_IN_NAV
                files.append(script)
        if build.shelf:
            add_lectures(files, config, build, languages.language_folders(self.config.languages).values())
        return files

    def _file(self, config: MkDocsConfig, build: LanguageBuild, uri: str, place: str, source: Path) -> File:
        make = SharedFile if build.folder else File
        file = make.generated(config, uri, abs_src_path=str(source), inclusion=InclusionLevel.NOT_IN_NAV)
        file.dest_uri = place
        return file

    def on_page_read_source(self, *, page: MkDocsPage, config: MkDocsConfig) -> None:
        """Check what MkDocs and mkdocs-jupyter would read in their own way: encoding, front matter, notebooks."""
        if page.file.generated_by or not page.file.src_uri.endswith((".md", ".ipynb")):
            return
        try:
            text = read_text(Path(page.file.abs_src_path)) if page.file.abs_src_path else page.file.content_string
        except UserError as error:
            raise PluginError(str(error)) from None
        if page.file.src_uri.endswith(".md"):
            problems = check_front_matter(text, lambda name: _in_theme(name, config))
        else:
            problems = check_notebook(text)
        if problems:
            raise PluginError(tell(problems, page))

    def on_page_markdown(self, markdown: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
        """Check the page while its lines are known, and tell the extensions about it."""
        if not page.file.src_uri.endswith(".md"):
            return markdown
        build = self.builds[_key(config)]
        self.at = shown(Path(page.file.abs_src_path or page.file.src_uri))
        markdown = without_marks(list_lectures(markdown, page.file.src_uri, build))
        try:
            if build.is_lecture(page.file.src_uri) or next(live_fences(markdown), None):
                live.require_bundle(build.table, Path(self.config.bundle))
        except UserError as error:
            raise PluginError(str(error)) from None
        root = build.root(page.file.url)
        rendered = build.blocks.page = Page(
            language=build.language,
            assets=build.assets,
            elements=build.elements,
            drawings=build.drawings,
            drawing_styles=root + build.table[DRAWING_STYLES].uri if DRAWING_STYLES in build.table else "",
            models=build.posters,
            facts=build.facts,
            root=root,
            uri=page.file.src_uri,
            url=page.file.url,
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
        # MkDocs has taken the front matter away, and keeps what is left until this hook returns
        source, below = page.file.content_string, page.markdown or ""
        above = source[: len(source) - len(below)].count("\n") if source.endswith(below) else 0
        build.above[page.file.src_uri] = above
        if problems:
            raise PluginError(tell(problems, page, above))
        return markdown

    def on_build_error(self, *, error: Exception) -> None:
        """What was not seen above stands in a file that the page includes."""
        if isinstance(error, BlockError):
            raise PluginError(f"{self.at}: in a file that it includes: {error.message}") from None

    def on_page_content(self, html: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
        """Note what the page turned out to need; slim down a notebook."""
        build = self.builds[_key(config)]
        if not page.file.src_uri.endswith(".md"):
            return notebook_pages.tidy(html, build.language)
        if lost := build.blocks.lost(html):
            raise PluginError(tell(lost, page, build.above[page.file.src_uri]))
        rendered = build.blocks.page
        if rendered.screens:
            build.drawn.add(page.file.src_uri)
        is_lecture = build.is_lecture(page.file.src_uri)
        if rendered.demos or rendered.exercises or is_lecture:
            needs = [name for demo in rendered.demos.values() for name in demo.files]
            needs += [f"elements/{VIEWER}.js"] if is_lecture else []
            unknown = sorted({name for name in needs if name not in build.table})
            if unknown:
                raise PluginError(
                    f"{page.file.src_uri}: {', '.join(unknown)} is missing from the bundle or the assets: "
                    "run `python -m site_tools web`, and `python -m site_tools export` for a model."
                )
            build.needs[page.file.src_uri] = needs
        return html

    def on_page_context(
        self, context: TemplateContext, *, page: MkDocsPage, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        """Tell the templates where the page's twins are, and the licences of what it loads."""
        build = self.builds[_key(config)]
        notices = build.table.get(live.LICENCES)
        return _with(
            context,
            alternates=self._alternates(config, page.file.url),
            licences=build.root(page.file.url) + notices.uri if notices else "",
        )

    def on_template_context(
        self, context: TemplateContext, *, template_name: str, config: MkDocsConfig
    ) -> TemplateContext:
        """404.html is shown under any address, so its links count from the root of the server."""
        root = urlsplit(self.builds[_key(config)].site_root).path or "/"
        folders = languages.language_folders(self.config.languages)
        home = [replace(twin, link=f"{root}{folders[twin.language]}") for twin in self._alternates(config, "")]
        return _with(context, alternates=home)

    def _alternates(self, config: MkDocsConfig, url: str) -> list[languages.Alternate]:
        build = self.builds[_key(config)]
        names = {code: item.name for code, item in self.config.languages.items()}
        return languages.alternates(url, build.language, names, build.site_root) if names else []

    @event_priority(-100)  # last: the policy names the page's scripts by hash
    def on_post_page(self, output: str, *, page: MkDocsPage, config: MkDocsConfig) -> str:
        """Add the loader to pages with live blocks, and the policy to all."""
        build = self.builds[_key(config)]
        root, needs = build.root(page.file.url), build.needs.get(page.file.src_uri)
        output = with_styles(output, build, build.styles(page.file.src_uri), root)
        if needs is not None:
            output = with_loader(output, build, needs, root)
        return self._with_policy(output)

    def on_post_template(self, output: str, *, template_name: str, config: MkDocsConfig) -> str:
        """Pages without a source get a policy too."""
        return self._with_policy(output) if template_name.endswith(".html") else output

    def _with_policy(self, html: str) -> str:
        # live reload is an inline script that MkDocs adds later
        return (
            csp.with_policy(html, offline=self.config.offline) if self.config.csp and self.command == "build" else html
        )

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
            build_site(
                other, serve_url=posixpath.join(config.site_url or "/", code, "") if self.command == "serve" else None
            )

    def on_serve(self, server, *, config: MkDocsConfig, builder):
        """Rebuild when any language, shared file or piece of web code changes."""
        paths = [self.config.assets, self.config.bundle, self.config.facts, self.config.lectures]
        paths += [*self.config.shared, *self.config.watch]
        for language in self.config.languages.values():
            paths += [language.docs, language.config]
        for path in paths:
            if path and Path(path).exists():
                server.watch(str(path))
        return server


def _in_theme(name: str, config: MkDocsConfig) -> bool:
    try:
        return any((Path(folder) / name).is_file() for folder in config.theme.dirs)
    except (OSError, ValueError):  # no file can be called that
        return False


def _check_build_date() -> None:
    try:
        get_build_datetime()
    except (ValueError, OverflowError, OSError):
        raise PluginError(
            f'SOURCE_DATE_EPOCH is "{os.environ["SOURCE_DATE_EPOCH"]}": it must be whole seconds since 1970, such as '
            "1700000000; without it the build has today's date."
        ) from None


def _with(context: TemplateContext, **more: object) -> TemplateContext:
    return cast(TemplateContext, {**context, **more})


def _key(config: MkDocsConfig) -> str:
    return str(config.config_file_path)
