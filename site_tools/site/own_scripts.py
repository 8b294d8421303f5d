"""Which inline scripts are ours: those that stand in templates, whatever a page, a title or a setting says.

While a template is read, its own tags get a mark that nobody outside this process knows. So no script is trusted for
being on a page, and the policy can name the marked ones. What templates write *into* a script is narrow as well.
"""

import re
import secrets
from collections.abc import Iterator

from jinja2 import Environment, pass_context
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.runtime import Context
from markupsafe import Markup
from mkdocs.exceptions import PluginError

from site_tools.authoring.active import shortened

MARK = f"data-own-{secrets.token_hex(16)}"

_TEMPLATE_TAG = re.compile(r"<(?:script|style)(?=[\s>])", re.I)
_SCRIPT_EDGE = re.compile(r"<script(?=[\s>])(?P<attributes>[^>]*)|</script|>", re.I)
_HARMLESS = re.compile(r"[\w./:#?&=%~@+,-]*")  # in any place of a script: the parts of an address, a number, a name
DATA_TYPES = re.compile(r"""\btype\s*=\s*["']?(application/(ld\+)?json|text/plain)""", re.I)


class OwnScripts(Extension):
    """Marks the scripts and styles of the templates that an environment reads."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.filters["within_script"] = _within_script

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The template, its tags marked, and every value inside a script sent through `within_script`."""
        place = ""
        for token in stream:
            if token.type == "data":
                place = _place_after(token.value, place)
                yield Token(token.lineno, "data", _TEMPLATE_TAG.sub(rf"\g<0> {MARK}", token.value))
            elif token.type == "variable_begin" and place == "script":
                yield from (token, Token(token.lineno, "lparen", "("))
            elif token.type == "variable_end" and place == "script":
                for kind, value in (("rparen", ")"), ("pipe", "|"), ("name", "within_script")):
                    yield Token(token.lineno, kind, value)
                yield token
            else:
                yield token


def _place_after(text: str, place: str) -> str:
    """Whether the end of a stretch of template lies within a script's "tag", the "script" itself, or "" elsewhere."""
    for found in _SCRIPT_EDGE.finditer(text):
        if found["attributes"] is not None:
            place = "" if DATA_TYPES.search(found["attributes"]) else "tag"
        elif found[0] != ">":
            place = ""
        elif place == "tag":
            place = "script"
    return place


@pass_context
def _within_script(context: Context, value: object) -> object:
    if isinstance(value, Markup) or _HARMLESS.fullmatch(str(value)):  # Markup: written by `tojson`
        return value
    page = context.get("page")
    where = f"{page.file.src_uri}: " if page else ""
    raise PluginError(
        f"{where}the template {context.name} would write {shortened(str(value))} into a script, where it could become "
        "code: use only letters, digits and the signs of addresses there, or `| tojson` in a template of your own."
    )
