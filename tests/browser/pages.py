"""Which pages there are and which demos stand on them, by their sources."""

import re
from pathlib import Path

from site_tools.authoring.fences import kind_of
from site_tools.authoring.prose import live_fences
from site_tools.lectures.decks import find_decks
from tests.browser.conftest import ROOT


def pages() -> list[str]:
    """The pages' addresses below the site's root, lectures among them: zh at the root, en below en/."""
    found = []
    for language, prefix in (("zh", ""), ("en", "en/")):
        docs = ROOT / "docs" / language
        for path in sorted([*docs.rglob("*.md"), *docs.rglob("*.ipynb")]):
            relative = path.relative_to(docs).with_suffix("")
            name = relative.parent if relative.name == "index" else relative
            found.append(prefix + ("" if name == Path(".") else f"{name.as_posix()}/"))
        found += [f"{prefix}lectures/{deck.name}/" for deck in find_decks(ROOT / "docs" / "lectures")[0]]
    return found


def source(address: str) -> str:
    """The Markdown behind an address, without examples of Markdown in it; "" for a notebook or a lecture."""
    language, path = ("en", address.removeprefix("en/")) if address.startswith("en/") else ("zh", address)
    docs = ROOT / "docs" / language
    file = next((f for f in (docs / f"{path.rstrip('/')}.md", docs / path / "index.md") if f.is_file()), None)
    return re.sub(r"^````.*?^````$", "", file.read_text(encoding="utf-8") if file else "", flags=re.M | re.S)


def demos(address: str) -> list[str]:
    """The tags of a page's demos, in its order."""
    blocks = [
        fence.body for fence in live_fences(source(address)) if kind_of(fence) == "demo"
    ]  # not those shown as code
    return re.findall(r"^use: (\S+)$", "\n".join(blocks), re.M)


def kind(address: str) -> str:
    """What a page is made of: home, deck, notebook, demos, exercises or text."""
    path = address.removeprefix("en/")
    if not path:
        return "home"
    if re.match(r"lectures/.", path):
        return "deck"
    text = source(address)
    return "demos" if demos(address) else "exercises" if "```exercise" in text else "text" if text else "notebook"


def one_of_each_kind() -> list[str]:
    """The first page of every kind, Chinese and English in turn."""
    found: dict[str, str] = {}
    for zh in (address for address in pages() if not address.startswith("en/")):
        if kind(zh) not in found:
            found[kind(zh)] = zh if len(found) % 2 == 0 else f"en/{zh}"
    return list(found.values())
