"""Formulas: MathML Core with the TeX beside it, never inside code, and wrong TeX stops the build."""

import re
import xml.etree.ElementTree as etree

import markdown
import pytest
from mkdocs.exceptions import Abort

from site_tools.authoring.formulas import Formulas, check_formulas, replace_in_html, to_mathml
from tests.support.sites import build_site, make_site, messages

CORE = set(
    [
        "math",
        "semantics",
        "annotation",
        "mrow",
        "mi",
        "mn",
        "mo",
        "mtext",
        "mspace",
        "ms",
        "mfrac",
        "msqrt",
        "mroot",
        "mstyle",
        "msub",
        "msup",
        "msubsup",
        "munder",
        "mover",
        "munderover",
        "mtable",
        "mtr",
        "mtd",
        "mphantom",
        "mpadded",
    ]
)
COURSE = [
    r"x_t=\sqrt{\bar\alpha_t}\,x_0+\sqrt{1-\bar\alpha_t}\;\varepsilon",
    r"q(x_k\mid x_{k-1})=\mathcal{N}(\sqrt{1-\beta_k}\,x_{k-1},\ \beta_k I)",
    r"\mathbb{E}\,\big\|v_\theta(x_t,t)-(\varepsilon-x_0)\big\|^2",
    r"\begin{aligned}a&=b\\&=c\end{aligned}",
    r"f(x)=\begin{cases}1&x>0\\0&\text{else}\end{cases}",
    r"\mathrm{KL}(p\,\|\,q)\sim\boldsymbol{\mu}\odot\mathbf{I}",
    r"\sum_{k=1}^{T}\prod_{s\le k}\frac{1}{2}\log\mathrm{SNR}(t)",
    r"\tilde\beta_t,\hat{x}_0,\left(\frac{a}{b}\right),\{1,\dots,T\}",
]  # fmt: skip


def convert(text: str) -> str:
    return markdown.markdown(text, extensions=["fenced_code", Formulas()])


@pytest.mark.parametrize("tex", COURSE)
def test_the_formulas_of_the_course_are_mathml_core(tex):
    root = etree.fromstring(to_mathml(tex, display=True))
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names <= CORE
    assert {element.get("mathvariant") for element in root.iter()} <= {None, "normal"}
    assert not any(element.get("columnalign") for element in root.iter())
    assert root.find(".//{*}annotation").text == tex
    assert "\\" not in "".join(
        text for element in root.iter() if "annotation" not in element.tag for text in [element.text or ""]
    )


@pytest.mark.parametrize(
    ("tex", "character"),
    [
        (r"\mathcal{N}", "𝒩"), (r"\mathcal{L}", "ℒ"), (r"\mathbb{R}", "ℝ"), (r"\mathbb{E}", "𝔼"), (r"\mathbf{x}", "𝐱"),
        (r"\boldsymbol{\epsilon}", "𝝐"), (r"\mathbf{1}", "𝟏"), (r"\mathfrak{C}", "ℭ"), (r"a\sim b", "∼"),
        (r"\mathrm{KL}", ">KL<"),
    ],
)  # fmt: skip
def test_letters_of_other_alphabets_are_characters(tex, character):
    assert character in to_mathml(tex, display=False)


def test_formulas_in_a_line_and_on_their_own():
    html = convert("Where $a_1*b*c$ is.\n\n$$\n\\frac{1}{2}\n= 3\n- 4\n$$\n\nEnd.")
    assert html.count("<math") == 2
    assert "<em>" not in html
    assert "<li>" not in html
    assert re.search(r'<p><span class="formula"><math [^>]*display="block"', html)


@pytest.mark.parametrize(
    "text", ["`$a$`", "`$$a$$`", "```\n$$a$$\n$b$\n```", "5 $ and 6 $", r"\$5 or \$6", "costs $5 to $6"]
)
def test_code_and_money_are_not_formulas(text):
    assert "<math" not in convert(text)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a\n\n$\\foo{x}$", 3, r"unknown command \foo"),
        ("$\\frac{a}{$", 1, "count its braces"),
        ("a $b & c$", 1, "& stands outside an environment"),
        ("a\n$$x\n\ny", 2, "$$ opens a formula that no $$ closes"),
        ("$$\na\n\\left( b\n$$", 1, "cannot be read"),
        ("a\n\\begin{align}b\\end{align}", 2, "\\begin{align} stands outside dollar signs"),
        (r"$\text{<script>alert(1)</script>}$", 1, "holds HTML"),
        (r"$\mbox{<img src=x onerror=alert(1)>}$", 1, "holds HTML"),
        (r"$\text{&#x3c;b onclick=x&#x3e;}$", 1, "holds HTML"),
        (r"a $x$ $\href{javascript:alert(1)}{x}$", 1, "holds href"),
        ("a\n\n$$\n\\style{color:red}{x}$$", 3, "holds style"),
    ],
)
def test_wrong_tex_is_told_with_its_line(text, line, words):
    (problem,) = check_formulas(text)
    assert problem.line == line
    assert words in problem.message


@pytest.mark.parametrize("words", ["a<b", "a & b", "<b>x</b>", "x > y", "&lt;i&gt;", "<!-- a -->"])
def test_words_in_a_formula_are_words(words):
    (formula,) = etree.fromstring(to_mathml(rf"\text{{{words}}}", display=False)).iter(
        "{http://www.w3.org/1998/Math/MathML}mtext"
    )
    assert formula.text.replace("\xa0", " ") == words
    assert not list(formula)


def test_wrong_tex_stops_the_build(tmp_path, caplog):
    config = make_site(tmp_path, {"en/index.md": "---\ntitle: T\n---\n# P\n\n$\\foo$\n"}, languages=("en",))
    with pytest.raises(Abort):
        build_site(config)
    assert r"docs/en/index.md:6: the formula \foo has the unknown command \foo." in messages(caplog)


def test_formulas_stay_out_of_the_search_index(tmp_path):
    config = make_site(tmp_path, {"en/index.md": "# P\n\nBefore $\\sqrt{\\bar\\alpha}$ after.\n"}, languages=("en",))
    config.write_text(config.read_text().replace("plugins:\n", "plugins:\n  search: {}\n"))
    index = (build_site(config) / "search" / "search_index.json").read_text()
    assert "after" in index
    assert "alpha" not in index


def test_formulas_in_finished_html():
    html = replace_in_html("<p>$a &lt; b$ <code>$c$</code></p>")
    assert html.count("<math") == 1
    assert "<code>$c$</code>" in html
