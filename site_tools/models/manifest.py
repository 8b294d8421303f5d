"""The JSON that travels beside a model: what the page must know, and nothing the page could retype.

The only place where the shape of that JSON is defined; `web/src/manifest.ts` reads it.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

from demos.errors import UserError

SCHEMA = 1

# The labels in the order of the data set; a test holds the English ones to demos.data.CLASS_NAMES.
FASHION_LABELS = {
    "zh": ["T 恤", "裤子", "套衫", "连衣裙", "外套", "凉鞋", "衬衫", "运动鞋", "包", "短靴"],
    "en": ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
}


@dataclass(frozen=True)
class Manifest:
    """One model.

    Attributes:
        name: the preset's name.
        preset: its JSON: network and training.
        trained_steps: optimiser steps behind the weights.
        training_hours: what they took, on the machine that trained them.
        parameters: number of weights.
        file, sha256, bytes: the ONNX file beside this one.
        inputs: tensor name -> {"shape", "dtype"}; "B" is the dynamic batch.
        output: name of the output tensor.
        labels: language -> class names.
        unconditional: the label that stands for no class.
        log_snr_limit: the network clamps log_snr to plus or minus this.
        schedules: schedule name -> the arguments that make it (arrays are in the golden file).
        metrics: measured quality and how it was measured; empty if it was not.
        golden: name of the file of golden inputs and outputs, beside this one.
        poster: picture shown before the model runs, relative to docs/assets.
    """

    name: str
    preset: dict
    trained_steps: int
    training_hours: float
    parameters: int
    file: str
    sha256: str
    bytes: int
    inputs: dict
    output: str
    labels: dict
    unconditional: int
    log_snr_limit: float
    schedules: dict
    metrics: dict
    golden: str
    poster: str
    schema: int = SCHEMA

    def to_json(self) -> dict:
        """As it is written, the schema first."""
        return {"schema": self.schema, **{key: value for key, value in asdict(self).items() if key != "schema"}}


def read_manifest(path: Path) -> Manifest:
    """Read and check one manifest.

    Raises:
        UserError: missing, not JSON, of another schema, or fields missing, unknown or of another type.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path} does not exist: `python -m site_tools export` writes it.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"{path} is not a manifest ({error}): export the model again.") from error
    if not isinstance(value, dict) or value.get("schema") != SCHEMA:
        raise UserError(f"{path} has another schema than {SCHEMA}: export the model again.")
    fields = Manifest.__dataclass_fields__
    if difference := set(fields) ^ set(value):
        raise UserError(f"{path} lacks or misnames {', '.join(sorted(difference))}: export the model again.")
    kinds = {name: int | float if known.type is float else known.type for name, known in fields.items()}
    if wrong := [name for name, kind in kinds.items() if not isinstance(value[name], cast(type, kind))]:
        raise UserError(f"{path} has values of another type for {', '.join(wrong)}: export the model again.")
    return Manifest(**value)


def verify_model(path: Path, manifest: Manifest) -> bytes:
    """The bytes of the model beside `path`, after comparing size and SHA-256.

    Raises:
        UserError: missing or changed since it was exported.
    """
    model = path.parent / manifest.file
    try:
        content = model.read_bytes()
    except OSError as error:
        raise UserError(f"{model} cannot be read ({error.strerror}): export the model again.") from error
    if hashlib.sha256(content).hexdigest() != manifest.sha256:
        raise UserError(f"{model} does not match the SHA-256 in {path.name}: export the model again.")
    return content
