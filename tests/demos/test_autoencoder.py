"""The second extractor: its code is small, its reconstruction better than any linear one of the same size."""

import numpy as np
import pytest
import torch

from demos.autoencoder import (
    ConvolutionalAutoencoder,
    ImageBatch,
    draw_images,
    held_out,
    reconstruction_error,
    reconstruction_loss,
)
from demos.data import Examples, load_fashion_mnist, to_model_range
from demos.training.release import load_released


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 12, 20)])
def test_the_reconstruction_is_a_function_of_the_code(shape):
    torch.manual_seed(0)
    net, x = ConvolutionalAutoencoder(shape, (8, 6), 5), torch.randn(4, *shape)
    codes = net.features(x)
    assert codes.shape == (4, 5)
    assert net(x).shape == x.shape
    net.code.weight.data.zero_()
    same = net(x)
    torch.testing.assert_close(same, same[:1].expand_as(same))


def test_errors_by_hand():
    def half(x):
        return x / 2

    x = torch.stack([torch.full((1, 4, 4), 1.0), torch.full((1, 4, 4), 0.2)])
    assert reconstruction_loss({"net": half}, ImageBatch(x), None).item() == pytest.approx((0.25 + 0.01) / 2)
    assert reconstruction_error(half, x) == pytest.approx((0.25 + 0.01) / 2)
    assert held_out({"net": half}, Examples(x, torch.zeros(2), 1)) == "mean squared error of a pixel 0.13000"


def test_examples_are_drawn_as_they_are():
    x = torch.arange(20.0).view(20, 1, 1, 1)
    drawn = draw_images(Examples(x, torch.zeros(20), 1), None, 500, torch.Generator().manual_seed(0)).x
    assert set(drawn.flatten().tolist()) == set(range(20))


def test_the_released_code_keeps_more_than_as_many_principal_components():
    """The best linear code of the training images, by numpy's eigenvectors, on images neither has seen."""
    net = load_released("fashion-code").net
    train, test = (to_model_range(load_fashion_mnist(split)[0][:5000]) for split in ("train", "test"))
    flat = train.flatten(1).double().numpy()
    mean = flat.mean(0)
    axes = np.linalg.eigh(np.cov(flat.T))[1][:, -net.code.out_features :]
    rest = test.flatten(1).double().numpy() - mean
    linear = np.square(rest - rest @ axes @ axes.T).mean()
    assert reconstruction_error(net, test[:2000]) < 0.8 * linear
