"""The page of one deck: plain HTML that works without scripts, in the Markdown that MkDocs asks for."""

import re
from html import escape

import yaml

from site_tools.lectures.pages.view import Lecture, View, plain
from site_tools.lectures.pages.viewer import viewer_html
from site_tools.lectures.pages.words import notes_html, transcript_html
from site_tools.lectures.texts import loss_sentences, texts
from site_tools.messages import size

# The theme prints a title and a description as they are, on every page that lists this one, and undoes
# entities in one place: so what would be markup is said with characters that only look the same.
_LOOKALIKES = str.maketrans({"<": "＜", ">": "＞", '"': "”"})


def for_theme(text: str) -> str:
    """Words of a deck for the page's front matter, where they cannot become elements or attributes."""
    return re.sub(r"&(?=#?\w+;)", "＆", text.translate(_LOOKALIKES))


def lecture_page(view: View) -> str:
    """The Markdown of a lecture's page."""
    title = view.lecture.title
    description = for_theme(describe(view.lecture, view.language))
    meta = {"title": for_theme(title), "description": description, "hide": ["toc"]}
    head = yaml.safe_dump(meta, allow_unicode=True, sort_keys=False, width=10_000)
    parts = (
        f"<h1>{plain(title)}</h1>", _facts(view), viewer_html(view), notes_html(view), transcript_html(view),
        _losses(view),
    )  # fmt: skip
    return f'---\n{head}---\n\n<div class="lecture">{"".join(parts)}</div>\n'


def describe(lecture: Lecture, language: str) -> str:
    """One sentence for search engines."""
    t = texts(language)
    topics = lecture.topics
    form = t.description_more if topics else t.description
    return form.format(title=lecture.title, count=len(lecture.record.slides), titles=t.separator.join(topics))


def _facts(view: View) -> str:
    lecture, t = view.lecture, view.t
    links = []
    for path in dict.fromkeys((lecture.version.path, lecture.version.pdf)):
        kind = path.suffix[1:].upper()
        # browsers show a PDF, which is what most readers want; anything else is kept under the deck's name
        keep = "" if kind == "PDF" else f' download="{escape(lecture.deck.name)}{path.suffix}"'
        name = t.download.format(kind=kind, size=size(path.stat().st_size))
        links.append(f'<a href="{escape(view.address(path))}"{keep}>{name}</a>')
    facts = [t.slides.format(count=len(view.slides)), t.downloads + t.separator.join(links)]
    if lecture.record.language != view.language:
        facts += filter(None, [t.deck_language.get(lecture.record.language)])
    return f'<p class="lecture-facts">{" · ".join(facts)}</p>'


def _losses(view: View) -> str:
    sentences = loss_sentences(view.lecture.record.losses, view.language)
    if not sentences:
        return ""
    items = "".join(f"<li>{plain(sentence)}</li>" for sentence in sentences)
    summary, lead = f"<summary>{view.t.losses}</summary>", f"<p>{view.t.losses_lead}</p>"
    return f'<details class="lecture-losses">{summary}{lead}<ul>{items}</ul></details>'
