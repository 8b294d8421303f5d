"""The words of a deck on its page: the speaker's notes, and the text of every slide for reading and searching."""

from collections.abc import Iterable, Iterator
from html import escape

from site_tools.lectures.pages.view import View, plain
from site_tools.lectures.record import Item, Slide


def notes_html(view: View) -> str:
    """The notes, a block for every slide that has some; "" if none has."""
    blocks = [
        f'<div data-slide="{number}"><h3 id="slide-{number}-notes">{view.slide(number)}</h3>'
        f"{''.join(f'<p>{plain(line)}</p>' for line in slide.notes.splitlines())}</div>"
        for number, slide in view.slides
        if slide.notes
    ]
    if not blocks:
        return ""
    return (
        f'<section class="lecture-notes"><h2 id="notes">{view.t.notes}</h2><div{view.lang}>{"".join(blocks)}</div>'
        f'<p class="lecture-no-notes" hidden>{view.t.no_notes}</p></section>'
    )


def transcript_html(view: View) -> str:
    """The text of every slide, folded, each under a heading that leads to its picture."""
    parts = []
    for number, slide in view.slides:
        parts.append(f'<h2 id="slide-{number}-text">{view.slide(number)} {plain(slide.title)}</h2>')
        parts.append(items_html(slide.items))
        if links := list(_links(view, slide)):
            parts.append(f"<p>{view.t.links}{view.t.separator.join(links)}</p>")
    summary = f"<summary>{view.t.transcript}</summary>"
    return f'<details class="lecture-text">{summary}<div{view.lang}>{"".join(parts)}</div></details>'


def _links(view: View, slide: Slide) -> Iterator[str]:
    for link in slide.links:
        target = view.resolve(link.address)
        if target.kind in ("site", "outside"):
            yield f'<a href="{escape(target.href)}">{plain(link.words or link.address)}</a>'


def items_html(items: Iterable[Item]) -> str:
    """Paragraphs, nested lists and tables."""
    html, depth = [], -1
    for item in items:
        level = min(item.level, depth + 1)
        while depth > level:
            html.append("</li></ul>")
            depth -= 1
        if level < 0:
            html.append(_table(item) if item.rows else f"<p>{plain(item.text)}</p>")
        else:
            html.append(f"{'<ul><li>' if depth < level else '</li><li>'}{plain(item.text)}")
            depth = level
    return "".join(html) + "</li></ul>" * (depth + 1)


def _table(item: Item) -> str:
    rows = "".join(f"<tr>{''.join(f'<td>{plain(cell)}</td>' for cell in row)}</tr>" for row in item.rows)
    return f"<table><tbody>{rows}</tbody></table>"
