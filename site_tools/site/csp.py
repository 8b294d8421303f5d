"""A Content Security Policy in every built page: nothing runs that the page does not name by hash."""

import base64
import hashlib
import re

from site_tools.lectures.pages.viewer import ELEMENT as VIEWER

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.S | re.I)
_STYLE = re.compile(r"<style[^>]*>(?P<body>.*?)</style>", re.S | re.I)
_CHARSET = re.compile(r"<meta charset=[^>]+>", re.I)
_DATA_TYPES = re.compile(r"""\btype\s*=\s*["']?(application/(ld\+)?json|text/plain)""", re.I)
_EXTERNAL = re.compile(r"\bsrc\s*=", re.I)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def inline_hashes(html: str) -> tuple[list[str], list[str]]:
    """Hashes of the inline scripts that run, and of the inline styles; sorted, each once."""
    scripts = {
        _hash(found["body"])
        for found in _SCRIPT.finditer(html)
        if not _EXTERNAL.search(found["attributes"])
        and not _DATA_TYPES.search(found["attributes"])
        and found["body"].strip()
    }
    styles = {_hash(found["body"]) for found in _STYLE.finditer(html) if found["body"].strip()}
    return sorted(scripts), sorted(styles)


def policy(html: str, *, offline: bool = False) -> str:
    """The policy for one page.

    Args:
        html: the finished page.
        offline: the page is opened from disk: 'self' means nothing there, and a worker starts from a
            Blob, which inherits this policy and compiles WebAssembly under it.
    """
    scripts, styles = inline_hashes(html)
    own = ["'self'", "file:"] if offline else ["'self'"]
    directives = {
        "default-src": own,  # Firefox fetches the next page (link rel=next) under this one
        "frame-src": own if f"<{VIEWER}" in html else ["'none'"],  # a deck in full screen shows demos in front of it
        "script-src": [*own, *(["'wasm-unsafe-eval'"] if offline else []), *scripts],
        "style-src": [*own, *styles],
        "img-src": [*own, "data:", "blob:"],
        "connect-src": own,
        "worker-src": [*own, "blob:"] if offline else own,
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "object-src": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(values)}" for name, values in directives.items())


def with_policy(html: str, *, offline: bool = False) -> str:
    """The page with its policy right behind the charset, before anything can load; other text unchanged."""
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(html, offline=offline)}">'
    return _CHARSET.sub(lambda found: found[0] + meta, html, count=1)
