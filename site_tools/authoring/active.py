r"""What no content may bring into a page: code that runs, and what comes from other servers.

Content is everything that authors write: pages, notebooks, titles, captions, values. It is judged as the HTML that
it has become, wherever it came from. *Active*, and refused:

- `<script>`, attributes that handle events (`onclick`), `srcdoc`, and addresses that are code (`javascript:`,
  `data:text/html`), however they are written: escaped, in capitals, with blanks and line ends between;
- `<style>`, whose rules reach the whole page and which the policy does not apply (a style sheet belongs under
  `extra_css`); `<link>`, unless it is a style sheet, because a browser may ask other servers for the rest;
- `<base>` and `<meta>`, which change or leave the page; `<object>`, `<embed>`, `<applet>` and `<frame>`, which load
  any kind of document and which the policy forbids; an address to which a form is sent, for the same reason;
- SVG animation of an address or of a handler;
- the names of elements in which the theme and the live elements keep their own settings.

*Unclear*, and refused too: HTML that can be read in more than one way, because then nobody knows what it holds.

*Foreign* is a picture, frame, font, style sheet or recording from a server that the site does not allow. Nothing runs,
but the reader would see a gap. A frame of the site itself is foreign too: the policy has no frames but allowed ones.

An inline `style=` is neither: Markdown's own tables have it, and the policy just does not apply it.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from site_tools.authoring.tags import Unclear, read_tags

_ELEMENTS = {
    "script": "put the code into a file under extra_javascript, or make it a live element",
    "style": "put the rules into a style sheet under extra_css",
    "base": "write every address in full, or as seen from this page",
    "meta": "remove it; the front matter has a description",
    "object": "link to the file, or show a picture of it",
    "embed": "link to the file, or show a picture of it",
    "applet": "remove it",
    "frame": "link to the page",
    "frameset": "link to the pages",
}
# Words for readers, in which "javascript: an introduction" is a title and not an address.
_WORDS = frozenset(("alt", "title", "label", "summary", "placeholder", "class", "id", "name", "value", "abbr"))
_CODE = re.compile(r"(?:java|vb|live)script:", re.I)
_DATA = re.compile(r"data:", re.I)
_DATA_TO_SHOW = re.compile(r"data:(?:image|audio|video|font)/", re.I)
_DATA_TO_SAVE = re.compile(r"data:(?:image/(?!svg)|audio/|video/|font/|text/(?:plain|csv)|application/json)", re.I)
_HANDLER = re.compile(r"on[a-z]")
_RESERVED = ("__config", "live-runtime")

# What a browser fetches to show it: element -> attributes, and what it is.
_SHOWN = {
    "img": (("src", "srcset"), "picture"),
    "source": (("src", "srcset"), "picture or recording"),
    "video": (("src", "poster"), "recording"),
    "audio": (("src",), "recording"),
    "track": (("src",), "text of a recording"),
    "input": (("src",), "picture"),
    "image": (("src", "srcset", "href", "xlink:href"), "picture"),  # outside a drawing it becomes <img>
    "feimage": (("href", "xlink:href"), "picture"),
    "use": (("href", "xlink:href"), "drawing"),
    "link": (("href",), "style sheet"),
    "iframe": (("src",), "frame"),
}


@dataclass(frozen=True)
class Finding:
    """Something that the content must not hold.

    Attributes:
        kind: see above.
        message: what it is and what to do.
        needles: how it may be written in the source, likeliest first.
        element: whose it is, "" if that is unclear.
        target: the address, if it is one.
        start: where in the HTML.
    """

    kind: Literal["active", "unclear", "foreign"]
    message: str
    needles: tuple[str, ...] = ()
    element: str = ""
    target: str = ""
    start: int = 0


def scan(html: str, allow: Collection[str] = ()) -> list[Finding]:
    """Everything in `html` that it must not hold, in order; pictures from the hosts in `allow` may stay."""
    hosts = frozenset(allow)
    found = []
    for tag in read_tags(html):
        if isinstance(tag, Unclear):
            found.append(_unclear(tag))
        else:
            found += (replace(one, start=tag.start) for one in judge(tag.name, tag.attributes, tag.text, hosts))
    return found


def _unclear(tag: Unclear) -> Finding:
    message = (
        f"{shortened(tag.text)} can be read in more than one way: end every tag and comment, put values between "
        "quotation marks and a space in front of the next, and write &lt; for a < that is text"
    )
    return Finding("unclear", message, (tag.text, tag.text[:12]), start=tag.start)


@lru_cache(maxsize=4096)  # code is a thousand times the same <span>
def judge(
    element: str, attributes: tuple[tuple[str, str], ...], text: str, allow: frozenset[str]
) -> tuple[Finding, ...]:
    """What is wrong with one tag, given its name and attributes in small letters and as it is written."""

    def refused(message: str, name: str = "", value: str = "") -> Finding:
        spellings = (f'{name}="{value}"', f"{name}='{value}'", f"{name}={value}", value.strip(), f"{name}=")
        needles = (text, *(filter(None, spellings) if name else ()), f"<{element}")
        return Finding("active", message, needles, element, value.strip())

    found = []
    if advice := _ELEMENTS.get(element):
        found.append(refused(f"<{element}> is nothing that content may hold: {advice}"))
    if element == "link" and dict(reversed(attributes)).get("rel", "").lower().split() != ["stylesheet"]:
        found.append(refused("<link> may only name a style sheet: remove it"))
    shown, what = _SHOWN.get(element, ((), "picture"))
    for name, value in attributes:
        if problem := _attribute(element, name, value):
            found.append(refused(problem, name, value))
        for address in _addresses(name, value) if name in shown or name == "background" else ():
            if gap := foreign(address, what, allow):
                found.append(Finding("foreign", gap, (text, address, f"<{element}"), element, address))
    return tuple(found)


def _attribute(element: str, name: str, value: str) -> str | None:
    """What is wrong with one attribute."""
    if _HANDLER.match(name):
        return f"the attribute {name}={shortened(value)} of <{element}> is code: remove it"
    if name == "http-equiv":
        return f"the attribute {name}={shortened(value)} speaks for the server: remove it"
    if name == "srcdoc":
        return f"srcdoc of <{element}> is a page within the page: write it into the text, or link to a page of its own"
    if name in ("action", "formaction"):
        written = f"{name}={shortened(value)}"
        return f"the attribute {written} of <{element}> sends what readers write: remove it, the policy forbids it"
    if name == "attributename" and (_HANDLER.match(value.lower().strip()) or value.lower().strip().endswith("href")):
        return f"<{element}> changes {value} while readers look: remove it"
    if name in ("id", "name") and value.strip() in _RESERVED:
        return f"the id {value} is the site's own: choose another"
    if name not in _WORDS and not name.startswith(("aria-", "data-")):
        shown = name in _SHOWN.get(element, ((), ""))[0] and element not in ("use", "link", "iframe")
        if any(is_code(part, shown=shown) for part in (value, *value.split(";"))):
            return f"the address {shortened(value)} of <{element}> is code: lead to a page or a file, or remove it"
    return None


def is_code(address: str, *, shown: bool = False) -> bool:
    """Whether an address runs instead of leading somewhere; `shown` ones, such as a picture's, may be any image."""
    address = plain(address)
    if _CODE.match(address):
        return True
    return bool(_DATA.match(address)) and not (_DATA_TO_SHOW if shown else _DATA_TO_SAVE).match(address)


def plain(address: str) -> str:
    """An address as browsers read it, without the characters that they skip."""
    return re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029]", "", address)


def foreign(address: str, what: str, allow: Collection[str]) -> str | None:
    """Why the policy does not show what lies at `address`; None if it does."""
    if what == "frame" and not (address.strip() and host_of(address)):
        return f"the frame {shortened(address)} stays empty, for the site shows no frames: link to the page instead"
    host = host_of(address)
    if host is None or (is_allowed(host, allow) and not plain(address).lower().startswith("http:")):
        return None
    if is_allowed(host, allow):
        return f"the {what} {shortened(address)} would travel unprotected: write https:"
    instead = "link to it" if what == "frame" else "save it beside the page and name the file"
    return (
        f"the {what} {shortened(address)} comes from another server, and the site shows nothing from there: {instead}, "
        f"or add {host} to allow in the settings of live-models"
    )


def host_of(address: str) -> str | None:
    r"""The server that an address names, with its port; None if it is a place of this site.

    Browsers read \ as /, and https:example.org as https://example.org.
    """
    found = re.match(r"(?:(?:https?|ftp):/*|//+)([^/?#]*)", plain(address).replace("\\", "/"), re.I)
    return found[1].rpartition("@")[2].lower() if found else None


def is_allowed(host: str, allow: Collection[str]) -> bool:
    """Whether `allow` names the host; `*.example.org` names every host below example.org."""
    return any(host == name or (name.startswith("*.") and host.endswith(name[1:])) for name in map(str.lower, allow))


def shortened(text: str) -> str:
    """Text of the content in a message: on one line, without what a terminal would obey, and not too long."""
    text = text if len(text) <= 80 else f"{text[:77]}..."
    return "".join(character if character.isprintable() else " " for character in text)


def _addresses(name: str, value: str) -> list[str]:
    if name == "srcset":
        return [candidate.split()[0] for candidate in value.split(",") if candidate.split()]
    return [value]
