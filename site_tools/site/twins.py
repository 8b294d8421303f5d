"""What a build makes of pages that not every language has: messages, links, and a banner in the preview."""

from pathlib import Path

from mkdocs.exceptions import PluginError
from mkdocs.plugins import get_plugin_logger

from site_tools.site import languages
from site_tools.site.language_build import LanguageBuild
from site_tools.site.settings import LiveModelsConfig

log = get_plugin_logger("live-models")

HOME = "index.md"  # below the folder of each language


def note_missing(settings: LiveModelsConfig, build: LanguageBuild, *, strict: bool) -> None:
    """Note which languages lack which pages, and tell of those that should not.

    Raises:
        PluginError: there are some, and the build is strict.
    """
    folders = {code: Path(language.docs) for code, language in settings.languages.items()}
    build.lacking = languages.lacking(folders)
    missing = languages.missing_twins(folders, build.lacking, _partial(settings))
    if missing and strict:
        raise PluginError("\n".join(missing))
    for sentence in missing if not build.folder else ():  # told once, not once a language
        log.warning(sentence)


def banner(settings: LiveModelsConfig, build: LanguageBuild, uri: str) -> str:
    """What stands above a page in a preview, "" if it has all its twins."""
    missing = {
        settings.languages[code].name: Path(settings.languages[code].docs, uri)
        for code in build.lacking.get(uri, ())
        if code not in _partial(settings)
    }
    return languages.banner(build.language, missing) if missing else ""


def alternates(
    settings: LiveModelsConfig, build: LanguageBuild, url: str, uri: str = HOME
) -> list[languages.Alternate]:
    """The twins of a page; a language that has neither the page nor a home page is left out.

    Args:
        settings: of the site.
        build: of the page's language.
        url: of the page below the folder of its language.
        uri: its source there.
    """
    without = build.lacking.get(uri, [])
    homeless = build.lacking.get(HOME, [])
    names = {
        code: language.name
        for code, language in settings.languages.items()
        if code not in without or code not in homeless
    }
    return languages.alternates(url, build.language, names, build.site_root, without) if names else []


def _partial(settings: LiveModelsConfig) -> set[str]:
    return {code for code, language in settings.languages.items() if language.partial}
