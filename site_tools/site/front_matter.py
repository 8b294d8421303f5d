"""The lines between `---` at the top of a page, checked before MkDocs reads them.

MkDocs publishes front matter that it cannot read as text, and the theme stops with a traceback at values that it did
not expect.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from mkdocs.utils import meta

from site_tools.authoring.blocks.lessons import lesson_problems
from site_tools.authoring.fences import BlockError
from site_tools.authoring.plain_yaml import YamlError, read

_TEXTS = ("title", "description", "author", "template", "icon", "status", "link")
_LISTS = ("hide", "tags")
_BORDER = re.compile(r"-{3}[ \t]*")
_END = re.compile(r"(?:-{3}|\.{3})[ \t]*")
_KEY = re.compile(r"[\w-]+:(?:\s|$)")


def check_front_matter(text: str, in_theme: Callable[[str], bool]) -> list[BlockError]:
    """What is wrong with the front matter of a page.

    Args:
        text: of the whole page.
        in_theme: whether the theme has a file of this name.
    """
    lines = text.split("\n")
    if not _BORDER.fullmatch(lines[0]):
        # MkDocs takes `key: value` in the first lines for front matter, too
        return list(_wrong_values(meta.get_data(text)[1], {}, in_theme))
    if len(lines) < 2 or not lines[1].strip():
        return []  # a rule, as in Markdown
    end = next((number for number, line in enumerate(lines[1:], start=1) if _END.fullmatch(line)), None)
    if end is None:
        if _KEY.match(lines[1]):
            return [BlockError(1, "front matter: it is never closed; end it with a line ---.")]
        return []
    try:
        document = read("\n".join(lines[1:end]))
    except YamlError as error:
        return [BlockError(error.line + 1, f"front matter: {error.message}")]
    if document.value is None:
        return []
    if not isinstance(document.value, dict):
        return [BlockError(2, "front matter: write one `key: value` a line, with a space behind the colon.")]
    if end == len(lines) - 1:
        return [BlockError(end + 1, "front matter: the page ends here; write its text below the line ---.")]
    return list(_wrong_values(document.value, document.lines, in_theme))


def _wrong_values(
    values: Mapping[str, object], lines: Mapping[str, int], in_theme: Callable[[str], bool]
) -> Iterator[BlockError]:
    def problem(key: str, sentence: str) -> BlockError:
        return BlockError(lines.get(key, 0) + 1, f'front matter: "{key}" {sentence}')

    for key in _TEXTS:
        if key in values and not isinstance(values[key], str | int | float):
            yield problem(key, "must be text.")
    for key in _LISTS:
        value = values.get(key, "")
        if not isinstance(value, str) and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            yield problem(key, "must be a list of words, one `- word` a line.")
    if not isinstance(values.get("search") or {}, dict):
        yield problem("search", "must hold keys of its own, such as `exclude: true`.")
    for key, sentence in lesson_problems(values.get("lesson")):
        yield problem(f"lesson.{key}" if key else "lesson", sentence)
    for key, file in (("template", "{}"), ("icon", ".icons/{}.svg")):
        if isinstance(name := values.get(key), str) and not in_theme(file.format(name)):
            yield problem(key, f'is "{name}", which the theme does not have.')
