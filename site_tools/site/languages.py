"""Two languages, one course: a page has a twin, or says that it has none, and knows where its twins are."""

import posixpath
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from site_tools.authoring.page import PAGE_SUFFIXES
from site_tools.messages import shown


@dataclass(frozen=True)
class Alternate:
    """The same page in one language.

    Attributes:
        language, name: "zh", "中文".
        link: address relative to the page that shows it; of the language's home page if it has no such page.
        absolute: full address; "" if there is no such page, or the address of the site is unknown.
        current: whether it is the page itself.
        exists: whether the language has the page.
    """

    language: str
    name: str
    link: str
    absolute: str
    current: bool
    exists: bool


def pages_of(folder: Path) -> set[str]:
    """The pages below a folder as paths with "/"; hidden files are not pages."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.suffix in PAGE_SUFFIXES)
    return {path.as_posix() for path in paths if not any(part.startswith(".") for part in path.parts)}


def lacking(folders: Mapping[str, Path]) -> dict[str, list[str]]:
    """Page -> the languages that do not have it, of all pages that one of several languages has."""
    pages = {language: pages_of(folder) for language, folder in folders.items()}
    every = sorted(set().union(*pages.values()))
    return {page: codes for page in every if (codes := [code for code in pages if page not in pages[code]])}


def missing_twins(
    folders: Mapping[str, Path], without: Mapping[str, Collection[str]], partial: Collection[str]
) -> list[str]:
    """One sentence for every page that a language lacks, though it is to be complete.

    Args:
        folders: language -> its pages.
        without: what `lacking` found.
        partial: languages that need not have every page.
    """
    return [
        f"{folders[code] / page} is missing: the page exists in {', '.join(k for k in folders if k not in codes)}; "
        f"write its twin or remove it there."
        for page, codes in without.items()
        for code in codes
        if code not in partial
    ]


def banner(language: str, missing: Mapping[str, Path]) -> str:
    """What stands above a page in a preview: name of each language that lacks it -> where it belongs."""
    names, places = "、".join(missing), "、".join(f"<code>{escape(shown(path))}</code>" for path in missing.values())
    if language == "zh":
        text = f"只在预览中显示：本页还没有 {escape(names)} 版，请写在 {places}；严格构建会因此停下。"
    else:
        names, places = names.replace("、", ", "), places.replace("、", ", ")
        text = f"Only in the preview: this page is missing in {escape(names)}; write {places}. A strict build stops."
    return f'<div class="admonition warning"><p class="admonition-title">{text}</p></div>\n'


def alternates(
    url: str, language: str, names: Mapping[str, str], site_url: str, without: Collection[str] = ()
) -> list[Alternate]:
    """The twins of one page, itself included.

    Args:
        url: of the page below the folder of its language, as MkDocs writes it ("" or "a/b/").
        language: of the page.
        names: language -> its own name; the first lies at the root of the site, the others below it.
        site_url: address of the root of the site, ending in "/", or "".
        without: languages that do not have the page; their links lead to their home pages.
    """
    main = next(iter(names))
    page = "" if url in (".", "./") else url
    home = "index.html" if page.endswith(".html") else ""

    def place(code: str) -> str:
        below = home if code in without else page
        return below if code == main else f"{code}/{below}"

    here = place(language)
    return [
        Alternate(
            language=code,
            name=name,
            link=relative(place(code), here),
            absolute=f"{site_url}{place(code)}" if site_url and code not in without else "",
            current=code == language,
            exists=code not in without,
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
