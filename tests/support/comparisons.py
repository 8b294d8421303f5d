"""A comparison made by hand, small and whole, as `demos.measuring.compare` would write it."""

import base64

import numpy as np

from demos.measuring.comparison import PROTOCOL
from demos.pictures import png

KEYS = ("fd_cnn", "fd_ae", "coverage", "recall", "precision", "label_agreement", "power_finest")
YARDSTICKS = {
    "floor": (0.57, 0.18, 0.970, 0.929, 0.928, 0.971, 1.0),
    "repeated": (5.6, 1.7, 0.39, 0.93, 0.929, 0.964, 1.01),
    "blurred": (327.0, 7.8, 0.6, 0.2, 0.93, 0.86, 0.07),
}
TEST = {"label_agreement": 0.9128, "class_entropy": 0.14, "zeros": 0.5, "nearest_train": 30.0}


def _numbers(values: tuple[float, ...], spread: float = 0.0) -> dict[str, float]:
    told = dict(zip(KEYS, values, strict=True))
    return {**told, **{f"{key}_sd": spread * value for key, value in told.items() if spread}}


def shown(seed: int) -> str:
    """Forty noisy samples, as they are kept."""
    from PIL import Image

    pixels = np.random.default_rng(seed).integers(0, 256, (112, 280)).astype(np.uint8)
    return base64.b64encode(png(Image.fromarray(pixels))).decode()


def model(values, likelihood, nfe: int, ms: float, sent: int, *, few: bool = False) -> dict:
    """One model's entry; `few` for one of which there are 1000 images only."""
    quality = {"1000": {"seeds": 1, **_numbers(values)}}
    if not few:
        quality["10000"] = {"seeds": 3, **_numbers(values, 0.03)}
    better = (0.7 * values[0], 0.95 * values[1], *values[2:])
    return {
        "nfe": nfe,
        "milliseconds": {"torch": ms} if few else {"torch": ms, "onnx": ms / 2},
        "likelihood": likelihood,
        "parameters": {"trained": {"net": 2 * sent}, "sent": sent},
        "quality": quality,
        "flattered": {
            "unchanged": {"images": 1000, **_numbers(values)},
            **{name: {"images": 1000, **_numbers(better)} for name in ("sharpened", "zeros_snapped", "both")},
        },
        "shown": shown(sent),
    }


BOUND = {"kind": "bound", "bits_per_dim": 3.12, "standard_error": 0.01, "images": 10_000}
TIGHTER = {"bits_per_dim": 3.05, "standard_error": 0.03, "images": 1000, "bound_of_these": 3.11}
NONE = {"kind": "none"}

MODELS = {
    "fashion-diffusion": model((2.4, 0.9, 0.95, 0.87, 0.945, 0.905, 0.9), NONE, 16, 30.0, 940_036),
    "fashion-gan": model((6.5, 2.0, 0.9, 0.7, 0.96, 0.93, 1.05), NONE, 1, 2.0, 800_000),
    "fashion-vae": model(
        (48.0, 6.0, 0.7, 0.6, 0.9, 0.88, 0.4), {**BOUND, "tighter": TIGHTER}, 1, 2.5, 600_000
    ),
    "fashion-flow": model((85.0, 9.0, 0.5, 0.8, 0.6, 0.82, 1.3), {**BOUND, "bits_per_dim": 3.25}, 1, 8.0, 1_100_000),
    "fashion-autoregressive": model(
        (20.0, 3.0, 0.9, 0.8, 0.9, 0.9, 1.0), {**BOUND, "kind": "exact", "bits_per_dim": 2.82}, 784, 900.0, 500_000,
        few=True,
    ),
    "fashion-diffusion:heun:32": model((2.3, 0.88, 0.95, 0.88, 0.945, 0.905, 0.93), NONE, 63, 120.0, 940_036),
}  # fmt: skip


def made_by_hand(*names: str) -> dict:
    """The file's object with these models; with all, if none is named."""
    return {
        "protocol": PROTOCOL,
        "complete": True,
        "code_lengths": {"png": 4.16, "lzma": 3.86},
        "yardsticks": {
            count: {**{name: _numbers(values) for name, values in YARDSTICKS.items()}, "test": TEST}
            for count in ("10000", "1000")
        },
        "models": {name: MODELS[name] for name in names or MODELS},
    }
