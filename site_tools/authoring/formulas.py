"""Formulas as MathML, made when the site is built: no math engine in the page.

`$...$` stands in a line, `$$...$$` on a line of its own. The TeX stays in the page as an annotation.
latex2mathml writes MathML 3; browsers draw MathML Core, so what Core has dropped is put in other words.
"""

import re
import unicodedata
import xml.etree.ElementTree as etree
from functools import lru_cache
from html import escape, unescape

from latex2mathml.converter import convert
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor

from site_tools.authoring.fences import BlockError, blank, code_spans, prose, without
from site_tools.messages import short

# a blank line ends a formula, so that a forgotten dollar sign cannot swallow the page
_DISPLAY = r"(?<!\\)\$\$(?P<tex>(?:\\.|[^$\\\n]|\n(?!\s*\n))+?)\$\$"
_INLINE = r"(?<![\\$])\$(?![\s$])(?P<tex>(?:\\.|[^$\\\n]|\n(?!\s*\n))+?)(?<!\s)\$(?![\d$])"
_UNCLOSED = re.compile(r"(?<!\\)\$\$")

_MATHML = "http://www.w3.org/1998/Math/MathML"
etree.register_namespace("", _MATHML)

_RENAMED = {"aligned": "align*", "gathered": "align*", "split": "align*"}
# latex2mathml leaves the keyboard's characters, or TeX's own, where operators are meant
_OPERATORS = {"~": "\u223c", "*": "\u2217", r"\|": "\u2016", r"\{": "{", r"\}": "}"}


@lru_cache(maxsize=4096)
def to_mathml(tex: str, *, display: bool) -> str:
    """One formula.

    Raises:
        ValueError: TeX that cannot be read; the text says what.
    """
    tex = tex.strip()
    renamed = re.sub(r"\\(begin|end)\{(\w+)\}", lambda m: f"\\{m[1]}{{{_RENAMED.get(m[2], m[2])}}}", tex)
    try:
        root = etree.fromstring(convert(renamed, display="block" if display else "inline"))
    except etree.ParseError:
        raise ValueError(
            f"the formula {short(tex)} cannot be read: & stands outside an environment such as aligned"
        ) from None
    except Exception as error:  # the library lets its own and Python's exceptions out
        raise ValueError(
            f"the formula {short(tex)} cannot be read ({type(error).__name__}): count its braces and \\left ... \\right"
        ) from None
    accents = {id(child) for over in root.iter(f"{{{_MATHML}}}mover") for child in list(over)[1:]}
    for element in root.iter():
        if id(element) not in accents:
            _to_core(element)
        if "\\" in (element.text or ""):
            raise ValueError(f"the formula {short(tex)} has the unknown command {element.text}")
    _merge_words(root)
    semantics = etree.Element(f"{{{_MATHML}}}semantics")
    row = etree.SubElement(semantics, f"{{{_MATHML}}}mrow")
    row.extend(list(root))
    etree.SubElement(semantics, f"{{{_MATHML}}}annotation", {"encoding": "application/x-tex"}).text = tex
    for child in list(root):
        root.remove(child)
    root.append(semantics)
    root.set("data-search-exclude", "")
    if root.get("display") == "inline":
        del root.attrib["display"]
    return etree.tostring(root, encoding="unicode")


def _to_core(element: etree.Element) -> None:
    """What MathML Core dropped: letters of another alphabet become characters, alignment a class."""
    variant = element.get("mathvariant")
    if variant and variant != "normal":
        del element.attrib["mathvariant"]
        element.text = "".join(_letter(character, variant) for character in element.text or "")
    if side := element.attrib.pop("columnalign", None):
        element.set("class", f"formula-{side}")
    if element.tag.endswith(("}mo", "}mi")) and element.text in _OPERATORS:
        element.tag, element.text = f"{{{_MATHML}}}mo", _OPERATORS[element.text]
    if element.tag.endswith("}mi") and len(element.text or "") == 1 and variant == "normal":
        element.set("mathvariant", "normal")  # the one value Core keeps


@lru_cache(maxsize=512)
def _letter(character: str, variant: str) -> str:
    """`character` in the alphabet `variant` ("bold", "script", ...); itself if that has none."""
    alphabet = {"double-struck": "DOUBLE-STRUCK"}.get(variant, variant.replace("-", " ").upper())
    name = unicodedata.name(character, "")
    name = re.sub(r"^(LATIN|GREEK) (?=CAPITAL|SMALL)|^GREEK (LUNATE )?", "", name).replace(" LETTER", "")
    # the letters that were in Unicode before the alphabets stand elsewhere
    earlier = {"FRAKTUR": "BLACK-LETTER"}.get(alphabet, alphabet)
    for candidate in (f"MATHEMATICAL {alphabet} {name}", f"{earlier} {name}"):
        try:
            return unicodedata.lookup(candidate)
        except KeyError:
            continue
    return character


def _merge_words(root: etree.Element) -> None:
    r"""Upright letters side by side are one word: \mathrm{KL} is not K times L."""
    for parent in root.iter():
        merged: list[etree.Element] = []
        for child in parent:
            upright = child.tag.endswith("}mi") and child.get("mathvariant") == "normal"
            before = merged[-1] if merged else None
            if upright and before is not None and before.get("class") == "word":
                before.text = f"{before.text}{child.text}"
                before.attrib.pop("mathvariant", None)
            else:
                if upright:
                    child.set("class", "word")
                merged.append(child)
        parent[:] = merged
    for element in root.iter():
        if element.get("class") == "word":
            del element.attrib["class"]


def to_html(tex: str, *, display: bool) -> str:
    """One formula as it stands in the page; one on its own line may scroll sideways."""
    mathml = to_mathml(tex, display=display)
    if not display:
        return mathml
    return f'<span class="formula">{mathml}</span>'


def replace_in_html(html: str) -> str:
    """Formulas in text that has already become HTML, as in a notebook; code and tags are left alone."""

    def replace(text: str) -> str:
        text = re.sub(_DISPLAY, lambda found: _html_or_source(unescape(found["tex"]), display=True), text)
        return re.sub(_INLINE, lambda found: _html_or_source(unescape(found["tex"]), display=False), text)

    parts = re.split(r"(<pre\b.*?</pre>|<code\b.*?</code>|<[^<>]+>)", html, flags=re.S)
    return "".join(part if index % 2 else replace(part) for index, part in enumerate(parts))


def without_formulas(text: str) -> str:
    """The page, code already blanked out, with its formulas blanked out as well."""
    return re.sub(_INLINE, blank, re.sub(_DISPLAY, blank, text))


def check_formulas(text: str) -> list[BlockError]:
    """What is wrong with the formulas of a page."""
    problems = []
    text = prose(text)

    def check(found: re.Match, display: bool) -> str:
        try:
            to_mathml(found["tex"], display=display)
        except ValueError as error:
            problems.append(BlockError(_line(text, found.start()), f"{error}."))
        return blank(found)

    text = re.sub(_DISPLAY, lambda found: check(found, True), text)
    if unclosed := _UNCLOSED.search(text):
        problems.append(
            BlockError(
                _line(text, unclosed.start()), "$$ opens a formula that no $$ closes before the next blank line."
            )
        )
    re.sub(_INLINE, lambda found: check(found, False), text)
    return problems


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


class _DisplayPreprocessor(Preprocessor):
    """Takes formulas out before their lines can be read as headings, lists or quotes."""

    def run(self, lines: list[str]) -> list[str]:
        text, parts, behind = "\n".join(lines), [], 0
        for found in re.finditer(_DISPLAY, without(text, code_spans(text))):
            parts += [
                text[behind : found.start()],
                self.md.htmlStash.store(_html_or_source(found["tex"], display=True)),
            ]
            behind = found.end()
        return "".join([*parts, text[behind:]]).split("\n")


class _InlineProcessor(InlineProcessor):
    def handleMatch(self, m: re.Match, data: str) -> tuple[str, int, int]:  # noqa: N802 - the name is Python-Markdown's
        return self.md.htmlStash.store(_html_or_source(m["tex"], display=False)), m.start(0), m.end(0)


def _html_or_source(tex: str, *, display: bool) -> str:
    # the plugin has stopped at formulas it can see; one from a snippet shows its source
    try:
        return to_html(tex, display=display)
    except ValueError:
        return f"<code>{escape(tex)}</code>"


class Formulas(Extension):
    """`$...$` and `$$...$$`, not inside code."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is Python-Markdown's
        # after fences became code (25), before raw HTML (20)
        md.preprocessors.register(_DisplayPreprocessor(md), "formulas-display", 24)
        # after code spans (190), before escapes (180): a backslash in TeX is TeX's
        md.inlinePatterns.register(_InlineProcessor(_INLINE, md), "formulas-inline", 185)
