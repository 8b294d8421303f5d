"""The `demo` block: which live elements exist, what may be said of them, and the figure they become.

The elements are declared once, in the web code's `elements.json`; the bundle carries it.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from demos.errors import UserError
from site_tools.authoring.fences import Block, check_keys, identifier, nearest, text_of
from site_tools.authoring.pictures import picture_format, picture_size
from site_tools.site.live_files import RUNTIME

REGISTRY = "elements.json"
COMMON_KEYS = ("use", "id", "caption", "alt", "poster", "after")

_MODEL = ("models/{model}.json", "models/{model}.onnx")


@dataclass(frozen=True)
class Attribute:
    """What one attribute of an element may be.

    Attributes:
        type: "integer", "number", "choice", "text" or "flag".
        default: what holds if it is not written.
        min, max: for numbers, both included; of a text, `max` is the most characters.
        values: for a choice.
    """

    type: str
    default: str | float | None = None
    min: float = -math.inf
    max: float = math.inf
    values: tuple[str, ...] = ()

    def problem(self, value: object) -> str | None:
        """Why `value` cannot be, as the rest of a sentence; None if it can."""
        if self.type == "flag":
            return None if isinstance(value, bool) else "must be true or false."
        if self.type == "choice":
            return None if str(value) in self.values else f"is none of its values; {nearest(str(value), self.values)}"
        if self.type == "text":
            if value is None or isinstance(value, bool | dict | list):
                return "must be text."
            return f"must have at most {self.max:g} characters." if len(str(value)) > self.max else None
        whole = self.type == "integer"
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            return f"must be a {'whole ' if whole else ''}number."
        if not self.min <= value <= self.max:
            return f"must lie between {self.min:g} and {self.max:g}."
        return None


@dataclass(frozen=True)
class Element:
    """One live element.

    Attributes:
        attributes: name in kebab case -> what it may be.
        files: logical names it loads beside its own script; "{model}" stands for the model.
        needs_model: whether the block must name one.
        poster: picture before it runs, below the assets folder; "" for the model's own or none.
        drawings: an attribute and, by its value, the drawn page that stands there before; none for most.
    """

    attributes: Mapping[str, Attribute]
    files: tuple[str, ...] = ()
    needs_model: bool = False
    poster: str = ""
    drawings: tuple[str, Mapping[str, str]] | None = None


def read_elements(path: Path) -> dict[str, Element]:
    """The elements of a bundle, by tag; none if there is no bundle yet.

    Raises:
        UserError: the file is not what the web code writes.
    """
    if not path.is_file():
        return {}
    try:
        declared = json.loads(path.read_text(encoding="utf-8"))
        return {tag: _element(value) for tag, value in declared.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{path} does not declare elements ({error!r}): `python -m site_tools web` writes it anew."
        ) from None


def _element(value: Mapping) -> Element:
    fields = ("type", "default", "min", "max", "values")
    attributes = {}
    for name, state in value["state"].items():
        given = {key: state[key] for key in fields if key in state}
        attributes[name] = Attribute(**given | {"values": tuple(given.get("values", ()))})
    return Element(
        attributes=attributes,
        files=(
            *(RUNTIME if value.get("runtime") else ()),
            *(_MODEL if value.get("model") else ()),
            *value.get("files", ()),
        ),
        needs_model=bool(value.get("model")),
        poster=value.get("poster", ""),
        drawings=next(iter(value["drawings"].items())) if "drawings" in value else None,
    )


@dataclass(frozen=True)
class Demo:
    """A checked demo block.

    Attributes:
        tag, id, caption, alt: as written, or made up from the block.
        element: what `tag` is.
        attributes: of the element, in the order of the block.
        poster: the picture, or None.
        after: id of the exercise that comes first, or "".
        files: logical names it may load.
    """

    tag: str
    element: Element
    id: str
    caption: str
    alt: str
    attributes: dict[str, str]
    poster: Path | None
    after: str
    files: tuple[str, ...] = ()
    block: Block = field(repr=False, default_factory=lambda: Block("demo", 0, {}))

    @property
    def drawing(self) -> str:
        """Name of the drawn page that stands in for it, or ""."""
        if self.element.drawings is None:
            return ""
        attribute, by_value = self.element.drawings
        return by_value[self.attributes.get(attribute) or str(self.element.attributes[attribute].default)]


def check_demo(
    block: Block, elements: Mapping[str, Element], assets: Path, models: Mapping[str, str], number: int
) -> Demo:
    """Judge one block.

    Args:
        block: as read.
        elements: tag -> element, all there are.
        assets: folder with figures, models and data.
        models: model name -> its poster below `assets` ("" for none).
        number: which demo of the page this is, from 1, for an id if none is given.

    Raises:
        BlockError: the first thing wrong with it.
    """
    if "use" not in block.values:
        raise block.error("use", f'the key "use" is missing: the live element, one of {", ".join(sorted(elements))}.')
    tag = text_of(block, "use")
    if tag not in elements:
        raise block.error("use", f'unknown element "{tag}"; {nearest(tag, elements)}')
    element = elements[tag]
    keys = [*COMMON_KEYS, *element.attributes, *(["model"] if element.needs_model else [])]
    check_keys(block, keys, ["caption", *(["model"] if element.needs_model else [])], where=f" for {tag}")

    attributes: dict[str, str] = {}
    poster = element.poster
    if element.needs_model:
        model = text_of(block, "model")
        if model not in models:
            raise block.error("model", f'unknown model "{model}"; {nearest(model, models)}')
        attributes["model"] = model
        poster = poster or models[model]
    for key, value in block.values.items():
        if key in element.attributes:
            attribute, written = element.attributes[key], block.written.get(key, value)
            if problem := attribute.problem(value):
                raise block.error(key, f'"{key}: {written}" {problem}')
            if value is not False:
                attributes[key] = "" if value is True else str(written if attribute.type == "text" else value)

    caption = text_of(block, "caption")
    return Demo(
        tag=tag,
        element=element,
        id=identifier(block, "id") if "id" in block.values else f"demo-{number}",
        caption=caption,
        alt=text_of(block, "alt") if "alt" in block.values else caption,
        attributes=attributes,
        poster=_poster(block, assets, text_of(block, "poster") if "poster" in block.values else poster),
        after=identifier(block, "after") if "after" in block.values else "",
        files=(f"elements/{tag}.js", *(name.format(**attributes) for name in element.files)),
        block=block,
    )


def check_state(block: Block, key: str, demo: Demo) -> dict[str, object]:
    """The `state` of an exercise that is answered by bringing `demo` there.

    Raises:
        BlockError: not a mapping, or not attributes of that element.
    """
    state = block.values[key]
    element = demo.element
    if not isinstance(state, dict) or not state:
        raise block.error(
            key,
            f'"{key}" must name attributes of {demo.tag}, such as {key}: {{{next(iter(element.attributes))}: ...}}.',
        )
    for name, value in state.items():
        line = f"{key}.{name}"
        if name not in element.attributes:
            raise block.error(line, f'unknown key "{name}" for {demo.tag}; {nearest(str(name), element.attributes)}')
        if problem := element.attributes[name].problem(value):
            raise block.error(line, f'"{name}: {block.written.get(line, value)}" {problem}')
    return state


def _poster(block: Block, assets: Path, relative: str) -> Path | None:
    if not relative:
        return None
    if relative.startswith("/") or "\\" in relative or ":" in relative or ".." in relative.split("/"):
        raise block.error(
            "poster", f'the picture "{relative}" must lie below {assets.name}/; write its path from there, with "/".'
        )
    path = assets / relative
    if picture_format(path):
        return path
    try:
        names = [(PurePosixPath(relative).parent / one.name).as_posix() for one in sorted(path.parent.iterdir())]
        there = path.exists()
    except (OSError, ValueError):  # no such folder, or no folder can be called that
        names, there = [], False
    if there:
        raise block.error("poster", f'"{relative}" is no picture: PNG, SVG, JPEG, GIF, WebP and AVIF are.')
    pictures = [name for name in names if picture_format(assets / name)]
    raise block.error("poster", f'there is no picture "{relative}" below {assets.name}/; {nearest(relative, pictures)}')


def poster_html(demo: Demo, assets: Path, root: str) -> str:
    """The picture that stands where the element will be; two of them if it has a light and a dark version.

    `root` leads from the page to the root of the site.
    """
    if demo.poster is None:
        return ""
    versions = [(demo.poster, "")]
    if demo.poster.stem.endswith("-light"):
        dark = demo.poster.with_name(demo.poster.name.replace("-light", "-dark"))
        if dark.is_file():
            versions = [(demo.poster, "#only-light"), (dark, "#only-dark")]
    pictures = []
    for path, theme in versions:
        size = picture_size(path)
        measures = f' width="{size[0]}" height="{size[1]}"' if size else ""
        url = f"{root}assets/{quote(path.relative_to(assets).as_posix())}{theme}"
        pictures.append(f'<img class="live-poster" src="{url}" alt="{escape(demo.alt)}"{measures} loading="lazy">')
    return "".join(pictures)


def element_html(demo: Demo, poster: str) -> str:
    """The element with its state, and inside what stands there until it runs."""
    attributes = {**demo.attributes, **({"after": demo.after} if demo.after else {})}
    written = "".join(f' {name}="{escape(value)}"' if value else f" {name}" for name, value in attributes.items())
    return f"<{demo.tag}{written}>{poster}</{demo.tag}>"
