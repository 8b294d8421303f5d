"""A small site with a deck, and how its viewer is opened and asked."""

from pathlib import Path

from playwright.sync_api import Page, expect

from site_tools.lectures.record import Font, Link, Losses
from tests.browser.conftest import ROOT
from tests.support.decks import Made, converted
from tests.support.sites import build_site, make_site

COUNT = 12
ADDRESS = "en/lectures/03-gan/"
DEMO = "# A page\n\n```demo\nuse: point-flow\nid: flow\ncaption: Points flow.\n```\n"
RUN = Link("deep/page/?demo=flow&steps=30#flow", "Flow", ((200, 200, 400, 200),))
JUMP = Link("#slide-2", "back", ((900, 600, 200, 80),))

PALETTE = ", ".join(
    f"{{media: '(prefers-color-scheme: {name})', scheme: {scheme}, primary: custom, accent: custom}}"
    for name, scheme in (("light", "default"), ("dark", "slate"))
)


def make_lectures(root: Path, *, offline: bool = False) -> Path:
    """A small site with the real bundle and the course's looks, and a deck of twelve slides."""
    texts = {"index.md": "# Home\n", "deep/page.md": DEMO, "lectures/index.md": "# All\n\n[[lectures]]\n"}
    pages = {f"{language}/{name}": text for language in ("zh", "en") for name, text in texts.items()}
    truth = str(offline).lower()
    bundle = ROOT / "site_tools" / "web" / "dist"
    config = make_site(root, pages, lectures=True, bundle=str(bundle), offline=truth)
    (root / "styles" / "own.css").write_text((ROOT / "docs/stylesheets/extra.css").read_text("utf-8"), "utf-8")
    for file in root.glob("mkdocs*.yml"):
        text = file.read_text("utf-8").replace("font: false}", f"font: false, palette: [{PALETTE}]}}")
        text = text.replace("plugins:\n", f"plugins:\n  search: {{}}\n  offline: {{enabled: {truth}}}\n")
        file.write_text(text, "utf-8")
    slides = [Made(f"Slide {n}", (f"text {n}",), f"Note {n}" if n % 2 else "") for n in range(1, COUNT + 1)]
    slides[2] = Made("The demo slide", ("a zebra is here",), "Note 3", (RUN, JUMP))
    converted(root / "docs" / "lectures" / "03-gan", *slides, losses=Losses(fonts=(Font("Calibri", "Carlito"),)))
    return build_site(config)


def current(page: Page) -> int:
    return page.evaluate("document.querySelector('lecture-slides').current")


def is_shown(page: Page, number: int, count: int = COUNT) -> None:
    """The viewer has come to rest on a slide: number, address, thumbnail and strip all say so."""
    expect(page.locator(".lecture-position")).to_have_text(f"{number} / {count}")
    page.wait_for_function(
        """number => {
          const strip = document.querySelector('.lecture-strip');
          return Math.abs(strip.scrollLeft - (number - 1) * strip.clientWidth) < 2;
        }""",
        arg=number,
    )
    assert current(page) == number
    thumbs = page.locator(".lecture-thumbs a[aria-current]")
    assert thumbs.evaluate_all("links => links.map(link => link.hash)") == [f"#slide-{number}"]
    expect(page.locator(f"#slide-{number}")).to_be_in_viewport()


def opened(page: Page, url: str) -> None:
    page.goto(url, wait_until="networkidle")
    page.locator(".lecture-position").wait_for()
