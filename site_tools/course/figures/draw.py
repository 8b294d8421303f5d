"""The static figures of the pages, all of them: `python -m site_tools figures` writes what is listed here.

Figures hold symbols and numbers only; words stand in the captions, so that one file a theme serves
both languages. The plot of the comparison alone cannot do without words: it is drawn for each language.
"""

from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from demos.files import write_bytes
from site_tools.course.figures.comparison import draw_comparison
from site_tools.course.figures.diffusion import MODEL, Material, class_grid, forward_strip, reverse_strip, schedules
from site_tools.course.figures.identity import icon_svg, social_card, touch_icon
from site_tools.course.figures.lessons import DRAWN, PAINTED
from site_tools.course.figures.points import noise_cloud
from site_tools.course.figures.posters import draw_garment_poster, forward_poster, restore_poster, sample_poster
from site_tools.course.figures.style import THEMES, Theme, to_svg

FIGURES: dict[str, Callable[[Material, Theme], Figure]] = {
    "forward-strip": forward_strip,
    "schedules": schedules,
    "reverse-strip": reverse_strip,
    "class-grid": class_grid,
}


POSTERS: dict[str, Callable[[Material], bytes]] = {
    f"{MODEL}-poster": sample_poster,
    "restore-poster": restore_poster,
    "forward-poster": forward_poster,
    "draw-garment-poster": draw_garment_poster,
    **{f"lesson-{name}": paint for name, paint in PAINTED.items()},
}

# Name -> the SVG for a theme of that name; they need no model.
DRAWINGS: dict[str, Callable[[str], bytes]] = {
    "point-flow-poster": noise_cloud,
    **{f"lesson-{name}": draw for name, draw in DRAWN.items()},
}


IDENTITY: dict[str, Callable[[Material], bytes]] = {
    "icon.svg": lambda _: icon_svg(),
    "icon-180.png": lambda _: touch_icon(),
    "social.png": lambda material: social_card(material.sample),
}


def draw_figures(assets: Path, target: Path, tell: Callable[[str], None] = lambda sentence: None) -> list[Path]:
    """Draw every figure in both themes, the posters and the site's sign into `target`; returns the files written.

    Args:
        tell: is told what cannot be drawn yet, in a sentence each.
    """
    material = Material(assets)
    written = []
    for name, draw in FIGURES.items():
        for theme in THEMES:
            written.append(target / f"{name}-{theme.name}.svg")
            write_bytes(written[-1], to_svg(draw(material, theme)))
    for name, draw_svg in DRAWINGS.items():
        for theme in THEMES:
            written.append(target / f"{name}-{theme.name}.svg")
            write_bytes(written[-1], draw_svg(theme.name))
    for name, draw_poster in POSTERS.items():
        written.append(target / f"{name}.png")
        write_bytes(written[-1], draw_poster(material))
    for name, draw_sign in IDENTITY.items():
        written.append(target / name)
        write_bytes(written[-1], draw_sign(material))
    return [*written, *draw_comparison(assets, target, tell)]
