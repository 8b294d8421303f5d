"""The built web code as Python sees it: the names of its files, its live elements and its drawn pages."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from demos.errors import UserError, nearest

LOADER = "loader.{language}.js"  # a script with sentences is there for each language
STYLES = "live.css"
SIZES = "sizes.json"  # of the large files, compressed
SCRIPTS = "scripts.json"  # by script, those that must have run before it
LICENCES = "licences.txt"  # of what the bundle is made with
# What models run on: our own kernels, and ONNX Runtime Web for whatever they do not know. A page can reach both.
ENGINE_FILES = {
    "kernels": ("kernels-worker.js", "kernels.wasm"),
    "onnxruntime": ("ort-worker.js", "ort-wasm-simd-threaded.wasm"),
}
RUNTIME = tuple(name for files in ENGINE_FILES.values() for name in files)
REGISTRY = "elements.json"  # declared once, in the web code
DRAWINGS = "github.json"
DRAWING_STYLES = "github.css"

SETTINGS = ("settings", "cases")  # types of attributes that hold values of other attributes

_MODEL = ("models/{model}.json", "models/{model}.onnx")


def in_language(name: str, language: str) -> str:
    """A script's name as the bundle has it for pages of this language; English where it has none of its own."""
    return name.replace("{language}", "zh" if language.startswith("zh") else "en")


@dataclass(frozen=True)
class Attribute:
    """What one attribute of an element may be.

    Attributes:
        type: "integer", "number", "choice", "text", "settings" (other attributes of the element, each with a value)
            or "cases" (one of them with a list of values).
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
        if self.type == "choice":
            return None if str(value) in self.values else f"is none of its values; {nearest(str(value), self.values)}"
        if self.type in SETTINGS:
            return "must not be set from here."
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
class Accepts:
    """The models that an element runs.

    Attributes:
        kind: of their manifests.
        shapes: role -> the sizes of that tensor behind the batch; None for any.
        labels: how many classes an element needs that names them itself; None for any number.
    """

    kind: str
    shapes: Mapping[str, tuple[int | None, ...]]
    labels: int | None = None


@dataclass(frozen=True)
class Element:
    """One live element.

    Attributes:
        attributes: name in kebab case -> what it may be.
        files: logical names it loads beside its own script; "{model}" stands for the model.
        accepts: the models that the block may name; None if it runs none.
        poster: picture before it runs, below the assets folder if it is there; "" for the model's own or none.
        drawings: an attribute and, by its value, the drawn page that stands there before; none for most.
    """

    attributes: Mapping[str, Attribute]
    files: tuple[str, ...] = ()
    accepts: Accepts | None = None
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


def _accepts(value: Mapping) -> Accepts:
    shapes = {role: tuple(sizes) for role, sizes in value.get("shapes", {}).items()}
    return Accepts(value["kind"], shapes, value.get("labels"))


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
        accepts=_accepts(value["model"]) if value.get("model") else None,
        poster=value.get("poster", ""),
        drawings=next(iter(value["drawings"].items())) if "drawings" in value else None,
    )


@dataclass(frozen=True)
class Drawing:
    """One page, drawn.

    Attributes:
        address: what its address bar shows.
        html: the page.
        parts: names of what can be numbered; each stands in `html` as data-part.
    """

    address: str
    html: str
    parts: tuple[str, ...]


def read_drawings(path: Path) -> dict[str, Drawing]:
    """The drawings of a bundle by name; none if there is no bundle yet.

    Raises:
        UserError: the file is not what the web code writes.
    """
    if not path.is_file():
        return {}
    try:
        drawn = json.loads(path.read_text(encoding="utf-8"))
        return {name: Drawing(one["address"], one["html"], tuple(one["parts"])) for name, one in drawn.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path} holds no drawings ({error!r}): `python -m site_tools web` writes it anew.") from None
