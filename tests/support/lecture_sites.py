"""Tiny sites with lectures, made from records alone: no LibreOffice, no python-pptx, no Pillow."""

from pathlib import Path

from site_tools.lectures.record import Link
from tests.support.decks import Made
from tests.support.sites import make_site

DEMO = "```demo\nuse: draw-model\nid: first\nmodel: garments\nsteps: 5\ncaption: A garment\n```\n"
LIST = "# All\n\n[[lectures]]\n\nEnd.\n"
PAGES = {
    f"{language}/{name}": text
    for language in ("zh", "en")
    for name, text in (("index.md", "# Home\n"), ("deep/page.md", f"# P\n\n{DEMO}"), ("lectures/index.md", LIST))
}
RUN = Link("deep/page/?demo=first&steps=7#first", "▶ Run it", ((100, 200, 300, 100),))
JUMP = Link("#slide-1", "", ((9, 9, 90, 90),))
SLIDES = (
    Made("Adversaries", ("a generator",), "Say hello.\nThen wait."),
    Made("The <game>", ("value *V* of `x_t` and $x$", "[[garments.none]] --8<-- {x}"), links=(RUN, JUMP)),
    Made("", ("only words",), links=(Link("https://arxiv.org/abs/1", "GAN"), Link("javascript:alert(1)", "bad"))),
)  # fmt: skip


def site_with(tmp_path: Path, *, pages: dict[str, str] = PAGES, nav: str = "", **options) -> Path:
    """A configuration whose docs/lectures may hold decks."""
    config = make_site(tmp_path, pages, lectures=True, **options)
    for file in tmp_path.glob("mkdocs*.yml"):
        text = file.read_text(encoding="utf-8").replace("plugins:\n", "plugins:\n  search: {}\n")
        file.write_text(text + nav, encoding="utf-8")
    return config


def read(site: Path, address: str) -> str:
    return (site / address / "index.html").read_text(encoding="utf-8")


def article(site: Path, address: str) -> str:
    return read(site, address).partition("<article")[2].partition("</article>")[0]
