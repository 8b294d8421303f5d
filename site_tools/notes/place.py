"""Where in the site a note goes: the folders and the navigation of each language, as `mkdocs.yml` has them."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException

from demos.errors import UserError
from site_tools.messages import from_here
from site_tools.notes.files import safe_name

NOTES = "notes"  # folder of imported notes below the pages of a language


@dataclass(frozen=True)
class Place:
    """The page a note becomes.

    Attributes:
        page: its file.
        language: its language.
        docs: language -> folder of its pages, for every language of the site.
        configs: language -> its configuration.
        allow: servers from which the site shows pictures.
        snippets: whether lines of a page can put other files into it.
    """

    page: Path
    language: str
    docs: Mapping[str, Path]
    configs: Mapping[str, Path]
    allow: tuple[str, ...] = ()
    snippets: bool = False

    @property
    def uri(self) -> str:
        """The page below the folder of its language, as `nav` names it."""
        return self.page.resolve().relative_to(self.docs[self.language].resolve()).as_posix()

    @property
    def twins(self) -> list[Path]:
        """The same page in the other languages."""
        return [folder / self.uri for language, folder in self.docs.items() if language != self.language]

    def in_nav(self) -> bool:
        """Whether the navigation names the page, or is made from the files."""
        nav = _load(self.configs[self.language]).nav
        return nav is None or self.uri in _leaves(nav)


def find_place(note: Path, to: Path | None, language: str | None, config: Path = Path("mkdocs.yml")) -> Place:
    """The page for a note: `to`, else `notes/` and the note's name in `language`, else in the first language.

    Raises:
        UserError: no site here, an unknown language, or a page that is not below the pages of the language.
    """
    if not config.is_file():
        raise UserError(f"There is no {config} in {Path.cwd()}: run the command in the folder of the site.")
    site = _load(config)
    docs, configs = _languages(site, config)
    if language is not None and language not in docs:
        raise UserError(f'{config} has no language "{language}": choose {" or ".join(docs)}.')
    if to is None:
        language = language or next(iter(docs))
        to = docs[language] / NOTES / f"{Path(safe_name(note.name)).stem}.md"
    if to.suffix != ".md":
        raise UserError(f"--to is {to}, which is not a page: end it in the name of a page, such as {to / 'name.md'}.")
    allowed = [language] if language else list(docs)
    home = next((code for code in allowed if to.resolve().is_relative_to(docs[code].resolve())), None)
    if home is None:
        folders = " and ".join(f"{docs[code]} ({code})" for code in allowed)
        raise UserError(f"{to} lies outside the pages of the site: choose a place below {folders}.")
    plugin = site.plugins.get("live-models")
    allow = tuple(plugin.config.allow) if plugin else ()
    return Place(to, home, docs, configs, allow, "pymdownx.snippets" in site.markdown_extensions)


def _languages(site: MkDocsConfig, config: Path) -> tuple[dict[str, Path], dict[str, Path]]:
    plugin = site.plugins.get("live-models")
    if languages := dict(plugin.config.languages) if plugin else {}:
        docs = {code: from_here(Path(item.docs)) for code, item in languages.items()}
        return docs, {code: from_here(Path(item.config)) for code, item in languages.items()}
    language = str(site.theme.get("language") or site.theme.get("locale") or "en")
    return {language: from_here(Path(site.docs_dir))}, {language: config}


def _load(config: Path) -> MkDocsConfig:
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # as when the site is built
    try:
        return load_config(str(config))
    except MkDocsException as error:
        raise UserError(f"{config} cannot be used ({error}): correct it first.") from None


def _leaves(nav: object) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, list):
        for item in nav:
            yield from _leaves(item)
    elif isinstance(nav, dict):
        for item in nav.values():
            yield from _leaves(item)
