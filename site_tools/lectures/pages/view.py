"""A deck as the readers of one language see it: what the parts of its page have in common.

Everything of the deck is escaped twice over, as HTML and against Markdown: a slide may say `[[x]]`, `$x$` or
```` ``` ```` and means the characters.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from site_tools.lectures.decks import Deck, Version
from site_tools.lectures.pages.hotspots import Target
from site_tools.lectures.record import Record, Slide
from site_tools.lectures.texts import Texts, texts

_MARKDOWN = re.compile(r"[\\`*_{}\[\]()#+!|$~:^=-]")


def plain(text: str) -> str:
    """Text of a deck as HTML that no Markdown extension takes for its own."""
    return _MARKDOWN.sub(lambda found: f"&#{ord(found[0])};", escape(text))


@dataclass(frozen=True)
class Lecture:
    """A deck and the file of it for one language.

    Attributes:
        deck, version, record: the deck, its file, and what was recorded of that.
        uri: of its page.
    """

    deck: Deck
    version: Version
    record: Record
    uri: str

    @property
    def title(self) -> str:
        """The first slide's, else the deck's name."""
        return self.record.slides[0].title or self.deck.name

    @property
    def topics(self) -> list[str]:
        """What the deck is about: in its author's words, else the titles of the first few slides."""
        if self.record.subject:
            return [self.record.subject]
        titles = (slide.title for slide in self.record.slides[1:])
        return [title for title in dict.fromkeys(titles) if title and title != self.title][:5]


@dataclass(frozen=True)
class View:
    """A lecture on its page.

    Attributes:
        lecture: what is shown.
        language: of the page.
        address: a file of the deck -> link to it in the page's source.
        resolve: an address in the deck -> where it leads.
    """

    lecture: Lecture
    language: str
    address: Callable[[Path], str]
    resolve: Callable[[str], Target]

    @property
    def t(self) -> Texts:
        """The words of the page's language."""
        return texts(self.language)

    @property
    def slides(self) -> list[tuple[int, Slide]]:
        """Number and slide."""
        return list(enumerate(self.lecture.record.slides, start=1))

    @property
    def lang(self) -> str:
        """The attribute for words of the deck, where its language is not the page's."""
        language = self.lecture.record.language
        return f' lang="{language}"' if language and language != self.language else ""

    def picture(self, name: str) -> str:
        """A picture of the deck as the value of an attribute."""
        return escape(self.address(self.lecture.version.folder / name))

    def slide(self, number: int) -> str:
        """ "Slide 3" as a link to it."""
        return f'<a href="#slide-{number}">{self.t.slide.format(number=number)}</a>'
