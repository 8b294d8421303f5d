"""The figures of the comparison: a dot plot of all models, and of each model a grid of samples of the same size.

They are drawn from docs/assets/data/comparison.json alone, which `python -m demos compare` writes; a model that is
not in it is left out with a sentence. Both extractors stand in the plot, and what flatters is hollow.
"""

import base64
import binascii
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from demos.data import NUM_CLASSES
from demos.errors import UserError
from demos.files import write_bytes
from demos.measuring.comparison import Comparison, read_comparison
from demos.pictures import image_grid, png
from site_tools.course.figures.dot_plot import COLOURS, Dot, Entry, Row, dot_plot
from site_tools.course.figures.style import THEMES, Theme
from site_tools.course.samples import read_samples

LANGUAGES = ("zh", "en")
SAMPLES = 4 * NUM_CLASSES  # in a grid, a column a class

NAMES = {  # of the models that are expected; others that are measured are drawn under the names of their presets
    "fashion-diffusion": {"zh": "扩散", "en": "diffusion"},
    "fashion-gan": {"zh": "GAN", "en": "GAN"},
    "fashion-vae": {"zh": "VAE", "en": "VAE"},
    "fashion-flow": {"zh": "归一化流", "en": "normalizing flow"},
    "fashion-autoregressive": {"zh": "自回归", "en": "autoregressive"},
}
WORDS = {
    "low": {"zh": "← 越低越好", "en": "← lower is better"},
    "high": {"zh": "越高越好 →", "en": "higher is better →"},
    "real": {"zh": "越接近真图越好", "en": "nearer to real is better"},
    "calls": {"zh": "{name}（{nfe} 次调用）", "en": "{name} ({nfe} calls)"},
    "few": {"zh": "{name}（只有 {count:,} 张）", "en": "{name} ({count:,})"},
    "line": {"zh": "真图", "en": "real images"},
    "cross": {"zh": "真图，3×3 模糊", "en": "real images, 3×3 blur"},
    "plus": {"zh": "500 张真图反复抄", "en": "500 real images, copied"},
    "hollow": {
        "zh": "空心：锐化、抹零之后的数，不算数",
        "en": "hollow: sharpened, zeros snapped; does not count",
    },
    "hollow_bits": {"zh": "空心（比特/维）：更紧的界", "en": "hollow, bits per dimension: a tighter bound"},
    "bound": {"zh": "上界", "en": "bound"},
    "exact": {"zh": "精确", "en": "exact"},
    "bits": {"zh": "比特/维（测试图）", "en": "bits per dimension, test images"},
    "nfe": {"zh": "每张图调用网络的次数", "en": "network calls an image"},
    "onnx": {"zh": "每张图毫秒（ONNX Runtime）", "en": "ms an image (ONNX Runtime)"},
    "torch": {"zh": "每张图毫秒（PyTorch）", "en": "ms an image (PyTorch)"},
    "sent": {"zh": "采样要用的参数，百万", "en": "parameters to sample, millions"},
}


@dataclass(frozen=True)
class Metric:
    """A row of the plot that stands under its key in the numbers of every model and yardstick.

    Attributes:
        better: "low", "high", or "real": the value of real images, neither less nor more.
        floor: which yardstick has the line of real images; a number is that line itself.
        flattered: whether to show what changes that no model has learnt make of it.
    """

    key: str
    words: Mapping[str, str]
    better: str
    log: bool = False
    floor: str | float = "floor"
    flattered: bool = False


METRICS = (
    Metric(
        "fd_cnn", {"zh": "FD-CNN，分类器的特征", "en": "FD-CNN, a classifier's features"}, "low", True, flattered=True
    ),
    Metric("fd_ae", {"zh": "FD-AE，自编码器的编码", "en": "FD-AE, an autoencoder's code"}, "low", True, flattered=True),
    Metric("coverage", {"zh": "覆盖率", "en": "coverage"}, "high"),
    Metric("recall", {"zh": "召回率", "en": "recall"}, "high"),
    Metric("precision", {"zh": "精确率", "en": "precision"}, "real"),
    Metric("label_agreement", {"zh": "类别一致率", "en": "label agreement"}, "real", floor="test"),
    Metric("power_finest", {"zh": "最细一级的功率", "en": "power of the finest detail"}, "real", floor=1.0),
)


def name_of(model: str, said: Mapping, language: str, most: int) -> str:
    """What a model is called: its family, its calls where a sampler was chosen, and how few images there are of it."""
    preset = model.partition(":")[0]
    name = NAMES.get(preset, {}).get(language, preset)
    if preset != model:
        name = WORDS["calls"][language].format(name=name, nfe=said["nfe"])
    count = max(map(int, said["quality"]))
    return name if count == most else WORDS["few"][language].format(name=name, count=count)


def quality_rows(comparison: Comparison, language: str) -> Iterator[Row]:
    """A row for each of `METRICS`: of as many images as there are at most; models with fewer are not drawn in it."""
    count = comparison.counts[0]
    sticks = comparison.content["yardsticks"][str(count)]
    for metric in METRICS:
        dots = []
        for lane, said in enumerate(comparison.models.values()):
            if numbers := said["quality"].get(str(count)):
                then = said["flattered"]["both"][metric.key] if metric.flattered else None
                dots.append(Dot(lane, numbers[metric.key], numbers.get(f"{metric.key}_sd", 0.0), then))
        if dots:
            line = sticks[metric.floor][metric.key] if isinstance(metric.floor, str) else metric.floor
            marks = [(sign, sticks[stick][metric.key]) for sign, stick in (("cross", "blurred"), ("plus", "repeated"))]
            label, better = metric.words[language], WORDS[metric.better][language]
            yield Row(label, better, dots, metric.log, line, marks)


def cost_rows(comparison: Comparison, language: str) -> Iterator[Row]:
    """Rows of what has nothing to do with the number of samples: likelihood, calls, time, size."""
    models = list(enumerate(comparison.models.values()))
    low, bits = WORDS["low"][language], []
    for lane, said in models:
        told = said["likelihood"]
        if "bits_per_dim" in told:
            tighter = told.get("tighter")
            then = told["bits_per_dim"] + tighter["bits_per_dim"] - tighter["bound_of_these"] if tighter else None
            bits.append(Dot(lane, told["bits_per_dim"], then=then, note=WORDS[told["kind"]][language]))
    timed = "onnx" if any("onnx" in said["milliseconds"] for _, said in models) else "torch"
    times = [Dot(lane, said["milliseconds"][timed]) for lane, said in models if timed in said["milliseconds"]]
    rows = (
        Row(WORDS["bits"][language], low, bits),
        Row(WORDS["nfe"][language], low, [Dot(lane, said["nfe"]) for lane, said in models], log=True),
        Row(WORDS[timed][language], low, times, log=True),
        Row(WORDS["sent"][language], low, [Dot(lane, said["parameters"]["sent"] / 1e6) for lane, said in models]),
    )
    yield from (row for row in rows if row.dots)


def legend(comparison: Comparison, language: str) -> Iterator[Entry]:
    """All models, then the yardsticks, then what is hollow."""
    for lane, (name, said) in enumerate(comparison.models.items()):
        yield "lane", str(lane), name_of(name, said, language, comparison.counts[0])
    yield "line", "", WORDS["line"][language]
    yield "sign", "cross", WORDS["cross"][language]
    yield "sign", "plus", WORDS["plus"][language]
    yield "hollow", "", WORDS["hollow"][language]
    if any("tighter" in said["likelihood"] for said in comparison.models.values()):
        yield "hollow", "", WORDS["hollow_bits"][language]


def comparison_plot(comparison: Comparison, theme: Theme, language: str) -> bytes:
    """The dot plot of one language and theme.

    Raises:
        UserError: more models than there are colours.
    """
    if len(comparison.models) > len(COLOURS[theme.name]):
        raise UserError(
            f"The comparison has {len(comparison.models)} models and the plot {len(COLOURS[theme.name])} colours: "
            "add some to COLOURS and SHAPES in site_tools/course/figures/dot_plot.py."
        )
    rows = [*quality_rows(comparison, language), *cost_rows(comparison, language)]
    return dot_plot(rows, len(comparison.models), legend(comparison, language), theme)


def sample_grid(said: Mapping) -> bytes:
    """The first samples of one model, 10 columns of a class each, as they were kept.

    Raises:
        UserError: they are no picture of that size.
    """
    try:
        with Image.open(io.BytesIO(base64.b64decode(said["shown"], validate=True))) as picture:
            shown = np.asarray(picture.convert("L"))
    except (KeyError, TypeError, binascii.Error, OSError) as error:
        raise UserError(f"The comparison keeps no samples ({error}): make it anew, `make compare`.") from error
    expected = 28 * SAMPLES // NUM_CLASSES, 28 * NUM_CLASSES
    if shown.shape != expected:
        raise UserError(
            f"The samples of the comparison are {shown.shape}, not {expected}: make it anew, `make compare`."
        )
    return png(Image.fromarray(shown))


def real_grid(assets: Path) -> bytes:
    """As many real images in the same order: the first test images of each class."""
    images, labels = read_samples(assets / "data" / "fashion-samples.json")
    rows = np.stack([images[labels == label][: SAMPLES // NUM_CLASSES] for label in range(NUM_CLASSES)], axis=1)
    return png(image_grid(rows.reshape(SAMPLES, *images.shape[1:]), NUM_CLASSES))


def files(comparison: Comparison, assets: Path) -> dict[str, Callable[[], bytes]]:
    """File name -> what makes it, of everything that can be drawn."""
    made: dict[str, Callable[[], bytes]] = {}
    if not comparison.models:
        return made
    for language in LANGUAGES:
        for theme in THEMES:
            name = f"comparison-{language}-{theme.name}.svg"
            made[name] = partial(comparison_plot, comparison, theme, language)
    made["samples-real.png"] = partial(real_grid, assets)
    for model, said in comparison.models.items():
        made[f"samples-{model.replace(':', '-')}.png"] = partial(sample_grid, said)
    return made


def left_out(comparison: Comparison) -> list[str]:
    """A sentence for each model that is expected and was not measured."""
    return [
        f"{name} is not in the comparison and is left out of its figures: release it, then `make compare`."
        for name in NAMES
        if name not in comparison.models
    ]


def draw_comparison(assets: Path, target: Path, tell: Callable[[str], None]) -> list[Path]:
    """Draw what the comparison has; returns the files written.

    Args:
        tell: is told, in a sentence each, what cannot be drawn yet.

    Raises:
        UserError: the comparison is none, or of another protocol.
    """
    path = assets / "data" / "comparison.json"
    if not path.is_file():
        tell(f"{path} is not there, so there are no figures of it: `make compare`.")
        return []
    comparison, written = read_comparison(path), []
    for sentence in left_out(comparison):
        tell(sentence)
    for name, make in files(comparison, assets).items():
        write_bytes(target / name, make())
        written.append(target / name)
    return written
