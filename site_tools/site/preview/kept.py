"""What the last complete build left behind: enough to make one of its pages anew, alone.

MkDocs knows only whole builds. Its two private functions for one page are those that a whole build calls, so a page
made here is the page that the whole build makes, as far as it does not depend on what changed in other files; the
whole build that follows is the last word.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment
from mkdocs.commands.build import _build_page, _populate_page
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation

from site_tools.site.language_build import LanguageBuild
from site_tools.site.preview.memory import Memory
from site_tools.site.preview.messages import silence
from site_tools.site.settings import LiveModelsConfig


class Overtaken(BaseException):
    """A build is dropped because files have changed since it began.

    No `Exception`: MkDocs and plugins would take it for a mistake of the page that they are at, and tell it.
    """


@dataclass
class Kept:
    """One language of a build.

    Attributes:
        config, files, nav, env: as MkDocs had them when it rendered the pages.
        settings, build: those of the plugin.
    """

    config: MkDocsConfig
    files: Files
    nav: Navigation
    settings: LiveModelsConfig
    build: LanguageBuild
    env: Environment | None = None

    def pages(self) -> list[File]:
        """The pages of the language, drafts included."""
        return list(self.files.documentation_pages(inclusion=InclusionLevel.is_in_serve))

    def make_again(self, file: File) -> None:
        """Read a page anew and write it; says nothing in the log, for the whole build will.

        Raises:
            Exception: what a build would stop with; everything is then as before.
        """
        page, uri = file.page, file.src_uri
        assert page
        assert self.env
        attributes, known, needs = dict(vars(page)), self.build.pages.get(uri), self.build.needs.pop(uri, None)
        try:
            with silence(), _without_search(self.config):
                _populate_page(page, self.config, self.files)
                excluded = file.inclusion.is_excluded()
                _build_page(page, self.config, self.pages(), self.nav, self.env, excluded=excluded)
        except BaseException:
            vars(page).clear()
            vars(page).update(attributes)
            if known is not None:
                self.build.pages[uri] = known
            if needs is not None:
                self.build.needs[uri] = needs
            raise


def never() -> bool:
    """False: while one page is made, nothing overtakes it."""
    return False


class _NoIndex:
    """Takes no page: the whole build makes an index of its own, and cutting Chinese into words takes long."""

    def add_entry_from_context(self, page: object) -> None:
        """Nothing."""


@contextmanager
def _without_search(config: MkDocsConfig) -> Iterator[None]:
    gathering = [plugin for plugin in config.plugins.values() if hasattr(plugin, "search_index")]
    indices = [plugin.search_index for plugin in gathering]
    for plugin in gathering:
        plugin.search_index = _NoIndex()
    try:
        yield
    finally:
        for plugin, index in zip(gathering, indices, strict=True):
            plugin.search_index = index


class Preview:
    """What plugin and server share: the builds, the folders they go to, and whether one is still wanted.

    A whole build must not touch what is being read, so it goes to that of two folders which is not shown.

    Attributes:
        begun: configuration -> language, of the build that runs or ran last.
        kept: the same of the build that is shown.
        folder: where the running build goes; "" is MkDocs' own.
        overtaken: whether the running build is no longer wanted.
        memory: what builds need not make anew.
    """

    def __init__(self) -> None:
        self.begun: dict[str, Kept] = {}
        self.kept: dict[str, Kept] = {}
        self.folder = ""
        self.overtaken: Callable[[], bool] = never
        self.memory = Memory()
        self._home = self._shown = ""
        self._sources: dict[str, tuple[str, File]] = {}

    def open(self) -> None:
        """Have the following builds go to folders of their own."""
        self._home = tempfile.mkdtemp(prefix="mkdocs-preview-")

    def close(self) -> None:
        """Remove the folders."""
        if self._home:
            shutil.rmtree(self._home, ignore_errors=True)
            self._home = self._shown = self.folder = ""

    def begin(self, config: MkDocsConfig) -> None:
        """A build of all languages begins: the configuration of the first is told where to."""
        self.begun = {}
        if self._home:
            a, b = (os.path.join(self._home, name) for name in ("a", "b"))
            config.site_dir = self.folder = b if self._shown == a else a

    def check(self) -> None:
        """Drop the running build if it has been overtaken.

        Raises:
            Overtaken: it has.
        """
        if self.overtaken():
            raise Overtaken

    def keep(self) -> None:
        """The build has come to its end and is what is shown from now on."""
        self.kept, self.begun, self._shown = self.begun, {}, self.folder
        self._sources = {
            place(file.abs_src_path): (key, file)
            for key, kept in self.kept.items()
            for file in kept.pages()
            if file.page is not None and file.abs_src_path is not None and kept.env is not None
        }

    def pages(self, paths: Iterable[str]) -> list[tuple[str, File]] | None:
        """Configuration and file of the pages whose sources `paths` are; None if one is anything else, or gone."""
        found = [self._sources.get(place(path)) if Path(path).is_file() else None for path in paths]
        return [one for one in found if one] if all(found) else None


def place(path: str) -> str:
    """A path in the one form in which paths are compared."""
    return os.path.normcase(os.path.realpath(path))
