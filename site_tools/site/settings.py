"""What the plugin can be told in mkdocs.yml under `live-models`; every path counts from that file."""

import re
from pathlib import Path

from mkdocs.config import base
from mkdocs.config import config_options as option

PACKAGE = Path(__file__).resolve().parents[1]


class Host(option.Type):
    """The name of a server, with `*.` for all below it."""

    def __init__(self) -> None:
        super().__init__(str)

    def run_validation(self, value: object) -> str:
        """The name in small letters."""
        name = super().run_validation(value).lower()
        if not re.fullmatch(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?", name):
            raise base.ValidationError(
                f'"{value}" is not the name of a server: write it like images.example.org or *.example.org, without '
                "https:// and path."
            )
        return name


class Language(base.Config):
    """One language of the course."""

    name = option.Type(str)
    """Its own name, for the language switch."""
    config = option.File(exists=True)
    """The MkDocs configuration that builds it."""
    docs = option.Dir(exists=True)
    """The folder of its pages."""
    partial = option.Type(bool, default=False)
    """Whether it may lack pages that others have; its `nav` then names those that it has."""


class LiveModelsConfig(base.Config):
    """Settings of the plugin."""

    assets = option.Optional(option.Dir())
    """Folder with models/, data/ and figures/; `assets` in the folder of the pages if not given."""
    bundle = option.Dir(default=str(PACKAGE / "web" / "dist"))
    """Folder of the bundled web code."""
    shared = option.ListOfItems(option.Dir(exists=True), default=[])
    """More folders that all languages share; each enters the site under its own name."""
    lectures = option.Optional(option.Dir())
    """Folder of decks, each of which becomes a page in every language."""
    facts = option.Optional(option.File(exists=True))
    """YAML of numbers for `[[key]]` in prose."""
    source_url = option.Type(str, default="")
    """Where the repository's files can be read, ending in "/"; every demo then links to the code that it runs."""
    languages = option.DictOfItems(option.SubConfig(Language), default={})
    """Language -> its name, configuration and pages; the first lies at the root of the site."""
    offline = option.Type(bool, default=False)
    """Whether the site is to be opened from disk."""
    csp = option.Type(bool, default=True)
    """Whether pages carry a Content Security Policy."""
    allow = option.ListOfItems(Host(), default=[])
    """Servers from which pages may show pictures, recordings, frames and fonts; each is told of every visit."""
    watch = option.ListOfItems(option.FilesystemObject(exists=True), default=[])
    """More files and folders whose change rebuilds the site under `serve`."""
    polling = option.Type(bool, default=False)
    """Whether `serve` looks for changes itself, where the system does not tell of them, as on network drives."""
