"""The MkDocs plugin: thin hooks over the pure functions beside it.

What a page needs is plain files and a Python-Markdown extension; the plugin finds mistakes while the
page and the line are known, adds files and metadata, and builds the other languages.
"""

import posixpath
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal, NoReturn, cast
from urllib.parse import urlsplit

from jinja2 import Environment
from markdown import Markdown
from mkdocs.commands.build import build as build_site
from mkdocs.config import load_config
from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.utils.templates import TemplateContext

from demos.errors import UserError
from site_tools.authoring.blocks.lessons import lesson_facts
from site_tools.authoring.extension import LiveBlocks, without_marks
from site_tools.authoring.fences import BlockError
from site_tools.authoring.formulas import Formulas
from site_tools.authoring.page import Page
from site_tools.authoring.prose import live_fences
from site_tools.bundle import DRAWING_STYLES, LICENCES
from site_tools.lectures.pages.viewer import ELEMENT as VIEWER
from site_tools.site import csp, guard, languages, lesson_cards, notebook_pages, twins
from site_tools.site import live_files as live
from site_tools.site.added_files import add_bundle, add_shared
from site_tools.site.finished_page import with_loader, with_styles
from site_tools.site.language_build import LanguageBuild, begin, shared_files, tell
from site_tools.site.lecture_pages import add_lectures, list_lectures, open_shelf
from site_tools.site.own_scripts import OwnScripts
from site_tools.site.preview.kept import Kept, Preview
from site_tools.site.preview.server import PreviewServer
from site_tools.site.settings import PACKAGE, LiveModelsConfig
from site_tools.site.sources import check_build_date, check_source

Command = Literal["build", "gh-deploy", "serve"]


class LiveModelsPlugin(BasePlugin[LiveModelsConfig]):
    """Live models, exercises, numbers, formulas and two languages for MkDocs."""

    def __init__(self) -> None:
        self.command: Command = "build"
        # MkDocs keeps one instance for all configurations of a process, so a build's state has its key
        self.builds: dict[str, LanguageBuild] = {}
        self.preview = Preview()

    def on_startup(self, *, command: Command, dirty: bool) -> None:
        """Remember whether this is `serve`."""
        self.command = command

    @event_priority(50)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Read models and numbers, add the Markdown extensions, find the place of this language."""
        check_build_date()
        try:
            self.builds[_key(config)] = build = begin(config, self.config)
        except UserError as error:
            raise PluginError(str(error)) from None
        if not build.folder:
            self.preview.begin(config)
        blocks = LiveBlocks(lambda md: build.pages[_source(md)], _refuse)
        formulas = Formulas(lambda md, tex, message: _refuse_formula(build.pages[_source(md)], tex, message))
        config.markdown_extensions += [blocks, formulas]
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
        names = {code: language.name for code, language in self.config.languages.items()}
        guard.check_settings(config, names, build.facts, self.config.allow)
        return config

    def _shared_folders(self, build: LanguageBuild) -> list[Path]:
        return [build.assets, *map(Path, self.config.shared)]

    @staticmethod
    def _from_root(path: str, shared: set[str]) -> str:
        return f"../{path}" if path.split("/")[0] in shared else path

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Tell of pages without a twin, add the shared files and those with a hash in their name."""
        build = self.builds[_key(config)]
        twins.note_missing(self.config, build, strict=config.strict)
        shared = shared_files(self._shared_folders(build))
        if self.config.lectures:
            shared |= open_shelf(Path(self.config.lectures), files, build).files
        add_shared(files, shared, config, build)
        add_bundle(files, Path(self.config.bundle), config, build, offline=self.config.offline)
        if build.shelf:
            add_lectures(files, config, build, languages.language_folders(self.config.languages).values())
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
        """Note the chapters, and what makes a page anew."""
        self.preview.check()
        build = self.builds[_key(config)]
        build.chapters = lesson_cards.chapters(nav)
        self.preview.begun[_key(config)] = Kept(config, files, nav, self.config, build)

    @event_priority(-100)  # mkdocs-jupyter has put its own way to render in place
    def on_pre_page(self, page: MkDocsPage, *, config: MkDocsConfig, files: Files) -> MkDocsPage:
        """Ask whether the build is still wanted; under `serve` convert no notebook twice."""
        self.preview.check()
        if self.command == "serve" and page.file.src_uri.endswith(".ipynb"):
            self.preview.memory.convert_once(page, config)
        return page

    def on_page_read_source(self, *, page: MkDocsPage, config: MkDocsConfig) -> None:
        """Check what MkDocs and mkdocs-jupyter would read in their own way: encoding, front matter, notebooks."""
        check_source(page, config)

    def on_page_markdown(self, markdown: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
        """Tell the extensions about the page; they check it while its lines are known."""
        build = self.builds[_key(config)]
        if not page.file.src_uri.endswith(".md"):
            notebook_pages.check(markdown, page.file, build.facts, build.resolver(page.file, files))
            return markdown
        source = page.file.content_string
        above = source[: len(source) - len(markdown)].count("\n") if source.endswith(markdown) else 0
        markdown = without_marks(list_lectures(markdown, page.file.src_uri, build))
        try:
            if build.is_lecture(page.file.src_uri) or next(live_fences(markdown), None):
                live.require_bundle(build.table, Path(self.config.bundle), build.language)
        except UserError as error:
            raise PluginError(str(error)) from None
        root = build.root(page.file.url)
        build.pages[page.file.src_uri] = Page(
            language=build.language,
            assets=build.assets,
            elements=build.elements,
            drawings=build.drawings,
            drawing_styles=root + build.table[DRAWING_STYLES].uri if DRAWING_STYLES in build.table else "",
            models=build.models,
            facts=build.facts | lesson_facts(page.meta.get("lesson")),
            chapters=build.chapters,
            root=root,
            uri=page.file.src_uri,
            url=page.file.url,
            source=Path(page.file.abs_src_path) if page.file.abs_src_path else None,
            text=markdown,
            above=above,
            sources=build.sources,
            shared=build.shared,
        )
        return markdown

    def on_page_content(self, html: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
        """Note what the page turned out to need; slim down a notebook."""
        build = self.builds[_key(config)]
        if not page.file.src_uri.endswith(".md"):
            try:
                return notebook_pages.tidy(html, build.language, build.facts, build.resolver(page.file, files))
            except ValueError as error:  # what a notebook shows and the check does not see
                raise PluginError(f"{page.file.src_uri}: {error}.") from None
        items = build.items(page.file.src_uri)
        is_lecture = build.is_lecture(page.file.src_uri)
        if is_lecture or any(item.live for item in items):
            needs = [name for item in items for name in item.files]
            needs += [f"elements/{VIEWER}.js"] if is_lecture else []
            unknown = sorted({name for name in needs if name not in build.table})
            if unknown:
                raise PluginError(
                    f"{page.file.src_uri}: {', '.join(unknown)} is missing from the bundle or the assets: "
                    "run `python -m site_tools web`, and `python -m site_tools export` for a model."
                )
            build.needs[page.file.src_uri] = needs
        return html

    @event_priority(100)  # before anything reads a template
    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Have the scripts of the templates marked as ours, and judge drawings and style sheets."""
        self.preview.check()
        guard.check_files(config, files, self.config.allow)
        if self.config.csp:
            env.add_extension(OwnScripts)
        if self.command == "serve":
            self.preview.memory.compile_once(env, self.config.csp)
        self.preview.begun[_key(config)].env = env
        return env

    @event_priority(-100)  # last: judges what the theme will get
    def on_page_context(
        self, context: TemplateContext, *, page: MkDocsPage, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        """Fill in cards, tell the templates where root and twins are, and licences; refuse code in content."""
        self.preview.check()
        build = self.builds[_key(config)]
        try:
            page.content = lesson_cards.fill(page, build)
        except UserError as error:
            raise PluginError(str(error)) from None
        guard.check_page(page, build.facts, self.config.allow)
        if self.command == "serve":
            page.content = twins.banner(self.config, build, page.file.src_uri) + page.content
        notices = build.table.get(LICENCES)
        return _with(
            context,
            alternates=twins.alternates(self.config, build, page.file.url, page.file.src_uri),
            root=build.root(page.file.url),
            site_root=build.site_root,
            licences=build.root(page.file.url) + notices.uri if notices else "",
        )

    def on_template_context(
        self, context: TemplateContext, *, template_name: str, config: MkDocsConfig
    ) -> TemplateContext:
        """404.html is shown under any address, so its links count from the root of the server."""
        self.preview.check()
        build = self.builds[_key(config)]
        root = urlsplit(build.site_root).path or "/"
        folders = languages.language_folders(self.config.languages)
        home = twins.alternates(self.config, build, "")
        return _with(context, alternates=[replace(twin, link=f"{root}{folders[twin.language]}") for twin in home])

    @event_priority(-100)  # last: the policy names the page's scripts by hash
    def on_post_page(self, output: str, *, page: MkDocsPage, config: MkDocsConfig) -> str:
        """Add the loader to pages with live blocks, and the policy to all."""
        build = self.builds[_key(config)]
        root, needs = build.root(page.file.url), build.needs.get(page.file.src_uri)
        output = with_styles(output, build, build.styles(page.file.src_uri), root)
        if needs is not None:
            output = with_loader(output, build, needs, root, page.file.src_uri)
        return self._with_policy(output)

    def on_post_template(self, output: str, *, template_name: str, config: MkDocsConfig) -> str:
        """Pages without a source get a policy too."""
        return self._with_policy(output) if template_name.endswith(".html") else output

    def _with_policy(self, html: str) -> str:
        return csp.with_policy(html, offline=self.config.offline, allow=self.config.allow) if self.config.csp else html

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

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Callable) -> LiveReloadServer:
        """Rebuild when any language, shared file or piece of web code changes, and the edited page first."""
        paths = [self.config.assets, self.config.bundle, self.config.facts, self.config.lectures]
        paths += [*self.config.shared, *self.config.watch]
        for language in self.config.languages.values():
            paths += [language.docs, language.config]
        self.preview.keep()
        self.preview.open()
        server = PreviewServer(server, self.preview, self._make_again, polling=self.config.polling)
        for path in paths:
            if path and Path(path).exists():
                server.watch(str(path))
        return server

    def _make_again(self, key: str, file: File) -> None:
        kept = self.preview.kept[key]
        self.builds[key], self.config = kept.build, kept.settings
        kept.make_again(file)

    def on_shutdown(self) -> None:
        """Remove the folders of `serve`."""
        self.preview.close()
        self.preview = Preview()


def _with(context: TemplateContext, **more: object) -> TemplateContext:
    return cast(TemplateContext, {**context, **more})


def _key(config: MkDocsConfig) -> str:
    return str(config.config_file_path)


def _refuse(page: Page, problems: list[BlockError]) -> NoReturn:
    raise PluginError(tell(page, problems))


def _refuse_formula(page: Page, tex: str, message: str) -> NoReturn:
    _refuse(page, [page.problem(tex, message)])


def _source(md: Markdown) -> str:
    """The page that MkDocs converts: its own treeprocessor for links knows the file."""
    return md.treeprocessors["relpath"].file.src_uri
