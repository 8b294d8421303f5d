"""Lecture pages in a build of MkDocs: generated, found by the navigation, and their links checked."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, Files

from site_tools.authoring.blocks.demo import Demo
from site_tools.authoring.blocks.reading import read_blocks
from site_tools.authoring.page import Page
from site_tools.lectures.pages.hotspots import Addresses
from site_tools.lectures.pages.shelf import INDEX, Shelf, expand_nav, read_shelf, with_list, write_pages
from site_tools.messages import one_line
from site_tools.site.language_build import LanguageBuild

log = get_plugin_logger("live-models")


def open_shelf(root: Path, files: Files, build: LanguageBuild) -> Shelf:
    """Read the lectures; what MkDocs itself found in their folder, where that lies among the pages, is taken out."""
    for file in list(files):
        source = Path(file.abs_src_path) if file.abs_src_path else None
        if source and source.is_relative_to(root) and not file.is_documentation_page():
            files.remove(file)
    build.shelf = read_shelf(root, build.language)
    return build.shelf


def list_lectures(markdown: str, uri: str, build: LanguageBuild) -> str:
    """The page with the list of lectures, if it asks for one."""
    if build.shelf is None or build.is_lecture(uri):
        return markdown
    return with_list(markdown, build.shelf, build.language, uri)


def add_lectures(files: Files, config: MkDocsConfig, build: LanguageBuild, folders: Iterable[str]) -> None:
    """Add a page for every lecture of this language, and put them into the navigation.

    What is wrong becomes warnings, which stop a strict build.

    Args:
        files: of the build, with everything a deck may link to.
        config: its `nav` is changed.
        build: of this language; its shelf holds the lectures.
        folders: of all languages below the root of the site.
    """
    shelf = build.shelf
    assert shelf
    problems = [] if build.folder else list(shelf.problems)  # told once, not once a language
    pages: dict[str, File] = {}
    for lecture in shelf.lectures:
        if files.get_file_from_path(lecture.uri):
            problems.append(f"{lecture.uri} exists already, so the deck {lecture.deck.name} gets no page: rename one.")
        else:
            files.append(page := File.generated(config, lecture.uri, content=""))
            pages[lecture.uri] = page
    shelf.lectures[:] = [lecture for lecture in shelf.lectures if lecture.uri in pages]
    addresses = Addresses(files, build.site_root, folders, _demo_finder(build))
    texts, broken = write_pages(shelf, build.language, addresses)
    for uri, text in texts.items():
        pages[uri].content_string = text
    for problem in problems + broken:
        log.warning(one_line(problem))
    config.nav = expand_nav(config.nav, shelf, index=f"{shelf.root.name}/{INDEX}" in files.src_uris)


def _demo_finder(build: LanguageBuild):
    """The demos of a page by id; None where they cannot be known from its source."""

    @cache
    def find(file: File) -> Mapping[str, Demo] | None:
        if not build.elements or not file.src_uri.endswith(".md"):
            return None
        # as MkDocs cuts it, so that a block has the line that it has when the page is rendered, and is read once
        text = re.sub(r"\A---\n.*?\n(?:---|\.\.\.)\s*\n\n*", "", file.content_string, count=1, flags=re.S)
        if re.search(r"--8<--.*\.md\b", text):  # its demos may stand in a file it includes
            return None
        page = Page(assets=build.assets, elements=build.elements, models=build.models)
        return {id: item for id, item in read_blocks(text, page).by_id.items() if isinstance(item, Demo)}

    return find
