"""The guide's foreign classifier: it is what its script makes, and what it computes is the nearest mean."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx

from site_tools.course.garment_means import SAMPLES, main, nearest_mean
from site_tools.course.samples import read_samples
from site_tools.models.add_model import Wishes, add_model
from site_tools.models.graph_file import open_session
from site_tools.models.labels import FASHION_LABELS
from site_tools.models.manifest import read_manifest

ASSETS, NAME = Path("docs/assets"), "garment-means"
CREDIT = "Means of 200 images of Fashion-MNIST (Xiao, Rasul and Vollgraf 2017, arXiv 1708.07747)"


def add(folder: Path, assets: Path) -> None:
    """As the guide says, with the class names of the course."""
    labels = {language: folder / f"labels.{language}.txt" for language in FASHION_LABELS}
    for language, path in labels.items():
        path.write_text("\n".join(FASHION_LABELS[language]) + "\n", encoding="utf-8")
    main(str(folder / f"{NAME}.onnx"))
    wishes = Wishes("image-classifier", labels=labels, credit=CREDIT, licence="MIT")
    add_model(folder / f"{NAME}.onnx", wishes, assets)


def test_the_committed_model_is_what_the_script_makes(tmp_path):
    add(tmp_path, tmp_path / "assets")
    made, committed = (read_manifest(assets / "models" / f"{NAME}.json") for assets in (tmp_path / "assets", ASSETS))
    assert made == committed, "run the two commands of the guide again"
    assert (made.image_shape, made.graphs["classify"].engine, made.parameters) == ([1, 28, 28], "kernels", 7850)


def test_scores_are_distances_to_the_means():
    images, labels = read_samples(SAMPLES)
    flat = images.reshape(len(images), -1) / 255
    model = nearest_mean(flat, labels).SerializeToString()
    (scores,) = open_session(lowered(model)).run(None, {"pixels": flat.astype(np.float32)})
    means = np.stack([flat[labels == label].mean(axis=0) for label in range(10)])
    distances = ((flat[:, None] - means) ** 2).sum(axis=-1)
    spread = distances[np.arange(len(flat)), labels].mean()
    expected = -distances / (2 * spread)
    np.testing.assert_allclose(scores - scores[:, :1], expected - expected[:, :1], atol=1e-4)


def lowered(content: bytes) -> bytes:
    """onnx may write a newer IR than ONNX Runtime reads."""
    model = onnx.load_from_string(content)
    model.ir_version = 13
    return model.SerializeToString()


def test_the_script_needs_no_torch(tmp_path):
    code = (
        "import sys; sys.modules['torch'] = None\n"
        f"from site_tools.course.garment_means import main; main({str(tmp_path / 'm.onnx')!r})"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert onnx.load(tmp_path / "m.onnx").graph.node[0].op_type == "Gemm"
