"""Two languages, one course: every page has a twin, and every page knows where its twins are."""

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from site_tools.authoring.page import PAGE_SUFFIXES


@dataclass(frozen=True)
class Alternate:
    """The same page in one language.

    Attributes:
        language, name: "zh", "中文".
        link: address relative to the page that shows it.
        absolute: full address, or "" if the address of the site is unknown.
        current: whether it is the page itself.
    """

    language: str
    name: str
    link: str
    absolute: str
    current: bool


def pages_of(folder: Path) -> set[str]:
    """The pages below a folder as paths with "/"; hidden files are not pages."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.suffix in PAGE_SUFFIXES)
    return {path.as_posix() for path in paths if not any(part.startswith(".") for part in path.parts)}


def missing_twins(folders: Mapping[str, Path]) -> list[str]:
    """One sentence for every page that a language lacks; none if there is only one language."""
    pages = {language: pages_of(folder) for language, folder in folders.items()}
    every = set().union(*pages.values())
    return [
        f"{folders[language] / page} is missing: the page exists in {', '.join(k for k in pages if page in pages[k])}; "
        f"write its twin or remove it there."
        for page in sorted(every)
        for language in pages
        if page not in pages[language]
    ]


def alternates(url: str, language: str, names: Mapping[str, str], site_url: str) -> list[Alternate]:
    """The twins of one page, itself included.

    Args:
        url: of the page below the folder of its language, as MkDocs writes it ("" or "a/b/").
        language: of the page.
        names: language -> its own name; the first lies at the root of the site, the others below it.
        site_url: address of the root of the site, ending in "/", or "".
    """
    main = next(iter(names))
    page = "" if url in (".", "./") else url

    def place(code: str) -> str:
        return page if code == main else f"{code}/{page}"

    here = place(language)
    return [
        Alternate(
            code, name, relative(place(code), here), f"{site_url}{place(code)}" if site_url else "", code == language
        )
        for code, name in names.items()
    ]


def relative(target: str, page: str) -> str:
    """The way from one address of the site to another; keeps a final "/"."""
    folder = page if page.endswith("/") else posixpath.dirname(page)
    way = posixpath.relpath(target or ".", folder or ".")
    return f"{way}/" if target.endswith("/") or not target else way


def root_of(url: str, depth: int) -> str:
    """From a page to the root of the site.

    Args:
        url: of the page below the folder of its language.
        depth: how deep that folder lies below the root.
    """
    folders = [part for part in posixpath.dirname(url).split("/") if part not in ("", ".")]
    return "../" * (len(folders) + depth)


def language_folders(languages: Iterable[str]) -> dict[str, str]:
    """Language -> its folder in the site: the first one has the root."""
    return {language: "" if index == 0 else f"{language}/" for index, language in enumerate(languages)}
