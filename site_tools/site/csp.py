"""A Content Security Policy in every page: no code runs but the theme's and our own, named by hash.

Pages that `extra_templates` make are not read by the theme's environment: their inline scripts have no mark and do
not run.
"""

import base64
import hashlib
import re
from collections.abc import Collection

from site_tools.lectures.pages.viewer import ELEMENT as VIEWER
from site_tools.site.own_scripts import DATA_TYPES, MARK

_OWN = re.compile(rf"<(?P<tag>script|style) {MARK}(?P<attributes>[^>]*)>(?P<body>.*?)</(?P=tag)>", re.S | re.I)
_CHARSET = re.compile(r"<meta charset=[^>]+>", re.I)
_EXTERNAL = re.compile(r"\bsrc\s*=", re.I)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def inline_hashes(html: str) -> tuple[list[str], list[str]]:
    """Hashes of the marked inline scripts that run, and of the marked styles; sorted, each once."""
    found: dict[str, set[str]] = {"script": set(), "style": set()}
    for own in _OWN.finditer(html):
        body, tag = own["body"].replace(f" {MARK}", ""), own["tag"].lower()
        runs = tag == "style" or not (_EXTERNAL.search(own["attributes"]) or DATA_TYPES.search(own["attributes"]))
        if runs and body.strip():
            found[tag].add(_hash(body))
    return sorted(found["script"]), sorted(found["style"])


def policy(html: str, *, offline: bool = False, allow: Collection[str] = ()) -> str:
    """The policy for one page.

    Args:
        html: the finished page, with marks.
        offline: the page is opened from disk: 'self' means nothing there, and a worker starts from a
            Blob, which inherits this policy and compiles WebAssembly under it.
        allow: hosts from which pictures, frames, recordings and fonts (which come by a style sheet) may be shown.
    """
    scripts, styles = inline_hashes(html)
    own = ["'self'", "file:"] if offline else ["'self'"]
    framed = own if f"<{VIEWER}" in html else []  # a deck in full screen shows demos in front of it
    hosts = [f"https://{host}" for host in allow]
    directives = {
        "default-src": own,  # Firefox fetches the next page (link rel=next) under this one
        "frame-src": [*framed, *hosts] or ["'none'"],
        "script-src": [*own, *(["'wasm-unsafe-eval'"] if offline else []), *scripts],
        "style-src": [*own, *hosts, *styles],
        "img-src": [*own, *hosts, "data:", "blob:"],
        **({"font-src": [*own, *hosts], "media-src": [*own, *hosts]} if hosts else {}),
        "connect-src": own,
        "worker-src": [*own, "blob:"] if offline else own,
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "object-src": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(values)}" for name, values in directives.items())


def with_policy(html: str, *, offline: bool = False, allow: Collection[str] = ()) -> str:
    """The page with its policy right behind the charset, before anything can load, and without marks."""
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(html, offline=offline, allow=allow)}">'
    return _CHARSET.sub(lambda found: found[0] + meta, html.replace(f" {MARK}", ""), count=1)
