"""Where the addresses in a deck lead: a page or a demo of this site, another slide, or elsewhere.

Decks serve every language, so an address counts from the root of the site and means the page of the
language that shows the slide: `diffusion/reverse-process/?demo=first-sample&steps=50#first-sample`.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from mkdocs.structure.files import File, Files

from site_tools.authoring.blocks.demo import Demo
from site_tools.authoring.links import is_local
from site_tools.authoring.page import PAGE_SUFFIXES
from site_tools.messages import nearest

_MAIL = re.compile(r"[^\s@/:?#]+@[^\s@/:?#]+\.\w+")
_PREVIEW = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")  # where authors copy links from


@dataclass(frozen=True)
class Target:
    """One address as a page may use it.

    Attributes:
        kind: "site" for a page or file of ours, "jump" for a slide of the same deck, "outside" for the
            rest of the web, "none" for what no reader can follow.
        href: for the source of the page that shows it, as an author would write it; "" for "none".
        problem: what is wrong with it, as the rest of a sentence, or "".
    """

    kind: Literal["site", "jump", "outside", "none"]
    href: str = ""
    problem: str = ""


class Addresses:
    """The pages of one language, found by what a deck may call them.

    Args:
        files: all files of the build.
        site_root: address of the root of the site, ending in "/", or "".
        folders: of the languages, "" or "en/"; an address may name one, the language is the reader's own.
        demos_of: the demos of a page by id; None if they are not known.
    """

    def __init__(
        self,
        files: Files,
        site_root: str,
        folders: Iterable[str],
        demos_of: Callable[[File], Mapping[str, Demo] | None],
    ) -> None:
        self.pages = {page_name(file.src_uri): file for file in files if file.src_uri.endswith(PAGE_SUFFIXES)}
        self.others = {file.src_uri for file in files if not file.src_uri.endswith(PAGE_SUFFIXES)}
        self.site = urlsplit(site_root)
        self.folders = [folder for folder in folders if folder]
        self.demos_of = demos_of

    def resolve(self, address: str, uri: str) -> Target:
        """What an address means on the page whose source is `uri`."""
        if re.fullmatch(r"#slide-\d+", address):
            return Target("jump", address)
        if address == "#":  # PowerPoint's way of saying "nowhere"
            return Target("none")
        if _MAIL.fullmatch(address):
            return Target("outside", f"mailto:{address}")
        if is_local(address):
            return Target("none", problem=f"points into a computer ({address}), where no reader can follow")
        try:
            found = self._path(address)
        except ValueError as error:
            return Target("none", problem=f"is no address ({address}: {error}); correct it in the deck, or remove it")
        if found is None:
            address = f"https://{address}" if address.startswith("www.") else address
            outside = re.match(r"(https?://|mailto:)", address, re.I)
            return Target("outside", address) if outside else Target("none")
        path, query, fragment = found
        name = page_name(path)
        rest = (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
        if page := self.pages.get(name):
            return Target("site", source_link(page.src_uri, uri) + rest, self._demo_problem(page, query))
        if path in self.others:
            return Target("site", source_link(path, uri) + rest)
        hint = nearest(name, self.pages, "correct it in the deck, or remove it")
        return Target("none", problem=f"leads to {path or address}, which this site does not have; {hint}")

    def _path(self, address: str) -> tuple[str, str, str] | None:
        """Path below the root of the site, query and fragment; None for an address outside it."""
        parts = urlsplit(address.replace("\\", "/"))
        path = parts.path
        if parts.scheme or parts.netloc:
            ours = self.site.netloc and parts.netloc == self.site.netloc and f"{path}/".startswith(self.site.path)
            if parts.scheme not in ("", "http", "https") or not (ours or _PREVIEW.fullmatch(parts.netloc)):
                return None
        elif path.startswith("www."):
            return None
        path = unquote(path)
        if path.startswith("/"):
            path = f"{path}/".removeprefix(unquote(self.site.path) or "/")
        path = posixpath.normpath(path.lstrip("/") or ".")
        path = "" if path == "." else path
        for folder in self.folders:
            if f"{path}/".startswith(folder):
                path = path[len(folder) :]
        return path, parts.query, parts.fragment

    def _demo_problem(self, page: File, query: str) -> str:
        """What is wrong with `?demo=id&state=value`, which the page would ignore without a word."""
        values = dict(parse_qsl(query, keep_blank_values=True))
        demos = self.demos_of(page)
        if "demo" not in values or demos is None:
            return ""
        demo = demos.get(name := values.pop("demo"))
        if demo is None:
            return f"asks for the demo {name} of {page.src_uri}, which it does not have; {nearest(name, demos)}"
        for key, value in values.items():
            attribute = demo.element.attributes.get(key)
            if attribute is None:
                return f"sets {key} of the demo {name}, which it does not have; {nearest(key, demo.element.attributes)}"
            try:
                read = float(value) if attribute.type in ("integer", "number") else value
            except ValueError:
                return f"sets {key} of the demo {name} to {value}, which is no number"
            whole = int(read) if isinstance(read, float) and read.is_integer() else read
            if wrong := attribute.problem(whole):
                return f"sets {key} of the demo {name} to {value}, which {wrong.rstrip('.')}"
        return ""


def source_link(target: str, uri: str) -> str:
    """The way from one source to another, which MkDocs turns into an address and checks."""
    return quote(posixpath.relpath(target, posixpath.dirname(uri) or "."))


def page_name(path: str) -> str:
    """What a page is called however it is addressed: as its source, as a folder or as an HTML file."""
    name = unquote(path).strip("/")
    for suffix in (*PAGE_SUFFIXES, ".html"):
        name = name.removesuffix(suffix)
    return "" if name == "index" else name.removesuffix("/index")
