"""The `demo` block: a live element, what is said of it, and the figure they become.

Which elements there are, and what each may be told, the bundle declares (`site_tools.bundle`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from urllib.parse import quote

from site_tools.authoring.fences import Block, check_keys, identifier, nearest, text_of
from site_tools.authoring.pictures import picture_size
from site_tools.bundle import Element

COMMON_KEYS = ("use", "id", "caption", "alt", "poster", "after")


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
            if wrong := element.attributes[key].problem(value):
                raise block.error(key, f'"{key}: {value}" {wrong}')
            attributes[key] = str(value)

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
        if wrong := element.attributes[name].problem(value):
            raise block.error(line, f'"{name}: {value}" {wrong}')
    return state


def _poster(block: Block, assets: Path, relative: str) -> Path | None:
    if not relative:
        return None
    path = assets / relative
    if path.is_file():
        return path
    folder = path.parent
    names = [f"{Path(relative).parent.as_posix()}/{p.name}" for p in folder.iterdir()] if folder.is_dir() else []
    raise block.error("poster", f'there is no picture "{relative}" below {assets.name}/; {nearest(relative, names)}')


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
