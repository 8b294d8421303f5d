"""What MkDocs and mkdocs-jupyter would read in their own way, checked before they do: dates, encodings, notebooks."""

import os
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.utils import get_build_datetime

from demos.errors import UserError
from site_tools.messages import read_text, shown
from site_tools.site.front_matter import check_front_matter
from site_tools.site.notebook_files import check_notebook


def check_build_date() -> None:
    """Stop if SOURCE_DATE_EPOCH is no date.

    Raises:
        PluginError: it is none.
    """
    try:
        get_build_datetime()
    except (ValueError, OverflowError, OSError):
        raise PluginError(
            f'SOURCE_DATE_EPOCH is "{os.environ["SOURCE_DATE_EPOCH"]}": it must be whole seconds since 1970, such as '
            "1700000000; without it the build has today's date."
        ) from None


def check_source(page: MkDocsPage, config: MkDocsConfig) -> None:
    """Judge the file of a page: its encoding, and its front matter or the form of the notebook.

    Raises:
        PluginError: what is wrong, each with file and line.
    """
    if page.file.generated_by or not page.file.src_uri.endswith((".md", ".ipynb")):
        return
    try:
        text = read_text(Path(page.file.abs_src_path)) if page.file.abs_src_path else page.file.content_string
    except UserError as error:
        raise PluginError(str(error)) from None
    if page.file.src_uri.endswith(".md"):
        problems = check_front_matter(text, lambda name: _in_theme(name, config))
    else:
        problems = check_notebook(text)
    if problems:
        name = shown(Path(page.file.abs_src_path or page.file.src_uri))
        raise PluginError("\n".join(f"{name}:{problem.line}: {problem.message}" for problem in problems))


def _in_theme(name: str, config: MkDocsConfig) -> bool:
    try:
        return any((Path(folder) / name).is_file() for folder in config.theme.dirs)
    except (OSError, ValueError):  # no file can be called that
        return False
