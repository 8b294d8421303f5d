"""The `model` that a block names: whether it is there, and whether the element can run it."""

from site_tools.authoring.fences import Block, text_of
from site_tools.authoring.page import Page
from site_tools.bundle import Accepts
from site_tools.messages import nearest, shown
from site_tools.models.facts import LABEL, fits, shape_text
from site_tools.models.manifest import Manifest

MODELS = "models"  # folder below the assets


def model_of(block: Block, page: Page, tag: str, accepts: Accepts) -> Manifest:
    """The model of a block.

    Raises:
        BlockError: there is none of that name, or the element takes another kind, shape or number of classes.
    """
    name = text_of(block, "model")
    if name not in page.models:
        raise block.error("model", f'unknown model "{name}"; {_remedy(name, page)}')
    model = page.models[name]
    if problem := _mismatch(model, accepts):
        fitting = [other for other, one in page.models.items() if not _mismatch(one, accepts)]
        instead = f"models that it takes: {', '.join(sorted(fitting))}." if fitting else "no model here is such."
        raise block.error("model", f'{tag} cannot run "{name}": {problem}; {instead}')
    return model


def _remedy(name: str, page: Page) -> str:
    """What is to be done about a name that no manifest has: the cause decides."""
    folder = page.assets / MODELS
    if not page.assets.is_dir():
        return f"there is no folder {shown(page.assets)}: name the one with your models as `assets` of live-models."
    stem = name.removesuffix(".onnx")
    if stem != name and stem in page.models:
        return f"write the name alone, {stem}."
    if stem in (path.stem for path in folder.glob("*.onnx")):  # whatever the author wrote, no file is asked for it
        return (
            f"{shown(folder / stem)}.onnx has no manifest: "
            f"`python -m site_tools add-model {shown(folder / stem)}.onnx --kind ...` writes it."
        )
    if not page.models:
        return f"{shown(folder)} holds no model: `python -m site_tools add-model FILE.onnx --kind ...` adds one."
    return nearest(name, page.models)


def _mismatch(model: Manifest, accepts: Accepts) -> str:
    """Why an element does not take a model; "" if it does."""
    if model.kind != accepts.kind:
        return f"it is of the kind {model.kind}, not {accepts.kind}"
    for role, sizes in accepts.shapes.items():
        tensors = model.tensors(role)
        if not tensors:
            return f"it has no {role}"
        for tensor in tensors:
            if not fits(tensor, sizes):
                return f"its {role} is {shape_text(tensor.shape[1:])}, not {shape_text(sizes)}"
    if accepts.labels is not None:
        last = [tensor.range[1] for tensor in model.tensors(LABEL) if tensor.range]
        if last != [accepts.labels]:
            return f"its labels end at {last[0] if last else 'no number'}, not at {accepts.labels}"
    return ""
