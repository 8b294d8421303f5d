"""A foreign classifier as another teacher would bring it: NumPy and onnx, no torch; `add-model` makes it a live model.

Run as `python -m site_tools.course.garment_means garment-means.onnx`.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from site_tools.course.samples import read_samples

SAMPLES = Path("docs/assets/data/fashion-samples.json")


# --8<-- [start:model]
def nearest_mean(images: np.ndarray, labels: np.ndarray) -> onnx.ModelProto:
    """The score of a class is minus half the squared distance to its mean image, in units of the spread.

    That is |x - m|^2 = |x|^2 - 2 m x + |m|^2 without |x|^2, which all classes share: a linear layer.

    Args:
        images: [N, pixels] in [0, 1].
        labels: [N], 0, 1, ...
    """
    means = np.stack([images[labels == label].mean(axis=0) for label in range(labels.max() + 1)])
    spread = ((images - means[labels]) ** 2).sum(axis=1).mean()
    weights = {"w": means.T / spread, "b": -(means**2).sum(axis=1) / (2 * spread)}
    stored = [numpy_helper.from_array(value.astype(np.float32), name) for name, value in weights.items()]
    pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["N", images.shape[1]])
    scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["N", len(means)])
    layer = helper.make_node("Gemm", ["pixels", "w", "b"], ["scores"])
    return helper.make_model(
        helper.make_graph([layer], "nearest mean", [pixels], [scores], stored),
        opset_imports=[helper.make_opsetid("", 18)],
    )


# --8<-- [end:model]


def main(path: str) -> None:
    """Write the model of the real images that come with the site."""
    images, labels = read_samples(SAMPLES)
    onnx.save(nearest_mean(images.reshape(len(images), -1) / 255, labels), path)


if __name__ == "__main__":
    main(sys.argv[1])
