"""What is done to a page once the theme has made it: its style sheets, its table of files and the loader."""

from html import escape

from site_tools.bundle import LOADER, in_language
from site_tools.site import live_files as live
from site_tools.site.language_build import LanguageBuild


def with_styles(html: str, build: LanguageBuild, logicals: list[str], root: str) -> str:
    """The page with further style sheets in its head."""
    links = "".join(f'<link rel="stylesheet" href="{escape(root + build.table[name].uri)}">' for name in logicals)
    return html.replace("</head>", f"{links}</head>", 1)


def with_loader(html: str, build: LanguageBuild, needs: list[str], root: str, uri: str) -> str:
    """The page with, before its end, the table of files and the loader; `uri` is its source below its language."""
    loader = build.table[in_language(LOADER, build.language)].uri
    table = live.runtime_table(build.table, needs, root, build.language, build.source, uri)
    page, end, rest = html.rpartition("</body>")
    data = f'<script type="application/json" id="live-runtime">{table}</script>'
    return f'{page}{data}<script defer src="{escape(root + loader)}"></script>{end}{rest}'
