"""Formulas as MathML, made when the site is built: no math engine in the page.

`$...$` stands in a line, `$$...$$` on a line of its own. The TeX stays in the page as an annotation.
latex2mathml writes MathML 3; browsers draw MathML Core, so what Core has dropped is put in other words.
"""

import re
import unicodedata
import xml.etree.ElementTree as etree
from collections.abc import Callable
from functools import lru_cache
from html import escape, unescape

from latex2mathml.converter import convert_to_element
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor

from site_tools.authoring.active import scan
from site_tools.authoring.fences import BlockError, blank, code_spans, without
from site_tools.authoring.prose import prose
from site_tools.messages import short

# a blank line ends a formula, so that a forgotten dollar sign cannot swallow the page
_DISPLAY = r"(?<!\\)\$\$(?P<tex>(?:\\.|[^$\\\n]|\n(?!\s*\n))+?)\$\$"
_INLINE = r"(?<![\\$])\$(?![\s$])(?P<tex>(?:\\.|[^$\\\n]|\n(?!\s*\n))+?)(?<!\s)\$(?![\d$])"
_UNCLOSED = re.compile(r"(?<!\\)\$\$")
_BARE = re.compile(r"\\begin\{[A-Za-z]+\*?\}")  # what other renderers take for a formula by itself

_MATHML = "http://www.w3.org/1998/Math/MathML"
etree.register_namespace("", _MATHML)

_RENAMED = {"aligned": "align*", "gathered": "align*", "split": "align*"}
_CHARACTER = re.compile(r"&#x([0-9A-Fa-f]{1,6});")  # how latex2mathml writes what is not on a keyboard
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
        tree = convert_to_element(renamed, display="block" if display else "inline")
    except Exception as error:  # the library lets its own and Python's exceptions out
        raise ValueError(
            f"the formula {short(tex)} cannot be read ({type(error).__name__}): count its braces and \\left ... \\right"
        ) from None
    for element in tree.iter():
        _to_characters(element, tex)
    try:
        root = etree.fromstring(etree.tostring(tree))  # gives every name its namespace
    except etree.ParseError:
        raise ValueError(f"the formula {short(tex)} holds a character that nobody sees: type it anew") from None
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


def _to_characters(element: etree.Element, tex: str) -> None:
    r"""Make characters of the library's references, so that what a formula says is text and never a tag.

    Its own way to text undoes all escaping: \text{<b>} would be an element, and \text{a<b} an error.

    Raises:
        ValueError: what the text or an attribute would be good for in a page is no formula.
    """
    text = element.text = _characters(element.text or "")
    if text == "&" and element.tag != "mtext":
        raise ValueError(f"the formula {short(tex)} cannot be read: & stands outside an environment such as aligned")
    if any(finding.kind == "active" for finding in scan(text.replace("\xa0", " "))):
        raise ValueError(f"the formula {short(tex)} holds HTML: write it into the text around the formula")
    for name, value in element.attrib.items():
        if name in ("href", "style"):
            raise ValueError(
                f"the formula {short(tex)} holds {name}: links and styles work in the text around a formula only"
            )
        element.set(name, _characters(value))


def _characters(text: str) -> str:
    return _CHARACTER.sub(lambda found: unescape(found[0]), text)


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
    """Formulas in text that has already become HTML, as in a notebook; code and tags are left alone.

    Raises:
        ValueError: TeX that cannot be read.
    """

    def replace(text: str) -> str:
        text = re.sub(_DISPLAY, lambda found: to_html(unescape(found["tex"]), display=True), text)
        return re.sub(_INLINE, lambda found: to_html(unescape(found["tex"]), display=False), text)

    return outside_code(html, replace)


def outside_code(html: str, change: Callable[[str], str]) -> str:
    """HTML with `change` made to its text, not to code and tags."""
    parts = re.split(r"(<pre\b.*?</pre>|<code\b.*?</code>|<[^<>]+>)", html, flags=re.S)
    return "".join(part if index % 2 else change(part) for index, part in enumerate(parts))


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
    text = re.sub(_INLINE, lambda found: check(found, False), text)
    for bare in _BARE.finditer(text):
        message = f"the formula that begins with {bare[0]} stands outside dollar signs; put $$ before and behind it."
        problems.append(BlockError(_line(text, bare.start()), message))
    return problems


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


Refuse = Callable[[Markdown, str, str], object]


class _DisplayPreprocessor(Preprocessor):
    """Takes formulas out before their lines can be read as headings, lists or quotes."""

    def __init__(self, md: Markdown, refuse: Refuse | None) -> None:
        super().__init__(md)
        self.refuse = refuse

    def run(self, lines: list[str]) -> list[str]:
        text, parts, behind = "\n".join(lines), [], 0
        for found in re.finditer(_DISPLAY, without(text, code_spans(text))):
            parts += [text[behind : found.start()], _stashed(self.md, found["tex"], self.refuse, display=True)]
            behind = found.end()
        return "".join([*parts, text[behind:]]).split("\n")


class _InlineProcessor(InlineProcessor):
    def __init__(self, pattern: str, md: Markdown, refuse: Refuse | None, *, display: bool) -> None:
        super().__init__(pattern, md)
        self.refuse = refuse
        self.display = display

    def handleMatch(self, m: re.Match, data: str) -> tuple[str, int, int]:  # noqa: N802 - the name is Python-Markdown's
        return _stashed(self.md, m["tex"], self.refuse, display=self.display), m.start(0), m.end(0)


def _stashed(md: Markdown, tex: str, refuse: Refuse | None, *, display: bool) -> str:
    try:
        html = to_html(tex, display=display)
    except ValueError as error:
        if refuse:
            refuse(md, tex, f"{error}.")
        html = f"<code>{escape(tex)}</code>"
    return md.htmlStash.store(html)


class Formulas(Extension):
    """`$...$` and `$$...$$`, not inside code.

    Args:
        refuse: told of converter, TeX and what is wrong with it; without it, wrong TeX is shown as it is.
    """

    def __init__(self, refuse: Refuse | None = None) -> None:
        super().__init__()
        self.refuse = refuse

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is Python-Markdown's
        # after fences became code (25), before raw HTML (20)
        md.preprocessors.register(_DisplayPreprocessor(md, self.refuse), "formulas-display", 24)
        # after code spans (190), before escapes (180): a backslash in TeX is TeX's
        inline = _InlineProcessor(_INLINE, md, self.refuse, display=False)
        md.inlinePatterns.register(inline, "formulas-inline", 185)
        # a text of one line, such as a caption, has no lines of its own for them
        display = _InlineProcessor(_DISPLAY, md, self.refuse, display=True)
        md.inlinePatterns.register(display, "formulas-display", 186)
