"""The viewer as plain HTML: a strip of slides with links over them, and thumbnails that lead there.

The element of the web code adds buttons, keys and full screen; without it, the strip scrolls and the links work.
"""

from html import escape

from site_tools.lectures.pages.view import View, plain
from site_tools.lectures.record import Box, Slide

ELEMENT = "lecture-slides"

_BADGE = 100, 38  # width and height of the word on a hotspot, in pixels of the slide
_LOW = 90  # a hotspot lower than this is words or a button: its frame shows it, and a badge would cover words
_ENLARGED = 72  # height of the badge where slides are small
_PAD = 6


def viewer_html(view: View) -> str:
    """The strip and the thumbnails. The search does not look into them: the words stand in the transcript."""
    slides = "".join(_slide(view, number, slide) for number, slide in view.slides)
    thumbs = "".join(_thumb(view, number, slide) for number, slide in view.slides)
    return (
        f"<{ELEMENT} data-search-exclude>"
        f'<div class="lecture-strip" role="region" aria-label="{view.t.viewer}" tabindex="0">{slides}</div>'
        f'<div class="lecture-thumbs" role="navigation" aria-label="{view.t.thumbs}">{thumbs}</div>'
        f"</{ELEMENT}>"
    )


def _slide(view: View, number: int, slide: Slide) -> str:
    position = view.t.position.format(number=number, count=len(view.slides))
    loading = 'fetchpriority="high"' if number == 1 else 'loading="lazy"'
    alt = plain(slide.label) or view.t.slide.format(number=number)
    return (
        f'<div class="lecture-slide" id="slide-{number}" role="group" aria-label="{position}">'
        f'<img src="{view.picture(slide.picture)}" alt="{alt}"{view.lang} '
        f'width="{slide.width}" height="{slide.height}" {loading}>{_spots(view, number, slide)}</div>'
    )


def _thumb(view: View, number: int, slide: Slide) -> str:
    return (
        f'<a href="#slide-{number}" aria-label="{view.t.slide.format(number=number)}">'
        f'<img src="{view.picture(slide.thumb)}" alt="" '
        f'width="{slide.thumb_width}" height="{slide.thumb_height}" loading="lazy"></a>'
    )


def _spots(view: View, number: int, slide: Slide) -> str:
    """Links over the picture: an SVG of its size, so that they grow and shrink together."""
    spots = []
    for link in slide.links:
        target = view.resolve(link.address)
        if target.kind not in ("site", "jump") or not link.boxes:
            continue
        if target.kind == "site":
            text = view.t.run_label.format(text=link.words or view.t.nameless.format(number=number))
        else:
            text = view.t.jump.format(number=link.address.rpartition("-")[2])
        boxes = "".join(map(_rectangle, link.boxes))
        badge = _badge(link.boxes[0], slide, view.t.run) if target.kind == "site" else ""
        start = f'<a class="lecture-{target.kind}" href="{escape(target.href)}" aria-label="{plain(text)}">'
        spots.append(f"{start}{boxes}{badge}</a>")
    return f'<svg viewBox="0 0 {slide.width} {slide.height}">{"".join(spots)}</svg>' if spots else ""


def _rectangle(box: Box) -> str:
    x, y, width, height = box
    return f'<rect x="{x - _PAD}" y="{y - _PAD}" width="{width + 2 * _PAD}" height="{height + 2 * _PAD}" rx="10"/>'


def _badge(box: Box, slide: Slide, text: str) -> str:
    """The word on a picture that leads somewhere: above its upper right corner, and never off the slide.

    It grows up and to the left from that corner, so that a style sheet can enlarge it where slides are small.
    """
    left, top, width, height = box
    if height < _LOW:
        return ""
    x, y = min(left + width + _PAD, slide.width - 8), max(_ENLARGED, top - _PAD - 4)
    return (
        f'<g transform="translate({x} {y})"><g class="lecture-badge">'
        f'<rect x="{-_BADGE[0]}" y="{-_BADGE[1]}" width="{_BADGE[0]}" height="{_BADGE[1]}" rx="{_BADGE[1] // 2}"/>'
        f'<text x="{-_BADGE[0] // 2}" y="{1 - _BADGE[1] // 2}" text-anchor="middle">{text}</text></g></g>'
    )
