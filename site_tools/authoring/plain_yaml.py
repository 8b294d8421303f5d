"""The part of YAML that authors need: mappings, lists, text, numbers, true and false.

Blocks, facts and front matter are read here and nowhere else. What more YAML has is refused by name (anchors, aliases,
tags, merged keys, keys that are lists) or is plain text (dates, `yes`, `.nan`, 12:30, `=`): a value then means what
it looks like, no document can grow beyond what is written, and no value can be one that pages do not know.
"""

import math
import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from site_tools.messages import short

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]

DEPTH = 20  # lists and mappings in one another
LARGEST = 2**53 - 1  # whole numbers that JavaScript and JSON keep exactly

# written in C where libyaml is; the events are the same
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# what YAML cannot hold, and line breaks that are none for Markdown and editors: lines would be counted differently
_UNSEEN = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_WORDS: Mapping[str, bool | None] = (
    dict.fromkeys(("", "~", "null", "Null", "NULL"))
    | dict.fromkeys(("true", "True", "TRUE"), True)
    | dict.fromkeys(("false", "False", "FALSE"), False)
)
_WHOLE = re.compile(r"[-+]?[0-9]+(_[0-9]+)*")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?|[0-9]*\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?")
_QUOTE_IT = "*&!%@`|>-?]},"  # what begins with one of these means something else in YAML


class YamlError(Exception):
    """What cannot be read.

    Attributes:
        line: of the text, counted from 1.
        message: what is wrong and what to do.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True)
class Document:
    """What was read.

    Attributes:
        value: the whole; None if nothing is written.
        lines: line of each key and list item, counted from 1; "choices.0.text" is a key in the first of a list.
        written: by the same names, numbers, true and false as they stand in the text: a caption may be `0.50`.
    """

    value: Plain
    lines: dict[str, int] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)


def read(text: str) -> Document:
    """Read one document, in time proportional to its length.

    Raises:
        YamlError: the first thing wrong with it.
    """
    return _Reader(text).document()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.breaks = [found.start() for found in re.finditer("\n", text)]
        self.lines: dict[str, int] = {}
        self.written: dict[str, str] = {}

    def document(self) -> Document:
        self._refuse_unseen(self.text, 0)
        self.events = (
            event
            for event in yaml.parse(self.text, Loader=_LOADER)
            if not isinstance(event, yaml.StreamStartEvent | yaml.DocumentEndEvent)
        )
        try:
            value: Plain = None
            if isinstance(next(self.events), yaml.DocumentStartEvent):
                value = self._value(next(self.events), "", 0)
                if isinstance(more := next(self.events), yaml.DocumentStartEvent):
                    raise self._error(more.start_mark.index, "a second document begins here; take out the line ---.")
        except yaml.MarkedYAMLError as error:
            raise self._not_yaml(error) from None
        return Document(value, self.lines, self.written)

    def _value(self, event: yaml.Event, path: str, depth: int) -> Plain:
        self._refuse_language(event)
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_unseen(event.value, event.start_mark.index)  # "\\0" between quotes
            value = self._scalar(event)
            if isinstance(value, bool | int | float):
                self.written[path] = event.value
            return value
        if depth == DEPTH:
            raise self._error(event.start_mark.index, f"lists and mappings stand over {DEPTH} deep in one another.")
        prefix = f"{path}." if path else ""
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(prefix, depth + 1)
        items: list[Plain] = []
        while not isinstance(item := next(self.events), yaml.SequenceEndEvent):
            name = f"{prefix}{len(items)}"
            self.lines[name] = self._line(item.start_mark.index)
            items.append(self._value(item, name, depth + 1))
        return items

    def _mapping(self, prefix: str, depth: int) -> dict[str, Plain]:
        mapping: dict[str, Plain] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._key(event)
            if key in mapping:  # YAML itself would keep the last of two
                raise self._error(event.start_mark.index, f'the key "{short(key)}" stands twice; keep one.')
            self.lines[f"{prefix}{key}"] = self._line(event.start_mark.index)
            mapping[key] = self._value(next(self.events), f"{prefix}{key}", depth)
        return mapping

    def _key(self, event: yaml.Event) -> str:
        self._refuse_language(event)
        if not isinstance(event, yaml.ScalarEvent):
            raise self._error(event.start_mark.index, "a key must be a word, not a list or a mapping.")
        if not event.value.strip():
            raise self._error(event.start_mark.index, "a key is missing before the colon.")
        self._refuse_unseen(event.value, event.start_mark.index)
        if event.implicit[0] and event.value == "<<":
            raise self._error(event.start_mark.index, '"<<" would merge keys; write the keys themselves.')
        return event.value

    def _refuse_language(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            name = "an alias"
        elif event.anchor is not None:
            name = "an anchor"
        elif getattr(event, "tag", None) is not None:
            name = "a tag"
        else:
            return
        start = event.start_mark.index
        word = self.text[start : start + 40].split()[0]
        raise self._error(start, f'"{word}" would be {name} of YAML; put the value between quotes.')

    def _refuse_unseen(self, text: str, start: int) -> None:
        if unseen := _UNSEEN.search(text):
            character = f"the character U+{ord(unseen[0]):04X}, which nobody sees, cannot stand in YAML"
            raise self._error(start + unseen.start(), f"{character}; type the line anew.")

    def _scalar(self, event: yaml.ScalarEvent) -> Plain:
        text = event.value
        if not event.implicit[0]:  # quoted, or a block of text
            return text
        if text in _WORDS:
            return _WORDS[text]
        whole = _WHOLE.fullmatch(text)
        if not whole and not _NUMBER.fullmatch(text):
            return text
        # more digits than any number that can be kept would also take Python long
        number: int | float = math.inf if len(text) > 400 else int(text) if whole else float(text)
        if abs(number) > LARGEST if whole else math.isinf(number):
            raise self._error(
                event.start_mark.index,
                f'the number "{short(text)}" is too large for a page; put it between quotes if it is text.',
            )
        return number

    def _not_yaml(self, error: yaml.MarkedYAMLError) -> YamlError:
        marks = [mark.index for mark in (error.context_mark, error.problem_mark) if mark]
        begins = [self.text[mark] for mark in marks if mark < len(self.text)]
        hint = ""
        if "mapping values" in str(error.problem):
            hint = " Put a value that holds a colon and a space between quotes."
        elif "\t" in begins:
            hint = " Indent with spaces; a tab is no white space to YAML."
        elif first := next((character for character in begins if character in _QUOTE_IT), ""):
            hint = f" Put a value that begins with {first} between quotes."
        # a quote that never ends is seen where it begins
        where = marks[0 if "end of stream" in str(error.problem) else -1] if marks else 0
        where = min(where, len(self.text.rstrip()))  # what is missing at the end is missing in the last line
        return self._error(where, f"this is not YAML ({error.problem}).{hint}")

    def _error(self, index: int, message: str) -> YamlError:
        return YamlError(self._line(index), message)

    def _line(self, index: int) -> int:
        return bisect_left(self.breaks, index) + 1
