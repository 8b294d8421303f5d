"""Where the addresses of a deck lead: in every way people write them, on every page, in the reader's language."""

import pytest
from mkdocs.structure.files import File, Files

from site_tools.authoring.blocks.demo import Demo
from site_tools.authoring.fences import Block
from site_tools.bundle import Attribute, Element
from site_tools.lectures.pages.hotspots import Addresses, Target, page_name

SOURCES = ("index.md", "a/b.md", "a/index.md", "notes/训练.ipynb", "assets/x.pdf", "lectures/03-x.md")
ELEMENT = Element(
    {
        "steps": Attribute("integer", min=1, max=100),
        "mode": Attribute("choice", values=("slow", "fast")),
    }
)
DEMO = Demo(id="first", block=Block("demo", 1, {}), tag="spin", element=ELEMENT, caption="c", alt="c", attributes={})
HERE = "lectures/03-x.md"


def addresses(site: str = "https://x.org/course/", demos: dict | None = None) -> Addresses:
    files = Files([File(source, "docs", "site", use_directory_urls=True) for source in SOURCES])
    return Addresses(files, site, ["", "en/"], lambda file: demos if file.src_uri == "a/b.md" else {})


@pytest.mark.parametrize(
    ("address", "href"),
    [
        ("a/b/", "../a/b.md"),
        ("a/b", "../a/b.md"),
        ("a/b.md", "../a/b.md"),
        ("a/b.html", "../a/b.md"),
        ("a/b/index.html", "../a/b.md"),
        ("./a/b/", "../a/b.md"),
        ("/a/b/", "../a/b.md"),
        ("/course/a/b/", "../a/b.md"),
        ("a\\b\\", "../a/b.md"),
        ("en/a/b/", "../a/b.md"),
        ("a/", "../a/index.md"),
        ("", "../index.md"),
        ("index.md", "../index.md"),
        ("https://x.org/course/", "../index.md"),
        ("https://x.org/course", "../index.md"),
        ("https://x.org/course/a/b/?demo=first#first", "../a/b.md?demo=first#first"),
        ("http://x.org/course/en/a/b/", "../a/b.md"),
        ("http://127.0.0.1:8000/course/en/a/b/#x", "../a/b.md#x"),
        ("http://localhost:8000/a/b/", "../a/b.md"),
        ("notes/训练/", "../notes/%E8%AE%AD%E7%BB%83.ipynb"),
        ("notes/%E8%AE%AD%E7%BB%83/", "../notes/%E8%AE%AD%E7%BB%83.ipynb"),
        ("assets/x.pdf", "../assets/x.pdf"),
    ],
)
def test_pages_of_ours(address, href):
    assert addresses().resolve(address, HERE) == Target("site", href)


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("#slide-4", Target("jump", "#slide-4")),
        ("https://arxiv.org/abs/2006.11239", Target("outside", "https://arxiv.org/abs/2006.11239")),
        ("https://x.org/other/a/b/", Target("outside", "https://x.org/other/a/b/")),
        ("www.example.org/a", Target("outside", "https://www.example.org/a")),
        ("mailto:a@b.c", Target("outside", "mailto:a@b.c")),
        ("someone@example.org", Target("outside", "mailto:someone@example.org")),
        ("#", Target("none")),
        ("javascript:alert(1)", Target("none")),
        ("data:text/html,x", Target("none")),
    ],
)
def test_what_is_not_ours(address, target):
    assert addresses().resolve(address, HERE) == target


def test_without_an_address_of_the_site_only_relative_ones_are_ours():
    found = addresses(site="")
    assert found.resolve("https://x.org/course/a/b/", HERE).kind == "outside"
    assert found.resolve("a/b/", HERE) == Target("site", "../a/b.md")


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("a/c/", 'leads to a/c, which this site does not have; did you mean "a/b"?'),
        ("https://x.org/course/a/c.md?x", 'leads to a/c.md, which this site does not have; did you mean "a/b"?'),
        ("../../secret", "leads to ../../secret, which this site does not have; correct it in the deck"),
        (r"C:\slides\other.pptx", r"points into a computer (C:\slides\other.pptx), where no reader can follow"),
        ("file:///home/me/x.html", "points into a computer"),
        ("https://[username].github.io", "is no address (https://[username].github.io: "),
        ("a/b/?demo=frist#first", 'asks for the demo frist of a/b.md, which it does not have; did you mean "first"?'),
        ("a/b/?demo=first&stepz=5", 'sets stepz of the demo first, which it does not have; did you mean "steps"?'),
        ("a/b/?demo=first&steps=500", "sets steps of the demo first to 500, which must lie between 1 and 100"),
        ("a/b/?demo=first&steps=2.5", "sets steps of the demo first to 2.5, which must be a whole number"),
        ("a/b/?demo=first&steps=many", "sets steps of the demo first to many, which is no number"),
        (
            "a/b/?demo=first&mode=fats",
            'sets mode of the demo first to fats, which is none of its values; did you mean "fast"?',
        ),
    ],
)
def test_what_leads_nowhere_is_told(address, problem):
    assert problem in addresses(demos={"first": DEMO}).resolve(address, HERE).problem


@pytest.mark.parametrize("query", ["demo=first&steps=5&mode=fast", "demo=first", "other=1", ""])
def test_states_that_a_demo_can_have_are_right(query):
    target = addresses(demos={"first": DEMO}).resolve(f"a/b/?{query}", HERE)
    assert (target.kind, target.problem) == ("site", "")


def test_demos_that_are_not_known_are_not_judged():
    assert addresses(demos=None).resolve("a/b/?demo=any", HERE).problem == ""


def test_names_of_pages():
    names = ("index.md", "a/index.md", "a/", "a.ipynb", "a.html", "a/index.html", "index.html")
    assert list(map(page_name, names)) == ["", "a", "a", "a", "a", "a", ""]
