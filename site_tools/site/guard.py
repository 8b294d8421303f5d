"""Nothing that authors write may be code: judged where it has become HTML, and told with its place.

What is refused, and what is only shown as blocked, `authoring.active` says. Here are the places that content comes
from: pages and notebooks, their titles, headings and front matter; the settings of the site; facts.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page as MkDocsPage

from site_tools.authoring.active import Finding, foreign, host_of, is_allowed, scan, shortened
from site_tools.authoring.drawings import scan_drawing
from site_tools.authoring.numbers import Value
from site_tools.authoring.places import find_lines
from site_tools.messages import shown

log = get_plugin_logger("live-models")

_FONT_HOSTS = ("fonts.googleapis.com", "fonts.gstatic.com")
_CSS_ADDRESS = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""", re.I)
_PLAIN_TEXT = ("description", "author")  # what the theme writes between quotation marks


def check_page(page: MkDocsPage, facts: Mapping[str, Value], allow: Collection[str]) -> None:
    """Judge a finished page before the theme puts it in its frame.

    Raises:
        PluginError: what no content may hold, each with file and line, or cell of a notebook.
    """
    path = Path(page.file.abs_src_path or page.file.src_uri)
    html = _as_the_theme_writes_it(page)
    findings = scan(html, allow)
    findings += [one for _, value, name in _strings(page.meta) for one in _in_value(value, allow, words=name or None)]
    if page.file.src_uri.endswith(".ipynb"):
        told = list(_in_notebook(findings, html, path))
    else:
        source = page.file.content_string
        lines = find_lines(findings, html, source, facts)
        told = [(finding, f"{shown(path)}:{line or 1}") for finding, line in zip(findings, lines, strict=True)]
    _tell(told)
    for key in _PLAIN_TEXT:
        if isinstance(page.meta.get(key), str):
            page.meta[key] = page.meta[key].replace('"', "&quot;")


def _as_the_theme_writes_it(page: MkDocsPage) -> str:
    headings = "".join(f'<a href="{item.url}">{item.title}</a>' for item in _headings(page.toc))
    return f"{page.content or ''}\n{page.title or ''}\n{headings}"


def _headings(items: Iterable) -> Iterator:
    for item in items:
        yield item
        yield from _headings(item.children)


def _in_notebook(findings: list[Finding], html: str, path: Path) -> Iterator[tuple[Finding, str]]:
    cells = json.loads(path.read_text(encoding="utf-8")).get("cells", [])
    sources = ["".join(cell.get("source", "")) for cell in cells]
    for finding in findings:
        lines = ((number, find_lines([finding], html, text)[0]) for number, text in enumerate(sources, start=1))
        cell, line = next(((number, line) for number, line in lines if line), (1, 1))
        yield finding, f"{shown(path)}: cell {cell}, line {line}"
    for number, cell in enumerate(cells, start=1):
        for output in cell.get("outputs", ()):
            for kind, data in output.get("data", {}).items():
                for finding in _in_output(kind, data):
                    yield finding, f"{shown(path)}: output of cell {number}"


def _in_output(kind: str, data: object) -> list[Finding]:
    """What runs in an output. Its styles do not count, for the page shows none of them."""
    if kind == "application/javascript":
        return [Finding("active", "the output is a script: let the cell show a picture or text, and run it again")]
    if kind not in ("text/html", "image/svg+xml", "text/markdown"):
        return []
    text = "".join(data) if isinstance(data, list) else str(data)
    return [one for one in scan(text) if one.kind == "active" and one.element != "style"]


def check_settings(
    config: MkDocsConfig, languages: Mapping[str, str], facts: Mapping[str, Value], allow: Collection[str]
) -> None:
    """Judge what the configuration and the facts bring into every page.

    Args:
        config: its description and author are made fit for the theme.
        languages: language -> its own name.
        facts: numbers and texts that pages may name.
        allow: hosts that may be shown.

    Raises:
        PluginError: what no content may hold, each with its key.
    """
    file = shown(Path(config.config_file_path or "mkdocs.yml"))
    keys = ("site_name", "site_description", "site_author", "copyright", "repo_url", "repo_name", "extra", "nav")
    settings = {key: config.get(key) for key in keys} | {"theme": dict(config.theme), "languages": dict(languages)}
    told = [
        (finding, f"{file}: {' > '.join(path)}")
        for path, value, is_name in _strings(settings)
        for finding in _in_value(value, allow, words=is_name or (False if path[0] == "nav" else None))
    ]
    told += [
        (finding, f"the fact {key}")
        for key, value in facts.items()
        if isinstance(value, str)
        for finding in _in_value(value, allow)
    ]
    told += [(finding, f"{file}: {key}") for key, finding in _loaded(config, allow)]
    _tell(told)
    for key in ("site_description", "site_author"):
        if isinstance(config.get(key), str):
            config[key] = config[key].replace('"', "&quot;")


def _in_value(value: str, allow: Collection[str], *, words: bool | None = None) -> list[Finding]:
    """What is wrong with a value, which templates write as text, as an attribute or as an address without asking.

    Args:
        value: of a setting, of the front matter, or a name there.
        allow: hosts that may be shown.
        words: whether it is certain that it is words, or that it is an address; otherwise "JavaScript: an introduction"
            is words for its blank.
    """
    if found := scan(value, allow):
        return found
    words = bool(re.match(r"\s*\w+:\s", value)) if words is None else words
    attribute = scan(f'<a {"title" if words else "href"}="{value}">')
    return [one for one in attribute if one.kind == "active"]


def _loaded(config: MkDocsConfig, allow: Collection[str]) -> Iterator[tuple[str, Finding]]:
    """What every page would fetch from elsewhere."""
    if config.theme.get("font", True) and not all(is_allowed(host, allow) for host in _FONT_HOSTS):
        message = (
            f"the theme's font comes from {_FONT_HOSTS[0]}, and the site shows nothing from there: write `font: false` "
            f"below theme, or add {' and '.join(_FONT_HOSTS)} to allow in the settings of live-models"
        )
        yield "theme > font", Finding("foreign", message)
    pictures = [(f"theme > {key}", config.theme.get(key), "picture") for key in ("logo", "favicon")]
    for key, path, what in (*pictures, *(("extra_css", path, "style sheet") for path in config.extra_css)):
        if problem := foreign(str(path or ""), what, allow):
            yield key, Finding("foreign", problem)
    for script in config.extra_javascript:
        if host_of(str(script)):
            message = f"the script {shortened(str(script))} comes from another server and never runs: save it"
            yield "extra_javascript", Finding("foreign", message)


def check_files(config: MkDocsConfig, files: Files, allow: Collection[str]) -> None:
    """Refuse names that are HTML and drawings that run something, and warn of what style sheets fetch from elsewhere.

    Raises:
        PluginError: what no drawing may hold, each with file and line.
    """
    told = []
    for file in files:
        if re.search(r'[<>"]', file.src_uri):  # titles of pages and sections are made from names
            told.append((Finding("active", "the name can be read as HTML: rename it"), shortened(file.src_uri)))
        source = Path(file.abs_src_path) if file.abs_src_path else None
        if source and source.suffix.lower() == ".svg" and not any(map(source.is_relative_to, config.theme.dirs)):
            told += [(one, f"{shown(source)}:{line}") for line, one in scan_drawing(source.read_bytes())]
        if source and file.src_uri in config.extra_css:
            text = source.read_text(encoding="utf-8", errors="replace")
            for found in _CSS_ADDRESS.finditer(text):
                if problem := foreign((found[1] or found[2]).strip(), "font or picture", allow):
                    line = text.count("\n", 0, found.start()) + 1
                    told.append((Finding("foreign", problem), f"{shown(source)}:{line}"))
    _tell(told)


def _strings(
    value: object, path: tuple[str, ...] = (), seen: set[int] | None = None
) -> Iterator[tuple[tuple[str, ...], str, bool]]:
    """Every text below a value: the way to it, the text, and whether it is a name, as titles in `nav` are.

    YAML can hold one list in many places, even in itself; it is looked at once.
    """
    seen = set() if seen is None else seen
    if isinstance(value, str):
        yield path, value, False
    elif isinstance(value, Mapping | list | tuple | set | frozenset) and id(value) not in seen:
        seen.add(id(value))
        for item in value:
            if isinstance(value, Mapping):
                yield (*path, str(item)), str(item), True
                yield from _strings(value[item], (*path, str(item)), seen)
            else:
                yield from _strings(item, path, seen)


def _tell(told: Iterable[tuple[Finding, str]]) -> None:
    """Refuse what is active or unclear; warn of the rest.

    Raises:
        PluginError: there is something to refuse.
    """
    messages = {f"{place}: {finding.message}.": finding.kind for finding, place in told}
    if refused := [message for message, kind in messages.items() if kind != "foreign"]:
        raise PluginError("\n".join(refused))
    for message in messages:
        log.warning(message)
