"""The two measuring classifiers: what is committed reaches the accuracy that the pages state."""

import pytest
import torch

from demos.classifier import PoolingClassifier, StridedClassifier, accuracy, draw_labelled, held_out, label_loss
from demos.data import DATA_SETS, DataSet, Examples, load_fashion_mnist, to_model_range
from demos.training.release import load_released


@pytest.mark.parametrize("make", [PoolingClassifier, StridedClassifier])
def test_logits_come_from_the_features(make):
    torch.manual_seed(0)
    net, x = make(DATA_SETS["fashion"]), torch.randn(3, 1, 28, 28)
    assert net(x).shape == (3, 10)
    assert net.features(x).shape == (3, net.out.in_features)
    torch.testing.assert_close(net(x)[1:], net(x[1:]))


def test_the_extractor_has_64_features():
    assert PoolingClassifier(DATA_SETS["fashion"]).features(torch.zeros(1, 1, 28, 28)).shape == (1, 64)


@pytest.mark.parametrize("make", [PoolingClassifier, StridedClassifier])
def test_shapes_and_classes_come_from_the_data(make):
    colourful = DataSet((3, 20, 12), 4, lambda split: None)
    assert make(colourful)(torch.zeros(2, 3, 20, 12)).shape == (2, 4)


def test_accuracy_and_loss_of_a_perfect_classifier():
    labels = torch.arange(20) % 10
    images = labels.float()[:, None, None, None].expand(-1, 1, 28, 28)

    def perfect(x):
        return 100 * torch.eye(10)[x[:, 0, 0, 0].long()]

    assert accuracy(perfect, images, labels) == 1
    assert accuracy(perfect, images, (labels + (labels < 5)) % 10) == 0.5
    assert held_out({"net": perfect}, Examples(images, labels, 10)) == "test accuracy 1.0000"
    batch = draw_labelled(Examples(images, labels, 10), None, 50, torch.Generator().manual_seed(0))
    assert label_loss(perfect, batch).item() < 1e-6


@pytest.mark.parametrize(("name", "seed"), [("fashion-features", 1), ("fashion-judge", 2)])
def test_released_classifiers_are_right_nine_times_in_ten(name, seed):
    released = load_released(name)
    images, labels = load_fashion_mnist("test")
    part = slice(0, 2000)
    right = accuracy(released.net, to_model_range(images[part]), torch.tensor(labels[part], dtype=torch.long))
    assert right == pytest.approx(0.915, abs=0.02)
    assert released.facts["seed"] == seed


def test_the_judge_is_of_another_architecture():
    assert load_released("fashion-features").facts["kind"] != load_released("fashion-judge").facts["kind"]
