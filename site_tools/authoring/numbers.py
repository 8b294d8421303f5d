"""Numbers in prose: `[[fashion-diffusion.fd_cnn | .2f]]` instead of a figure typed by hand.

Whatever is measured has one home (a manifest, the comparison, the benchmark or `facts.yml`); a page that names an
unknown number stops the build, and a number that is measured again changes on every page.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from demos.errors import UserError
from demos.measuring.comparison import read_comparison
from site_tools.authoring.fences import BlockError
from site_tools.authoring.page import Value
from site_tools.authoring.plain_yaml import YamlError, read
from site_tools.authoring.prose import prose
from site_tools.messages import nearest, read_text, short, shown
from site_tools.models.manifest import Manifest, read_manifests

READABLE = (("bytes", "bytes_mb", 1e6), ("parameters", "parameters_m", 1e6), ("parameters", "parameters_wan", 1e4))

# nothing in it can match in two ways, so that a bracket that never closes is seen in one pass
REFERENCE = r"\[\[\s*(?P<key>[A-Za-z][\w.-]*)\s*(?:\|(?P<format>[^\[\]|]*))?\]\]"
# of Python's formats those that write one number; no width that fills a page
_FORMAT = re.compile(r"[-+ ]?#?0?[0-9]{0,2}[,_]?(?:\.[0-9]{1,2})?[deEfFgG%]?")


@dataclass(frozen=True)
class Reference:
    """One number named on a page: its key, how to write it, and the line."""

    key: str
    format: str
    line: int


def flatten(value: object, prefix: str) -> Iterator[tuple[str, Value]]:
    """Every number and text below `value` with its dotted key; list items count from 0."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from flatten(item, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from flatten(item, f"{prefix}.{index}")
    elif isinstance(value, Value) and not isinstance(value, bool):
        yield prefix, value


def facts_of_manifest(manifest: Manifest) -> dict[str, Value]:
    """The numbers of one model: its metrics, its size and the length of its training.

    Metrics, the facts of its kind and those of our training stand directly behind the model's name; the rest as in
    the manifest. Beside bytes and parameters, which are exact, stand megabytes, millions and 万 (10 000), which are
    readable.
    """
    name, said = manifest.name, manifest.to_json()
    kind, training, metrics = said.pop("facts"), said.pop("training") or {}, said.pop("metrics")
    facts: dict[str, Value] = {f"{name}.bytes": manifest.bytes}
    for part in (said, kind, training, metrics):
        facts |= dict(flatten({key: part[key] for key in part if key not in ("labels", "graphs")}, name))
    for key, readable, unit in READABLE:
        facts[f"{name}.{readable}"] = getattr(manifest, key) / unit
    if "trained_steps" in training:
        facts[f"{name}.steps"] = training["trained_steps"]
    return facts


def facts_of_comparison(path: Path) -> dict[str, Value]:
    """The numbers of the comparison of all models, as they stand in its file, with "comparison." before them.

    How many images they are of is part of a key, so a quick comparison never stands where a page says ten thousand.
    """
    facts = flatten(read_comparison(path).content, "comparison")
    return {key: value for key, value in facts if not {"shown", "nearest"} & set(key.split("."))}


def facts_of_benchmark(path: Path) -> dict[str, Value]:
    """The numbers of the last benchmark as they stand in its file, with "benchmark." before them.

    Raises:
        UserError: it cannot be read, or is no JSON object.
    """
    try:
        content = json.loads(read_text(path))
        if not isinstance(content, dict):
            raise ValueError("it holds no object")
    except (ValueError, RecursionError) as error:
        remedy = "make it anew with `python -m site_tools bench --json FILE`"
        raise UserError(f"{shown(path)} is no benchmark ({error}): {remedy}.") from None
    return dict(flatten(content, "benchmark"))


def read_facts(assets: Path, facts_file: Path | None) -> dict[str, Value]:
    """All numbers that prose may name.

    Args:
        assets: folder with models/ and data/; a comparison is data/comparison.json, a benchmark data/benchmark.json,
            where there is one.

    Raises:
        UserError: a manifest, comparison or benchmark that is none, or facts that cannot be read; the text says
            which, and the line.
    """
    facts: dict[str, Value] = {}
    for manifest in read_manifests(assets / "models").values():
        facts |= facts_of_manifest(manifest)
    if (comparison := assets / "data" / "comparison.json").is_file():
        facts |= facts_of_comparison(comparison)
    if (benchmark := assets / "data" / "benchmark.json").is_file():
        facts |= facts_of_benchmark(benchmark)
    if facts_file and facts_file.is_file():
        facts |= dict(flatten(_facts_of_file(facts_file), ""))
    return facts


def _facts_of_file(path: Path) -> Mapping[str, object]:
    try:
        value = read(read_text(path)).value or {}
    except YamlError as error:
        raise UserError(f"{shown(path)}:{error.line}: {error.message}") from None
    if not isinstance(value, dict):
        raise UserError(f"{shown(path)}: write one `key: value` a line, with a space behind the colon.")
    return value


def write(facts: Mapping[str, Value], key: str, form: str | None) -> str:
    """One number as it stands in the sentence.

    Raises:
        ValueError: unknown key, or a format that is none; the text says which.
    """
    if key not in facts:
        raise ValueError(f'unknown number "{key}"; {nearest(key, facts)}')
    form = (form or "").strip()
    try:
        if not _FORMAT.fullmatch(form):
            raise ValueError
        return format(facts[key], form)
    except (ValueError, OverflowError):
        number = short(str(facts[key]))
        raise ValueError(f'"{form}" is no way to write {key} = {number}; try .2f, .1% or a comma.') from None


def fill(text: str, facts: Mapping[str, Value]) -> str:
    """Text without code, such as that of an attribute, with its numbers written out.

    Raises:
        ValueError: as of `write`.
    """
    return re.sub(REFERENCE, lambda found: write(facts, found["key"], found["format"]), text)


def references(text: str) -> Iterator[Reference]:
    """Every number named on a page, code left out."""
    shown, line, behind = prose(text), 1, 0
    for found in re.finditer(REFERENCE, shown):  # an editor may have broken the line inside
        line += shown.count("\n", behind, found.start())
        behind = found.start()
        yield Reference(found["key"], (found["format"] or "").strip(), line)


def check_numbers(text: str, facts: Mapping[str, Value]) -> list[BlockError]:
    """What is wrong with the numbers of a page."""
    problems = []
    for reference in references(text):
        try:
            write(facts, reference.key, reference.format)
        except ValueError as error:
            problems.append(BlockError(reference.line, str(error)))
    return problems
