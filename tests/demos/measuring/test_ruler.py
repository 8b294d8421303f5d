"""What measures a set of images: every number is that of its definition, and the yardsticks are what they say."""

import numpy as np
import pytest
import torch

from demos.data import in_chunks, load_fashion_mnist, to_model_range
from demos.measuring.metrics import class_frechet_distance, frechet_distance
from demos.measuring.pixels import snap_zeros
from demos.measuring.ruler import Ruler, summary
from demos.training.release import load_released


@pytest.fixture(scope="module")
def ruler():
    return Ruler(400)


@pytest.fixture(scope="module")
def yardsticks(ruler):
    return ruler.yardsticks(400, parts=1)


def features(name, images):
    return in_chunks(load_released(name).net.features, to_model_range(images))


def test_test_images_measure_as_themselves(ruler):
    measured = ruler.measure(ruler.test[:400], ruler.test_labels[:400])
    for key in ("fd_cnn", "fd_ae", "class_fd_cnn", "class_fd_ae"):
        assert measured[key] == pytest.approx(0, abs=1e-5)
    assert measured["coverage"] == measured["recall"] == measured["precision"] == 1
    assert [measured[f"power_{band}"] for band in ("coarse", "medium", "fine", "finest")] == [1] * 4
    real = ruler.real_numbers(400)
    assert {key: measured[key] for key in real} == real
    assert measured["zeros"] == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(("key", "extractor"), [("cnn", "fashion-features"), ("ae", "fashion-code")])
def test_distances_are_between_features_of_as_many_test_images(ruler, key, extractor):
    (images, labels), (test, test_labels) = (load_fashion_mnist(split) for split in ("train", "test"))
    labels, test_labels = (torch.tensor(one[:200], dtype=torch.long) for one in (labels, test_labels))
    first, second = features(extractor, images[:200]), features(extractor, test[:200])
    measured = ruler.measure(images[:200], labels)
    assert measured[f"fd_{key}"] == pytest.approx(frechet_distance(first, second), rel=1e-6)
    by_class = class_frechet_distance(first, labels, second, test_labels)
    assert measured[f"class_fd_{key}"] == pytest.approx(by_class, rel=1e-6)


def test_yardsticks_are_ordered_as_they_must(ruler, yardsticks):
    floor, repeated, blurred = (yardsticks[name] for name in ("floor", "repeated", "blurred"))
    for key in ("fd_cnn", "fd_ae"):
        assert floor[key] < repeated[key]
        assert floor[key] < blurred[key]
    assert repeated["coverage"] < 0.5 * floor["coverage"]
    assert blurred["power_finest"] < 0.3 < 0.9 < floor["power_finest"] < 1.1
    assert blurred["zeros"] < floor["zeros"]


def test_the_memoriser_has_few_images_of_every_class(ruler):
    index = [ruler._balanced(part, 2) for part in range(3)]
    assert all(torch.bincount(ruler.train_labels[one]).tolist() == [2] * 10 for one in index)
    assert len(set(np.concatenate(index))) == 60


def test_labels_at_random_are_seen_by_class_alone(ruler):
    images, labels = ruler.train[:400], ruler.train_labels[:400]
    right, wrong = ruler.measure(images, labels), ruler.measure(images, (labels + 1) % 10)
    assert wrong["fd_cnn"] == right["fd_cnn"]
    assert wrong["class_fd_cnn"] > 5 * right["class_fd_cnn"]
    assert wrong["class_fd_ae"] > 2 * right["class_fd_ae"]


def test_copies_are_told_from_images_never_seen(ruler):
    copies = ruler.copying(snap_zeros(ruler.train[:50]))
    assert copies["memorisation"] == 1
    assert copies["nearest_train"] < 1 < copies["nearest_test"]
    own = ruler.copying(ruler.test[:50])
    assert own["nearest_test"] == 0
    assert own["memorisation"] == pytest.approx(1 - 7), "every nearest image is one of the test images"


def test_without_copying_each_real_image_is_as_likely_to_be_nearest(ruler):
    """Test images stand for a perfect model, other test images for those it never saw."""
    made, rest = ruler.test[:400], Ruler(400)
    rest.test = ruler.test[400:]
    assert rest.copying(made)["memorisation"] == pytest.approx(0, abs=3 * (6 / 400) ** 0.5)


def test_summary_is_mean_and_standard_deviation():
    assert summary([{"a": 1.0}, {"a": 2.0}, {"a": 6.0}]) == {"a": 3, "a_sd": pytest.approx(7**0.5, abs=1e-6)}
    assert summary([{"a": 1.0}]) == {"a": 1}


@pytest.mark.slow
def test_the_yardsticks_of_the_full_protocol():
    ruler = Ruler()
    yardsticks = ruler.yardsticks(10_000)
    floor, repeated = yardsticks["floor"], yardsticks["repeated"]
    assert floor["fd_cnn"] == pytest.approx(0.574, abs=0.05)
    assert repeated["fd_cnn"] == pytest.approx(5.22, abs=0.2)
    assert repeated["recall"] > 0.9 > 0.4 > repeated["coverage"]
    assert floor["coverage"] > 0.96
    assert ruler.real_numbers(10_000)["label_agreement"] == pytest.approx(0.9128, abs=5e-4)
